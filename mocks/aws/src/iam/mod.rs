//! IAM: the account model, and the service that shows and changes it.

mod account;
mod arn;
mod aws_managed;
mod directory;
mod export;
mod import;
mod managed_policy;
mod oidc_provider;
mod role;
mod service;
mod settings;
mod tag;

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
pub(crate) use service::{NAMESPACE, serve};
