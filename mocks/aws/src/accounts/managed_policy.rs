//! A managed policy: one of the customer's, in an account, or one of AWS's own, in all of them.

use iam_policy::Policy;
use jiff::Timestamp;

use super::tag::Tag;
use crate::identifier;

/// The account in the ARNs of AWS's own policies.
const AWS: &str = "aws";

/// A managed policy with its versions.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ManagedPolicy {
    /// The name, unique in the account.
    pub name: String,
    /// The path, `/` unless stated; begins and ends with a slash.
    pub path: String,
    /// The unique id: `ANPA` and seventeen more.
    pub id: String,
    /// What it is for, if that was said when it was made.
    pub description: Option<String>,
    /// Tags, in the order they were set.
    pub tags: Vec<Tag>,
    /// When it was made. `None`: when the world began.
    pub created: Option<Timestamp>,
    /// When its default version last changed. `None`: when it was made.
    pub updated: Option<Timestamp>,
    /// The versions there are, the oldest first; at most five.
    pub versions: Vec<PolicyVersion>,
    /// The number of the version that counts.
    pub default_version: u32,
    /// How many versions there ever were: numbers are not given twice.
    pub last_version: u32,
    /// Whether it is one of AWS's own.
    pub of_aws: bool,
}

/// One version of a managed policy.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PolicyVersion {
    /// Its number: 3 for `v3`.
    pub number: u32,
    /// The document.
    pub policy: Policy,
    /// When it was made. `None`: when the world began.
    pub created: Option<Timestamp>,
}

impl ManagedPolicy {
    /// A customer's policy at `/` with one version, and a unique id that is the same in every run.
    pub fn new(account: &str, name: impl Into<String>, policy: Policy) -> Self {
        let name = name.into();
        ManagedPolicy {
            id: identifier::unique_id("ANPA", account, "/", &name),
            path: "/".into(),
            description: None,
            tags: Vec::new(),
            created: None,
            updated: None,
            versions: vec![PolicyVersion::new(1, policy)],
            default_version: 1,
            last_version: 1,
            of_aws: false,
            name,
        }
    }

    /// The same policy at another path.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The ARN: `arn:aws:iam::111122223333:policy/path/name`, `arn:aws:iam::aws:policy/ReadOnlyAccess`.
    #[must_use]
    pub fn arn(&self, account: &str) -> String {
        let owner = if self.of_aws { AWS } else { account };
        format!("arn:aws:iam::{owner}:policy{}{}", self.path, self.name)
    }

    /// The version that counts.
    #[must_use]
    pub fn default(&self) -> Option<&PolicyVersion> {
        self.version(self.default_version)
    }

    /// The version with a number.
    #[must_use]
    pub fn version(&self, number: u32) -> Option<&PolicyVersion> {
        self.versions.iter().find(|version| version.number == number)
    }
}

impl PolicyVersion {
    /// A version that is as old as the world.
    #[must_use]
    pub fn new(number: u32, policy: Policy) -> Self {
        PolicyVersion {
            number,
            policy,
            created: None,
        }
    }

    /// `v3`
    #[must_use]
    pub fn id(&self) -> String {
        format!("v{}", self.number)
    }
}
