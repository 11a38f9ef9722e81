//! What the caller's own policies allow.

use std::sync::LazyLock;

use iam_policy::layers::{Layers, ResourceLayer};
use iam_policy::{AwsPrincipal, Context, Policy, Principal, Request};

use super::call_keys::{add_call_keys, add_caller_keys};
use super::error;
use crate::authentication::Signer;
use crate::cause::Cause;
use crate::endpoint::ApiRequest;
use crate::event::Call;
use crate::query::Failure;
use crate::session::Identity;

/// The caller's own policies.
///
/// DIVERGENCE: roles and users have no policies of their own in this AWS yet. A role is therefore allowed nothing by
/// itself, as a role without policies is at AWS, and a long-term key is taken for an administrator's.
pub(super) fn identity_policies(signer: &Signer) -> Vec<Policy> {
    static ADMINISTRATOR: LazyLock<Policy> = LazyLock::new(|| {
        let text =
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
        Policy::parse(text).expect("a constant that is a policy")
    });
    match signer.session.as_ref().map(|session| &session.identity) {
        None | Some(Identity::User { .. }) => vec![ADMINISTRATOR.clone()],
        Some(Identity::Role { .. } | Identity::FederatedUser { .. }) => Vec::new(),
    }
}

/// The policies that the caller's session was made with; `None` if it was made without any.
///
/// DIVERGENCE: the managed ones are not known here and allow nothing.
pub(super) fn session_policies(signer: &Signer) -> Option<Vec<Policy>> {
    let session = signer.session.as_ref()?;
    if session.policy.is_none() && session.policy_arns.is_empty() {
        return None;
    }
    // it was read when the session was made; what could not be read now would allow nothing
    let inline = session
        .policy
        .as_deref()
        .and_then(|text| Policy::parse(text).ok());
    Some(inline.into_iter().collect())
}

/// The caller as policies name it.
pub(super) fn principal(signer: &Signer) -> Principal {
    let unique_id = match signer.session.as_ref().map(|session| &session.identity) {
        Some(Identity::Role { id, .. }) => id.clone(),
        _ => signer.caller.user_id.clone(),
    };
    Principal::Aws(AwsPrincipal {
        arn: signer.caller.arn.clone(),
        role_arn: signer.role_arn.clone(),
        unique_id: Some(unique_id),
    })
}

/// Refuses an action that has no resource, unless the caller's own policies allow it. Sessions that GetSessionToken and
/// GetFederationToken made can call next to nothing of STS ("Compare AWS STS credentials", IAM User Guide); that AWS
/// words it as a lack of permission is assumed.
pub(super) fn check(
    signer: &Signer,
    action: &str,
    request: &ApiRequest<'_>,
    call: &mut Call,
) -> Result<(), Failure> {
    let caller = &signer.caller.arn;
    let origin = match signer.session.as_ref().map(|session| &session.identity) {
        Some(Identity::User { .. }) => Some("GetSessionToken"),
        Some(Identity::FederatedUser { .. }) => Some("GetFederationToken"),
        _ => None,
    };
    if let Some(origin) = origin {
        let cause = Cause::WrongKindOfCredentials {
            caller: caller.clone(),
            operation: action.to_owned(),
            origin: Some(origin.to_owned()),
        };
        return Err(error::caller_not_authorized(caller, action, None, None).because(cause));
    }
    let mut context = Context::new();
    add_call_keys(&mut context, request, call.at);
    add_caller_keys(&mut context, signer);
    let (identity, session) = (identity_policies(signer), session_policies(signer));
    let layers = Layers {
        identity: &identity,
        boundary: None,
        session: session.as_deref(),
        resource: ResourceLayer::None,
        same_account: true,
    };
    let evaluated = layers.evaluate(&Request {
        principal: &principal(signer),
        action,
        resource: None,
        context: &context,
    });
    let denial = evaluated.denial();
    let layer = evaluated.verdict.layer;
    call.decision = evaluated
        .decisions
        .into_iter()
        .find(|decision| decision.layer == layer)
        .map(|decision| decision.decision);
    let Some(denial) = denial else { return Ok(()) };
    let why = if identity.is_empty() {
        "roles have no permission policies in this AWS".to_owned()
    } else {
        denial.clone()
    };
    let cause = Cause::CallerNotAllowed {
        caller: caller.clone(),
        action: action.to_owned(),
        why,
    };
    Err(error::caller_not_authorized(caller, action, None, Some(&denial)).because(cause))
}
