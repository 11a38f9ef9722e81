//! The options that name a job: its world, its project, and what started its pipeline.

use camino::Utf8PathBuf;
use clap::Args;
use mock_gitlab::{
    Actor, Audience, Environment, GitRef, MergeRequest, PipelineSource, Project, Trigger, User,
};

use super::{Failure, input};
use crate::context::Context;
use crate::diagnostic::nearest;
use crate::mint::Order;
use crate::scenario::{Described, Start};

/// A job in a world.
#[derive(Debug, Args)]
pub(super) struct JobOptions {
    #[command(flatten)]
    pipeline: PipelineOptions,

    /// `aud` of the job's `id_tokens`; given more than once, `aud` is a list [default: the GitLab's URL]
    #[arg(long, value_name = "AUDIENCE")]
    pub(super) aud: Vec<String>,

    /// Make `aud` a list also of a single audience
    #[arg(long, requires = "aud")]
    pub(super) list_aud: bool,

    /// The job's name. No claim tells it
    #[arg(long, value_name = "NAME", default_value = "job", hide_default_value = true)]
    pub(super) job: String,
}

/// A pipeline in a world.
#[derive(Debug, Args)]
pub(super) struct PipelineOptions {
    /// The world, from a world file or a scenario file [default: https://gitlab.com with the project you name]
    #[arg(long, value_name = "FILE")]
    pub(super) world: Option<Utf8PathBuf>,

    /// The project whose pipeline runs [default: the world's first]
    #[arg(long, value_name = "PATH")]
    pub(super) project: Option<String>,

    /// The branch it runs for; of a merge request, the source branch [default: the project's default branch]
    #[arg(long, value_name = "NAME", conflicts_with = "tag")]
    pub(super) branch: Option<String>,

    /// The tag it runs for
    #[arg(long, value_name = "NAME", conflicts_with = "merge_request")]
    pub(super) tag: Option<String>,

    /// What started it: push, web, schedule, api, trigger, merge_request_event, … [default: push]
    #[arg(long, value_name = "SOURCE")]
    pub(super) source: Option<PipelineSource>,

    /// It runs for a merge request, into TARGET or else the default branch
    #[arg(long, value_name = "TARGET", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(super) merge_request: Option<String>,

    /// The login of who started it [default: the world's first user]
    #[arg(long, value_name = "LOGIN")]
    pub(super) user: Option<String>,

    /// The environment that the job deploys to
    #[arg(long, value_name = "NAME")]
    pub(super) environment: Option<String>,
}

impl JobOptions {
    /// The world, and what starts the pipeline where the file says so; nothing where its matrix decides.
    pub(super) fn world(&self, context: &Context) -> Result<(Described, Option<Start>), Failure> {
        self.pipeline.world(context)
    }

    /// What the options ask for: the file's trigger, with what the options say in place of what it says.
    pub(super) fn order(&self, world: &Described, start: Option<Start>) -> Result<Order, String> {
        let started = self.pipeline.start(world, start)?;
        let audience = match (self.aud.as_slice(), self.list_aud) {
            ([], _) => None,
            ([one], false) => Some(Audience::One(one.clone())),
            (many, _) => Some(Audience::Many(many.to_vec())),
        };
        Ok(Order {
            gitlab: started.gitlab,
            environment: started.environment,
            project: started.project,
            trigger: started.trigger,
            job: self.job.clone(),
            audience,
        })
    }
}

/// What starts a pipeline, and where.
#[derive(Debug)]
pub(super) struct Started {
    /// The number of the GitLab in its world.
    pub(super) gitlab: usize,
    /// The path of the project.
    pub(super) project: String,
    pub(super) trigger: Trigger,
    /// The environment of jobs whose file names none.
    pub(super) environment: Option<Environment>,
}

impl PipelineOptions {
    /// The world, and what starts the pipeline where the file says so; nothing where its matrix decides.
    pub(super) fn world(&self, context: &Context) -> Result<(Described, Option<Start>), Failure> {
        if let Some(path) = &self.world {
            let file = input::world(path, context)?;
            return Ok((file.world, file.start));
        }
        // A world that nobody described has whatever project and user are named.
        let mut world = Described::default();
        for gitlab in &mut world.spec.gitlabs {
            if let Some(path) = &self.project {
                gitlab.projects = vec![Project::new(path)];
            }
            if let Some(login) = &self.user {
                gitlab.users = vec![User::new(1, login)];
            }
        }
        Ok((world, Some(Start::default())))
    }

    /// What the options ask for: the file's trigger, with what the options say in place of what it says.
    pub(super) fn start(&self, world: &Described, start: Option<Start>) -> Result<Started, String> {
        let named = match (&self.project, &start) {
            (Some(path), _) => Some(path.as_str()),
            (
                None,
                Some(Start {
                    project: Some(project),
                    ..
                }),
            ) => Some(project.value.as_str()),
            (None, _) => None,
        };
        let Some((gitlab, project)) = world.project(named) else {
            return Err(unknown_project(named.unwrap_or_default(), world));
        };
        let environment = match &self.environment {
            Some(name) => Some(Environment::new(name)),
            None => start.as_ref().and_then(|start| start.environment.clone()),
        };
        Ok(Started {
            gitlab,
            environment,
            project: project.path.clone(),
            trigger: self.trigger(project, start)?,
        })
    }

    fn trigger(&self, project: &Project, start: Option<Start>) -> Result<Trigger, String> {
        let git_ref = match (&self.branch, &self.tag) {
            (_, Some(tag)) => Some(GitRef::Tag(tag.clone())),
            (Some(branch), None) => Some(GitRef::Branch(branch.clone())),
            (None, None) => None,
        };
        if start.is_none() && git_ref.is_none() {
            return Err(
                "the scenario's matrix decides what starts the pipeline: say it with --branch or --tag"
                    .to_owned(),
            );
        }
        let of_file = start.and_then(|start| start.trigger);
        if self.merge_request.is_some() && git_ref.is_none() && of_file.is_none() {
            return Err("a merge request comes from a branch of its own: name it with --branch".to_owned());
        }
        let mut trigger =
            of_file.unwrap_or_else(|| Trigger::push(GitRef::Branch(project.default_branch.clone())));
        if let Some(git_ref) = git_ref {
            trigger.git_ref = git_ref;
        }
        if let Some(target) = &self.merge_request {
            trigger.source = PipelineSource::MergeRequestEvent;
            trigger.merge_request = Some(MergeRequest {
                target_branch: Some(target.clone()).filter(|target| !target.is_empty()),
                ..MergeRequest::new()
            });
        }
        if let Some(source) = self.source {
            if self.merge_request.is_some() && source != PipelineSource::MergeRequestEvent {
                return Err(format!(
                    "a pipeline with the source `{source}` has no merge request"
                ));
            }
            if source != PipelineSource::MergeRequestEvent {
                trigger.merge_request = None;
            }
            trigger.source = source;
        }
        if let Some(login) = &self.user {
            trigger.user = Actor::Login(login.clone());
        }
        Ok(trigger)
    }
}

fn unknown_project(path: &str, world: &Described) -> String {
    let known = || {
        world
            .spec
            .gitlabs
            .iter()
            .flat_map(|gitlab| &gitlab.projects)
            .map(|project| project.path.as_str())
    };
    match nearest(path, known()) {
        Some(known) => format!("the world has no project `{path}`; did you mean `{known}`?"),
        None => format!(
            "the world has no project `{path}`; it has {}",
            known().collect::<Vec<_>>().join(", ")
        ),
    }
}
