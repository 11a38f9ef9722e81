//! The account model: accounts with their OIDC providers and roles.

mod account;
mod arn;
mod directory;
mod oidc_provider;
mod role;

pub use account::Account;
pub use arn::{RoleArn, RoleArnError};
pub use oidc_provider::{InvalidProviderUrl, OidcProvider};
pub use role::Role;

pub(crate) use directory::Directory;
