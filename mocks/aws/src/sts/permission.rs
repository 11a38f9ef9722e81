//! Actions of STS that need nothing but the caller's own permission.

use iam_policy::layers::ResourceLayer;
use iam_policy::{Context, Request};

use super::error;
use crate::authentication::Signer;
use crate::authorization::{OwnPolicies, add_call_keys, add_caller_keys};
use crate::aws::Aws;
use crate::cause::Cause;
use crate::event::Call;
use crate::query::Failure;
use crate::request::ApiRequest;
use crate::session::Identity;

/// Refuses an action that has no resource, unless the caller's own policies allow it. Sessions that GetSessionToken and
/// GetFederationToken made can call next to nothing of STS ("Compare AWS STS credentials", IAM User Guide); that AWS
/// words it as a lack of permission is assumed.
pub(super) fn check(
    aws: &Aws,
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
    let own = OwnPolicies::of(aws, signer);
    let evaluated = own.layers(ResourceLayer::None, true).evaluate(&Request {
        principal: &own.principal,
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
        .map(|decision| decision.decision.into());
    let Some(denial) = denial else { return Ok(()) };
    let why = if own.identity.is_empty() {
        "its role has no permission policies".to_owned()
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
