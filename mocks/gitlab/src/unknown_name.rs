//! The error for a word that is none of the few that are known.

/// A word that is none of the few that are known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not {what}; known are {known}")]
pub struct UnknownName {
    what: &'static str,
    given: String,
    known: String,
}

impl UnknownName {
    /// The value with this name, or an error that lists all names.
    pub(crate) fn find<T: Copy>(
        what: &'static str,
        given: &str,
        all: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Result<T, UnknownName> {
        all.iter()
            .copied()
            .find(|value| name(*value) == given)
            .ok_or_else(|| UnknownName {
                what,
                given: given.chars().take(100).collect(),
                known: all
                    .iter()
                    .map(|value| format!("`{}`", name(*value)))
                    .collect::<Vec<_>>()
                    .join(", "),
            })
    }
}
