//! `trigger:` — what started the pipeline, as GitLab would have it.

use located_yaml::Node;
use mock_gitlab::{Actor, GitRef, MergeRequest, PipelineSource, Trigger};
use trustcheck_lab::WorldSpec;

use crate::diagnostic::nearest;
use crate::reader::{Located, Reader};

/// A pipeline's start: in which project, and by what.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// The project's path; nothing for the first project of the world.
    pub project: Option<Located<String>>,
    /// What started it; nothing for a push to the default branch.
    pub trigger: Option<Trigger>,
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
    let user = fields.take("user").map(|node| reader.some_text(node, "`user`"));
    for key in ["environment", "runner", "schedule"] {
        fields.refuse(key, "is not supported yet in `trigger`", reader);
    }
    fields.finish(reader);
    // From here on a `None` inside means that the mistake is noted.
    let (source, branch, tag) = (source.transposed()?, branch.transposed()?, tag.transposed()?);
    let (merge_request, project, user) = (
        merge_request.transposed()?,
        project.transposed()?,
        user.transposed()?,
    );
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
        if source.is_some() || merge_request.is_some() || user.is_some() {
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
        user: user.map_or(Actor::Default, |login| Actor::Login(login.value)),
        ..Trigger::new(source, git_ref)
    };
    Some(Start {
        project,
        trigger: Some(trigger),
    })
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
