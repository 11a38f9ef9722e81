use rstest::rstest;

use super::{SUBJECT, failed, policy, with_request};
use crate::decision::Effect::{self, Allow};
use crate::evaluation::evaluate;
use crate::policy::Policy;

#[test]
fn wildcard_under_a_literal_operator() {
    failed(
        r#"{"StringEquals": {"gitlab.com:sub": "project_path:group/*"}}"#,
        "wildcard-under-literal",
        &format!(
            "`StringEquals` compares literally, so `*` and `?` in `project_path:group/*` are ordinary characters; under \
             `StringLike` it would match `{SUBJECT}`"
        ),
        Some(("write `StringLike` instead of `StringEquals`", Allow)),
    );
}

#[test]
fn wildcard_that_would_not_match_either() {
    failed(
        r#"{"StringEqualsIgnoreCase": {"gitlab.com:sub": "project_path:other/*"}}"#,
        "wildcard-under-literal",
        &format!(
            "`StringEqualsIgnoreCase` compares literally, so `*` and `?` in `project_path:other/*` are ordinary characters; \
             and even under `StringLike` it would not match `{SUBJECT}`"
        ),
        Some((
            &format!("write `{SUBJECT}` instead of `project_path:other/*`"),
            Allow,
        )),
    );
}

#[rstest]
#[case::case(
    r#"{"StringEquals": {"gitlab.com:ref_protected": "True"}}"#, "case-differs",
    "`gitlab.com:ref_protected` is `true`; the policy's `True` differs in letter case, which counts",
    Some(("write `true` instead of `True`", Allow))
)]
#[case::case_in_a_pattern(
    r#"{"StringLike": {"gitlab.com:sub": "project_path:Group/*"}}"#, "case-differs",
    "`gitlab.com:sub` is `project_path:group/app:ref_type:branch:ref:feature/x`; the policy's `project_path:Group/*` differs \
     in letter case, which counts",
    Some(("write `project_path:group/app:ref_type:branch:ref:feature/x` instead of `project_path:Group/*`", Allow))
)]
#[case::trailing_slash(
    r#"{"StringEquals": {"gitlab.com:aud": "https://gitlab.com/"}}"#, "trailing-slash-differs",
    "`gitlab.com:aud` is `https://gitlab.com`; the policy's `https://gitlab.com/` differs by a slash at the end",
    Some(("write `https://gitlab.com` instead of `https://gitlab.com/`", Allow))
)]
#[case::scheme(
    r#"{"StringEquals": {"gitlab.com:aud": "gitlab.com"}}"#, "scheme-differs",
    "`gitlab.com:aud` is `https://gitlab.com`; the policy's `gitlab.com` differs by `https://`",
    Some(("write `https://gitlab.com` instead of `gitlab.com`", Allow))
)]
#[case::blank(
    r#"{"StringEquals": {"gitlab.com:aud": " https://gitlab.com"}}"#, "blank-differs",
    "`gitlab.com:aud` is `https://gitlab.com`; the policy's ` https://gitlab.com` differs by white space at its ends",
    Some(("write `https://gitlab.com` instead of ` https://gitlab.com`", Allow))
)]
#[case::audience(
    r#"{"StringEquals": {"gitlab.com:aud": ["sts.amazonaws.com", "other"]}}"#, "audience-not-in-condition",
    "the token's audience `https://gitlab.com` is in the provider's client list, but the condition on `gitlab.com:aud` asks \
     for `sts.amazonaws.com`, `other`",
    Some(("write `https://gitlab.com` instead of `sts.amazonaws.com`", Allow))
)]
#[case::value(
    r#"{"StringEquals": {"gitlab.com:project_id": "43"}}"#, "values-differ",
    "`gitlab.com:project_id` is `42`, the policy asks for `43`",
    Some(("write `42` instead of `43`", Allow))
)]
#[case::nearest_value(
    r#"{"StringEquals": {"gitlab.com:project_id": ["4711", "43"]}}"#, "values-differ",
    "`gitlab.com:project_id` is `42`, the policy asks for one of `4711`, `43`",
    Some(("write `42` instead of `43`", Allow))
)]
#[case::boolean(
    r#"{"Bool": {"gitlab.com:ref_protected": false}}"#, "values-differ",
    "`gitlab.com:ref_protected` is `true`, the policy asks for `false`",
    Some(("write `true` instead of `false`", Allow))
)]
#[case::forbidden(
    r#"{"StringNotEquals": {"gitlab.com:project_id": "42"}}"#,
    "forbidden-value",
    "`gitlab.com:project_id` is `42`, which `StringNotEquals` rules out",
    None
)]
#[case::forbidden_by_pattern(
    r#"{"StringNotLike": {"gitlab.com:project_id": "4*"}}"#,
    "forbidden-value",
    "`gitlab.com:project_id` is `42`, which `StringNotLike` rules out with `4*`",
    None
)]
#[case::number(
    r#"{"NumericLessThan": {"gitlab.com:project_id": [40, 41]}}"#,
    "comparison-fails",
    "`gitlab.com:project_id` is `42`, which is not less than one of `40`, `41`",
    None
)]
#[case::date(
    r#"{"DateGreaterThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}"#,
    "comparison-fails",
    "`aws:CurrentTime` is `2026-09-12T00:00:00Z`, which is not after `2027-01-01T00:00:00Z`",
    None
)]
#[case::address(
    r#"{"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.0.0/16"]}}"#,
    "address-outside",
    "`aws:SourceIp` is `203.0.113.7`, which is outside `10.0.0.0/8`, `192.168.0.0/16`",
    None
)]
#[case::arn(
    r#"{"ArnLike": {"aws:PrincipalArn": ["arn:aws:s3:::b", "arn:aws:iam::444455556666:user/*"]}}"#,
    "arn-part-differs",
    "`aws:PrincipalArn` is `arn:aws:iam::111122223333:user/ann`, whose account the policy's \
     `arn:aws:iam::444455556666:user/*` does not cover (the six parts of an ARN are compared one by one)",
    None
)]
#[case::no_values(
    r#"{"StringEquals": {"gitlab.com:sub": []}}"#,
    "no-values",
    "the condition on `gitlab.com:sub` lists no value, so none can match",
    None
)]
#[case::several_values(
    r#"{"StringEquals": {"gitlab.com:amr": "pwd"}}"#, "plain-operator-on-many-values",
    "`gitlab.com:amr` takes several values, and `StringEquals` without `ForAnyValue:` or `ForAllValues:` never matches such \
     a key",
    Some(("write `ForAnyValue:StringEquals` instead of `StringEquals`", Allow))
)]
#[case::several_values_negated(
    r#"{"StringNotEquals": {"gitlab.com:amr": "sms"}}"#, "plain-operator-on-many-values",
    "`gitlab.com:amr` takes several values, and `StringNotEquals` without `ForAnyValue:` or `ForAllValues:` never matches \
     such a key",
    Some(("write `ForAllValues:StringNotEquals` instead of `StringNotEquals`", Allow))
)]
#[case::not_all_covered(
    r#"{"ForAllValues:StringEquals": {"gitlab.com:amr": "pwd"}}"#,
    "not-all-covered",
    "`ForAllValues` wants every value of `gitlab.com:amr` to be covered, and `otp` is not",
    None
)]
#[case::none_covered(
    r#"{"ForAnyValue:StringEquals": {"gitlab.com:amr": "sms"}}"#,
    "values-differ",
    "`gitlab.com:amr` is `pwd`, `otp`, the policy asks for `sms`",
    None
)]
#[case::policy_value_is_no_number(
    r#"{"NumericEquals": {"gitlab.com:project_id": "forty"}}"#,
    "value-of-wrong-type",
    "`NumericEquals` needs a number, and the policy's value `forty` for `gitlab.com:project_id` is none, so it never matches",
    None
)]
#[case::request_value_is_no_number(
    r#"{"NumericLessThan": {"sts:RoleSessionName": 40}}"#,
    "request-of-wrong-type",
    "`NumericLessThan` needs a number, and `sts:RoleSessionName` is `job`",
    None
)]
#[case::request_value_is_no_address(
    r#"{"NotIpAddress": {"sts:RoleSessionName": "10.0.0.0/8"}}"#,
    "request-of-wrong-type",
    "`NotIpAddress` needs an IP address or a range such as `203.0.113.0/24`, and `sts:RoleSessionName` is `job`",
    None
)]
#[case::policy_value_is_no_arn(
    r#"{"ArnNotLike": {"aws:PrincipalArn": "ann"}}"#,
    "malformed-arn",
    "`ann` for `aws:PrincipalArn` is not an ARN, and with such a value an Allow does not apply",
    None
)]
#[case::variable(
    r#"{"StringLike": {"gitlab.com:sub": "project_path:${aws:username}/*"}}"#,
    "variable-without-value",
    "the request has no `aws:username`, so `project_path:${aws:username}/*` cannot be filled in and matches nothing",
    None
)]
#[case::null(
    r#"{"Null": {"gitlab.com:sub": "true"}}"#,
    "null-fails",
    "the request has a `gitlab.com:sub`, and the condition wants it to be absent",
    None
)]
#[case::null_absent(
    r#"{"Null": {"gitlab.com:user_login": "false"}}"#,
    "null-fails",
    "the request has no `gitlab.com:user_login`, and the condition wants it to be there; the token does not carry the claim \
     `user_login`",
    None
)]
fn differs(
    #[case] condition: &str,
    #[case] code: &str,
    #[case] words: &str,
    #[case] fix: Option<(&str, Effect)>,
) {
    failed(condition, code, words, fix);
}

#[rstest]
#[case::none("", "{\"Version\": \"2012-10-17\", ")]
#[case::old(r#""Version": "2008-10-17", "#, "\"2012-10-17\"")]
fn variable_in_an_old_version(#[case] version: &str, #[case] replacement: &str) {
    let text = format!(
        r#"{{{version}"Statement": {{"Effect": "Allow", "Action": "*", "Condition":
            {{"StringLike": {{"gitlab.com:sub": "${{gitlab.com:sub}}"}}}}}}}}"#
    );
    let decision = with_request(|request| evaluate(&Policy::parse(&text).unwrap(), request));
    let reason = &decision.failed().next().unwrap().reason;
    let words = "variables exist in version 2012-10-17 only; in this policy `${gitlab.com:sub}` is text like any other";
    let fix = Some(("set the version to `2012-10-17`", Allow));
    super::check(&decision, reason, "variable-in-old-version", words, fix);
    assert_eq!(reason.suggestion().unwrap().replacement, replacement);
}

#[test]
fn malformed_arn_in_a_deny() {
    let policy = Policy::parse(
        r#"{"Statement": {"Effect": "Deny", "Action": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "ann"}}}}"#,
    );
    let decision = with_request(|request| evaluate(&policy.unwrap(), request));
    assert_eq!(decision.effect, Effect::ExplicitDeny);
    let words = "`ann` for `aws:PrincipalArn` is not an ARN, and with such a value a Deny applies";
    super::check(
        &decision,
        &decision.statements[0].conditions[0].reason,
        "malformed-arn",
        words,
        None,
    );
}

/// One sentence stays one, however long the policy's lists are.
#[test]
fn long_lists_are_cut() {
    let values: Vec<String> = (0..100).map(|number| format!("\"{number}x\"")).collect();
    let policy = policy(&format!(
        r#""Action": "*", "Condition": {{"StringEquals": {{"gitlab.com:project_id": [{}]}}}}"#,
        values.join(",")
    ));
    let decision = with_request(|request| evaluate(&policy, request));
    let words = decision.failed().next().unwrap().reason.to_string();
    assert!(words.ends_with("`15x` and 84 more"), "{words}");
}
