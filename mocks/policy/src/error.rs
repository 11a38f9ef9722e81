//! What IAM answers to a document it refuses.

use crate::span::Span;

/// A policy document that IAM would refuse.
///
/// [`code`](ParseError::code) and [`message`](ParseError::message) are what IAM would put on the wire; `detail`, `span`
/// and `help` are for the person who wrote the document and never leave this side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ParseError {
    /// What IAM calls it.
    pub fault: Fault,
    /// What is wrong, in plain words.
    pub detail: String,
    /// Where it is wrong.
    pub span: Span,
    /// What to write instead, when that is known.
    pub help: Option<String>,
}

/// The kinds of refusal, by IAM's own texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The text is not JSON.
    ///
    /// Every call but `CreatePolicy` says so; `CreatePolicy` answers with the text of [`Fault::Syntax`] instead
    /// (recorded AWS behaviour).
    InvalidJson,
    /// The JSON is not a policy: an unknown element, a wrong type, a missing one.
    Syntax,
    /// Values that the grammar allows and IAM's older reader does not, e.g. `"Effect": "allow"`.
    LegacyParsing,
    /// A `MalformedPolicyDocument` with a text of its own.
    Malformed(String),
    /// The document is over a quota: `LimitExceeded` with this text.
    LimitExceeded(String),
}

impl ParseError {
    /// A refusal at a place, without help.
    pub(crate) fn new(fault: Fault, span: Span, detail: impl Into<String>) -> Self {
        Self {
            fault,
            detail: detail.into(),
            span,
            help: None,
        }
    }

    /// The same with a line on what to write instead.
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The error code on IAM's wire.
    pub fn code(&self) -> &'static str {
        match self.fault {
            Fault::LimitExceeded(_) => "LimitExceeded",
            _ => "MalformedPolicyDocument",
        }
    }

    /// The HTTP status that goes with [`code`](ParseError::code).
    pub fn status(&self) -> u16 {
        match self.fault {
            Fault::LimitExceeded(_) => 409,
            _ => 400,
        }
    }

    /// The error message on IAM's wire.
    pub fn message(&self) -> &str {
        match &self.fault {
            Fault::InvalidJson => "This policy contains invalid Json",
            Fault::Syntax => "Syntax errors in policy.",
            Fault::LegacyParsing => "The policy failed legacy parsing",
            Fault::Malformed(text) | Fault::LimitExceeded(text) => text,
        }
    }
}
