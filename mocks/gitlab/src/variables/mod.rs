//! The predefined CI/CD variables.
//!
//! Names, order and conditions follow GitLab's `Ci::Build#base_variables`, `Gitlab::Ci::Variables::Builder`,
//! `Project#predefined_variables`, `MergeRequest#predefined_variables` and GitLab docs, "Predefined CI/CD variables
//! reference". They come from the same job description as the claims, so the two cannot contradict each other.
//!
//! Left out is what depends on features that the mock does not have: deploy tokens, Kubernetes, Pages, the dependency
//! proxy, integrations, ChatOps.

mod job;
mod pipeline;
mod project;
mod runner;
mod slug;

use crate::base_url::BaseUrl;
use crate::job::Job;
use crate::pipeline::Pipeline;
use crate::version::Version;

/// A variable of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The name.
    pub name: String,
    /// The value, not expanded.
    pub value: String,
    /// Whether the job log shows `[MASKED]` for it.
    pub masked: bool,
    /// Whether the job sees the path of a file with the value.
    pub file: bool,
    /// Where it ranks among the other variables, and who can use it.
    pub layer: Layer,
}

/// Where a predefined variable comes from.
///
/// GitLab concatenates a job's variables in the order of these layers, and of two variables with one name the later one
/// wins. ID tokens come right after [`Persisted`](Layer::Persisted); the job's own `variables:` come between
/// [`Runner`](Layer::Runner) and [`User`](Layer::User), all other variables (dotenv, instance, group, project, pipeline)
/// between `User` and [`PersistedEnvironment`](Layer::PersistedEnvironment). What the runner adds itself
/// ([`Executor`](Layer::Executor)) is not part of that list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Exists once the job does: ids, URLs, tokens.
    Persisted,
    /// The job's name, stage and environment.
    Job,
    /// The server and the project.
    Project,
    /// The pipeline, its commit and its merge request.
    Pipeline,
    /// The runner that took the job.
    Runner,
    /// The user.
    User,
    /// The environment, once it exists.
    PersistedEnvironment,
    /// What the runner itself adds: directories, its version, the time-out.
    Executor,
}

impl Layer {
    /// Whether `workflow:rules` and `include:rules` can use it.
    pub fn in_workflow_rules(self) -> bool {
        matches!(self, Layer::Project | Layer::Pipeline)
    }

    /// Whether the `rules` of jobs can use it.
    pub fn in_job_rules(self) -> bool {
        matches!(self, Layer::Job | Layer::Project | Layer::Pipeline | Layer::User)
    }

    /// Whether `id_tokens:aud` can use it: GitLab expands that with the job's *scoped* variables, where ids and tokens of
    /// the job, and what only the runner knows, are blank.
    pub fn in_audience(self) -> bool {
        !matches!(
            self,
            Layer::Persisted | Layer::PersistedEnvironment | Layer::Executor
        )
    }
}

/// What of the instance the variables depend on.
pub(crate) struct Server<'a> {
    pub(crate) url: &'a BaseUrl,
    pub(crate) version: Version,
}

/// All predefined variables of a job, in GitLab's order.
pub(crate) fn of_job(server: &Server<'_>, job: &Job) -> Vec<Variable> {
    let mut list = List::default();
    job::persisted(&mut list, server, job);
    list.layer = Layer::Job;
    job::scoped(&mut list, server, job);
    of_pipeline_into(&mut list, server, &job.pipeline);
    list.layer = Layer::Runner;
    runner::registered(&mut list, &job.pipeline.runner);
    list.layer = Layer::User;
    job::user(&mut list, job.pipeline.user.as_deref());
    list.layer = Layer::PersistedEnvironment;
    job::persisted_environment(&mut list, job);
    list.layer = Layer::Executor;
    runner::added(&mut list, server, job);
    list.variables
}

/// The variables that exist before any job does.
pub(crate) fn of_pipeline(server: &Server<'_>, pipeline: &Pipeline) -> Vec<Variable> {
    let mut list = List::default();
    of_pipeline_into(&mut list, server, pipeline);
    list.variables
}

fn of_pipeline_into(list: &mut List, server: &Server<'_>, pipeline: &Pipeline) {
    list.layer = Layer::Project;
    project::server(list, server);
    project::project(list, server, &pipeline.project);
    list.layer = Layer::Pipeline;
    pipeline::pipeline(list, pipeline);
    pipeline::commit(list, server, pipeline);
    pipeline::merge_request(list, server, pipeline);
}

/// Variables as they are collected.
struct List {
    variables: Vec<Variable>,
    layer: Layer,
}

impl Default for List {
    fn default() -> Self {
        List {
            variables: Vec::with_capacity(100),
            layer: Layer::Persisted,
        }
    }
}

impl List {
    fn add(&mut self, name: &str, value: impl Into<String>) {
        self.push(name, value.into(), false);
    }

    fn add_masked(&mut self, name: &str, value: impl Into<String>) {
        self.push(name, value.into(), true);
    }

    fn push(&mut self, name: &str, value: String, masked: bool) {
        self.variables.push(Variable {
            name: name.to_owned(),
            value,
            masked,
            file: false,
            layer: self.layer,
        });
    }
}
