//! What a run tells: reports and progress listen, and compute nothing again.

use std::time::Duration;

use camino::Utf8PathBuf;

use crate::diagnostic::Diagnostic;
use crate::observation::Observation;
use crate::scenario::Lesson;

/// What came of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// All was as expected.
    Passed,
    /// An expectation was not met.
    Failed,
    /// It did not run, because something it needs is absent.
    Skipped,
    /// It could not be run: a mistake in its file, or a fault of the harness.
    Error,
}

impl Status {
    /// The word for it in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Status::Passed => "passed",
            Status::Failed => "failed",
            Status::Skipped => "skipped",
            Status::Error => "error",
        }
    }
}

/// An expectation that was not met, with its place in the scenario file.
#[derive(Debug, Clone)]
pub struct Missed {
    /// The place; its message is the expectation.
    pub place: Diagnostic,
    /// What was expected.
    pub expected: String,
    /// What was seen.
    pub actual: String,
}

/// What came of one case.
#[derive(Debug, Clone)]
pub struct CaseReport {
    /// Unique in a run: the file's path without its ending, and the matrix values in brackets.
    pub id: String,
    /// The scenario's name.
    pub scenario: String,
    /// The scenario's file.
    pub file: Utf8PathBuf,
    /// The case's matrix values, as they are shown.
    pub values: Vec<(String, String)>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// What it teaches.
    pub lesson: Option<Lesson>,
    /// What came of it.
    pub status: Status,
    /// How long it took.
    pub duration: Duration,
    /// Which expectations were not met.
    pub missed: Vec<Missed>,
    /// What was seen, where the case ran.
    pub observation: Option<Observation>,
    /// Why it was skipped, or what went wrong.
    pub reason: Option<String>,
    /// Mistakes in its files.
    pub mistakes: Vec<Diagnostic>,
}

/// How many cases ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// As expected.
    pub passed: usize,
    /// Not as expected.
    pub failed: usize,
    /// Not run.
    pub skipped: usize,
    /// Could not be run.
    pub errors: usize,
    /// Those of `errors` that are not a mistake in a file but a fault of the environment: a full disk, no port.
    pub faults: usize,
    /// Whether the run was broken off by the user.
    pub interrupted: bool,
    /// How long the whole run took.
    pub duration: Duration,
}

impl Summary {
    pub(super) fn count(&mut self, report: &CaseReport) {
        if report.status == Status::Error && report.mistakes.is_empty() {
            self.faults += 1;
        }
        match report.status {
            Status::Passed => self.passed += 1,
            Status::Failed => self.failed += 1,
            Status::Skipped => self.skipped += 1,
            Status::Error => self.errors += 1,
        }
    }

    /// How many cases there were.
    #[must_use]
    pub fn total(&self) -> usize {
        self.passed + self.failed + self.skipped + self.errors
    }
}

/// What happens in a run.
#[derive(Debug)]
pub enum Event<'a> {
    /// The run begins, with this many cases.
    Began {
        /// How many cases will be reported.
        cases: usize,
    },
    /// Something is made ready that takes longer than a moment.
    Preparing(&'a str),
    /// A case begins to run. Cases run in parallel.
    CaseBegan(&'a str),
    /// A case has ended, but its turn to be reported may come later.
    CaseEnded(&'a str),
    /// A case is reported. Reports come in the order of the files, whatever order the cases ended in.
    Case(&'a CaseReport),
    /// The run is over.
    Ended(&'a Summary),
}

/// Somebody who follows a run.
pub trait Listener: Send {
    /// Hears what happened.
    ///
    /// # Errors
    /// Where what it writes cannot be written.
    fn hear(&mut self, event: &Event<'_>) -> std::io::Result<()>;
}
