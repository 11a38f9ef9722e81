//! The log of one job, written as the runner writes it: header, sections, what the scripts print, the last line.
//!
//! DIVERGENCE: the executor is called after what the job asks for (`docker` where it names an image), and the line below it
//! says that the host's shell stands in for the image; the runner's revision and short token are made up.

use std::time::Duration;

use gitlab_pipeline::runner::log::{self, Failure, Stage};
use mock_gitlab::Job;
use trustcheck_lab::World;

use crate::execute::{Exit, JobLog};

/// A log that is being written.
#[derive(Debug)]
pub(super) struct Trace<'a> {
    log: JobLog,
    world: &'a World,
    executor: &'static str,
    open: Option<Stage>,
}

impl<'a> Trace<'a> {
    /// A log in which none of `secrets` will be seen.
    pub(super) fn begin(world: &'a World, job: &Job, secrets: &[String]) -> Trace<'a> {
        let mut trace = Trace {
            log: JobLog::new(secrets.iter().cloned()),
            world,
            // The runner calls it so; what of it is another's is said in the next lines.
            executor: if job.spec.image.is_some() {
                "docker"
            } else {
                "shell"
            },
            open: None,
        };
        let runner = &job.pipeline.runner;
        let version = runner.version.clone().unwrap_or_else(|| "19.4.0".to_owned());
        let header = log::header(
            &version,
            "d79f3e7b",
            &runner.description,
            &format!("t3_{:07}", runner.id),
            "s_trustcheck",
        );
        trace.print(header.as_bytes());
        trace.section(Stage::PrepareExecutor);
        let shell = match &job.spec.image {
            Some(image) => format!("Using the host's shell in place of image {image} ..."),
            None => "Using Shell (bash) executor...".to_owned(),
        };
        trace.line(&shell);
        trace.section(Stage::PrepareScript);
        trace.line("Running on trustcheck...");
        trace
    }

    /// Takes what a script printed.
    pub(super) fn print(&mut self, bytes: &[u8]) {
        self.log.print(bytes);
    }

    /// Writes a line of the runner.
    pub(super) fn line(&mut self, text: &str) {
        self.log.print(log::line(text).as_bytes());
    }

    /// Writes a warning of the runner.
    pub(super) fn warning(&mut self, text: &str) {
        self.log.print(log::warning(text).as_bytes());
    }

    /// Writes an error of the runner, which is not the job's last line.
    pub(super) fn error(&mut self, text: &str) {
        self.log.print(log::error(text).as_bytes());
    }

    /// Says that there is nothing where a path leads.
    pub(super) fn no_match(&mut self, path: &str) {
        self.warning(&format!(
            "{path}: no matching files. Ensure that the artifact path is relative to the working directory"
        ));
    }

    /// Closes the open section and opens that of another stage.
    pub(super) fn section(&mut self, stage: Stage) {
        self.close();
        let now = self.world.clock().now().as_second();
        self.log.print(log::section_start(stage, now).as_bytes());
        self.log.print(log::title(stage, self.executor).as_bytes());
        self.open = Some(stage);
    }

    fn close(&mut self) {
        if let Some(stage) = self.open.take() {
            let now = self.world.clock().now().as_second();
            self.log.print(log::section_end(stage, now).as_bytes());
        }
    }

    /// The whole log with its last line.
    pub(super) fn end(mut self, failure: Option<&Failure>) -> String {
        self.section(Stage::CleanupFileVariables);
        self.close();
        let last = failure.map_or_else(log::succeeded, log::failed);
        self.log.end(&last)
    }

    /// The whole log of a job that did not come to its shell.
    pub(super) fn dropped(mut self, reason: &str) -> String {
        self.close();
        self.log.end(&log::failed(&Failure::System(reason.to_owned())))
    }
}

/// How the runner calls the end of a script, if it is no success.
pub(super) fn failure(exit: Exit, limit: Duration) -> Option<Failure> {
    match exit {
        Exit::Code(0) => None,
        Exit::Code(code) => Some(Failure::ExitCode(code)),
        Exit::Signal(signal) => Some(Failure::ExitCode(128 + signal)),
        Exit::TimedOut => Some(Failure::Timeout(limit.as_secs())),
        Exit::Interrupted => Some(Failure::System("aborted: interrupt".to_owned())),
        Exit::Exceeded(excess) => Some(Failure::System(excess.to_string())),
    }
}
