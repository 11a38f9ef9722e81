//! Long-term access keys.

use std::fmt;

use crate::identifier;

/// An access key that does not end: an administrator's, a user's.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessKey {
    /// The access key id.
    pub access_key_id: String,
    /// The secret.
    pub secret_access_key: String,
    /// The account it belongs to.
    pub account: String,
    /// The principal it stands for.
    pub arn: String,
    /// The unique id of the principal.
    pub user_id: String,
}

impl AccessKey {
    /// A key of an account's root user.
    pub fn root(
        account: impl Into<String>,
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
    ) -> Self {
        let account = account.into();
        AccessKey {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            arn: format!("arn:aws:iam::{account}:root"),
            user_id: account.clone(),
            account,
        }
    }

    /// A key of a user at `/`, with a unique id that is the same in every run. The user counts as an administrator.
    pub fn user(
        account: impl Into<String>,
        name: &str,
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
    ) -> Self {
        let account = account.into();
        AccessKey {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            arn: format!("arn:aws:iam::{account}:user/{name}"),
            user_id: identifier::unique_id("AIDA", &account, "/", name),
            account,
        }
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("AccessKey")
            .field("access_key_id", &self.access_key_id)
            .field("arn", &self.arn)
            .finish_non_exhaustive()
    }
}
