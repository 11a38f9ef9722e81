//! Whether the role trusts the token: the context that AWS evaluates the trust policy in, and the evaluation.

use std::collections::BTreeMap;

use iam_policy::{Context, Effect, Principal, Request, decide, provider_keys};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::claims::{Claims, text_of};
use crate::accounts::{Account, OidcProvider, Role};
use crate::authorization::add_call_keys;
use crate::cause::Cause;
use crate::explained::Explained;
use crate::query::{ApiError, Failure};
use crate::request::ApiRequest;
use crate::sts::error;
use crate::sts::session_tags::SessionTags;

/// The operation, as policies name it.
const ASSUME: &str = "sts:AssumeRoleWithWebIdentity";

/// Who asks for what.
pub(super) struct Asked<'a> {
    pub(super) account: &'a Account,
    pub(super) provider: &'a OidcProvider,
    pub(super) claims: &'a Claims,
    pub(super) all_claims: &'a Map<String, Value>,
    /// Always there in a call; a rehearsal may lack it.
    pub(super) subject: Option<&'a str>,
    pub(super) session_name: &'a str,
    pub(super) tags: &'a SessionTags,
    pub(super) source_identity: Option<&'a str>,
    pub(super) authorized_by_idp: bool,
}

/// Evaluates the trust policy for the operation and for what the token asks for beside it. Returns the keys of the
/// token that live on in the session.
///
/// The principal is the provider: there is no caller whose own policies would count, and `Principal: {"AWS": "*"}`
/// does not take in a web identity (recorded AWS behaviour).
pub(super) fn check(
    asked: &Asked<'_>,
    role: &Role,
    request: &ApiRequest<'_>,
    now: Timestamp,
    decision: &mut Option<Explained>,
) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let principal = Principal::Federated(asked.provider.arn(&asked.account.id));
    let mut context = Context::new();
    let session_keys = add_token_keys(&mut context, asked);
    add_session_keys(&mut context, asked);
    add_call_keys(&mut context, request, now);

    let outcome = ask(asked, role, &principal, &context);
    // what was asked for first stays on the record when all of it is allowed
    let action = outcome
        .as_ref()
        .map_or_else(|refused| refused.action, |()| ASSUME);
    *decision = Some(Explained::later(&role.trust_policy, principal, action, context));
    outcome.map_err(|refused| refused.failure)?;
    Ok(session_keys)
}

/// An action that the trust policy does not allow.
struct Refused {
    action: &'static str,
    failure: Failure,
}

/// Asks the trust policy for one thing after another, up to the first that it does not allow.
fn ask(asked: &Asked<'_>, role: &Role, principal: &Principal, context: &Context) -> Result<(), Refused> {
    let allow = |action: &'static str, deny: &dyn Fn(&str) -> (ApiError, Cause)| {
        let request = Request {
            principal,
            action,
            resource: None,
            context,
        };
        let effect = match decide(&role.trust_policy, &request) {
            Effect::Allow => return Ok(()),
            Effect::ImplicitDeny => "implicit-deny",
            Effect::ExplicitDeny => "explicit-deny",
        };
        let (error, cause) = deny(effect);
        let failure = error.because(cause);
        Err(Refused { action, failure })
    };
    let role_arn = || role.arn(&asked.account.id);
    allow(ASSUME, &|effect| {
        let cause = Cause::TrustPolicyDenied {
            role_arn: role_arn(),
            effect: effect.into(),
        };
        (error::not_authorized(), cause)
    })?;
    if !asked.tags.is_empty() {
        allow("sts:TagSession", &|effect| {
            let cause = Cause::TagSessionDenied {
                role_arn: role_arn(),
                effect: effect.into(),
                tag_keys: asked.tags.tags.keys().cloned().collect(),
            };
            (error::not_authorized_to_tag(), cause)
        })?;
    }
    if let Some(identity) = asked.source_identity {
        allow("sts:SetSourceIdentity", &|effect| {
            let cause = Cause::SourceIdentityDenied {
                role_arn: role_arn(),
                effect: effect.into(),
                source_identity: identity.to_owned(),
            };
            (error::not_authorized_to_set_source_identity(), cause)
        })?;
    }
    Ok(())
}

/// The keys of the provider: only those that AWS offers for it ("IAM and AWS STS condition context keys", IAM User
/// Guide). `aud` and `amr` and `sub` are returned, too: they are the ones that a session keeps.
pub(super) fn add_token_keys(context: &mut Context, asked: &Asked<'_>) -> BTreeMap<String, Vec<String>> {
    let mut session_keys = BTreeMap::new();
    for &claim in provider_keys::claim_keys(&asked.provider.url) {
        let values: Vec<String> = match claim {
            "aud" if asked.claims.audiences.is_empty() && asked.claims.authorized_party.is_none() => continue,
            "aud" => vec![asked.claims.audience().0.to_owned()],
            "oaud" if asked.claims.authorized_party.is_some() => asked.claims.audiences.clone(),
            "oaud" => continue,
            "sub" => match asked.subject {
                Some(subject) => vec![subject.to_owned()],
                None => continue,
            },
            other => match asked.all_claims.get(other) {
                Some(Value::Array(values)) if provider_keys::is_multivalued(other) => {
                    values.iter().map(text_of).collect()
                }
                Some(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => vec![text_of(value)],
                // a list or an object under a key that takes one text is as good as absent (assumed)
                _ => continue,
            },
        };
        let key = provider_keys::condition_key(&asked.provider.url, claim);
        if matches!(claim, "aud" | "sub" | "amr") {
            session_keys.insert(key.clone(), values.clone());
        }
        if provider_keys::is_multivalued(claim) {
            context.insert(key, values);
        } else {
            context.insert(key, values.into_iter().next().unwrap_or_default());
        }
    }
    session_keys
}

/// The global keys and those of STS that follow from who asks. `aws:PrincipalArn` is absent, since there is no
/// principal of AWS yet, and `aws:userid` is the provider (recorded AWS behaviour).
pub(super) fn add_session_keys(context: &mut Context, asked: &Asked<'_>) {
    let provider_arn = asked.provider.arn(&asked.account.id);
    context.insert("aws:FederatedProvider", provider_arn.clone());
    context.insert("aws:userid", provider_arn);
    context.insert("aws:PrincipalAccount", asked.account.id.clone());
    context.insert("aws:PrincipalType", "User");
    context.insert("sts:RoleSessionName", asked.session_name);
    context.insert(
        "sts:RoleAuthorizedByIdp",
        if asked.authorized_by_idp { "true" } else { "false" },
    );
    if let Some(identity) = asked.source_identity {
        context.insert("sts:SourceIdentity", identity);
    }
    if !asked.tags.is_empty() {
        for (key, value) in &asked.tags.tags {
            context.insert(format!("aws:RequestTag/{key}"), value.as_str());
        }
        context.insert("aws:TagKeys", asked.tags.tags.keys().cloned().collect::<Vec<_>>());
    }
    if !asked.tags.transitive.is_empty() {
        context.insert("sts:TransitiveTagKeys", asked.tags.transitive.clone());
    }
}
