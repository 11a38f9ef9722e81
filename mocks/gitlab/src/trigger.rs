//! What starts a pipeline.

use std::fmt;
use std::str::FromStr;

use crate::git_ref::GitRef;
use crate::runner::Runner;
use crate::unknown_name::UnknownName;

/// What started a pipeline, as a person would tell it. [`crate::Instance::pipeline`] decides the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// How: `CI_PIPELINE_SOURCE` and the claim `pipeline_source`.
    pub source: PipelineSource,
    /// For which branch or tag; of a merge request pipeline, the source branch.
    pub git_ref: GitRef,
    /// For which merge request. With the source `merge_request_event`, `None` means one into the default branch.
    pub merge_request: Option<MergeRequest>,
    /// By whom: the login of one of the instance's users.
    pub user: Actor,
    /// For which commit, 40 hexadecimal digits; `None`: one that depends on project and ref alone.
    pub sha: Option<String>,
    /// The commit's message.
    pub commit_message: Option<String>,
    /// Which runner takes the jobs; `None`: GitLab's own on GitLab.com, else a self-hosted one.
    pub runner: Option<Runner>,
    /// The pipeline's id; `None`: the instance counts.
    pub pipeline_id: Option<u64>,
}

impl Trigger {
    /// A push to a branch or of a tag by the first user of the instance.
    pub fn push(git_ref: GitRef) -> Trigger {
        Trigger::new(PipelineSource::Push, git_ref)
    }

    /// A pipeline with this source by the first user of the instance.
    pub fn new(source: PipelineSource, git_ref: GitRef) -> Trigger {
        Trigger {
            source,
            git_ref,
            merge_request: None,
            user: Actor::Default,
            sha: None,
            commit_message: None,
            runner: None,
            pipeline_id: None,
        }
    }

    /// A merge request pipeline for a source branch.
    pub fn merge_request(source_branch: impl Into<String>, merge_request: MergeRequest) -> Trigger {
        Trigger {
            merge_request: Some(merge_request),
            ..Trigger::new(
                PipelineSource::MergeRequestEvent,
                GitRef::Branch(source_branch.into()),
            )
        }
    }
}

/// Who runs the pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Actor {
    /// The first user of the instance.
    #[default]
    Default,
    /// The user with this login.
    Login(String),
    /// Nobody (the user was deleted): `user_id` is `""`, the other user claims are `null`.
    Nobody,
}

/// The merge request of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeRequest {
    /// The number in its project, as in `!1`.
    pub iid: u64,
    /// The branch it goes to; `None`: the target project's default branch.
    pub target_branch: Option<String>,
    /// Path of the project its commits come from; `None`: the project that runs the pipeline.
    pub source_project: Option<String>,
    /// Path of the project it was opened in; `None`: the project that runs the pipeline.
    pub target_project: Option<String>,
    /// What is tested.
    pub event_type: MergeRequestEvent,
    /// `CI_MERGE_REQUEST_TITLE`
    pub title: String,
    /// `CI_MERGE_REQUEST_LABELS`
    pub labels: Vec<String>,
    /// `CI_MERGE_REQUEST_DRAFT`
    pub draft: bool,
}

impl MergeRequest {
    /// A merge request from a branch of the same project into its default branch.
    pub fn new() -> MergeRequest {
        MergeRequest {
            iid: 1,
            target_branch: None,
            source_project: None,
            target_project: None,
            event_type: MergeRequestEvent::Detached,
            title: "Sample merge request".to_owned(),
            labels: Vec::new(),
            draft: false,
        }
    }

    /// A merge request from a fork, with the pipeline run in the parent project.
    pub fn from_fork(fork: impl Into<String>) -> MergeRequest {
        MergeRequest {
            source_project: Some(fork.into()),
            ..MergeRequest::new()
        }
    }

    /// A merge request into another project, with the pipeline run in the fork.
    pub fn into_parent(parent: impl Into<String>) -> MergeRequest {
        MergeRequest {
            target_project: Some(parent.into()),
            ..MergeRequest::new()
        }
    }
}

impl Default for MergeRequest {
    fn default() -> Self {
        MergeRequest::new()
    }
}

/// `CI_MERGE_REQUEST_EVENT_TYPE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MergeRequestEvent {
    /// `detached`: the source branch alone.
    Detached,
    /// `merged_result`: a temporary merge of both branches.
    MergedResult,
    /// `merge_train`: as above, with the merge requests before it.
    MergeTrain,
}

impl MergeRequestEvent {
    /// The name as in the variable.
    pub fn as_str(self) -> &'static str {
        match self {
            MergeRequestEvent::Detached => "detached",
            MergeRequestEvent::MergedResult => "merged_result",
            MergeRequestEvent::MergeTrain => "merge_train",
        }
    }
}

impl FromStr for MergeRequestEvent {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<MergeRequestEvent, UnknownName> {
        let all = [
            MergeRequestEvent::Detached,
            MergeRequestEvent::MergedResult,
            MergeRequestEvent::MergeTrain,
        ];
        UnknownName::find("a kind of merge request pipeline", text, &all, |event| {
            event.as_str()
        })
    }
}

macro_rules! pipeline_sources {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// How a pipeline was started: the claim `pipeline_source`.
        ///
        /// Source: GitLab docs, "`CI_PIPELINE_SOURCE` predefined variable".
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum PipelineSource {
            $($(#[$doc])* #[doc = concat!("(`", $name, "`)")] $variant,)*
        }

        impl PipelineSource {
            /// All sources.
            pub const ALL: &[PipelineSource] = &[$(PipelineSource::$variant,)*];

            /// The name as in the claim.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(PipelineSource::$variant => $name,)*
                }
            }
        }
    };
}

pipeline_sources! {
    /// A push of commits or tags.
    Push = "push",
    /// The "New pipeline" button.
    Web = "web",
    /// A pipeline schedule; its owner is the user.
    Schedule = "schedule",
    /// The pipelines API.
    Api = "api",
    /// A trigger token.
    Trigger = "trigger",
    /// A merge request was made or changed.
    MergeRequestEvent = "merge_request_event",
    /// A child pipeline.
    ParentPipeline = "parent_pipeline",
    /// A multi-project pipeline, or one started with a job token.
    Pipeline = "pipeline",
    /// Another CI service.
    External = "external",
    /// A pull request at GitHub.
    ExternalPullRequestEvent = "external_pull_request_event",
    /// ChatOps.
    Chat = "chat",
    /// The web IDE.
    Webide = "webide",
    /// An on-demand DAST scan.
    OndemandDastScan = "ondemand_dast_scan",
    /// The validation of an on-demand DAST scan.
    OndemandDastValidation = "ondemand_dast_validation",
    /// A scheduled scan execution policy.
    SecurityOrchestrationPolicy = "security_orchestration_policy",
}

impl fmt::Display for PipelineSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PipelineSource {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<PipelineSource, UnknownName> {
        UnknownName::find("a pipeline source", text, PipelineSource::ALL, |source| {
            source.as_str()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_read_back() {
        assert_eq!(PipelineSource::ALL.len(), 15);
        for source in PipelineSource::ALL {
            assert_eq!(source.as_str().parse(), Ok(*source));
        }
        assert!("Push".parse::<PipelineSource>().is_err());
    }
}
