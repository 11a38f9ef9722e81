//! A policy: its text and what was read from it.

use std::sync::Arc;

use crate::document::{self, Document, Statement};
use crate::error::ParseError;
use crate::json;

/// A parsed policy document. Keeps its text; cloning is cheap.
#[derive(Debug, Clone)]
pub struct Policy {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    text: Arc<str>,
    document: Document,
}

impl Policy {
    /// Reads a document of any kind. What depends on the kind is checked by [`Policy::validate`].
    ///
    /// # Errors
    /// The text is too long or too deep, is not strict JSON, or is not a policy.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let document = document::reader::document(&json::parse(text)?)?;
        Ok(Self {
            inner: Arc::new(Inner {
                text: text.into(),
                document,
            }),
        })
    }

    /// The text it was read from; every span is a byte range of it.
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    /// The text, shared.
    pub fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.inner.text)
    }

    /// What was read.
    pub fn document(&self) -> &Document {
        &self.inner.document
    }

    /// The statements, in the order written.
    pub fn statements(&self) -> &[Statement] {
        &self.inner.document.statements
    }

    /// The policy as JSON in the usual order, lists of one as plain values.
    pub fn to_json(&self) -> serde_json::Value {
        document::printer::document(&self.inner.document)
    }

    /// The size IAM's quotas count: characters without white space.
    ///
    /// Source: IAM user guide, IAM and AWS STS quotas. White space inside strings is not counted either.
    pub fn size(&self) -> usize {
        self.inner
            .text
            .chars()
            .filter(|character| !character.is_whitespace())
            .count()
    }
}

impl std::str::FromStr for Policy {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}
