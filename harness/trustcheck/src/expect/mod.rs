//! What a scenario expects: one file for each kind of expectation, with its reading and its judging.

mod decision;
mod error;
mod exit_code;
mod job;
mod journal;
mod output;
mod success;

use std::fmt::Debug;
use std::ops::Range;

use located_yaml::Node;

use crate::observation::Observation;
use crate::reader::{Fields, Reader};

/// Something that a scenario expects of a run.
pub trait Expectation: Debug + Send + Sync {
    /// What of it was not met; empty where all was.
    fn judge(&self, seen: &Observation) -> Vec<Unmet>;
}

/// An expectation that was not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// Where the expectation stands in the scenario file.
    pub span: Range<usize>,
    /// What was expected.
    pub expected: String,
    /// What was seen.
    pub actual: String,
}

/// Reads one kind of expectation. `None` after it has noted why it cannot.
type Read = fn(&Node, &mut Reader<'_>) -> Option<Box<dyn Expectation>>;

/// Every kind of expectation: its key below `expect:`, and its reading.
const KINDS: [(&str, Read); 6] = [
    ("job", job::read),
    ("exit_code", exit_code::read),
    ("output", output::read),
    ("error", error::read),
    ("decision", decision::read),
    ("journal", journal::read),
];

/// Reads `expect:`. An expectation that could not fail is a mistake, and so is none at all.
pub fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<Box<dyn Expectation>>> {
    let mut fields = reader.fields(node, "`expect`")?;
    if fields.is_empty() {
        cannot_fail(&node.span, "`expect` expects nothing", reader);
    }
    let mut expectations = Vec::new();
    for (key, read) in KINDS {
        if let Some(node) = fields.take(key) {
            expectations.extend(read(node, reader));
        }
    }
    fields.finish(reader);
    Some(expectations)
}

/// The expectation of a step that names none; it stands at `span`.
#[must_use]
pub fn success(span: Range<usize>) -> Box<dyn Expectation> {
    Box::new(success::Success { span })
}

/// Notes an expectation that would be met whatever happened.
fn cannot_fail(span: &Range<usize>, what: &str, reader: &mut Reader<'_>) {
    let problem = reader
        .problem(span, format!("{what}, so it could never fail"))
        .help("an expectation that is always met tests nothing: say what must be seen, or leave it out");
    reader.note(problem);
}

/// Notes a mapping of conditions without any; `true` where it has some.
fn has_conditions(fields: &Fields<'_>, what: &str, reader: &mut Reader<'_>) -> bool {
    if fields.is_empty() {
        cannot_fail(
            &fields.node().span.clone(),
            &format!("{what} names no condition"),
            reader,
        );
        return false;
    }
    true
}
