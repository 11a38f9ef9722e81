//! `trigger:` — what started the pipeline, as GitLab would have it.

use located_yaml::{Node, Value};
use mock_gitlab::{
    Actor, DeploymentTier, Environment, EnvironmentAction, GitRef, MergeRequest, MergeRequestEvent,
    PipelineSource, Runner, RunnerEnvironment, Trigger,
};
use trustcheck_lab::WorldSpec;

use super::gitlab::{number, parsed};
use super::variables::{self, Variable};
use crate::diagnostic::nearest;
use crate::reader::{Located, Reader};

/// A pipeline's start: in which project, and by what.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// The project's path; nothing for the first project of the world.
    pub project: Option<Located<String>>,
    /// What started it; nothing for a push to the default branch.
    pub trigger: Option<Trigger>,
    /// The environment of a job whose pipeline file names none.
    pub environment: Option<Environment>,
    /// The variables given to it when it was started.
    pub variables: Vec<Variable>,
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Start> {
    let mut fields = reader.fields(node, "`trigger`")?;
    let source = fields.take("source").map(|node| {
        let choices: Vec<(&str, PipelineSource)> = PipelineSource::ALL
            .iter()
            .map(|source| (source.as_str(), *source))
            .collect();
        reader.choice(node, "`source`", &choices)
    });
    let branch = fields
        .take("branch")
        .map(|node| reader.some_text(node, "`branch`"));
    let tag = fields.take("tag").map(|node| reader.some_text(node, "`tag`"));
    let merge_request = fields
        .take("merge_request")
        .map(|node| merge_request(node, reader));
    let project = fields
        .take("project")
        .map(|node| reader.some_text(node, "`project`"));
    let user = fields.take("user").map(|node| actor(node, reader));
    let sha = fields.take("sha").map(|node| reader.some_text(node, "`sha`"));
    let runner = fields.take("runner").map(|node| runner(node, reader));
    let environment = fields.take("environment").map(|node| environment(node, reader));
    let variables = fields.take("variables").map(|node| variables::read(node, reader));
    fields.finish(reader);
    // From here on a `None` inside means that the mistake is noted.
    let (source, branch, tag) = (source.transposed()?, branch.transposed()?, tag.transposed()?);
    let variables = variables.transposed()?.unwrap_or_default();
    let (merge_request, project, user) = (
        merge_request.transposed()?,
        project.transposed()?,
        user.transposed()?,
    );
    let (sha, runner, environment) = (sha.transposed()?, runner.transposed()?, environment.transposed()?);
    if let (Some(_), Some(tag)) = (&branch, &tag) {
        let problem = reader.problem(
            &tag.span,
            "a pipeline runs for a branch or for a tag, not for both",
        );
        reader.note(problem);
        return None;
    }
    let of_merge_request = source
        .as_ref()
        .is_some_and(|source| source.value == PipelineSource::MergeRequestEvent);
    if merge_request.is_some() && source.is_some() && !of_merge_request {
        let problem = reader
            .problem(&node.span, "only a `merge_request_event` has a merge request")
            .help("write `source: merge_request_event`, or leave `source` out");
        reader.note(problem);
        return None;
    }
    let git_ref = match (branch, tag) {
        (_, Some(tag)) => Some(GitRef::Tag(tag.value)),
        (Some(branch), None) => Some(GitRef::Branch(branch.value)),
        (None, None) => None,
    };
    let Some(git_ref) = git_ref else {
        if source.is_some() || merge_request.is_some() || user.is_some() || sha.is_some() || runner.is_some()
        {
            let problem = reader
                .problem(
                    &(node.span.start..node.span.start),
                    "`trigger` needs a `branch` or a `tag`",
                )
                .help("of a merge request, `branch` is the source branch");
            reader.note(problem);
            return None;
        }
        return Some(Start {
            project,
            trigger: None,
            environment,
            variables,
        });
    };
    if matches!(git_ref, GitRef::Tag(_)) && (merge_request.is_some() || of_merge_request) {
        let problem = reader.problem(&node.span, "a merge request comes from a branch, not from a tag");
        reader.note(problem);
        return None;
    }
    let source = match (source, &merge_request) {
        (Some(source), _) => source.value,
        (None, Some(_)) => PipelineSource::MergeRequestEvent,
        (None, None) => PipelineSource::Push,
    };
    let trigger = Trigger {
        merge_request,
        user: user.unwrap_or_default(),
        sha: sha.map(|sha| sha.value),
        runner,
        ..Trigger::new(source, git_ref)
    };
    Some(Start {
        project,
        trigger: Some(trigger),
        environment,
        variables,
    })
}

/// A login, or nothing for a user who was deleted.
fn actor(node: &Node, reader: &mut Reader<'_>) -> Option<Actor> {
    if node.is_null() {
        return Some(Actor::Nobody);
    }
    let login = reader.some_text(node, "`user`")?;
    Some(Actor::Login(login.value))
}

/// `self-hosted` or `gitlab-hosted`, or a mapping that says more.
fn runner(node: &Node, reader: &mut Reader<'_>) -> Option<Runner> {
    let whose = |node: &Node, what: &str, reader: &mut Reader<'_>| {
        let all = [RunnerEnvironment::SelfHosted, RunnerEnvironment::GitlabHosted];
        let choices = all.map(|environment| (environment.as_str(), environment));
        let found = reader.choice(node, what, &choices)?;
        Some(match found.value {
            RunnerEnvironment::SelfHosted => Runner::self_hosted(),
            RunnerEnvironment::GitlabHosted => Runner::gitlab_hosted(),
        })
    };
    if matches!(node.value, Value::Scalar(_)) {
        return whose(node, "`runner`", reader);
    }
    let mut fields = reader.fields(node, "`runner`")?;
    let mut runner = match fields.take("environment") {
        Some(node) => whose(node, "`environment`", reader)?,
        None => Runner::self_hosted(),
    };
    if let Some(node) = fields.take("id") {
        runner.id = number(node, "`id`", reader)?;
    }
    if let Some(node) = fields.take("description") {
        runner.description = reader.some_text(node, "`description`")?.value;
    }
    if let Some(node) = fields.take("tags") {
        runner.tags = reader.one_or_many(node, |reader, node| {
            reader.some_text(node, "`tags`").map(|tag| tag.value)
        });
    }
    fields.finish(reader);
    Some(runner)
}

/// The name of an environment, or a mapping that says more.
fn environment(node: &Node, reader: &mut Reader<'_>) -> Option<Environment> {
    if matches!(node.value, Value::Scalar(_)) {
        return Some(Environment::new(reader.some_text(node, "`environment`")?.value));
    }
    let mut fields = reader.fields(node, "`environment`")?;
    let name = fields
        .need("name", reader)
        .and_then(|node| reader.some_text(node, "`name`"));
    let action = fields
        .take("action")
        .map(|node| parsed::<EnvironmentAction>(node, "`action`", reader));
    let tier = fields
        .take("deployment_tier")
        .map(|node| parsed::<DeploymentTier>(node, "`deployment_tier`", reader));
    fields.finish(reader);
    let mut environment = Environment::new(name?.value);
    if let Some(action) = action {
        environment.action = action?;
    }
    if let Some(tier) = tier {
        environment.tier = Some(tier?);
    }
    Some(environment)
}

fn merge_request(node: &Node, reader: &mut Reader<'_>) -> Option<MergeRequest> {
    let mut fields = reader.fields(node, "`merge_request`")?;
    let mut request = MergeRequest::new();
    if let Some(node) = fields.take("iid") {
        request.iid = u64::try_from(reader.integer(node, "`iid`")?.value).ok()?;
    }
    for (key, place) in [
        ("target_branch", &mut request.target_branch),
        ("source_project", &mut request.source_project),
        ("target_project", &mut request.target_project),
    ] {
        if let Some(node) = fields.take(key) {
            *place = Some(reader.some_text(node, key)?.value);
        }
    }
    if let Some(node) = fields.take("event_type") {
        request.event_type = parsed::<MergeRequestEvent>(node, "`event_type`", reader)?;
    }
    if let Some(node) = fields.take("title") {
        request.title = reader.some_text(node, "`title`")?.value;
    }
    if let Some(node) = fields.take("labels") {
        request.labels = reader.one_or_many(node, |reader, node| {
            reader.some_text(node, "`labels`").map(|label| label.value)
        });
    }
    if let Some(node) = fields.take("draft") {
        request.draft = reader.boolean(node, "`draft`")?;
    }
    fields.finish(reader);
    Some(request)
}

/// Notes a project or user that the world does not have.
pub(super) fn check(start: &Start, world: &WorldSpec, node: &Node, reader: &mut Reader<'_>) {
    let projects: Vec<&str> = world
        .gitlabs
        .iter()
        .flat_map(|gitlab| &gitlab.projects)
        .map(|project| project.path.as_str())
        .collect();
    if let Some(project) = &start.project
        && !projects.contains(&project.value.as_str())
    {
        let problem = reader.problem(
            &project.span,
            format!("the world has no project `{}`", project.value),
        );
        let problem = match nearest(&project.value, projects.iter().copied()) {
            Some(known) => problem.help(format!("did you mean `{known}`?")),
            None => problem.help(format!("it has {}", projects.join(", "))),
        };
        reader.note(problem);
    }
    if let Some(Trigger {
        user: Actor::Login(login),
        ..
    }) = &start.trigger
    {
        let known = world
            .gitlabs
            .iter()
            .flat_map(|gitlab| &gitlab.users)
            .any(|user| user.login == *login);
        if !known {
            let at = node
                .get("user")
                .map_or(node.span.clone(), |user| user.span.clone());
            let problem = reader.problem(&at, format!("the world has no user `{login}`"));
            reader.note(problem.help("name the user below `gitlab.users`"));
        }
    }
}

/// An absent key is fine; a key with a mistake is not.
trait Transposed<T> {
    fn transposed(self) -> Option<Option<T>>;
}

impl<T> Transposed<T> for Option<Option<T>> {
    fn transposed(self) -> Option<Option<T>> {
        match self {
            None => Some(None),
            Some(None) => None,
            Some(Some(value)) => Some(Some(value)),
        }
    }
}
