//! What IAM checks when a policy is written, by kind of policy.
//!
//! Source of the texts: recorded AWS behaviour (IAM `CreateRole`, `CreatePolicy`, `PutRolePolicy`). What AWS accepts although
//! it can never match is accepted here too, and noted.

mod action;
mod identity;
mod note;
mod principal;
mod resource;
mod shared_provider;
mod statement;
#[cfg(test)]
mod tests;
mod trust;

pub use note::{Note, NoteCode};
use statement::Values;

use crate::error::{Fault, ParseError};
use crate::policy::Policy;

/// What a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// Who may assume a role.
    Trust,
    /// What an identity may do: managed or inline.
    Identity,
    /// Who may do what with a resource: a bucket policy, a secret's policy.
    Resource,
    /// What is passed along when a role is assumed.
    Session,
    /// The most an identity may do. Always a managed policy.
    Boundary,
}

/// Circumstances that decide what is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValidationRules {
    /// Whether trust in an OIDC provider that many customers share has to be scoped. AWS enforces it since 2025 whenever a
    /// trust policy is written, not for roles that exist already.
    pub shared_provider_control: bool,
    /// Whether the policy is a managed one. Those need version `2012-10-17` and have their own quota.
    pub managed: bool,
    /// The most characters, white space not counted; `None` for AWS's default for the kind.
    pub size_limit: Option<usize>,
}

impl Default for ValidationRules {
    fn default() -> Self {
        Self {
            shared_provider_control: true,
            managed: false,
            size_limit: None,
        }
    }
}

impl Policy {
    /// Checks the policy as IAM does when one of this kind is written, and returns what it accepts but what looks wrong.
    ///
    /// # Errors
    /// What IAM would refuse, with the code and message it would answer.
    pub fn validate(&self, kind: PolicyKind, rules: &ValidationRules) -> Result<Vec<Note>, ParseError> {
        let rules = ValidationRules {
            managed: rules.managed || kind == PolicyKind::Boundary,
            ..*rules
        };
        if self.statements().is_empty() {
            // the trust policy's own text is reported by users, not recorded
            let fault = match kind {
                PolicyKind::Trust => malformed("Could not parse the policy: Statement is empty!"),
                _ => Fault::Syntax,
            };
            let span = self.document().statements_span.clone();
            return Err(ParseError::new(fault, span, "the policy has no statement"));
        }
        match kind {
            PolicyKind::Trust => trust::check(self, &rules)?,
            PolicyKind::Identity | PolicyKind::Boundary => identity::check(self, &rules, Values::Stored)?,
            PolicyKind::Session => identity::check(self, &rules, Values::Session)?,
            PolicyKind::Resource => resource::check(self)?,
        }
        self.check_size(kind, &rules)?;
        Ok(note::notes(self, kind))
    }

    /// The quota. Inline policies share one per role (10,240 in all), so a single one is only checked against a limit given.
    fn check_size(&self, kind: PolicyKind, rules: &ValidationRules) -> Result<(), ParseError> {
        let (quota, default) = match kind {
            PolicyKind::Trust => ("ACLSizePerRole", Some(2_048)),
            PolicyKind::Session => ("PolicySize", Some(2_048)),
            _ => ("PolicySize", rules.managed.then_some(6_144)),
        };
        let Some(limit) = rules.size_limit.or(default) else {
            return Ok(());
        };
        let size = self.size();
        if size <= limit {
            return Ok(());
        }
        let detail = format!("the policy has {size} characters besides white space, {limit} are allowed");
        let fault = Fault::LimitExceeded(format!("Cannot exceed quota for {quota}: {limit}"));
        Err(ParseError::new(fault, 0..self.text().len(), detail))
    }
}

/// A `MalformedPolicyDocument` with a text of its own.
fn malformed(message: impl Into<String>) -> Fault {
    Fault::Malformed(message.into())
}
