use rstest::rstest;

use super::{GITLAB, WEB, message, trust};
use crate::policy::Policy;
use crate::validation::{PolicyKind, ValidationRules};

const REFUSED: &str = "Trust policy with trusted principal gitlab.com must evaluate, using StringEquals, StringLike or \
    StringEqualsIgnoreCase, gitlab.com:sub which is not scoped to all.";

/// Recorded AWS behaviour for `gitlab.com`.
#[rstest]
#[case::specific(r#"{"StringEquals": {"gitlab.com:sub": "owned-value"}}"#, true)]
#[case::like(r#"{"StringLike": {"gitlab.com:sub": "owned:*"}}"#, true)]
#[case::ignore_case(r#"{"StringEqualsIgnoreCase": {"gitlab.com:sub": "owned-value"}}"#, true)]
#[case::for_any(r#"{"ForAnyValue:StringEquals": {"gitlab.com:sub": "owned-value"}}"#, true)]
#[case::for_all(r#"{"ForAllValues:StringEquals": {"gitlab.com:sub": "owned-value"}}"#, true)]
#[case::one_character(r#"{"StringLike": {"gitlab.com:sub": "?"}}"#, true)]
#[case::two_stars(r#"{"StringLike": {"gitlab.com:sub": "**"}}"#, true)]
#[case::star_and_one(r#"{"StringLike": {"gitlab.com:sub": "*?"}}"#, true)]
#[case::empty(r#"{"StringLike": {"gitlab.com:sub": ""}}"#, true)]
#[case::no_values(r#"{"StringLike": {"gitlab.com:sub": []}}"#, true)]
#[case::key_case(r#"{"StringEquals": {"GITLAB.COM:SUB": "owned-value"}}"#, true)]
#[case::one_good_operator(
    r#"{"StringEquals": {"gitlab.com:sub": "owned-value"}, "StringLike": {"gitlab.com:sub": "*"}}"#,
    true
)]
#[case::nothing("{}", false)]
#[case::audience_only(r#"{"StringEquals": {"gitlab.com:aud": "https://gitlab.com"}}"#, false)]
#[case::star(r#"{"StringLike": {"gitlab.com:sub": "*"}}"#, false)]
#[case::star_under_equals(r#"{"StringEquals": {"gitlab.com:sub": "*"}}"#, false)]
#[case::star_in_a_list(r#"{"StringLike": {"gitlab.com:sub": ["*", "owned-value"]}}"#, false)]
#[case::star_in_a_list_for_any(
    r#"{"ForAnyValue:StringEquals": {"gitlab.com:sub": ["*", "owned-value"]}}"#,
    false
)]
#[case::negated(r#"{"StringNotEquals": {"gitlab.com:sub": "owned-value"}}"#, false)]
#[case::not_like(r#"{"StringNotLike": {"gitlab.com:sub": "owned-value"}}"#, false)]
#[case::if_exists(r#"{"StringEqualsIfExists": {"gitlab.com:sub": "owned-value"}}"#, false)]
#[case::null(r#"{"Null": {"gitlab.com:sub": "false"}}"#, false)]
#[case::number(r#"{"NumericEquals": {"gitlab.com:sub": "1"}}"#, false)]
#[case::boolean(r#"{"Bool": {"gitlab.com:sub": "true"}}"#, false)]
#[case::project_id(r#"{"StringEquals": {"gitlab.com:project_id": "42"}}"#, false)]
fn trust_in_gitlab_com(#[case] condition: &str, #[case] accepted: bool) {
    let text = trust(&format!(r#"{GITLAB}, {WEB}, "Condition": {condition}"#));
    assert_eq!(
        message(PolicyKind::Trust, &text),
        if accepted { "" } else { REFUSED }
    );
    let rules = ValidationRules {
        shared_provider_control: false,
        ..ValidationRules::default()
    };
    assert!(
        Policy::parse(&text)
            .unwrap()
            .validate(PolicyKind::Trust, &rules)
            .is_ok()
    );
}

/// Recorded AWS behaviour: which statements are checked at all.
#[rstest]
#[case::without_condition(&[("Allow", WEB, "")], false)]
#[case::deny(&[("Deny", WEB, "")], true)]
#[case::tags_only(&[("Allow", r#""Action": "sts:TagSession""#, "")], true)]
#[case::wildcard(&[("Allow", r#""Action": "sts:AssumeRole*""#, "")], false)]
#[case::one_of_two(&[("Allow", WEB, r#", "Condition": {"StringLike": {"gitlab.com:sub": "a:*"}}"#), ("Allow", WEB, "")], false)]
#[case::with_a_deny(&[("Allow", WEB, r#", "Condition": {"StringLike": {"gitlab.com:sub": "a:*"}}"#), ("Deny", WEB, "")], true)]
fn statements_that_trust_gitlab_com(#[case] statements: &[(&str, &str, &str)], #[case] accepted: bool) {
    let statements: Vec<String> = statements
        .iter()
        .map(|(effect, action, condition)| {
            format!(r#"{{"Effect": "{effect}", {GITLAB}, {action}{condition}}}"#)
        })
        .collect();
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
        statements.join(",")
    );
    assert_eq!(
        message(PolicyKind::Trust, &text),
        if accepted { "" } else { REFUSED }
    );
}

/// Recorded AWS behaviour for other issuers.
#[rstest]
#[case::gitlab_with_a_path("arn:aws:iam::1:oidc-provider/gitlab.com/private", "{}", "")]
#[case::github(
    "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com",
    "{}",
    "Trust policy with trusted principal arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com must evaluate, using \
     StringEquals, StringLike or StringEqualsIgnoreCase, token.actions.githubusercontent.com:sub or \
     token.actions.githubusercontent.com:job_workflow_ref which is not scoped to all."
)]
#[case::github_subject(
    "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com",
    r#"{"StringLike": {"token.actions.githubusercontent.com:sub": "?*"}}"#,
    ""
)]
#[case::github_workflow(
    "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com",
    r#"{"StringEquals": {"token.actions.githubusercontent.com:job_workflow_ref": "x"}}"#,
    ""
)]
#[case::github_leading_star(
    "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com",
    r#"{"StringLike": {"token.actions.githubusercontent.com:sub": "*owned"}}"#,
    "Trust policy with trusted principal arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com must evaluate, using \
     StringEquals, StringLike or StringEqualsIgnoreCase, token.actions.githubusercontent.com:sub or \
     token.actions.githubusercontent.com:job_workflow_ref which is not scoped to all."
)]
#[case::github_one_bad_key(
    "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com",
    r#"{"StringEquals": {"token.actions.githubusercontent.com:sub": "x", "token.actions.githubusercontent.com:job_workflow_ref": "*"}}"#,
    "Trust policy with trusted principal arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com must evaluate, using \
     StringEquals, StringLike or StringEqualsIgnoreCase, token.actions.githubusercontent.com:sub or \
     token.actions.githubusercontent.com:job_workflow_ref which is not scoped to all."
)]
#[case::github_suffix(
    "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.comother",
    r#"{"StringEquals": {"token.actions.githubusercontent.com:sub": "x"}}"#,
    "Trust policy with trusted principal arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.comother must evaluate, \
     using StringEquals, StringLike or StringEqualsIgnoreCase, token.actions.githubusercontent.comother:sub or \
     token.actions.githubusercontent.comother:job_workflow_ref which is not scoped to all."
)]
#[case::cognito(
    "cognito-identity.amazonaws.com",
    r#"{"StringEquals": {"cognito-identity.amazonaws.com:aud": "x"}}"#,
    ""
)]
#[case::cognito_star(
    "cognito-identity.amazonaws.com",
    r#"{"StringEquals": {"cognito-identity.amazonaws.com:aud": "*"}}"#,
    "Trust policy with trusted principal cognito-identity.amazonaws.com must evaluate, using StringEquals, StringLike or \
     StringEqualsIgnoreCase, cognito-identity.amazonaws.com:aud which is not scoped to all."
)]
#[case::google(
    "accounts.google.com",
    r#"{"StringEquals": {"accounts.google.com:aud": "*"}}"#,
    ""
)]
#[case::google_subject(
    "accounts.google.com",
    r#"{"ForAnyValue:StringEqualsIgnoreCase": {"accounts.google.com:sub": "x"}}"#,
    ""
)]
#[case::google_like(
    "accounts.google.com",
    r#"{"StringLike": {"accounts.google.com:aud": "x"}}"#,
    "Policy trusting accounts.google.com requires a StringEquals condition on an application id"
)]
#[case::google_key_case(
    "accounts.google.com",
    r#"{"StringEquals": {"ACCOUNTS.GOOGLE.COM:AUD": "x"}}"#,
    "Policy trusting accounts.google.com requires a StringEquals condition on an application id"
)]
#[case::amazon("www.amazon.com", r#"{"StringEquals": {"www.amazon.com:app_id": "x"}}"#, "")]
#[case::facebook_audience(
    "graph.facebook.com",
    r#"{"StringEquals": {"graph.facebook.com:aud": "x"}}"#,
    "Policy trusting graph.facebook.com requires a StringEquals condition on an application id"
)]
#[case::azure_sentinel(
    "arn:aws:iam::1:oidc-provider/sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d",
    r#"{"StringLike": {"sts:RoleSessionName": "x*"}}"#,
    ""
)]
fn trust_in_other_shared_providers(#[case] provider: &str, #[case] condition: &str, #[case] expected: &str) {
    let text = trust(&format!(
        r#""Principal": {{"Federated": "{provider}"}}, {WEB}, "Condition": {condition}"#
    ));
    assert_eq!(message(PolicyKind::Trust, &text), expected);
}

#[test]
fn trust_in_cognito_without_condition() {
    let text = trust(&format!(
        r#""Principal": {{"Federated": "cognito-identity.amazonaws.com"}}, {WEB}"#
    ));
    assert_eq!(
        message(PolicyKind::Trust, &text),
        "A condition block must be present for the Cognito provider"
    );
}
