//! Places in a policy's text.

/// A byte range in the policy text.
pub type Span = std::ops::Range<usize>;

/// A value together with the place it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Where; for a string, the quotes are part of it.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Couples a value with its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}
