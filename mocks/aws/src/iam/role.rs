//! A role of an account.

use iam_policy::Policy;

use crate::identifier;

/// A role.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Role {
    /// The name, unique in the account.
    pub name: String,
    /// The path, `/` unless stated; begins and ends with a slash.
    pub path: String,
    /// The unique id: `AROA` and seventeen more.
    pub id: String,
    /// Who may assume it.
    pub trust_policy: Policy,
    /// The longest session, in seconds: 3600 (the default) to 43200.
    pub max_session_duration: u32,
}

impl Role {
    /// A role at `/`, with a unique id that is the same in every run and sessions of up to an hour.
    pub fn new(account: &str, name: impl Into<String>, trust_policy: Policy) -> Self {
        let name = name.into();
        Role {
            id: identifier::unique_id("AROA", account, "/", &name),
            path: "/".into(),
            max_session_duration: 3600,
            name,
            trust_policy,
        }
    }

    /// The same role at another path.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The same role with another limit on its sessions, in seconds.
    #[must_use]
    pub fn with_max_session_duration(mut self, seconds: u32) -> Self {
        self.max_session_duration = seconds;
        self
    }

    /// The ARN of the role: `arn:aws:iam::111122223333:role/path/name`.
    #[must_use]
    pub fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:role{}{}", self.path, self.name)
    }

    /// The ARN of a session of the role, which leaves the path out:
    /// `arn:aws:sts::111122223333:assumed-role/name/session` (IAM User Guide, "IAM identifiers").
    #[must_use]
    pub fn session_arn(&self, account: &str, session_name: &str) -> String {
        format!("arn:aws:sts::{account}:assumed-role/{}/{session_name}", self.name)
    }
}
