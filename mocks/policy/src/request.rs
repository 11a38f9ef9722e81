//! Who asks for what.

use std::fmt;

use crate::context::Context;
use crate::provider_keys;

/// A request to be decided.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// The action, e.g. `sts:AssumeRoleWithWebIdentity`.
    pub action: &'a str,
    /// The ARN of the resource. `None` in a trust policy, whose resource is the role itself, and for actions that have none;
    /// a statement with `Resource` then matches only through `*`.
    pub resource: Option<&'a str>,
    /// What is known about the request.
    pub context: &'a Context,
}

/// A caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A web identity: the ARN of its provider, e.g. `arn:aws:iam::111122223333:oidc-provider/gitlab.com`. The older built-in
    /// providers go by their domain, e.g. `accounts.google.com`.
    Federated(String),
    /// Somebody with AWS credentials.
    Aws(AwsPrincipal),
    /// An AWS service, e.g. `ec2.amazonaws.com`.
    Service(String),
    /// An S3 canonical user id.
    CanonicalUser(String),
    /// Nobody in particular: an unsigned request.
    Anonymous,
}

/// A caller with AWS credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsPrincipal {
    /// The caller's ARN: a user, `…:root`, or for a session `arn:aws:sts::…:assumed-role/Name/session`.
    pub arn: String,
    /// The ARN of the role behind a session, with its path, which the session's own ARN has lost.
    pub role_arn: Option<String>,
    /// The unique id (`AIDA…`, `AROA…`), which IAM writes into a policy when the principal named there is deleted.
    pub unique_id: Option<String>,
}

impl AwsPrincipal {
    /// A user or an account's root.
    pub fn new(arn: impl Into<String>) -> Self {
        Self {
            arn: arn.into(),
            role_arn: None,
            unique_id: None,
        }
    }

    /// A session of a role.
    pub fn session(session_arn: impl Into<String>, role_arn: impl Into<String>) -> Self {
        Self {
            arn: session_arn.into(),
            role_arn: Some(role_arn.into()),
            unique_id: None,
        }
    }

    /// The account, as far as the ARN tells.
    pub fn account(&self) -> Option<&str> {
        account_of(&self.arn)
    }
}

/// The account in an ARN.
pub fn account_of(arn: &str) -> Option<&str> {
    let mut parts = arn.split(':');
    (parts.next() == Some("arn"))
        .then(|| parts.nth(3))
        .flatten()
        .filter(|account| !account.is_empty())
}

impl Principal {
    /// The issuer behind a web identity, as AWS writes it: host and path, without `https://`.
    pub fn issuer(&self) -> Option<&str> {
        match self {
            Self::Federated(provider) => provider_keys::issuer_of(provider),
            _ => None,
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Federated(name) | Self::Service(name) | Self::CanonicalUser(name) => out.write_str(name),
            Self::Aws(principal) => out.write_str(&principal.arn),
            Self::Anonymous => out.write_str("anonymous"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_arns_apart() {
        let federated =
            Principal::Federated("arn:aws:iam::111122223333:oidc-provider/gitlab.example.com/git".into());
        assert_eq!(federated.issuer(), Some("gitlab.example.com/git"));
        assert_eq!(
            Principal::Federated("accounts.google.com".into()).issuer(),
            Some("accounts.google.com")
        );
        assert_eq!(Principal::Anonymous.issuer(), None);
        assert_eq!(account_of("arn:aws:iam::111122223333:root"), Some("111122223333"));
        assert_eq!(account_of("arn:aws:s3:::bucket"), None);
        assert_eq!(account_of("111122223333"), None);
    }
}
