//! Whether the caller may assume the role: the trust policy, the caller's own policies, and how they add up.

use iam_policy::layers::{Layer, LayeredDecision, ResourceLayer};
use iam_policy::{Context, Effect, Request};

use crate::accounts::{Account, Role};
use crate::authentication::Signer;
use crate::authorization::{OwnPolicies, add_call_keys, add_caller_keys};
use crate::aws::Aws;
use crate::cause::Cause;
use crate::event::Call;
use crate::query::Failure;
use crate::request::ApiRequest;
use crate::sts::error;
use crate::sts::session_tags::SessionTags;

/// Who asks for what.
pub(super) struct Asked<'a> {
    pub(super) signer: &'a Signer,
    pub(super) account: &'a Account,
    pub(super) role: &'a Role,
    pub(super) session_name: &'a str,
    pub(super) external_id: Option<&'a str>,
    /// The tags in the parameters.
    pub(super) tags: &'a SessionTags,
    /// The tags that the session would have, with those that it inherits.
    pub(super) all_tags: &'a SessionTags,
    pub(super) source_identity: Option<&'a str>,
}

/// The policies of both sides.
struct Policies {
    own: OwnPolicies,
    context: Context,
}

/// Asks the policies for every action that the call comes to.
///
/// The trust policy has to allow each. Within one account that is enough if it names the caller, its role or everybody; if
/// it names only the account, or the role is in another account, the caller's own policies have to allow it, too (recorded
/// AWS behaviour). What is inherited needs `sts:TagSession` and `sts:SetSourceIdentity` no less than what is asked for.
/// `sts:SetSourceIdentity` is denied before `sts:AssumeRole` (recorded), and so `sts:TagSession` (assumed).
pub(super) fn check(
    aws: &Aws,
    asked: &Asked<'_>,
    request: &ApiRequest<'_>,
    call: &mut Call,
) -> Result<(), Failure> {
    let mut context = Context::new();
    add_call_keys(&mut context, request, call.at);
    add_caller_keys(&mut context, asked.signer);
    add_parameter_keys(&mut context, asked);
    let policies = Policies {
        own: OwnPolicies::of(aws, asked.signer),
        context,
    };
    let actions = [
        (!asked.all_tags.is_empty(), "sts:TagSession"),
        (asked.source_identity.is_some(), "sts:SetSourceIdentity"),
        (true, "sts:AssumeRole"),
    ];
    for action in actions
        .into_iter()
        .filter_map(|(wanted, action)| wanted.then_some(action))
    {
        ask(asked, &policies, action, call)?;
    }
    Ok(())
}

fn ask(asked: &Asked<'_>, policies: &Policies, action: &str, call: &mut Call) -> Result<(), Failure> {
    let caller = &asked.signer.caller;
    let same_account = caller.account == asked.account.id;
    let role_arn = asked.role.arn(&asked.account.id);
    let trust = ResourceLayer::Trust(&asked.role.trust_policy);
    let layers = policies.own.layers(trust, same_account);
    let evaluated = layers.evaluate(&Request {
        principal: &policies.own.principal,
        action,
        resource: Some(&role_arn),
        context: &policies.context,
    });
    let effect = match evaluated.verdict.effect {
        Effect::Allow => {
            // of an allowed call the trust policy's decision is of interest, whatever else was needed
            call.decision = decision_of(evaluated, Layer::Trust).map(Into::into);
            return Ok(());
        }
        Effect::ImplicitDeny => "implicit-deny",
        Effect::ExplicitDeny => "explicit-deny",
    };
    let layer = evaluated.verdict.layer;
    // AWS says why for an explicit deny, and only within an account; an implicit one has no explanation, whichever side
    // it comes from (recorded AWS behaviour)
    let context = evaluated
        .denial()
        .filter(|_| same_account && effect == "explicit-deny");
    call.decision = decision_of(evaluated, layer).map(Into::into);
    let cause = match layer {
        Layer::Trust => denied_by_trust(asked, role_arn.clone(), action, effect),
        layer => Cause::CallerNotAllowed {
            caller: caller.arn.clone(),
            action: action.to_owned(),
            why: lacking(layer, effect, &role_arn, same_account),
        },
    };
    Err(error::caller_not_authorized(&caller.arn, action, Some(&role_arn), context.as_deref()).because(cause))
}

/// What the policy of a layer said.
fn decision_of(evaluated: LayeredDecision, layer: Layer) -> Option<iam_policy::Decision> {
    let found = evaluated
        .decisions
        .into_iter()
        .find(|decision| decision.layer == layer);
    found.map(|decision| decision.decision)
}

fn denied_by_trust(asked: &Asked<'_>, role_arn: String, action: &str, effect: &str) -> Cause {
    let effect = effect.to_owned();
    match action {
        "sts:TagSession" => Cause::TagSessionDenied {
            role_arn,
            effect,
            tag_keys: asked.all_tags.tags.keys().cloned().collect(),
        },
        "sts:SetSourceIdentity" => Cause::SourceIdentityDenied {
            role_arn,
            effect,
            source_identity: asked.source_identity.unwrap_or_default().to_owned(),
        },
        _ => Cause::TrustPolicyDenied { role_arn, effect },
    }
}

/// What is lacking on the caller's side.
fn lacking(layer: Layer, effect: &str, role_arn: &str, same_account: bool) -> String {
    match layer {
        Layer::Session if effect == "explicit-deny" => "its session policy denies it".to_owned(),
        Layer::Session => "its session policy does not allow it".to_owned(),
        Layer::Boundary if effect == "explicit-deny" => "its permissions boundary denies it".to_owned(),
        Layer::Boundary => "its permissions boundary does not allow it".to_owned(),
        _ if effect == "explicit-deny" => "one of its own policies denies it".to_owned(),
        _ if same_account => format!(
            "the trust policy of {role_arn} names the account, which leaves it to the caller's own policies, and none of \
             them allows it; allow it there, or name the caller's role in the trust policy"
        ),
        _ => format!(
            "{role_arn} is in another account, so that the trust policy is not enough, and none of the caller's own \
             policies allows it"
        ),
    }
}

/// The keys that follow from the parameters and from what the session would inherit.
///
/// `aws:RequestTag`, `aws:TagKeys` and `sts:TransitiveTagKeys` hold what is in the parameters; inherited tags are the
/// caller's `aws:PrincipalTag` (assumed).
fn add_parameter_keys(context: &mut Context, asked: &Asked<'_>) {
    context.insert("sts:RoleSessionName", asked.session_name);
    if let Some(external_id) = asked.external_id {
        context.insert("sts:ExternalId", external_id);
    }
    if let Some(identity) = asked.source_identity {
        context.insert("sts:SourceIdentity", identity);
    }
    for (key, value) in &asked.tags.tags {
        context.insert(format!("aws:RequestTag/{key}"), value.as_str());
    }
    if !asked.tags.is_empty() {
        context.insert("aws:TagKeys", asked.tags.tags.keys().cloned().collect::<Vec<_>>());
    }
    if !asked.tags.transitive.is_empty() {
        context.insert("sts:TransitiveTagKeys", asked.tags.transitive.clone());
    }
}
