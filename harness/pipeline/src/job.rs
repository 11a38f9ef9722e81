//! A planned job.

use indexmap::IndexMap;

use crate::Span;

/// A visible job with everything that it inherits.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its name.
    pub name: String,
    /// Its stage, one of the pipeline's.
    pub stage: String,
    /// The image that it asks for.
    pub image: Option<Image>,
    /// The file's variables (those that `inherit` leaves) with the job's own over them, in the order of the file.
    pub variables: IndexMap<String, VariableValue>,
    /// The ID tokens by the names of their variables.
    pub id_tokens: IndexMap<String, IdToken>,
    /// Commands that run before `script`, in the same shell.
    pub before_script: Vec<String>,
    /// The commands.
    pub script: Vec<String>,
    /// Commands that run afterwards, in a shell of their own.
    pub after_script: Vec<String>,
    /// The job's own limit in seconds.
    pub timeout: Option<u64>,
    /// The tags of the runners that may take it.
    pub tags: Vec<String>,
    /// The name where the job is defined.
    pub span: Span,
    /// Where each keyword's value is written: in the job, in one that it extends, or in the defaults.
    pub places: IndexMap<&'static str, Span>,
}

impl Job {
    /// What the runner gives to one shell: `before_script` and then `script`.
    pub fn commands(&self) -> impl Iterator<Item = &str> {
        self.before_script.iter().chain(&self.script).map(String::as_str)
    }

    /// Where a keyword's value is written.
    #[must_use]
    pub fn place(&self, keyword: &str) -> Option<Span> {
        self.places.get(keyword).cloned()
    }
}

/// The container image of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The name, variables not yet expanded.
    pub name: String,
    /// The entrypoint in place of the image's own; `[""]` means none.
    pub entrypoint: Option<Vec<String>>,
}

/// The value of a variable in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableValue {
    /// The text, references not yet expanded.
    pub text: String,
    /// Whether references in it are expanded.
    pub expand: bool,
    /// Where it is written.
    pub span: Span,
}

/// An ID token that a job asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdToken {
    /// The `aud` claim, variables not yet expanded.
    pub aud: Audience,
    /// Where it is written.
    pub span: Span,
}

/// The audience of a token; a list stays a list in the token, even of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A string.
    One(String),
    /// A list of strings.
    Many(Vec<String>),
}
