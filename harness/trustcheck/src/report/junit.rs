//! `--report junit`: a suite for each scenario file, a test for each case.
//!
//! GitLab's merge request widget shows the name, the file and the text of each failure
//! (GitLab docs, "Unit test reports").

use std::io::{self, Write};

use indexmap::IndexMap;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::explanation;
use crate::run::{CaseReport, Event, Listener, Status};

/// Collects the cases and writes them at the end.
pub(super) struct Junit {
    out: Box<dyn Write + Send>,
    suites: IndexMap<String, TestSuite>,
}

impl Junit {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Junit {
        Junit {
            out,
            suites: IndexMap::new(),
        }
    }
}

impl Listener for Junit {
    fn hear(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Case(report) => {
                let file = report.file.to_string();
                let suite = self
                    .suites
                    .entry(file.clone())
                    .or_insert_with(|| TestSuite::new(file));
                suite.add_test_case(test_case(report));
            }
            Event::Ended(summary) => {
                let mut report = Report::new("trustcheck");
                report.set_time(summary.duration);
                report.add_test_suites(std::mem::take(&mut self.suites).into_values());
                report.serialize(&mut self.out).map_err(io::Error::other)?;
                self.out.flush()?;
            }
            _ => {}
        }
        Ok(())
    }
}

fn test_case(report: &CaseReport) -> TestCase {
    let mut status = match report.status {
        Status::Passed => TestCaseStatus::success(),
        Status::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Status::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
        Status::Skipped => TestCaseStatus::skipped(),
    };
    if report.status != Status::Passed {
        let (message, details) = words(report);
        status.set_message(message).set_description(details);
    }
    let mut case = TestCase::new(&report.id, status);
    case.set_classname(&report.scenario).set_time(report.duration);
    case.extra.insert("file".into(), report.file.as_str().into());
    if let Some(seen) = &report.observation {
        case.set_system_out(seen.output());
    }
    case
}

/// One line, and all there is to say.
fn words(report: &CaseReport) -> (String, String) {
    let mut lines: Vec<String> = Vec::new();
    for missed in &report.missed {
        lines.push(format!(
            "{}: expected {}, but {}",
            missed.place.at(),
            missed.expected,
            missed.actual
        ));
    }
    lines.extend(report.reason.iter().cloned());
    lines.extend(report.mistakes.iter().map(|mistake| mistake.render(false)));
    let first = lines
        .first()
        .and_then(|line| line.lines().next())
        .unwrap_or_default()
        .to_owned();
    if let Some(seen) = &report.observation {
        lines.extend(explanation::denials(seen, false));
    }
    (first, lines.join("\n"))
}
