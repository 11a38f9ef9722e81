//! The condition keys that follow from a call and its caller, whatever the call is for.

use iam_policy::Context;
use jiff::Timestamp;

use crate::authentication::Signer;
use crate::request::ApiRequest;
use crate::session::Identity;

/// The global keys that follow from the call itself: where it came from, when and how.
pub(crate) fn add_call_keys(context: &mut Context, request: &ApiRequest<'_>, now: Timestamp) {
    context.insert("aws:SourceIp", request.peer.ip.to_string());
    context.insert(
        "aws:SecureTransport",
        if request.peer.tls { "true" } else { "false" },
    );
    context.insert("aws:CurrentTime", now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    context.insert("aws:EpochTime", now.as_second().to_string());
    context.insert("aws:RequestedRegion", request.route.region.clone());
    if let Some(agent) = request.user_agent() {
        context.insert("aws:UserAgent", agent);
    }
}

/// The global keys that follow from who signed ("AWS global condition context keys", IAM User Guide).
///
/// `aws:PrincipalArn` of a session is its role, with the path (recorded AWS behaviour). The keys of the web identity
/// that began a session are there in that session and not in those assumed from it (assumed).
pub(crate) fn add_caller_keys(context: &mut Context, signer: &Signer) {
    let caller = &signer.caller;
    let principal_arn = signer.role_arn.as_ref().unwrap_or(&caller.arn);
    context.insert("aws:PrincipalArn", principal_arn.as_str());
    context.insert("aws:PrincipalAccount", caller.account.as_str());
    context.insert("aws:userid", caller.user_id.as_str());
    let identity = signer.session.as_ref().map(|session| &session.identity);
    let kind = match identity {
        Some(Identity::Role { .. }) => "AssumedRole",
        Some(Identity::FederatedUser { .. }) => "FederatedUser",
        _ if signer.is_root() => "Account",
        _ => "User",
    };
    context.insert("aws:PrincipalType", kind);
    if kind == "User"
        && let Some((_, name)) = caller.arn.rsplit_once('/')
    {
        context.insert("aws:username", name);
    }
    let Some(session) = &signer.session else { return };
    // this key is there with temporary credentials only
    context.insert("aws:MultiFactorAuthPresent", "false");
    if let Ok(issued) = Timestamp::from_second(session.issued) {
        context.insert(
            "aws:TokenIssueTime",
            issued.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        );
    }
    if let Some(provider) = &session.provider {
        context.insert("aws:FederatedProvider", provider.as_str());
    }
    for (key, values) in &session.federated_keys {
        match values.as_slice() {
            [value] if !key.ends_with(":amr") => context.insert(key.as_str(), value.as_str()),
            values => context.insert(key.as_str(), values.to_vec()),
        }
    }
    for (key, value) in &session.tags {
        context.insert(format!("aws:PrincipalTag/{key}"), value.as_str());
    }
    if let Some(identity) = &session.source_identity {
        context.insert("aws:SourceIdentity", identity.as_str());
    }
}
