//! What was seen of a case: the jobs that ran, what they printed, and the world's journal.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use mock_aws::Call;
use trustcheck_lab::{Entry, Record};

use crate::client::Answer;
use crate::diagnostic::{Diagnostic, Source};
use crate::execute::Exit;
use crate::reader::Located;

/// How GitLab calls the end of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobStatus {
    /// Every command ended with 0.
    Success,
    /// One did not.
    Failed,
    /// The job was stopped at its time limit. GitLab counts it among the failed; here it is apart, so that a script
    /// that hangs is never taken for one that was turned away.
    TimedOut,
}

impl fmt::Display for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            JobStatus::Success => "success",
            JobStatus::Failed => "failed",
            JobStatus::TimedOut => "timed-out",
        })
    }
}

/// One job that ran.
#[derive(Debug, Clone)]
pub struct JobRun {
    /// Its name in the pipeline; `script` for a bare script.
    pub name: String,
    /// How it ended.
    pub exit: Exit,
    /// Its log, as GitLab shows it: masked, with its last line saying how it ended.
    pub log: String,
    /// How long it may take.
    pub limit: Duration,
    /// Whether it failed and the pipeline goes on all the same.
    pub allowed_to_fail: bool,
    /// Whether it was run again afterwards.
    pub retried: bool,
    /// Its id at GitLab, which its tokens claim.
    pub id: Option<u64>,
    /// How long it ran.
    pub duration: Duration,
}

/// A job that did not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idle {
    /// Its name.
    pub name: String,
    /// Why it did not.
    pub why: Why,
}

/// Why a job did not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Its rules keep it out of the pipeline.
    Omitted(String),
    /// What came before it failed, or did not.
    Skipped,
    /// Somebody would have to start it.
    Manual,
    /// Something before it waits for somebody.
    Blocked,
}

impl Why {
    /// The word for it in expectations.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Why::Omitted(_) => "not-created",
            Why::Skipped => "skipped",
            Why::Manual => "manual",
            Why::Blocked => "created",
        }
    }
}

/// What came of one pipeline.
#[derive(Debug, Clone, Default)]
pub struct PipelineRun {
    /// The jobs that ran, in the order in which they ended.
    pub jobs: Vec<JobRun>,
    /// The jobs that did not.
    pub idle: Vec<Idle>,
    /// Why GitLab creates no pipeline, in its words; empty where it does.
    pub refusal: Vec<Diagnostic>,
    /// Jobs that were asked for and do not run, and why.
    pub missing: Vec<(Located<String>, String)>,
    /// How it ended.
    pub status: PipelineStatus,
}

impl PipelineRun {
    /// No pipeline at all.
    #[must_use]
    pub fn refused(refusal: Vec<Diagnostic>) -> PipelineRun {
        PipelineRun {
            refusal,
            status: PipelineStatus::Refused,
            ..PipelineRun::default()
        }
    }
}

impl JobRun {
    /// A job that ended, its log still to be written.
    #[must_use]
    pub fn new(name: impl Into<String>, exit: Exit, limit: Duration) -> JobRun {
        JobRun {
            name: name.into(),
            exit,
            log: String::new(),
            limit,
            allowed_to_fail: false,
            retried: false,
            id: None,
            duration: Duration::ZERO,
        }
    }

    /// The job's end as GitLab calls it.
    #[must_use]
    pub fn status(&self) -> JobStatus {
        match self.exit {
            Exit::Code(0) => JobStatus::Success,
            Exit::TimedOut => JobStatus::TimedOut,
            _ => JobStatus::Failed,
        }
    }

    /// Its log as a person reads it: without colours, cursor movements and the marks of sections.
    #[must_use]
    pub fn text(&self) -> String {
        without_marks(&anstream::adapter::strip_str(&self.log).to_string())
    }

    /// Its log as a terminal shows it: in colour, without the marks of sections.
    #[must_use]
    pub fn coloured(&self) -> String {
        without_marks(&self.log.replace("\x1b[0K", ""))
    }

    /// How the job ended, in words.
    #[must_use]
    pub fn ending(&self) -> String {
        match self.exit {
            Exit::Code(code) => format!("exit code {code}"),
            Exit::Signal(signal) => format!("ended by signal {signal}"),
            Exit::TimedOut => format!("stopped at its time limit of {:?}", self.limit),
            Exit::Interrupted => "interrupted".to_owned(),
            Exit::Exceeded(excess) => format!("stopped, since {excess}"),
        }
    }
}

fn without_marks(log: &str) -> String {
    let mut text = String::with_capacity(log.len());
    for line in log.split_inclusive('\n') {
        let mut rest = line;
        while let Some(after) = section_mark(rest) {
            rest = after;
        }
        text.push_str(rest);
    }
    text
}

/// What follows the mark of a section that a line begins with: `section_start:1:name` and a carriage return.
fn section_mark(line: &str) -> Option<&str> {
    let (mark, rest) = line.split_once('\r')?;
    let mark = mark
        .strip_prefix("section_start:")
        .or_else(|| mark.strip_prefix("section_end:"))?;
    let (time, name) = mark.split_once(':')?;
    let is_mark = time.bytes().all(|byte| byte.is_ascii_digit()) && !name.contains(' ');
    is_mark.then_some(rest)
}

/// How GitLab calls the state of a pipeline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PipelineStatus {
    /// Every job that ran succeeded, or was allowed to fail.
    #[default]
    Success,
    /// One failed.
    Failed,
    /// It waits for somebody to start a job.
    Manual,
    /// It was not created.
    Refused,
}

impl fmt::Display for PipelineStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PipelineStatus::Success => "success",
            PipelineStatus::Failed => "failed",
            PipelineStatus::Manual => "manual",
            PipelineStatus::Refused => "refused",
        })
    }
}

/// What was seen of a case.
#[derive(Debug, Clone, Default)]
pub struct Observation {
    /// The jobs that ran, in the order in which they ended.
    pub jobs: Vec<JobRun>,
    /// What the built-in client was answered, in order.
    pub answers: Vec<Answer>,
    /// Whether the run was interrupted meanwhile.
    pub interrupted: bool,
    /// The jobs of pipelines that did not run.
    pub idle: Vec<Idle>,
    /// Why GitLab created no pipeline, in its words.
    pub refusal: Vec<Diagnostic>,
    /// How the pipelines ended.
    pub pipeline: PipelineStatus,
    /// What happened in the world.
    pub journal: Vec<Entry>,
    /// The texts of the world's trust policies, by the ARN of their role.
    pub policies: Arc<BTreeMap<String, Source>>,
}

impl Observation {
    /// The end of the first job that did not succeed; `Failed` where no job ran.
    #[must_use]
    pub fn status(&self) -> JobStatus {
        if self.jobs.is_empty() {
            return JobStatus::Failed;
        }
        self.last_runs()
            .map(JobRun::status)
            .find(|status| *status != JobStatus::Success)
            .unwrap_or(JobStatus::Success)
    }

    /// The exit status of the first job that failed, 0 where none did, nothing where a job was stopped.
    #[must_use]
    pub fn exit_code(&self) -> Option<i32> {
        match self
            .last_runs()
            .find(|job| job.exit != Exit::Code(0))
            .map(|job| job.exit)
        {
            None => Some(0),
            Some(Exit::Code(code)) => Some(code),
            Some(_) => None,
        }
    }

    /// The jobs that ran, those that were run again left out.
    pub fn last_runs(&self) -> impl Iterator<Item = &JobRun> {
        self.jobs.iter().filter(|job| !job.retried)
    }

    /// The logs of all jobs, one after the other, as a person reads them.
    #[must_use]
    pub fn output(&self) -> String {
        self.jobs.iter().map(JobRun::text).collect()
    }

    /// The calls of AWS, in order.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.journal.iter().filter_map(|entry| match &entry.record {
            Record::Aws(mock_aws::Event::Call(call)) => Some(call.as_ref()),
            _ => None,
        })
    }
}
