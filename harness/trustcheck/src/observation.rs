//! What was seen of a case: the jobs that ran, what they printed, and the world's journal.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use mock_aws::Call;
use trustcheck_lab::{Entry, Record};

use crate::client::Answer;
use crate::diagnostic::Source;
use crate::execute::Exit;

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
}

impl JobRun {
    /// The job's end as GitLab calls it.
    #[must_use]
    pub fn status(&self) -> JobStatus {
        match self.exit {
            Exit::Code(0) => JobStatus::Success,
            Exit::TimedOut => JobStatus::TimedOut,
            _ => JobStatus::Failed,
        }
    }

    /// How the job ended, in words.
    #[must_use]
    pub fn ending(&self) -> String {
        match self.exit {
            Exit::Code(code) => format!("exit code {code}"),
            Exit::Signal(signal) => format!("ended by signal {signal}"),
            Exit::TimedOut => format!("stopped at its time limit of {:?}", self.limit),
            Exit::Interrupted => "interrupted".to_owned(),
        }
    }
}

/// What was seen of a case.
#[derive(Debug, Clone, Default)]
pub struct Observation {
    /// The jobs that ran, in order. A failed job is the last.
    pub jobs: Vec<JobRun>,
    /// What the built-in client was answered, in order.
    pub answers: Vec<Answer>,
    /// Whether the run was interrupted meanwhile.
    pub interrupted: bool,
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
        self.jobs
            .iter()
            .map(JobRun::status)
            .find(|status| *status != JobStatus::Success)
            .unwrap_or(JobStatus::Success)
    }

    /// The exit status of the first job that failed, 0 where none did, nothing where a job was stopped.
    #[must_use]
    pub fn exit_code(&self) -> Option<i32> {
        match self
            .jobs
            .iter()
            .find(|job| job.exit != Exit::Code(0))
            .map(|job| job.exit)
        {
            None => Some(0),
            Some(Exit::Code(code)) => Some(code),
            Some(_) => None,
        }
    }

    /// The logs of all jobs, one after the other, without colours and cursor movements.
    #[must_use]
    pub fn output(&self) -> String {
        self.jobs
            .iter()
            .map(|job| anstream::adapter::strip_str(&job.log).to_string())
            .collect()
    }

    /// The calls of AWS, in order.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.journal.iter().filter_map(|entry| match &entry.record {
            Record::Aws(mock_aws::Event::Call(call)) => Some(call.as_ref()),
            _ => None,
        })
    }
}
