//! How much a text may ask for.

/// Bounds on what a text may cost to read.
///
/// The defaults of the text's size and depth are GitLab's for its pipeline files: 2 MiB and 100 levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the text.
    pub text_bytes: usize,
    /// Levels of nested lists and mappings, aliases followed.
    pub depth: usize,
    /// Bytes that aliases may add: each node that comes through one counts 128, each scalar its text besides.
    pub alias_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            text_bytes: 2 << 20,
            depth: 100,
            alias_bytes: 32 << 20,
        }
    }
}
