//! The policies that belong to a caller, whatever it asks for.

use std::sync::LazyLock;

use iam_policy::layers::{Layers, ResourceLayer};
use iam_policy::{AwsPrincipal, Policy, Principal};

use crate::accounts::Account;
use crate::authentication::Signer;
use crate::aws::Aws;
use crate::session::{Identity, Session};

/// A caller's own policies, as they are when it calls: changes bear on sessions that began before them ("Revoke IAM role
/// temporary security credentials", IAM User Guide).
#[derive(Debug)]
pub(crate) struct OwnPolicies {
    /// The caller as policies name it.
    pub(crate) principal: Principal,
    /// Managed and inline policies.
    pub(crate) identity: Vec<Policy>,
    /// The permissions boundary.
    pub(crate) boundary: Option<Policy>,
    /// What the session was made with; `None` if it was made without any.
    pub(crate) session: Option<Vec<Policy>>,
}

impl OwnPolicies {
    /// Those of who signed.
    ///
    /// DIVERGENCE: users have no policies of their own in this AWS. A user's access key is taken for an administrator's, and
    /// so are the sessions that it asks for.
    pub(crate) fn of(aws: &Aws, signer: &Signer) -> Self {
        let session = signer.session.as_ref();
        let account = aws.directory.account(&signer.caller.account);
        let account = account.as_deref();
        let (mut identity, mut boundary) = (Vec::new(), None);
        let mut unique_id = signer.caller.user_id.clone();
        match session.map(|session| &session.identity) {
            Some(Identity::Role { id, .. }) => {
                let role = account.and_then(|account| account.roles.iter().find(|role| role.id == *id));
                if let (Some(account), Some(role)) = (account, role) {
                    identity = account.permissions_of(role);
                    boundary = role
                        .permissions_boundary
                        .as_deref()
                        .map(|arn| bound(account, arn));
                }
                unique_id.clone_from(id);
            }
            None | Some(Identity::User { .. } | Identity::FederatedUser { .. }) => {
                identity.push(ADMINISTRATOR.clone());
            }
        }
        OwnPolicies {
            principal: Principal::Aws(AwsPrincipal {
                arn: signer.caller.arn.clone(),
                role_arn: signer.role_arn.clone(),
                unique_id: Some(unique_id),
            }),
            identity,
            boundary,
            session: session.and_then(|session| of_session(session, account)),
        }
    }

    /// Together with a resource's policy.
    pub(crate) fn layers<'a>(&'a self, resource: ResourceLayer<'a>, same_account: bool) -> Layers<'a> {
        Layers {
            identity: &self.identity,
            boundary: self.boundary.as_ref(),
            session: self.session.as_deref(),
            resource,
            same_account,
        }
    }
}

static ADMINISTRATOR: LazyLock<Policy> = LazyLock::new(|| {
    let text =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    Policy::parse(text).expect("a constant that is a policy")
});

/// The document of a permissions boundary. One that is not there bounds to nothing.
fn bound(account: &Account, arn: &str) -> Policy {
    static NOTHING: LazyLock<Policy> = LazyLock::new(|| {
        let text = r#"{"Version": "2012-10-17", "Statement": []}"#;
        Policy::parse(text).expect("a constant that is a policy")
    });
    account.document(arn).unwrap_or_else(|| NOTHING.clone())
}

/// The policies a session was made with. The managed ones count as they are now (recorded AWS behaviour); one that is not
/// there allows nothing. A federated user has no permission that was not passed along ("Permissions for
/// GetFederationToken", IAM User Guide).
fn of_session(session: &Session, account: Option<&Account>) -> Option<Vec<Policy>> {
    let federated = matches!(session.identity, Identity::FederatedUser { .. });
    if session.policy.is_none() && session.policy_arns.is_empty() && !federated {
        return None;
    }
    // it was read when the session was made; what could not be read now would allow nothing
    let inline = session
        .policy
        .as_deref()
        .and_then(|text| Policy::parse(text).ok());
    let arns = session.policy_arns.iter();
    let managed = arns.filter_map(|arn| account?.document(arn));
    Some(inline.into_iter().chain(managed).collect())
}
