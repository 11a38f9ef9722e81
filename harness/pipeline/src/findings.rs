//! Diagnostics as they are found, and the form that GitLab gives to those of its entries.

use std::fmt;

use crate::{Diagnostic, Span};

/// The keys on the way to an entry, which GitLab puts before an entry's error: `jobs:deploy:image`.
#[derive(Clone, Debug)]
pub(crate) struct Location(String);

impl Location {
    pub(crate) fn root(key: &str) -> Self {
        Self(key.to_owned())
    }

    pub(crate) fn child(&self, key: &str) -> Self {
        Self(format!("{}:{key}", self.0))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The diagnostics of one file.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    found: Vec<Diagnostic>,
}

impl Findings {
    /// An entry's error. GitLab writes the whole message, names included, in lower case.
    pub(crate) fn entry(
        &mut self,
        at: &Location,
        error: impl fmt::Display,
        span: Span,
        help: Option<String>,
    ) {
        self.plain(format!("{at} {error}").to_lowercase(), span, help);
    }

    /// An error in words of its own.
    pub(crate) fn plain(&mut self, message: impl Into<String>, span: Span, help: Option<String>) {
        self.found.push(Diagnostic {
            message: message.into(),
            span,
            help,
        });
    }

    /// A keyword that GitLab has and this crate does not interpret yet.
    pub(crate) fn not_supported(&mut self, keyword: &str, span: Span) {
        self.plain(format!("keyword `{keyword}` is not supported yet"), span, None);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All of them in the order of their places, each once: what several jobs inherit is reported where it is written.
    pub(crate) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|found| (found.span.start, found.span.end));
        let mut seen = std::collections::HashSet::new();
        self.found
            .retain(|found| seen.insert((found.span.start, found.span.end, found.message.clone())));
        self.found
    }
}
