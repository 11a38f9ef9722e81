//! `--report junit`: a suite for each scenario file, a test for each case.
//!
//! GitLab's merge request widget and its pipeline page show a test's `name`, its `classname` as the suite, its `file` with a
//! button to copy it, and of a failure or an error the element's text, under it `system-out` (GitLab docs, "Unit test
//! reports"). Attributes of an element that has a text are lost there, and tests of the same suite, class and name count
//! once: so the text says everything, and class and name together are a case's own.

use std::io::{self, Write};

use indexmap::IndexMap;
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

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
    let mut case = TestCase::new(name(report), status);
    case.set_classname(report.file.with_extension("").as_str())
        .set_time(report.duration);
    case.extra.insert("file".into(), report.file.as_str().into());
    for tag in &report.tags {
        case.add_property(Property::new("tag", tag));
    }
    for (name, value) in &report.values {
        case.add_property(Property::new(format!("matrix.{name}"), value));
    }
    if let Some(lesson) = &report.lesson {
        case.add_property(Property::new("lesson.cause", &lesson.cause));
        case.add_property(Property::new("lesson.fix", &lesson.fix));
    }
    if let Some(seen) = &report.observation {
        case.set_system_out(seen.output());
    }
    case
}

/// What the scenario shows, and with which values.
fn name(report: &CaseReport) -> String {
    let values: Vec<String> = report
        .values
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if values.is_empty() {
        report.scenario.clone()
    } else {
        format!("{} [{}]", report.scenario, values.join(", "))
    }
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
