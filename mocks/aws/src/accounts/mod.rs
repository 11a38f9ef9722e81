//! The accounts there are, and what IAM keeps in each: OIDC providers, roles, policies. STS asks them, IAM shows and changes
//! them.

mod account;
mod arn;
pub(crate) mod aws_managed;
mod directory;
mod export;
mod import;
mod managed_policy;
mod oidc_provider;
mod role;
mod settings;
pub(crate) mod tag;

pub use account::Account;
pub use arn::{RoleArn, RoleArnError};
pub use import::ImportError;
pub use managed_policy::{ManagedPolicy, PolicyVersion};
pub use oidc_provider::{InvalidProviderUrl, OidcProvider};
pub use role::{InlinePolicy, Role};
pub use settings::IamSettings;
pub use tag::Tag;

pub(crate) use directory::Directory;
pub(crate) use export::exported;
