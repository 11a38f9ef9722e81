//! Suggested changes to a policy's text.

use serde::Serialize;

use crate::span::Span;

/// One change that would help: replace a range of the policy text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// What to replace. Whole JSON values or names, with their quotes.
    pub span: Span,
    /// What to put there. With it the text is JSON again.
    pub replacement: String,
    /// The change in words.
    pub words: String,
}

impl Edit {
    /// The text after the change; `None` if it does not belong to this text.
    pub fn apply(&self, text: &str) -> Option<String> {
        let (before, after) = (text.get(..self.span.start)?, text.get(self.span.end..)?);
        Some(format!("{before}{}{after}", self.replacement))
    }
}

/// A text as JSON, with quotes.
pub(crate) fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
