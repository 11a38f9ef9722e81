//! Sessions: what temporary credentials stand for. Nothing is stored; a session travels sealed in its token.

mod seal;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use seal::Seal;
#[cfg(test)]
use seal::UnsealError;

/// A session of a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) access_key_id: String,
    pub(crate) account: String,
    pub(crate) role_name: String,
    pub(crate) role_id: String,
    pub(crate) session_name: String,
    /// Unix seconds of the world's clock.
    pub(crate) issued: i64,
    /// Unix seconds of the world's clock.
    pub(crate) expires: i64,
    /// The ARN of the OIDC provider whose token began the session.
    pub(crate) provider: String,
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
        format!(
            "arn:aws:sts::{}:assumed-role/{}/{}",
            self.account, self.role_name, self.session_name
        )
    }

    /// The `UserId` of the session: the role's unique id and the session's name.
    pub(crate) fn user_id(&self) -> String {
        format!("{}:{}", self.role_id, self.session_name)
    }

    pub(crate) fn has_expired(&self, now: Timestamp) -> bool {
        now.as_second() >= self.expires
    }
}

#[cfg(test)]
mod tests;
