//! A mock GitLab as an OpenID Connect issuer: keys, claims, ID tokens, discovery and JWKS.
//!
//! An [`Instance`] is one GitLab: GitLab.com or a self-managed one, of any version from 15.7 on, with its projects, users
//! and protections. A [`Trigger`] becomes a [`Pipeline`], a [`JobSpec`] in it a [`Job`]; of a job derive both its tokens and
//! its predefined variables, so that `$CI_PROJECT_ID` and the claim `project_id` agree as they do in GitLab.
//!
//! The crate opens no socket, reads no clock and knows nothing of AWS: whoever verifies its tokens fetches the discovery
//! document and the key set from [`Instance::router`], as it would from GitLab.
//!
//! ```
//! use mock_gitlab::{Audience, EventSink, GitRef, Instance, JobSpec, Project, Settings, Trigger};
//! # fn keys() -> std::sync::Arc<mock_gitlab::KeySet> { mock_gitlab::test_key_set() }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let now = jiff::Timestamp::from_second(1_760_000_000)?;
//! let settings = Settings { projects: vec![Project::new("my-group/my-project")], ..Settings::default() };
//! let gitlab = Instance::new(settings, keys(), 42, EventSink::none())?;
//! let push = Trigger::push(GitRef::Branch("main".into()));
//! let pipeline = gitlab.pipeline("my-group/my-project", &push, now)?;
//! let job = gitlab.job(&pipeline, JobSpec::new("assume role"), now);
//! let token = gitlab.id_token(&job, &Audience::from("https://gitlab.com"), now)?;
//! assert_eq!(token.claims["sub"], "project_path:my-group/my-project:ref_type:branch:ref:main");
//! # Ok(())
//! # }
//! ```

mod base_url;
mod claims;
mod discovery;
mod document;
mod environment;
mod event;
mod git_ref;
mod instance;
mod job;
mod keys;
mod legacy;
mod pipeline;
mod project;
mod published_keys;
mod randomness;
mod runner;
mod settings;
mod subject;
#[cfg(any(test, feature = "test-keys"))]
mod test_keys;
mod token;
mod trigger;
mod unknown_name;
mod user;
mod variables;
mod version;
mod web;

pub use base_url::{BaseUrl, BaseUrlError};
pub use claims::{Claims, ForkClaims};
pub use environment::{DeploymentTier, Environment, EnvironmentAction};
pub use event::{Event, EventSink, Page, TokenKind};
pub use git_ref::GitRef;
pub use instance::Instance;
pub use job::{Job, JobSpec};
pub use keys::{Jwk, KeyPool, KeyPoolError, KeySet, KeySetError, SigningKey, SigningKeyError};
pub use pipeline::{Pipeline, PipelineMergeRequest, TriggerError};
pub use project::{Project, Visibility};
pub use published_keys::{CiKeyState, OldKey};
pub use runner::{Runner, RunnerEnvironment};
pub use settings::{InstanceError, Settings};
pub use subject::{SubComponent, SubComponentsError};
#[cfg(any(test, feature = "test-keys"))]
pub use test_keys::test_key_set;
pub use token::{Audience, IdToken, TokenRefusal};
pub use trigger::{Actor, MergeRequest, MergeRequestEvent, PipelineSource, Trigger};
pub use unknown_name::UnknownName;
pub use user::{Identity, Role, User};
pub use variables::{Layer, Variable};
pub use version::{Version, VersionError};
