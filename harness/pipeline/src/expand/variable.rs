//! A variable on its way into a job.

/// A variable as GitLab hands it to the runner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variable {
    /// The name.
    pub key: String,
    /// The value: for a file variable the content of the file.
    pub value: String,
    /// Whether the value is taken as it is, its references unexpanded.
    pub raw: bool,
    /// Whether the job gets the path of a file with the value.
    pub file: bool,
}

impl Variable {
    /// A variable that is neither raw nor a file.
    #[must_use]
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            value: value.into(),
            raw: false,
            file: false,
        }
    }
}
