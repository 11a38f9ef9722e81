//! A pipeline: what a trigger becomes in an instance.

use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::git_ref::{self, GitRef};
use crate::project::{Project, stable_id};
use crate::runner::Runner;
use crate::trigger::{MergeRequest, PipelineSource, Trigger};
use crate::user::User;

/// A pipeline of an instance, made by [`crate::Instance::pipeline`]. Claims and variables derive from it.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// The id, unique in the instance.
    pub id: u64,
    /// The number in the project.
    pub iid: u64,
    /// How it was started.
    pub source: PipelineSource,
    /// The branch or tag; of a merge request pipeline, the source branch.
    pub git_ref: GitRef,
    /// The project that runs it.
    pub project: Arc<Project>,
    /// The merge request it tests.
    pub merge_request: Option<PipelineMergeRequest>,
    /// Who runs it.
    pub user: Option<Arc<User>>,
    /// The commit, 40 hexadecimal digits.
    pub sha: String,
    /// The commit's message.
    pub commit_message: String,
    /// Whether the branch or tag is protected: the claim `ref_protected`. Merge request pipelines are not.
    pub ref_protected: bool,
    /// The runner that takes the jobs.
    pub runner: Runner,
    /// When it was made, to the second.
    pub created_at: Timestamp,
}

/// The merge request of a pipeline, with its projects found.
#[derive(Clone, Debug)]
pub struct PipelineMergeRequest {
    /// The id, unique in the instance.
    pub id: u64,
    /// What the trigger said.
    pub told: MergeRequest,
    /// The branch it goes to.
    pub target_branch: String,
    /// The project its commits come from.
    pub source_project: Arc<Project>,
    /// The project it was opened in.
    pub target_project: Arc<Project>,
}

impl Pipeline {
    /// The project its commits come from: the fork, for a fork's merge request that runs in the parent project; else
    /// the project that runs it.
    ///
    /// Source: `Gitlab::Ci::Jwt#source_project`.
    pub fn source_project(&self) -> &Arc<Project> {
        match &self.merge_request {
            Some(merge_request) if merge_request.is_from_fork() => &merge_request.source_project,
            _ => &self.project,
        }
    }
}

impl PipelineMergeRequest {
    /// Whether the commits come from another project than the one the merge request was opened in.
    pub fn is_from_fork(&self) -> bool {
        self.source_project.id != self.target_project.id
    }
}

/// Why no pipeline comes of a trigger.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TriggerError {
    /// No such project.
    #[error("there is no project `{path}` in this GitLab; it has {known}")]
    UnknownProject {
        /// The path that was given.
        path: String,
        /// The paths there are.
        known: String,
    },
    /// No such user.
    #[error("there is no user `{login}` in this GitLab; it has {known}")]
    UnknownUser {
        /// The login that was given.
        login: String,
        /// The logins there are.
        known: String,
    },
    /// No branch or tag can be called that.
    #[error("`{name}` cannot be a {kind}: {reason}")]
    RefName {
        /// The name that was given.
        name: String,
        /// `branch` or `tag`.
        kind: &'static str,
        /// The rule it breaks.
        reason: &'static str,
    },
    /// Not a commit.
    #[error("`{0}` is not a commit: give 40 hexadecimal digits")]
    Sha(String),
    /// A merge request needs a pipeline of its own kind.
    #[error("a pipeline from the source `{0}` has no merge request; use `merge_request_event`")]
    MergeRequestSource(PipelineSource),
    /// A merge request has a source branch.
    #[error("a merge request pipeline runs for a branch, not for the tag `{0}`")]
    MergeRequestTag(String),
    /// The pipeline runs in neither project of the merge request.
    #[error(
        "`{project}` is neither the source project `{source_project}` nor the target project `{target_project}` of the merge request"
    )]
    MergeRequestProject {
        /// The project that was to run it.
        project: String,
        /// Where the commits come from.
        source_project: String,
        /// Where the merge request was opened.
        target_project: String,
    },
}

/// What an instance adds to a trigger.
pub(crate) struct Resolved<'a> {
    pub(crate) id: u64,
    pub(crate) iid: u64,
    pub(crate) user: Option<Arc<User>>,
    pub(crate) default_runner: Runner,
    pub(crate) created_at: Timestamp,
    pub(crate) find_project: &'a dyn Fn(&str) -> Result<Arc<Project>, TriggerError>,
}

/// Checks a trigger's own parts.
pub(crate) fn check(trigger: &Trigger) -> Result<(), TriggerError> {
    let name = |git_ref: &GitRef| match git_ref::name_fault(git_ref.name()) {
        None => Ok(()),
        Some(reason) => Err(TriggerError::RefName {
            name: git_ref.name().chars().take(300).collect(),
            kind: git_ref.kind(),
            reason,
        }),
    };
    name(&trigger.git_ref)?;
    if let Some(sha) = &trigger.sha
        && !(sha.len() == 40
            && sha
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
    {
        return Err(TriggerError::Sha(sha.chars().take(100).collect()));
    }
    let event = trigger.source == PipelineSource::MergeRequestEvent;
    if event && let GitRef::Tag(tag) = &trigger.git_ref {
        return Err(TriggerError::MergeRequestTag(tag.clone()));
    }
    if let Some(merge_request) = &trigger.merge_request {
        // A child pipeline of a merge request pipeline is one, too.
        if !event && trigger.source != PipelineSource::ParentPipeline {
            return Err(TriggerError::MergeRequestSource(trigger.source));
        }
        if let Some(target) = &merge_request.target_branch {
            name(&GitRef::Branch(target.clone()))?;
        }
    }
    Ok(())
}

/// Makes the pipeline of a checked trigger.
pub(crate) fn make(
    project: Arc<Project>,
    trigger: &Trigger,
    resolved: Resolved<'_>,
) -> Result<Pipeline, TriggerError> {
    let told = match &trigger.merge_request {
        None if trigger.source == PipelineSource::MergeRequestEvent => Some(MergeRequest::new()),
        told => told.clone(),
    };
    let merge_request = told
        .map(|told| find_merge_request(&project, told, resolved.find_project))
        .transpose()?;
    // GitLab asks for the protection of `refs/merge-requests/…`, which nothing protects. Whether that holds where both
    // branches are protected is not documented; assumed is that it does.
    let ref_protected = merge_request.is_none() && project.protects(&trigger.git_ref);
    let commits_of = merge_request
        .as_ref()
        .map_or(&project, |merge_request| &merge_request.source_project);
    let sha = trigger
        .sha
        .clone()
        .unwrap_or_else(|| stable_sha(&commits_of.path, &trigger.git_ref));
    Ok(Pipeline {
        id: resolved.id,
        iid: resolved.iid,
        source: trigger.source,
        git_ref: trigger.git_ref.clone(),
        merge_request,
        user: resolved.user,
        sha,
        commit_message: trigger
            .commit_message
            .clone()
            .unwrap_or_else(|| "Sample commit".to_owned()),
        ref_protected,
        runner: trigger.runner.clone().unwrap_or(resolved.default_runner),
        created_at: resolved.created_at,
        project,
    })
}

fn find_merge_request(
    project: &Arc<Project>,
    told: MergeRequest,
    find_project: &dyn Fn(&str) -> Result<Arc<Project>, TriggerError>,
) -> Result<PipelineMergeRequest, TriggerError> {
    let find = |path: &Option<String>| match path {
        Some(path) => find_project(path),
        None => Ok(Arc::clone(project)),
    };
    let (source_project, target_project) = (find(&told.source_project)?, find(&told.target_project)?);
    if project.id != source_project.id && project.id != target_project.id {
        return Err(TriggerError::MergeRequestProject {
            project: project.path.clone(),
            source_project: source_project.path.clone(),
            target_project: target_project.path.clone(),
        });
    }
    Ok(PipelineMergeRequest {
        id: stable_id("merge request", &format!("{}!{}", target_project.path, told.iid)),
        target_branch: told
            .target_branch
            .clone()
            .unwrap_or_else(|| target_project.default_branch.clone()),
        told,
        source_project,
        target_project,
    })
}

/// A commit id that depends on project and ref alone.
pub(crate) fn stable_sha(project_path: &str, git_ref: &GitRef) -> String {
    let mut sha = hex::encode(Sha256::digest(format!("{project_path}\0{}", git_ref.path())));
    sha.truncate(40);
    sha
}
