//! What one job gets: its tokens, its variables and its script, put together in GitLab's order.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use gitlab_pipeline::expand::{Variable, audience, collection, environment};
use gitlab_pipeline::runner::log::{self, Failure};
use gitlab_pipeline::runner::script::{AFTER_SCRIPT_NOTICE, Export, Script};
use gitlab_pipeline::runner::shell::Shell;
use gitlab_pipeline::{Audience, IdToken, Job};
use jiff::Timestamp;
use mock_gitlab::{GitRef, Instance, JobSpec, Layer, Pipeline, TokenRefusal, Trigger};
use trustcheck_lab::World;

use crate::execute::{Exit, Room};
use crate::scenario::{Case, Plan, Work};

/// A pipeline that has been started, and the jobs of it that are still to run.
#[derive(Debug)]
pub(super) struct Started<'a> {
    case: &'a Case,
    world: &'a World,
    gitlab: &'a Arc<Instance>,
    /// Its number in the world.
    index: usize,
    pipeline: Arc<Pipeline>,
    queue: VecDeque<Job>,
}

/// A job that is ready for its shell.
#[derive(Debug)]
pub(super) struct Prepared {
    /// The job's name.
    pub(super) name: String,
    /// What the log must not show.
    pub(super) secrets: Vec<String>,
    commands: Vec<String>,
    after: Vec<String>,
    exports: Vec<Export>,
    directory: String,
    files: String,
}

/// The number of the GitLab of the case's project, and the pipeline that is started there.
pub(super) fn pipeline(case: &Case, world: &World) -> Result<(usize, Arc<Pipeline>), String> {
    let named = case.start.project.as_ref().map(|project| project.value.as_str());
    let Some((index, project)) = case.world.project(named) else {
        return Err("the world has no project to run a pipeline in".to_owned());
    };
    let trigger = case
        .start
        .trigger
        .clone()
        .unwrap_or_else(|| Trigger::push(GitRef::Branch(project.default_branch.clone())));
    let pipeline = world.gitlabs()[index]
        .pipeline(&project.path, &trigger, world.time_at(index))
        .map_err(|error| error.to_string())?;
    Ok((index, pipeline))
}

/// Starts the case's pipeline at its GitLab.
pub(super) fn start<'a>(case: &'a Case, plan: &Plan, world: &'a World) -> Result<Started<'a>, String> {
    let (index, pipeline) = pipeline(case, world)?;
    let queue = match &plan.work {
        Work::Pipeline { pipeline, jobs } => jobs
            .iter()
            .filter_map(|name| pipeline.job(name).cloned())
            .collect(),
        Work::Script { script, id_tokens } => [bare_job(script, id_tokens)].into(),
        Work::Call(_) => VecDeque::new(), // it has no job
    };
    Ok(Started {
        case,
        world,
        gitlab: &world.gitlabs()[index],
        index,
        pipeline,
        queue,
    })
}

/// A job that has nothing but a script.
fn bare_job(script: &str, id_tokens: &[(String, Audience)]) -> Job {
    let token = |(name, aud): &(String, Audience)| {
        (
            name.clone(),
            IdToken {
                aud: aud.clone(),
                span: 0..0,
            },
        )
    };
    Job {
        name: "script".to_owned(),
        stage: "test".to_owned(),
        image: None,
        variables: indexmap::IndexMap::new(),
        id_tokens: id_tokens.iter().map(token).collect(),
        before_script: Vec::new(),
        script: vec![script.to_owned()],
        after_script: Vec::new(),
        timeout: None,
        tags: Vec::new(),
        span: 0..0,
        places: indexmap::IndexMap::new(),
    }
}

impl Started<'_> {
    /// The next job in the pipeline's order.
    pub(super) fn next_job(&mut self) -> Option<Job> {
        self.queue.pop_front()
    }

    /// The path of the project, where jobs find their work directory.
    pub(super) fn project_path(&self) -> &str {
        &self.pipeline.project.path
    }

    /// Gives `job` to a runner whose directories are those of `room`.
    pub(super) fn prepare(&self, job: &Job, room: &Room) -> Result<Prepared, String> {
        let now = self.world.time_at(self.index);
        let spec = JobSpec {
            stage: job.stage.clone(),
            timeout_seconds: job.timeout,
            environment: self.case.start.environment.clone(),
            image: job.image.as_ref().map(|image| image.name.clone()),
            ..JobSpec::new(&job.name)
        };
        let taken = self.gitlab.job(&self.pipeline, spec, now);
        let mut assembly = Assembly::new(self.gitlab.predefined_variables(&taken), room);
        self.add_tokens(job, &taken, now, &mut assembly)?;
        for (key, value) in &job.variables {
            assembly.yaml.push(Variable {
                raw: !value.expand,
                ..Variable::new(key, &value.text)
            });
        }
        for variable in &self.case.variables {
            if variable.masked {
                assembly.secrets.push(variable.value.clone());
            }
            assembly
                .project
                .push(Variable::new(&variable.name, &variable.value));
        }
        let secrets = std::mem::take(&mut assembly.secrets);
        // GitLab expands first, for the payload of the runner; then the runner, once more.
        let payload = collection::expand(&assembly.in_order()).map_err(|error| error.to_string())?;
        let directory = room.project().display().to_string();
        let files = format!("{directory}.tmp");
        let variables = environment::expand_all(&payload, &files);
        Ok(Prepared {
            name: job.name.clone(),
            secrets,
            commands: job.commands().map(str::to_owned).collect(),
            after: job.after_script.clone(),
            exports: variables
                .into_iter()
                .map(|variable| export(variable, &files))
                .collect(),
            directory,
            files,
        })
    }

    /// The job's ID tokens, and the legacy ones where the version still has them. They come early in the order, so that
    /// any other variable of the same name takes their place.
    fn add_tokens(
        &self,
        job: &Job,
        taken: &mock_gitlab::Job,
        now: Timestamp,
        assembly: &mut Assembly,
    ) -> Result<(), String> {
        for (name, token) in self.gitlab.legacy_tokens(taken, !job.id_tokens.is_empty(), now) {
            assembly.token(name, token.jwt);
        }
        let scoped = assembly.scoped(job, &self.case.variables);
        for (name, token) in &job.id_tokens {
            let expand = |text: &String| audience::expand(text, |key| scoped.get(key).map(String::as_str));
            let audience = match &token.aud {
                Audience::One(text) => mock_gitlab::Audience::One(expand(text)),
                Audience::Many(texts) => mock_gitlab::Audience::Many(texts.iter().map(expand).collect()),
            };
            match self.gitlab.id_token(taken, &audience, now) {
                Ok(token) => assembly.token(name, token.jwt),
                // the job runs all the same, without the variable
                Err(TokenRefusal::NoSigningKey) => {}
                Err(refusal) => return Err(refusal.to_string()),
            }
        }
        Ok(())
    }
}

impl Prepared {
    /// What the job's shell reads: `before_script` and `script`.
    pub(super) fn script(&self, shell: Shell) -> String {
        self.render(shell, &self.exports, None, &self.commands)
    }

    /// What the shell of its `after_script` reads, if it has one: a shell of its own, which learns how the job went.
    pub(super) fn after_script(&self, shell: Shell, succeeded: bool) -> Option<String> {
        if self.after.is_empty() {
            return None;
        }
        let status = if succeeded { "success" } else { "failed" };
        let exports = [self.exports.as_slice(), &[Export::value("CI_JOB_STATUS", status)]].concat();
        Some(self.render(shell, &exports, Some(AFTER_SCRIPT_NOTICE), &self.after))
    }

    fn render(&self, shell: Shell, exports: &[Export], notice: Option<&str>, commands: &[String]) -> String {
        let script = Script {
            shell,
            exports,
            temporary_directory: &self.files,
            // Two processes less where no command could write it.
            environment_file: commands.iter().any(|command| command.contains("GITLAB_ENV")),
            project_directory: &self.directory,
            notice,
            commands,
            trace: false,
        };
        script.render()
    }
}

fn export(variable: Variable, files: &str) -> Export {
    if variable.file {
        let path = format!("{files}/{}", variable.key);
        return Export::File {
            name: variable.key,
            path,
            content: variable.value,
        };
    }
    Export::Value {
        name: variable.key,
        value: variable.value,
    }
}

/// A job's variables on their way into GitLab's order: of two with one name, the later one counts.
struct Assembly {
    predefined: Vec<mock_gitlab::Variable>,
    tokens: Vec<Variable>,
    yaml: Vec<Variable>,
    project: Vec<Variable>,
    secrets: Vec<String>,
}

impl Assembly {
    fn new(mut predefined: Vec<mock_gitlab::Variable>, room: &Room) -> Assembly {
        for variable in &mut predefined {
            // The runner's directories are those of the room.
            match variable.name.as_str() {
                "CI_PROJECT_DIR" => variable.value = room.project().display().to_string(),
                "CI_BUILDS_DIR" => variable.value = room.builds().display().to_string(),
                _ => {}
            }
        }
        let secrets = predefined
            .iter()
            .filter(|variable| variable.masked)
            .map(|variable| variable.value.clone())
            .collect();
        Assembly {
            predefined,
            tokens: Vec::new(),
            yaml: Vec::new(),
            project: Vec::new(),
            secrets,
        }
    }

    /// A token is a masked variable, and never expanded: a JWT has no `$`.
    fn token(&mut self, name: &str, jwt: String) {
        self.secrets.push(jwt.clone());
        self.tokens.push(Variable::new(name, jwt));
    }

    fn layer(&self, wanted: impl Fn(Layer) -> bool) -> impl Iterator<Item = Variable> {
        self.predefined
            .iter()
            .filter(move |variable| wanted(variable.layer))
            .map(|variable| Variable {
                file: variable.file,
                ..Variable::new(&variable.name, &variable.value)
            })
    }

    /// The variables that `aud` may name, with their values as they are.
    fn scoped(&self, job: &Job, project: &[crate::scenario::Variable]) -> HashMap<String, String> {
        let predefined = self
            .layer(Layer::in_audience)
            .map(|variable| (variable.key, variable.value));
        let yaml = job
            .variables
            .iter()
            .map(|(key, value)| (key.clone(), value.text.clone()));
        let project = project
            .iter()
            .map(|variable| (variable.name.clone(), variable.value.clone()));
        predefined.chain(yaml).chain(project).collect()
    }

    /// GitLab's order (`Ci::Build#base_variables` and `Gitlab::Ci::Variables::Builder`), after what the runner itself
    /// brings.
    fn in_order(&self) -> Vec<Variable> {
        let middle = |layer| {
            matches!(
                layer,
                Layer::Job | Layer::Project | Layer::Pipeline | Layer::Runner
            )
        };
        self.layer(|layer| layer == Layer::Executor)
            .chain(self.layer(|layer| layer == Layer::Persisted))
            .chain(self.tokens.iter().cloned())
            .chain(self.layer(middle))
            .chain(self.yaml.iter().cloned())
            .chain(self.layer(|layer| layer == Layer::User))
            .chain(self.project.iter().cloned())
            .chain(self.layer(|layer| layer == Layer::PersistedEnvironment))
            .collect()
    }
}

/// The last line of the job's log.
pub(super) fn last_line(exit: Exit, limit: Duration) -> String {
    failure(exit, limit).map_or_else(log::succeeded, |failure| log::failed(&failure))
}

/// What the log says of an `after_script` that did not end well; the job goes on all the same.
pub(super) fn after_script_warning(exit: Exit, limit: Duration) -> Option<String> {
    failure(exit, limit).map(|failure| log::after_script_failed(&failure))
}

fn failure(exit: Exit, limit: Duration) -> Option<Failure> {
    match exit {
        Exit::Code(0) => None,
        Exit::Code(code) => Some(Failure::ExitCode(code)),
        Exit::Signal(signal) => Some(Failure::ExitCode(128 + signal)),
        Exit::TimedOut => Some(Failure::Timeout(limit.as_secs())),
        Exit::Interrupted => Some(Failure::System("aborted: interrupt".to_owned())),
    }
}
