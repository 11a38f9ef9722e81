//! A role of an account.

use iam_policy::Policy;
use jiff::Timestamp;

use super::tag::Tag;
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
    /// What it is for, if that was said.
    pub description: Option<String>,
    /// Tags, in the order they were set.
    pub tags: Vec<Tag>,
    /// The ARN of the managed policy that bounds its permissions.
    pub permissions_boundary: Option<String>,
    /// Inline policies, in the order they were put.
    pub inline_policies: Vec<InlinePolicy>,
    /// The ARNs of the managed policies attached, in the order they were.
    pub attached_policies: Vec<String>,
    /// When it was made. `None`: when the world began.
    pub created: Option<Timestamp>,
}

/// A policy that is part of a role.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct InlinePolicy {
    /// The name, unique in the role.
    pub name: String,
    /// The document.
    pub policy: Policy,
}

impl InlinePolicy {
    /// An inline policy.
    pub fn new(name: impl Into<String>, policy: Policy) -> Self {
        InlinePolicy {
            name: name.into(),
            policy,
        }
    }
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
            description: None,
            tags: Vec::new(),
            permissions_boundary: None,
            inline_policies: Vec::new(),
            attached_policies: Vec::new(),
            created: None,
        }
    }

    /// The same role with one more inline policy.
    #[must_use]
    pub fn with_policy(mut self, name: impl Into<String>, policy: Policy) -> Self {
        self.inline_policies.push(InlinePolicy::new(name, policy));
        self
    }

    /// The same role with one more managed policy attached, by its ARN.
    #[must_use]
    pub fn with_managed_policy(mut self, arn: impl Into<String>) -> Self {
        self.attached_policies.push(arn.into());
        self
    }

    /// The same role with a permissions boundary, by the ARN of a managed policy.
    #[must_use]
    pub fn with_permissions_boundary(mut self, arn: impl Into<String>) -> Self {
        self.permissions_boundary = Some(arn.into());
        self
    }

    /// The inline policy with a name, whatever its case (recorded AWS behaviour).
    #[must_use]
    pub fn inline_policy(&self, name: &str) -> Option<&InlinePolicy> {
        self.inline_policies
            .iter()
            .find(|policy| policy.name.eq_ignore_ascii_case(name))
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
