//! Decisions, and conditions that hold.

use rstest::rstest;

use super::{SUBJECT, check, policy, trusting, with_request};
use crate::decision::Effect::{self, Allow, ExplicitDeny, ImplicitDeny};
use crate::evaluation::evaluate;
use crate::policy::Policy;

#[rstest]
#[case::equal(
    r#"{"StringEquals": {"gitlab.com:project_id": "42"}}"#,
    "value-matches",
    "`gitlab.com:project_id` is `42`, as asked",
    None
)]
#[case::pattern(
    r#"{"StringLike": {"gitlab.com:project_id": ["1*", "4*"]}}"#,
    "value-matches",
    "`gitlab.com:project_id` is `42`, which `4*` covers",
    None
)]
#[case::none_matches(
    r#"{"StringNotEquals": {"gitlab.com:project_id": "43"}}"#,
    "none-matches",
    "`gitlab.com:project_id` is `42`, which is none of the values ruled out",
    None
)]
#[case::null_absent(
    r#"{"Null": {"gitlab.com:user_login": "true"}}"#,
    "null-holds",
    "the request has no `gitlab.com:user_login`, as asked",
    None
)]
#[case::null_present(
    r#"{"Null": {"gitlab.com:sub": "false"}}"#,
    "null-holds",
    "the request has a `gitlab.com:sub`, as asked",
    None
)]
#[case::negated(
    r#"{"StringNotEquals": {"gitlab.example.com:sub": "x"}}"#, "negated-on-absent-key",
    "a negated operator is true when its key is absent: there is no `gitlab.example.com:sub`, so `StringNotEquals` restricts \
     nothing; `gitlab.example.com:sub` is a key of tokens from `gitlab.example.com`; this token is from `gitlab.com`, so the \
     key is absent",
    Some(("write `gitlab.com:sub` instead of `gitlab.example.com:sub`", Allow))
)]
#[case::negated_without_a_known_cause(
    r#"{"StringNotEquals": {"aws:PrincipalTag/team": "x"}}"#,
    "negated-on-absent-key",
    "a negated operator is true when its key is absent: there is no `aws:PrincipalTag/team`, so `StringNotEquals` restricts \
     nothing",
    None
)]
#[case::if_exists(
    r#"{"StringEqualsIfExists": {"gitlab.com:user_login": "ann"}}"#,
    "if-exists-on-absent-key",
    "`StringEqualsIfExists` is true when its key is absent, and there is no `gitlab.com:user_login`; the token does not carry \
     the claim `user_login`",
    None
)]
#[case::for_all_values(
    r#"{"ForAllValues:StringEquals": {"gitlab.com:user_login": "ann"}}"#,
    "for-all-values-on-absent-key",
    "`ForAllValues` is true when there is no value at all: there is no `gitlab.com:user_login`, so \
     `ForAllValues:StringEquals` restricts nothing; the token does not carry the claim `user_login`",
    None
)]
#[case::for_any_value_of_one(
    r#"{"ForAnyValue:StringEquals": {"gitlab.com:project_id": "42"}}"#, "set-operator-on-single-value",
    "`gitlab.com:project_id` is `42`, which is covered; the key has a single value, so `ForAnyValue:StringEquals` does not \
     need its prefix",
    Some(("write `StringEquals` instead of `ForAnyValue:StringEquals`", Allow))
)]
#[case::for_all_values_of_one(
    r#"{"ForAllValues:StringLike": {"gitlab.com:sub": "project_path:group/*"}}"#, "set-operator-on-single-value",
    "`gitlab.com:sub` is `project_path:group/app:ref_type:branch:ref:feature/x`, which is covered; but the key has a single \
     value, for which `ForAllValues:StringLike` is not meant, and it would also be true without the key",
    Some(("write `StringLike` instead of `ForAllValues:StringLike`", Allow))
)]
#[case::for_any_value_of_several(
    r#"{"ForAnyValue:StringEquals": {"gitlab.com:amr": "otp"}}"#,
    "value-matches",
    "`gitlab.com:amr` is `otp`, as asked",
    None
)]
fn conditions(
    #[case] condition: &str,
    #[case] code: &str,
    #[case] words: &str,
    #[case] fix: Option<(&str, Effect)>,
) {
    let decision = with_request(|request| evaluate(&trusting(condition), request));
    assert_eq!(decision.effect, Allow);
    check(
        &decision,
        &decision.statements[0].conditions[0].reason,
        code,
        words,
        fix,
    );
}

#[test]
fn an_allow() {
    let decision = with_request(|request| evaluate(&trusting("{}"), request));
    assert_eq!((decision.effect, decision.deciding.as_slice()), (Allow, &[0][..]));
    check(
        &decision,
        &decision.reason,
        "allowed-by",
        "statement 1 allows it",
        None,
    );
    assert_eq!(decision.summary(), "allowed: statement 1 allows it");
    assert_eq!(decision.reasons(), [&decision.reason]);
    assert_eq!(decision.failed().count(), 0);
}

#[test]
fn a_deny() {
    let policy = Policy::parse(
        r#"{"Statement": [{"Effect": "Allow", "Action": "*"}, {"Sid": "NotFeature", "Effect": "Deny", "Action": "*",
            "Condition": {"StringLike": {"gitlab.com:sub": "*:ref:feature/*"}}}]}"#,
    );
    let decision = with_request(|request| evaluate(&policy.unwrap(), request));
    assert_eq!(
        (decision.effect, decision.deciding.as_slice()),
        (ExplicitDeny, &[1][..])
    );
    let words = "statement 2 (`NotFeature`) denies it, and a Deny outweighs every Allow";
    check(&decision, &decision.reason, "denied-by", words, None);
    assert_eq!(decision.summary(), format!("denied: {words}"));
    assert_eq!(decision.reasons(), [&decision.reason]);
}

#[test]
fn nothing() {
    let policy = Policy::parse(r#"{"Statement": {"Effect": "Deny", "Action": "s3:*"}}"#);
    let decision = with_request(|request| evaluate(&policy.unwrap(), request));
    assert_eq!((decision.effect, decision.deciding.len()), (ImplicitDeny, 0));
    let words = "no statement allows `sts:AssumeRoleWithWebIdentity`, and what nothing allows is denied";
    check(&decision, &decision.reason, "nothing-allows", words, None);
    assert_eq!(decision.summary(), format!("not allowed: {words}"));
    assert_eq!(decision.reasons(), [&decision.reason]);
}

/// Of several Allow statements the one that came nearest explains best.
#[test]
fn the_nearest_statement_comes_first() {
    let policy = Policy::parse(
        r#"{"Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"},
            {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRoleWithWebIdentity"},
            {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {
                "StringEquals": {"gitlab.com:project_id": "43", "gitlab.com:aud": "https://gitlab.com"}}}
        ]}"#,
    );
    let decision = with_request(|request| evaluate(&policy.unwrap(), request));
    let codes: Vec<&str> = decision.reasons().iter().map(|reason| reason.code()).collect();
    assert_eq!(codes, ["values-differ", "other-principal", "other-assume-action"]);
    assert_eq!(
        decision.summary(),
        "not allowed: `gitlab.com:project_id` is `42`, the policy asks for `43`"
    );
    assert_eq!(
        decision
            .failed()
            .map(|condition| condition.key.as_str())
            .collect::<Vec<_>>(),
        ["gitlab.com:project_id"]
    );
}

/// Programs read the decision as JSON: codes and fields beside sentences and edits, and spans into the text they belong to.
#[test]
fn as_json() {
    let policy =
        policy(r#""Action": "*", "Condition": {"StringEquals": {"gitlab.com:sub": "project_path:group/*"}}"#);
    let decision = with_request(|request| evaluate(&policy, request));
    let json = serde_json::to_value(&decision).unwrap();
    assert_eq!(json["effect"], "implicit-deny");
    assert_eq!(json["policy"], policy.text());
    let condition = &json["statements"][0]["conditions"][0];
    assert_eq!(condition["key"], "gitlab.com:sub");
    assert_eq!(condition["operator"], "StringEquals");
    assert_eq!(condition["matched"], false);
    assert_eq!(condition["request_values"], serde_json::json!([SUBJECT]));
    assert_eq!(condition["reason"]["code"], "wildcard-under-literal");
    assert_eq!(condition["reason"]["would_match"], true);
    assert_eq!(
        condition["reason"]["message"],
        decision.failed().next().unwrap().reason.to_string()
    );
    assert_eq!(condition["reason"]["suggestion"]["replacement"], "\"StringLike\"");
    let span = &condition["policy_values"][0]["span"];
    let range = |end: &str| usize::try_from(span[end].as_u64().unwrap()).unwrap();
    assert_eq!(
        &policy.text()[range("start")..range("end")],
        "\"project_path:group/*\""
    );
}
