//! What requests and answers say.

use jiff::{SignedDuration, Timestamp};
use mock_gitlab::{Actor, Audience, Environment, GitRef, MergeRequest, PipelineSource, Trigger};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::answer::Problem;
use crate::fault::Fault;
use crate::rotation::Rotation;
use crate::token_order::TokenOrder;
use crate::world::World;

/// The control plane is there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `ok`.
    pub(crate) status: &'static str,
}

/// A token that is wanted: that of a job, or one with exactly the `claims`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenRequest {
    /// The URL of the GitLab. Without it: the first with the project; with `claims`, the one whose issuer is `iss`, else the first.
    pub(crate) gitlab: Option<String>,
    /// The path of the project; the first of the GitLab where there is none.
    pub(crate) project: Option<String>,
    /// The branch of the pipeline; the project's default branch where there is neither branch nor tag.
    pub(crate) branch: Option<String>,
    /// The tag of the pipeline.
    pub(crate) tag: Option<String>,
    /// What started the pipeline, such as `push`, which is the default, `web`, `schedule` or `merge_request_event`.
    pub(crate) source: Option<String>,
    /// The branch that a merge request from `branch` goes into.
    pub(crate) merge_request_into: Option<String>,
    /// The login of who started it; the GitLab's first user where there is none.
    pub(crate) user: Option<String>,
    /// The name of the job's environment.
    pub(crate) environment: Option<String>,
    /// `aud`; the GitLab's URL where there is none.
    pub(crate) aud: Option<Aud>,
    /// Sign exactly these claims. Only `gitlab` may be beside them.
    #[schema(value_type = Option<Object>)]
    pub(crate) claims: Option<Map<String, Value>>,
}

/// One audience or several.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Aud {
    /// One.
    One(String),
    /// Several; a list stays a list.
    Many(Vec<String>),
}

/// A token.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Token {
    /// The JWT.
    pub(crate) token: String,
    /// The key that signed it.
    pub(crate) kid: String,
    /// What it claims.
    #[schema(value_type = Object)]
    pub(crate) claims: Map<String, Value>,
}

/// Keys to replace.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RotationRequest {
    /// The URL of the GitLab; the first where there is none.
    pub(crate) gitlab: Option<String>,
    /// What becomes of the old key.
    #[serde(default)]
    pub(crate) old_key: Rotation,
}

/// Keys that were replaced.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Rotated {
    /// The URL of the GitLab.
    pub(crate) gitlab: String,
    /// The key that signed until now.
    pub(crate) old_kid: String,
    /// The key that signs from now on.
    pub(crate) new_kid: String,
}

/// A fault to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultRequest {
    /// The URL of the GitLab; the first where there is none.
    pub(crate) gitlab: Option<String>,
    /// What is to be wrong, in place of a fault of the same kind.
    pub(crate) fault: Fault,
}

/// What is wrong with a GitLab.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FaultOf {
    /// The URL of the GitLab.
    pub(crate) gitlab: String,
    /// What is wrong.
    pub(crate) fault: Fault,
}

/// All that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Faults {
    /// Of all GitLabs, in their order.
    pub(crate) faults: Vec<FaultOf>,
}

/// How to move the clock.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockRequest {
    /// How far forward, such as `61m` or `1h 30m`, or back, such as `-2h`.
    #[schema(value_type = String, example = "61m")]
    pub(crate) advance: SignedDuration,
}

/// The world's time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Time {
    /// Now, by the world's clock.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) now: Timestamp,
}

/// A line of the journal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Line {
    /// Its number: lines are counted from 0, and no number comes twice.
    pub(crate) number: u64,
    /// When and what: `at` is the world's time, `of` is `gitlab`, `aws`, `refused`, `turned-away`, `fault` or `change`; the rest
    /// depends on it.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub(crate) entry: Map<String, Value>,
}

/// A part of the journal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Lines {
    /// Lines, oldest first.
    pub(crate) entries: Vec<Line>,
    /// Where the next part begins: the `from` to go on with.
    pub(crate) next: u64,
}

impl Line {
    pub(crate) fn new(number: u64, entry: &crate::journal::Entry) -> Line {
        let entry = match serde_json::to_value(entry) {
            Ok(Value::Object(entry)) => entry,
            _ => Map::new(),
        };
        Line { number, entry }
    }
}

impl TokenRequest {
    /// The job whose token is wanted.
    pub(crate) fn order(self, world: &World) -> Result<TokenOrder, Problem> {
        let number = match &self.gitlab {
            Some(url) => world.gitlab_at(url)?,
            None => 0,
        };
        let project = match self.project {
            Some(project) => project,
            None => world
                .settings
                .get(number)
                .and_then(|gitlab| gitlab.projects.first())
                .map(|project| project.path.clone())
                .ok_or_else(|| Problem::bad("the GitLab has no project"))?,
        };
        let mut order = TokenOrder {
            gitlab: self.gitlab,
            environment: self.environment.map(Environment::new),
            audience: self.aud.map(|aud| match aud {
                Aud::One(one) => Audience::One(one),
                Aud::Many(many) => Audience::Many(many),
            }),
            ..TokenOrder::new(project)
        };
        let git_ref = match (self.branch, self.tag) {
            (Some(_), Some(_)) => return Err(Problem::bad("a pipeline is for a branch or a tag, not both")),
            (Some(branch), None) => Some(GitRef::Branch(branch)),
            (None, Some(tag)) => Some(GitRef::Tag(tag)),
            (None, None) => None,
        };
        let source: Option<PipelineSource> = match &self.source {
            Some(source) => Some(
                source
                    .parse()
                    .map_err(|error: mock_gitlab::UnknownName| Problem::bad(error.to_string()))?,
            ),
            None => None,
        };
        let nothing_said =
            git_ref.is_none() && source.is_none() && self.user.is_none() && self.merge_request_into.is_none();
        if nothing_said {
            return Ok(order);
        }
        let git_ref = match git_ref {
            Some(git_ref) => git_ref,
            None => GitRef::Branch(world.default_branch(&order)?),
        };
        let mut trigger = Trigger::push(git_ref);
        if let Some(target) = self.merge_request_into {
            trigger.source = PipelineSource::MergeRequestEvent;
            trigger.merge_request = Some(MergeRequest {
                target_branch: Some(target),
                ..MergeRequest::new()
            });
        }
        if let Some(source) = source {
            trigger.source = source;
        }
        if let Some(login) = self.user {
            trigger.user = Actor::Login(login);
        }
        order.trigger = Some(trigger);
        Ok(order)
    }
}
