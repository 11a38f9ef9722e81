//! Many decisions: a request a line in, its decision a line out, in order, in memory that does not grow.

mod cache;
mod line;
mod lines;
mod principal;
#[cfg(test)]
mod tests;

use std::io::{self, BufRead, Write};

use iam_policy::{Effect, Reason, Request, evaluate};
use serde::Serialize;
use serde_json::value::RawValue;

use cache::Policies;
use line::Line;
pub use lines::LONGEST_LINE;
use lines::{Lines, Read};

/// How many lines there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BatchSummary {
    /// Lines that were decided.
    pub decided: u64,
    /// Lines that got an error.
    pub bad: u64,
}

#[derive(Serialize)]
struct Decided<'a> {
    id: Option<&'a RawValue>,
    decision: &'static str,
    explicit: bool,
    reasons: Vec<Explained<'a>>,
}

/// A reason as decisions in JSON have it: its code and details, the sentence, and the edit where one is known.
#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    reason: &'a Reason,
    message: String,
    suggestion: Option<iam_policy::Edit>,
}

#[derive(Serialize)]
struct Bad<'a> {
    id: Option<&'a RawValue>,
    error: &'a str,
}

/// Reads requests from `input`, one JSON object a line, and writes a line for each to `output`.
///
/// A line that is not a request gets an error, and the rest goes on; blank lines are passed over. What has been decided
/// is written out before more input is waited for, so that a program can ask and listen in turn.
///
/// # Errors
/// Where the input cannot be read or the output not written.
pub fn batch(input: impl BufRead, output: &mut impl Write) -> io::Result<BatchSummary> {
    let mut lines = Lines::new(input);
    let mut policies = Policies::default();
    let mut summary = BatchSummary::default();
    loop {
        if lines.would_wait() {
            output.flush()?;
        }
        let written = match lines.next()? {
            Read::End => break,
            Read::TooLong => Err((None, format!("the line is longer than {LONGEST_LINE} bytes"))),
            Read::Line(line) if line.trim_ascii().is_empty() => continue,
            Read::Line(line) => answer(line, &mut policies, output)?,
        };
        match written {
            Ok(()) => summary.decided += 1,
            Err((id, error)) => {
                summary.bad += 1;
                serde_json::to_writer(
                    &mut *output,
                    &Bad {
                        id: id.as_deref(),
                        error: &error,
                    },
                )?;
            }
        }
        output.write_all(b"\n")?;
    }
    output.flush()?;
    Ok(summary)
}

/// Decides one line and writes the decision; or says what is wrong with it, and which one it was.
#[expect(
    clippy::type_complexity,
    reason = "the two kinds of failure have nothing in common"
)]
fn answer(
    line: &[u8],
    policies: &mut Policies,
    output: &mut impl Write,
) -> io::Result<Result<(), (Option<Box<RawValue>>, String)>> {
    let Ok(text) = std::str::from_utf8(line) else {
        return Ok(Err((None, "the line is not UTF-8".to_owned())));
    };
    let read = Line::read(text).and_then(|line| Ok((policies.of(line.policy)?, line)));
    let (policy, line) = match read {
        Ok(read) => read,
        Err(error) => return Ok(Err((line::id_of(text), error))),
    };
    let request = Request {
        principal: &line.principal,
        action: &line.action,
        resource: line.resource.as_deref(),
        context: &line.context,
    };
    let decision = evaluate(&policy, &request);
    let reasons = decision.reasons();
    let explained = reasons.into_iter().map(|reason| Explained {
        reason,
        message: reason.to_string(),
        suggestion: reason.suggestion(),
    });
    let decided = Decided {
        id: line.id,
        decision: if decision.effect.is_allowed() {
            "allow"
        } else {
            "deny"
        },
        explicit: decision.effect == Effect::ExplicitDeny,
        reasons: explained.collect(),
    };
    serde_json::to_writer(output, &decided)?;
    Ok(Ok(()))
}
