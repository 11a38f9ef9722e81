//! `--report pretty`: for a person. A line for each case, what a turned-away login looked like and why, and for each
//! case that fell short the expectation with its place.

use std::io::{self, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::explanation;
use super::progress::Progress;
use crate::run::{CaseReport, Event, Listener, Status, Summary};

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const PALE: Style = AnsiColor::Yellow.on_default();
const QUIET: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();

/// The lines of a job log that are shown of a case that fell short.
const LOG_LINES: usize = 20;

/// Writes each case as it is reported, and a summary.
pub(super) struct Pretty {
    out: Box<dyn Write + Send>,
    colour: bool,
    progress: Progress,
    /// The scenario whose heading was written last.
    scenario: String,
    fell_short: Vec<String>,
}

impl Pretty {
    pub(super) fn new(out: Box<dyn Write + Send>, colour: bool, progress: Progress) -> Pretty {
        Pretty {
            out,
            colour,
            progress,
            scenario: String::new(),
            fell_short: Vec::new(),
        }
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.colour {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    fn case(&mut self, report: &CaseReport) -> String {
        let mut lines = Vec::new();
        if report.scenario != self.scenario {
            self.scenario.clone_from(&report.scenario);
            lines.push(String::new());
            lines.push(self.paint(STRONG, &report.scenario));
        }
        let mark = match report.status {
            Status::Passed => self.paint(GOOD, "✓ passed "),
            Status::Failed => self.paint(BAD, "✗ failed "),
            Status::Skipped => self.paint(PALE, "- skipped"),
            Status::Error => self.paint(BAD, "! error  "),
        };
        let time = self.paint(QUIET, &seconds(report.duration));
        lines.push(format!("{mark} {} {time}", report.id));
        if let Some(reason) = &report.reason {
            lines.extend(indented(reason));
        }
        for mistake in &report.mistakes {
            lines.extend(indented(&mistake.render(self.colour)));
        }
        for missed in &report.missed {
            lines.extend(indented(&missed.place.render(self.colour)));
            lines.push(format!(
                "  {} {}",
                self.paint(STRONG, "expected"),
                missed.expected
            ));
            lines.push(format!("  {}   {}", self.paint(STRONG, "actual"), missed.actual));
        }
        if let Some(seen) = &report.observation {
            for denial in explanation::denials(seen, self.colour) {
                lines.extend(indented(&denial));
            }
            if report.status == Status::Failed
                && let Some(answer) = seen.answers.last()
            {
                let title = format!("the last answer, with status {}", answer.status);
                lines.push(format!("  {}", self.paint(STRONG, &title)));
                for line in answer.shown.lines() {
                    lines.push(format!("  {} {line}", self.paint(QUIET, "│")));
                }
            }
            if report.status == Status::Failed && !seen.jobs.is_empty() {
                let log = seen.output();
                let log: Vec<&str> = log.lines().collect();
                lines.push(format!("  {}", self.paint(STRONG, "the end of the job log")));
                for line in &log[log.len().saturating_sub(LOG_LINES)..] {
                    lines.push(format!("  {} {line}", self.paint(QUIET, "│")));
                }
            }
        }
        if matches!(report.status, Status::Failed | Status::Error) {
            self.fell_short.push(report.id.clone());
        }
        lines.push(String::new());
        lines.join("\n")
    }

    fn summary(&self, summary: &Summary) -> String {
        let mut lines = vec![String::new()];
        if !self.fell_short.is_empty() {
            lines.push(self.paint(STRONG, "fell short:"));
            lines.extend(self.fell_short.iter().map(|id| format!("  {id}")));
        }
        if summary.interrupted {
            lines.push(self.paint(
                BAD,
                "interrupted: what ran was stopped, and nothing was left behind",
            ));
        }
        let count = |number: usize, word: &str, style: Style| {
            let text = format!("{number} {word}");
            if number == 0 {
                text
            } else {
                self.paint(style, &text)
            }
        };
        lines.push(format!(
            "{}, {}, {}, {} in {}",
            count(summary.passed, "passed", GOOD),
            count(summary.failed, "failed", BAD),
            count(summary.skipped, "skipped", PALE),
            count(
                summary.errors,
                if summary.errors == 1 { "error" } else { "errors" },
                BAD
            ),
            seconds(summary.duration).trim_start(),
        ));
        lines.push(String::new());
        lines.join("\n")
    }
}

impl Listener for Pretty {
    fn hear(&mut self, event: &Event<'_>) -> io::Result<()> {
        let text = match event {
            Event::Case(report) => self.case(report),
            Event::Ended(summary) => self.summary(summary),
            _ => return Ok(()),
        };
        let out = &mut self.out;
        self.progress
            .aside(|| out.write_all(text.as_bytes()).and_then(|()| out.flush()))
    }
}

fn indented(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(|line| format!("  {line}"))
}

fn seconds(duration: Duration) -> String {
    format!("{:.2}s", duration.as_secs_f64())
}
