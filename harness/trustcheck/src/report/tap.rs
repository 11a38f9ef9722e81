//! `--report tap`: version 14 of the Test Anything Protocol (<https://testanything.org/tap-version-14-specification.html>).
//! A line for each case as it is reported, and below one that fell short, what was expected and seen.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::explanation;
use crate::run::{CaseReport, Event, Listener, Status};

/// Writes each case as it is reported.
pub(super) struct Tap {
    out: Box<dyn Write + Send>,
    count: usize,
}

impl Tap {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Tap {
        Tap { out, count: 0 }
    }

    fn case(&mut self, report: &CaseReport) -> io::Result<()> {
        self.count += 1;
        let (number, id) = (self.count, escaped(&report.id));
        match report.status {
            Status::Passed => writeln!(self.out, "ok {number} - {id}"),
            Status::Skipped => {
                let reason = escaped(report.reason.as_deref().unwrap_or_default());
                writeln!(self.out, "ok {number} - {id} # SKIP {reason}")
            }
            Status::Failed | Status::Error => {
                writeln!(self.out, "not ok {number} - {id}")?;
                self.out.write_all(diagnostics(report).as_bytes())
            }
        }?;
        self.out.flush()
    }
}

impl Listener for Tap {
    fn hear(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Began { cases } => writeln!(self.out, "TAP version 14\n1..{cases}"),
            Event::Case(report) => self.case(report),
            Event::Ended(summary) if summary.interrupted => {
                // Without this the cases that did not run would count as skipped on purpose.
                writeln!(self.out, "Bail out! interrupted")
            }
            Event::Ended(_) => self.out.flush(),
            _ => Ok(()),
        }
    }
}

/// The text in one line, without the signs that TAP reads.
fn escaped(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace('\\', r"\\").replace('#', r"\#")
}

/// The YAML block below a case that fell short. Values are written as JSON, which YAML reads too.
fn diagnostics(report: &CaseReport) -> String {
    let severity = match report.status {
        Status::Error => "error",
        _ => "fail",
    };
    let mut entries: Vec<(&str, Value)> = vec![
        ("scenario", report.scenario.as_str().into()),
        ("severity", severity.into()),
        (
            "duration_ms",
            u64::try_from(report.duration.as_millis())
                .unwrap_or(u64::MAX)
                .into(),
        ),
    ];
    if let Some(reason) = &report.reason {
        entries.push(("reason", reason.as_str().into()));
    }
    if !report.mistakes.is_empty() {
        let mistakes = report
            .mistakes
            .iter()
            .map(|mistake| json!({ "at": mistake.at(), "message": mistake.message, "help": mistake.help }));
        entries.push(("mistakes", mistakes.collect()));
    }
    if !report.missed.is_empty() {
        let unmet = report.missed.iter().map(
            |missed| json!({ "at": missed.place.at(), "expected": missed.expected, "actual": missed.actual }),
        );
        entries.push(("unmet", unmet.collect()));
    }
    if let Some(seen) = &report.observation {
        let denials = explanation::denials(seen, false);
        if !denials.is_empty() {
            entries.push(("denials", denials.into()));
        }
    }
    let mut block = String::from("  ---\n");
    for (key, value) in entries {
        block.push_str(&format!("  {key}: {value}\n"));
    }
    block.push_str("  ...\n");
    block
}

#[cfg(test)]
mod tests {
    #[rstest::rstest]
    #[case("a/b[ref=main]", "a/b[ref=main]")]
    #[case("a # SKIP b", r"a \# SKIP b")]
    #[case("a\\b\nc", r"a\\b c")]
    fn nothing_in_a_name_is_read_as_tap(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(super::escaped(text), expected);
    }
}
