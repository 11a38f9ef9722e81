//! What is wrong with a pipeline file.

use crate::Span;

/// One mistake, its place and its remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Diagnostic {
    /// What is wrong, in the words that GitLab's pipeline editor shows where GitLab has words for it.
    pub message: String,
    /// The place, as bytes of the file.
    pub span: Span,
    /// What to write instead, where that is known.
    pub help: Option<String>,
}
