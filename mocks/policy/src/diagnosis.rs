//! From "matched" or "did not match" to why.
//!
//! Nothing here decides: the elements have been matched already, and these functions look for the most telling reason, with
//! the edit that would help. They run only when somebody asks for an explanation.

mod action;
mod condition;
mod key;
mod operator_edit;
mod principal;
mod resource;
mod subject;
#[cfg(test)]
mod tests;
mod text;

use crate::document::Statement;
use crate::edit::{Edit, json_string};
use crate::matching::Prepared;
use crate::policy::Policy;
use crate::span::Span;

/// Where the explained statement stands, and what was asked.
#[derive(Debug)]
pub(crate) struct Situation<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) statement: &'a Statement,
    pub(crate) request: &'a Prepared<'a>,
}

impl<'a> Situation<'a> {
    pub(crate) fn new(policy: &'a Policy, statement: &'a Statement, request: &'a Prepared<'a>) -> Self {
        Self {
            policy,
            statement,
            request,
        }
    }
}

/// Puts one JSON text in the place of another.
fn replace(span: &Span, before: &str, after: &str) -> Option<Edit> {
    Some(Edit {
        span: span.clone(),
        replacement: json_string(after),
        words: format!("write `{after}` instead of `{before}`"),
    })
}
