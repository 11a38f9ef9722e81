//! A job: what one set of tokens and variables derives from.

use std::sync::Arc;

use jiff::Timestamp;

use crate::environment::Environment;
use crate::pipeline::Pipeline;

/// What the pipeline configuration says of a job, as far as tokens and variables depend on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobSpec {
    /// The name, such as `assume role` or `test: [a, b]`.
    pub name: String,
    /// The stage.
    pub stage: String,
    /// `timeout:` in seconds; `None`: the project's. The tokens live as long.
    pub timeout_seconds: Option<u64>,
    /// `environment:`
    pub environment: Option<Environment>,
    /// `image:name`
    pub image: Option<String>,
    /// `parallel:`: which of how many it is, counted from 1.
    pub parallel: Option<(u32, u32)>,
    /// Whether it is started by hand (`when: manual`).
    pub manual: bool,
    /// The job's id; `None`: the instance counts.
    pub id: Option<u64>,
}

impl JobSpec {
    /// A job in the stage `test`.
    pub fn new(name: impl Into<String>) -> JobSpec {
        JobSpec {
            name: name.into(),
            stage: "test".to_owned(),
            timeout_seconds: None,
            environment: None,
            image: None,
            parallel: None,
            manual: false,
            id: None,
        }
    }
}

/// A job that a runner has taken, made by [`crate::Instance::job`].
#[derive(Clone, Debug)]
pub struct Job {
    /// The id, unique in the instance.
    pub id: u64,
    /// The pipeline it is part of.
    pub pipeline: Arc<Pipeline>,
    /// What the configuration says.
    pub spec: JobSpec,
    /// How long it may run, in seconds; the tokens expire with it.
    pub timeout_seconds: u64,
    /// `CI_JOB_TOKEN`. The mock has no API that takes it.
    pub token: String,
    /// When the runner took it, to the second.
    pub started_at: Timestamp,
}

impl Job {
    /// Whether the job's environment is protected; `None` without an environment.
    pub fn environment_protected(&self) -> Option<bool> {
        let environment = self.spec.environment.as_ref()?;
        Some(
            self.pipeline
                .project
                .protected_environments
                .contains(&environment.name),
        )
    }
}
