//! Regular expressions between slashes, with RE2's syntax.
//!
//! DIVERGENCE: of RE2's syntax, `\Q…\E`, `\C` and a lower limit on repetitions are missing here, and `\d`, `\w` and
//! `\b` know more than ASCII; names of branches and variables seldom tell the difference.

use std::cell::RefCell;
use std::collections::HashMap;

use regex::Regex;

use super::SyntaxError;

/// Expressions that are kept compiled. Jobs that extend the same rules have the same ones, and compiling takes longest.
const MAX_KEPT: usize = 256;

thread_local! {
    static KEPT: RefCell<HashMap<String, Regex>> = RefCell::default();
}

fn compiled(text: &str) -> Result<Regex, SyntaxError> {
    KEPT.with_borrow_mut(|kept| {
        if let Some(known) = kept.get(text) {
            return Ok(known.clone());
        }
        let regex = Regex::new(text).map_err(|_| SyntaxError)?;
        if kept.len() == MAX_KEPT {
            kept.clear();
        }
        kept.insert(text.to_owned(), regex.clone());
        Ok(regex)
    })
}

/// A regular expression written `/…/`, with flags after the last slash.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Regex);

/// Whether a text is written as a pattern: `/…/` with the flags `i`, `s`, `m` and `U`.
pub(crate) fn looks_like_one(text: &str) -> bool {
    split(text).is_some()
}

fn split(text: &str) -> Option<(&str, &str)> {
    let (body, flags) = text.strip_prefix('/')?.rsplit_once('/')?;
    flags
        .chars()
        .all(|flag| "ismU".contains(flag))
        .then_some((body, flags))
}

impl Pattern {
    pub(crate) fn parse(text: &str) -> Result<Self, SyntaxError> {
        let (body, flags) = split(text).ok_or(SyntaxError)?;
        let body = body.replace("\\/", "/");
        let flags = if flags.is_empty() {
            String::new()
        } else {
            format!("(?{flags})")
        };
        compiled(&format!("{flags}{body}")).map(Self)
    }

    /// An expression without slashes, as `spec:inputs:regex` has it.
    pub(crate) fn bare(text: &str) -> Result<Self, SyntaxError> {
        compiled(text).map(Self)
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}
