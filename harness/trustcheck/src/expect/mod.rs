//! What a scenario expects: one file for each kind of expectation, with its reading and its judging.

mod decision;
mod error;
mod exit_code;
mod job;
mod jobs;
mod journal;
mod lint;
mod output;
mod pipeline;
mod response;
mod success;
mod wording;

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

/// What there is to hold expectations against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ran {
    /// Jobs, with their ends and logs.
    pub jobs: bool,
    /// Calls of the built-in client, with their answers.
    pub calls: bool,
}

impl Ran {
    /// Nothing that runs.
    pub const NOTHING: Ran = Ran {
        jobs: false,
        calls: false,
    };
    /// Jobs alone.
    pub const JOBS: Ran = Ran {
        jobs: true,
        calls: false,
    };
    /// Calls alone.
    pub const CALLS: Ran = Ran {
        jobs: false,
        calls: true,
    };
    /// Whatever there is; also where it could not be read, so that no other mistake follows from that.
    pub const ANYTHING: Ran = Ran {
        jobs: true,
        calls: true,
    };

    /// Both together.
    #[must_use]
    pub fn and(self, other: Ran) -> Ran {
        Ran {
            jobs: self.jobs || other.jobs,
            calls: self.calls || other.calls,
        }
    }

    fn meets(self, needed: Ran) -> bool {
        needed == Ran::ANYTHING || (self.jobs && needed.jobs) || (self.calls && needed.calls)
    }
}

/// Every kind of expectation: its key below `expect:`, what it is held against, and its reading.
const KINDS: [(&str, Ran, Read); 10] = [
    ("job", Ran::JOBS, job::read),
    ("jobs", Ran::JOBS, jobs::read),
    ("pipeline", Ran::JOBS, pipeline::read),
    ("lint", Ran::JOBS, lint::read),
    ("exit_code", Ran::JOBS, exit_code::read),
    ("output", Ran::JOBS, output::read),
    ("response", Ran::CALLS, response::read),
    ("error", Ran::ANYTHING, error::read),
    ("decision", Ran::ANYTHING, decision::read),
    ("journal", Ran::ANYTHING, journal::read),
];

/// Reads `expect:`. An expectation that could not fail is a mistake, and so is one that could not be met by what `ran`,
/// and none at all.
pub fn read(node: &Node, ran: Ran, reader: &mut Reader<'_>) -> Option<Vec<Box<dyn Expectation>>> {
    let mut fields = reader.fields(node, "`expect`")?;
    if fields.is_empty() {
        cannot_fail(&node.span, "`expect` expects nothing", reader);
    }
    let mut expectations = Vec::new();
    for (key, needed, read) in KINDS {
        let Some(node) = fields.take(key) else { continue };
        if !ran.meets(needed) {
            let (what, help) = if needed.calls {
                ("a call", "of a job, expect `job`, `exit_code` or `output`")
            } else {
                ("a job", "of a call, expect `response`")
            };
            let message = format!("`{key}` is expected of {what}, and none runs here");
            let problem = reader.problem(&node.span, message);
            reader.note(problem.help(help));
            continue;
        }
        expectations.extend(read(node, reader));
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
