use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::context::Context;

const ROLE: &str = "arn:aws:iam::111122223333:role/team/deploy";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/deploy/job";

/// `allow`, `deny` or `nothing` for whom: an identity's policy, or a resource's if a principal is given.
fn policy(effect: &str, principal: Option<&str>) -> Policy {
    let action = if effect == "nothing" {
        "s3:PutObject"
    } else {
        "s3:GetObject"
    };
    let effect = if effect == "deny" { "Deny" } else { "Allow" };
    let principal = principal.map_or_else(String::new, |principal| {
        format!(r#""Principal": {{"AWS": "{principal}"}},"#)
    });
    Policy::parse(&format!(
        r#"{{"Statement": {{"Effect": "{effect}", {principal} "Action": "{action}", "Resource": "*"}}}}"#
    ))
    .unwrap()
}

fn verdict(layers: &Layers<'_>, principal: &Principal) -> (Effect, Layer) {
    let context = Context::new();
    let request = Request {
        principal,
        action: "s3:GetObject",
        resource: Some("arn:aws:s3:::b/k"),
        context: &context,
    };
    let verdict = layers.decide(&request);
    assert_eq!(layers.evaluate(&request).verdict, verdict);
    (verdict.effect, verdict.layer)
}

fn session() -> Principal {
    Principal::Aws(AwsPrincipal::session(SESSION, ROLE))
}

#[rstest]
#[case::identity_allows("allow", None, None, (Effect::Allow, Layer::Identity))]
#[case::identity_silent("nothing", None, None, (Effect::ImplicitDeny, Layer::Identity))]
#[case::identity_denies("deny", None, None, (Effect::ExplicitDeny, Layer::Identity))]
#[case::boundary_allows("allow", Some("allow"), None, (Effect::Allow, Layer::Identity))]
#[case::boundary_silent("allow", Some("nothing"), None, (Effect::ImplicitDeny, Layer::Boundary))]
#[case::boundary_denies("allow", Some("deny"), None, (Effect::ExplicitDeny, Layer::Boundary))]
#[case::boundary_grants_nothing("nothing", Some("allow"), None, (Effect::ImplicitDeny, Layer::Identity))]
#[case::session_allows("allow", None, Some("allow"), (Effect::Allow, Layer::Identity))]
#[case::session_silent("allow", None, Some("nothing"), (Effect::ImplicitDeny, Layer::Session))]
#[case::session_denies("allow", None, Some("deny"), (Effect::ExplicitDeny, Layer::Session))]
#[case::session_grants_nothing("nothing", None, Some("allow"), (Effect::ImplicitDeny, Layer::Identity))]
#[case::deny_comes_before_silence("nothing", Some("nothing"), Some("deny"), (Effect::ExplicitDeny, Layer::Session))]
fn limits_what_the_identity_may_do(
    #[case] identity: &str,
    #[case] boundary: Option<&str>,
    #[case] session_policy: Option<&str>,
    #[case] expected: (Effect, Layer),
) {
    let identity = [policy(identity, None)];
    let boundary = boundary.map(|effect| policy(effect, None));
    let session_policies = session_policy.map(|effect| [policy(effect, None)]);
    let layers = Layers {
        boundary: boundary.as_ref(),
        session: session_policies.as_ref().map(<[Policy; 1]>::as_slice),
        ..Layers::of_identity(&identity)
    };
    assert_eq!(verdict(&layers, &session()), expected);
}

#[rstest]
#[case::to_the_session(SESSION, "nothing", true, (Effect::Allow, Layer::Resource))]
#[case::to_everybody("*", "nothing", true, (Effect::Allow, Layer::Resource))]
#[case::to_the_role(ROLE, "nothing", false, (Effect::Allow, Layer::Resource))]
#[case::to_the_role_within_limits(ROLE, "nothing", true, (Effect::ImplicitDeny, Layer::Boundary))]
#[case::to_the_account("111122223333", "nothing", false, (Effect::ImplicitDeny, Layer::Identity))]
#[case::to_the_root("arn:aws:iam::111122223333:root", "nothing", false, (Effect::ImplicitDeny, Layer::Identity))]
#[case::to_the_account_and_identity("111122223333", "allow", false, (Effect::Allow, Layer::Identity))]
#[case::to_another("arn:aws:iam::111122223333:role/other", "nothing", false, (Effect::ImplicitDeny, Layer::Identity))]
fn a_resource_policy_adds(
    #[case] principal: &str,
    #[case] identity: &str,
    #[case] bounded: bool,
    #[case] expected: (Effect, Layer),
) {
    let (identity, resource) = ([policy(identity, None)], policy("allow", Some(principal)));
    let boundary = policy("nothing", None);
    let layers = Layers {
        boundary: bounded.then_some(&boundary),
        resource: ResourceLayer::Policy(&resource),
        ..Layers::of_identity(&identity)
    };
    assert_eq!(verdict(&layers, &session()), expected);
}

#[rstest]
#[case::both_allow("allow", SESSION, (Effect::Allow, Layer::Identity))]
#[case::resource_only("nothing", SESSION, (Effect::ImplicitDeny, Layer::Identity))]
#[case::account_suffices("allow", "111122223333", (Effect::Allow, Layer::Identity))]
#[case::identity_only("allow", "444455556666", (Effect::ImplicitDeny, Layer::Resource))]
fn across_accounts_both_sides_allow(
    #[case] identity: &str,
    #[case] principal: &str,
    #[case] expected: (Effect, Layer),
) {
    let (identity, resource) = ([policy(identity, None)], policy("allow", Some(principal)));
    let layers = Layers {
        resource: ResourceLayer::Policy(&resource),
        same_account: false,
        ..Layers::of_identity(&identity)
    };
    assert_eq!(verdict(&layers, &session()), expected);
}

#[test]
fn nobody_assumes_a_role_that_does_not_trust_them() {
    let (identity, trust) = (
        [policy("allow", None)],
        policy("allow", Some("arn:aws:iam::111122223333:role/other")),
    );
    let layers = Layers {
        resource: ResourceLayer::Trust(&trust),
        ..Layers::of_identity(&identity)
    };
    assert_eq!(verdict(&layers, &session()), (Effect::ImplicitDeny, Layer::Trust));
}

#[test]
fn the_anonymous_have_the_resource_policy_alone() {
    let (open, closed) = (policy("allow", Some("*")), policy("allow", Some("111122223333")));
    for (resource, expected) in [(&open, Effect::Allow), (&closed, Effect::ImplicitDeny)] {
        let layers = Layers {
            resource: ResourceLayer::Policy(resource),
            ..Layers::of_identity(&[])
        };
        assert_eq!(
            verdict(&layers, &Principal::Anonymous),
            (expected, Layer::Resource)
        );
    }
}

#[test]
fn any_of_several_session_policies_may_allow() {
    let (identity, sessions) = (
        [policy("allow", None)],
        [policy("nothing", None), policy("allow", None)],
    );
    let layers = Layers {
        session: Some(&sessions),
        ..Layers::of_identity(&identity)
    };
    assert_eq!(verdict(&layers, &session()), (Effect::Allow, Layer::Identity));
    let layers = Layers {
        session: Some(&[]),
        ..Layers::of_identity(&identity)
    };
    assert_eq!(
        verdict(&layers, &session()),
        (Effect::ImplicitDeny, Layer::Session)
    );
}

#[rstest]
#[case(
    Effect::ImplicitDeny,
    Layer::Identity,
    "because no identity-based policy allows the s3:GetObject action"
)]
#[case(
    Effect::ImplicitDeny,
    Layer::Boundary,
    "because no permissions boundary allows the s3:GetObject action"
)]
#[case(
    Effect::ImplicitDeny,
    Layer::Session,
    "because no session policy allows the s3:GetObject action"
)]
#[case(
    Effect::ImplicitDeny,
    Layer::Resource,
    "because no resource-based policy allows the s3:GetObject action"
)]
#[case(
    Effect::ImplicitDeny,
    Layer::Trust,
    "because no role trust policy allows the s3:GetObject action"
)]
#[case(
    Effect::ExplicitDeny,
    Layer::Identity,
    "with an explicit deny in an identity-based policy"
)]
#[case(
    Effect::ExplicitDeny,
    Layer::Boundary,
    "with an explicit deny in a permissions boundary"
)]
#[case(
    Effect::ExplicitDeny,
    Layer::Session,
    "with an explicit deny in a session policy"
)]
#[case(
    Effect::ExplicitDeny,
    Layer::Resource,
    "with an explicit deny in a resource-based policy"
)]
#[case(
    Effect::ExplicitDeny,
    Layer::Trust,
    "with an explicit deny in the role trust policy"
)]
fn says_it_as_aws_does(#[case] effect: Effect, #[case] layer: Layer, #[case] expected: &str) {
    assert_eq!(
        Verdict { effect, layer }.denial("s3:GetObject").as_deref(),
        Some(expected)
    );
    assert_eq!(
        Verdict {
            effect: Effect::Allow,
            layer
        }
        .denial("s3:GetObject"),
        None
    );
}

proptest! {
    /// A Deny anywhere denies, whatever the others say.
    #[test]
    fn a_deny_in_any_layer_denies(
        effects in prop::collection::vec(prop::sample::select(vec!["allow", "deny", "nothing"]), 4),
        same_account: bool,
    ) {
        let identity = [policy(effects[0], None)];
        let boundary = policy(effects[1], None);
        let sessions = [policy(effects[2], None)];
        let resource = policy(effects[3], Some(SESSION));
        let layers = Layers {
            identity: &identity,
            boundary: Some(&boundary),
            session: Some(&sessions),
            resource: ResourceLayer::Policy(&resource),
            same_account,
        };
        let denied = verdict(&layers, &session()).0 == Effect::ExplicitDeny;
        prop_assert_eq!(denied, effects.contains(&"deny"));
    }
}
