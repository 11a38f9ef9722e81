use serde_json::{Value, json};

use super::*;
use crate::diagnostic::Source;

const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/gitlab.com";

/// Asks a policy with one Allow statement, `sts:*` unless `statement` says otherwise, with these changes to a good
/// token.
fn ask(statement: Value, claims: Value, context: &[(&str, &str)]) -> Answer {
    let mut whole = json!({"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": "sts:*"});
    let mut all = json!({
        "iss": "https://gitlab.com", "aud": "https://gitlab.com", "sub": "project_path:g/p:ref_type:branch:ref:main",
    });
    for (into, from) in [(&mut whole, statement), (&mut all, claims)] {
        for (name, value) in from.as_object().unwrap() {
            into[name] = value.clone();
        }
    }
    // as the role of a file, so that what only IAM minds is no mistake here
    let policy = json!({"Version": "2012-10-17", "Statement": whole});
    let role =
        json!({"Role": {"Arn": "arn:aws:iam::111122223333:role/r", "AssumeRolePolicyDocument": policy}});
    let policy = TrustPolicy::read(&Source::new("p", role.to_string())).unwrap();
    let claims = Claims::read(&Source::new("c", all.to_string())).unwrap();
    let home = Home::find(None, policy.role_arn.as_deref(), &policy.policy, claims.issuer());
    let context: Vec<(String, String)> = context
        .iter()
        .map(|&(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    let session_name = ("trustcheck", false);
    Question {
        policy: &policy,
        claims: &claims,
        home: &home,
        account: None,
        session_name,
        context: &context,
    }
    .answer()
}

fn condition(operator: &str, key: &str, value: &str) -> Value {
    json!({"Condition": {operator: {key: value}}})
}

#[rstest::rstest]
#[case::subject("StringLike", "gitlab.com:sub", "project_path:g/*", true)]
#[case::other_subject(
    "StringEquals",
    "gitlab.com:sub",
    "project_path:g/q:ref_type:branch:ref:main",
    false
)]
#[case::session_name("StringEquals", "sts:RoleSessionName", "trustcheck", true)]
#[case::transport("Bool", "aws:SecureTransport", "true", true)]
#[case::provider("StringEquals", "aws:FederatedProvider", PROVIDER, true)]
fn the_policy_is_asked_as_sts_asks_it(
    #[case] operator: &str,
    #[case] key: &str,
    #[case] value: &str,
    #[case] allowed: bool,
) {
    assert_eq!(
        ask(condition(operator, key, value), json!({}), &[]).is_allowed(),
        allowed
    );
}

#[rstest::rstest]
#[case::one_the_policy_wants(json!(["x", "https://gitlab.com"]), true, "would let the token in with the one audience `https://gitlab.com`")]
#[case::none_the_policy_wants(json!(["x", "y"]), false, "was asked with the one audience `x`")]
fn several_audiences_are_refused_whatever_the_policy_says(
    #[case] audiences: Value,
    #[case] allows: bool,
    #[case] note: &str,
) {
    let statement = condition("StringEquals", "gitlab.com:aud", "https://gitlab.com");
    let answer = ask(statement, json!({"aud": audiences}), &[]);
    assert_eq!(
        answer.refused.as_ref().map(Cause::name),
        Some("several-audiences")
    );
    assert_eq!(answer.decision.effect.is_allowed(), allows);
    assert!(!answer.is_allowed());
    assert!(answer.notes[0].message.contains(note), "{:?}", answer.notes);
}

#[rstest::rstest]
#[case::none(json!({"aud": []}), "empty-claim")]
#[case::null(json!({"aud": null}), "missing-claim")]
#[case::no_subject(json!({"sub": null}), "claim-of-wrong-type")]
#[case::issuer_without_tls(json!({"iss": "http://gitlab.com"}), "no-oidc-provider")]
fn tokens_that_sts_refuses_are_told(#[case] claims: Value, #[case] cause: &str) {
    let answer = ask(json!({}), claims, &[]);
    assert_eq!(answer.refused.as_ref().map(Cause::name), Some(cause));
    assert!(!answer.is_allowed());
    let json = serde_json::to_value(&answer).unwrap();
    assert_eq!(json["token_refused"]["kind"], cause);
    assert_eq!(
        json["effect"],
        serde_json::to_value(answer.decision.effect).unwrap()
    );
}

#[test]
fn an_authorized_party_takes_the_place_of_the_audience() {
    let statement = condition("StringEquals", "gitlab.com:aud", "me");
    assert!(ask(statement, json!({"aud": ["x", "y"], "azp": "me"}), &[]).is_allowed());
}

#[rstest::rstest]
#[case::everything("sts:*", "sts:AssumeRoleWithWebIdentity", true)]
#[case::login_only("sts:AssumeRoleWithWebIdentity", "sts:TagSession", false)]
fn session_tags_are_asked_for_too(#[case] action: &str, #[case] decided: &str, #[case] allowed: bool) {
    let tags = json!({"https://aws.amazon.com/tags": {"principal_tags": {"team": ["a"]}}});
    let answer = ask(json!({"Action": action}), tags, &[]);
    assert_eq!(
        (answer.decision.action.as_str(), answer.is_allowed()),
        (decided, allowed)
    );
    assert!(
        answer.notes[0].message.contains("session tags"),
        "{:?}",
        answer.notes
    );
}

#[rstest::rstest]
#[case::of_the_call("IpAddress", "aws:SourceIp", "192.0.2.0/24", "--context aws:SourceIp=VALUE")]
#[case::session_name("StringLike", "STS:rolesessionname", "ci-*", "--session-name NAME")]
fn what_the_token_cannot_tell_is_asked_for(
    #[case] operator: &str,
    #[case] key: &str,
    #[case] value: &str,
    #[case] note: &str,
) {
    let answer = ask(condition(operator, key, value), json!({}), &[]);
    assert!(!answer.is_allowed());
    assert!(
        answer.notes.iter().any(|it| it.message.contains(note)),
        "{:?}",
        answer.notes
    );
    let given = value.replace("0/24", "7").replace('*', "1");
    let answer = ask(condition(operator, key, value), json!({}), &[(key, &given)]);
    assert!(answer.is_allowed());
    assert!(
        !answer.notes.iter().any(|it| it.message.contains(note)),
        "{:?}",
        answer.notes
    );
}

#[test]
fn other_partitions_have_other_arns() {
    let provider = PROVIDER.replace("arn:aws:", "arn:aws-us-gov:");
    let policy = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringLike": {"gitlab.com:sub": "project_path:g/*"}},
    }});
    let policy = TrustPolicy::read(&Source::new("p", policy.to_string())).unwrap();
    let claims =
        r#"{"iss": "https://gitlab.com", "aud": "x", "sub": "project_path:g/p:ref_type:branch:ref:main"}"#;
    let claims = Claims::read(&Source::new("c", claims)).unwrap();
    let home = Home::find(None, None, &policy.policy, claims.issuer());
    let session_name = ("trustcheck", false);
    let question = Question {
        policy: &policy,
        claims: &claims,
        home: &home,
        account: None,
        session_name,
        context: &[],
    };
    assert!(question.answer().is_allowed());
}
