//! Sessions: what temporary credentials stand for. Nothing is stored; a session travels sealed in its token.

mod seal;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use seal::Seal;
#[cfg(test)]
use seal::UnsealError;

/// Who acts in a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Identity {
    /// A role, for whoever assumed it.
    Role {
        name: String,
        id: String,
        session_name: String,
    },
    /// The user, or the root user, who asked for it with GetSessionToken.
    User { arn: String, user_id: String },
    /// The one a user vouched for with GetFederationToken.
    FederatedUser { name: String },
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) access_key_id: String,
    pub(crate) account: String,
    pub(crate) identity: Identity,
    /// Unix seconds of the world's clock.
    pub(crate) issued: i64,
    /// Unix seconds of the world's clock.
    pub(crate) expires: i64,
    /// The ARN of the OIDC provider whose token began the session, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) provider: Option<String>,
    /// The condition keys of the token that live on in the session: `gitlab.com:sub` and the like.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) federated_keys: BTreeMap<String, Vec<String>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) tags: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) transitive_tag_keys: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source_identity: Option<String>,
    /// The inline session policy, as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) policy: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) policy_arns: Vec<String>,
}

impl Session {
    /// The ARN of the session, which is its principal everywhere.
    pub(crate) fn arn(&self) -> String {
        let account = &self.account;
        match &self.identity {
            Identity::Role {
                name, session_name, ..
            } => format!("arn:aws:sts::{account}:assumed-role/{name}/{session_name}"),
            Identity::User { arn, .. } => arn.clone(),
            Identity::FederatedUser { name } => format!("arn:aws:sts::{account}:federated-user/{name}"),
        }
    }

    /// The `UserId` of the session: for a role its unique id and the session's name, for a federated user the account
    /// and its name ("IAM JSON policy elements: Variables and tags", IAM User Guide, the table of `aws:userid`).
    pub(crate) fn user_id(&self) -> String {
        match &self.identity {
            Identity::Role { id, session_name, .. } => format!("{id}:{session_name}"),
            Identity::User { user_id, .. } => user_id.clone(),
            Identity::FederatedUser { name } => format!("{}:{name}", self.account),
        }
    }

    pub(crate) fn has_expired(&self, now: Timestamp) -> bool {
        now.as_second() >= self.expires
    }
}

#[cfg(test)]
mod tests;
