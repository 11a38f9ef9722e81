//! `--report json`: one object that programs rely on. Its form is public; a change of it is a breaking change.

use std::io::{self, Write};

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

use super::explanation;
use crate::run::{CaseReport, Event, Listener, Summary};

#[derive(Serialize)]
struct Report<'a> {
    summary: Counts,
    cases: &'a [Case],
}

#[derive(Serialize)]
struct Counts {
    passed: usize,
    failed: usize,
    skipped: usize,
    errors: usize,
}

#[derive(Serialize)]
struct Case {
    id: String,
    scenario: String,
    case: IndexMap<String, String>,
    status: &'static str,
    duration_ms: u64,
    unmet: Vec<Unmet>,
    decisions: Vec<Value>,
    reason: Option<String>,
}

#[derive(Serialize)]
struct Unmet {
    at: String,
    expected: String,
    actual: String,
}

impl From<&CaseReport> for Case {
    fn from(report: &CaseReport) -> Case {
        let mistakes: Vec<String> = report
            .mistakes
            .iter()
            .map(|mistake| format!("{}: {}", mistake.at(), mistake.message))
            .collect();
        let reason = report
            .reason
            .iter()
            .cloned()
            .chain(mistakes)
            .collect::<Vec<_>>()
            .join("\n");
        Case {
            id: report.id.clone(),
            scenario: report.scenario.clone(),
            case: report.values.iter().cloned().collect(),
            status: report.status.word(),
            duration_ms: u64::try_from(report.duration.as_millis()).unwrap_or(u64::MAX),
            unmet: report
                .missed
                .iter()
                .map(|missed| Unmet {
                    at: missed.place.at(),
                    expected: missed.expected.clone(),
                    actual: missed.actual.clone(),
                })
                .collect(),
            decisions: report
                .observation
                .as_ref()
                .map(explanation::decisions)
                .unwrap_or_default(),
            reason: (!reason.is_empty()).then_some(reason),
        }
    }
}

/// Collects the cases and writes them at the end.
pub(super) struct Json {
    out: Box<dyn Write + Send>,
    cases: Vec<Case>,
}

impl Json {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Json {
        Json {
            out,
            cases: Vec::new(),
        }
    }
}

impl Listener for Json {
    fn hear(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Case(report) => self.cases.push(Case::from(*report)),
            Event::Ended(Summary {
                passed,
                failed,
                skipped,
                errors,
                ..
            }) => {
                let summary = Counts {
                    passed: *passed,
                    failed: *failed,
                    skipped: *skipped,
                    errors: *errors,
                };
                serde_json::to_writer_pretty(
                    &mut self.out,
                    &Report {
                        summary,
                        cases: &self.cases,
                    },
                )?;
                writeln!(self.out)?;
                self.out.flush()?;
            }
            _ => {}
        }
        Ok(())
    }
}
