//! Why a text is not YAML, or too much of it.

use crate::Span;

/// What was wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What sort of mistake it is.
    pub kind: ErrorKind,
    /// What is wrong. Syntax errors use the words of libyaml, which are those that GitLab shows.
    pub message: String,
    /// The place, as bytes of the text.
    pub span: Span,
    /// Where that begins which could not be read, as libyaml counts it: the start of the list or mapping that is broken
    /// off, of the quoted text, of the key. Ruby's messages name the line and column of this place.
    pub context: usize,
    /// What to write instead, when the slip is a usual one.
    pub help: Option<String>,
}

/// The sort of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The text does not follow the grammar.
    Syntax,
    /// An alias names an anchor that does not precede it.
    UnknownAlias,
    /// An alias stands inside the very node that it names.
    RecursiveAlias,
    /// The text, or the tree with its aliases replaced, is larger than the limits allow.
    TooLarge,
    /// Lists and mappings are nested more deeply than the limits allow.
    TooDeep,
}
