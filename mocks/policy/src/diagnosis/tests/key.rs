use rstest::rstest;

use super::{ACTION, PROVIDER, SUBJECT, check, context, failed, policy};
use crate::context::Context;
use crate::decision::Effect::{Allow, ImplicitDeny};
use crate::evaluation::evaluate;
use crate::request::{Principal, Request};

#[rstest]
#[case::scheme(
    "https://gitlab.com:sub",
    "key-with-scheme",
    "condition keys have no `https://`: `https://gitlab.com:sub` never exists, it is `gitlab.com:sub`"
)]
#[case::scheme_and_slash(
    "https://gitlab.com/:sub",
    "key-with-scheme",
    "condition keys have no `https://`: `https://gitlab.com/:sub` never exists, it is `gitlab.com:sub`"
)]
#[case::slash(
    "gitlab.com/:sub",
    "key-trailing-slash",
    "the issuer in `gitlab.com/:sub` differs from the provider by a slash at the end: the key is `gitlab.com:sub`"
)]
#[case::arn(
    "arn:aws:iam::111122223333:oidc-provider/gitlab.com:sub",
    "key-with-arn",
    "condition keys begin with the issuer, not with an ARN: `arn:aws:iam::111122223333:oidc-provider/gitlab.com:sub` never \
     exists, it is `gitlab.com:sub`"
)]
#[case::other_issuer(
    "gitlab.example.com:sub",
    "other-issuers-key",
    "`gitlab.example.com:sub` is a key of tokens from `gitlab.example.com`; this token is from `gitlab.com`, so the key is \
     absent"
)]
#[case::www(
    "www.gitlab.com:sub",
    "other-issuers-key",
    "`www.gitlab.com:sub` is a key of tokens from `www.gitlab.com`; this token is from `gitlab.com`, so the key is absent"
)]
#[case::port(
    "gitlab.com:443:sub",
    "other-issuers-key",
    "`gitlab.com:443:sub` is a key of tokens from `gitlab.com:443`; this token is from `gitlab.com`, so the key is absent"
)]
#[case::word(
    "gitlab.com:subject",
    "key-misspelt",
    "the request has no `gitlab.com:subject`, but it has `gitlab.com:sub`"
)]
#[case::letter(
    "gitlab.com:subb",
    "key-misspelt",
    "the request has no `gitlab.com:subb`, but it has `gitlab.com:sub`"
)]
fn written_wrong(#[case] key: &str, #[case] code: &str, #[case] words: &str) {
    let fix = format!("write `gitlab.com:sub` instead of `{key}`");
    let condition = format!(r#"{{"StringEquals": {{"{key}": "{SUBJECT}"}}}}"#);
    failed(&condition, code, words, Some((&fix, Allow)));
    // the right key is there already: no edit, or the policy would not be one
    let condition = format!(r#"{{"StringEquals": {{"{key}": "{SUBJECT}", "gitlab.com:sub": "{SUBJECT}"}}}}"#);
    failed(&condition, code, words, None);
}

#[test]
fn misspelt_global_key() {
    failed(
        r#"{"StringEquals": {"sts:RoleSesionName": "job"}}"#,
        "key-misspelt",
        "the request has no `sts:RoleSesionName`, but it has `sts:RoleSessionName`",
        Some((
            "write `sts:RoleSessionName` instead of `sts:RoleSesionName`",
            Allow,
        )),
    );
}

#[rstest]
#[case::other("aws:PrincipalTag/team", "the request has no `aws:PrincipalTag/team`")]
#[case::claim(
    "gitlab.com:user_login",
    "the request has no `gitlab.com:user_login`: the token does not carry the claim `user_login`"
)]
fn absent(#[case] key: &str, #[case] words: &str) {
    failed(
        &format!(r#"{{"StringEquals": {{"{key}": "x"}}}}"#),
        "key-absent",
        words,
        None,
    );
}

const OFFERED: &str = "`aud`, `oaud`, `sub`, `amr`, `email`, `namespace_id`, `project_id`, `user_id`, `user_login`, \
    `user_email`, `user_access_level`, `ref_protected`, `pipeline_source`, `runner_environment`";

#[rstest]
#[case::project_path(
    "project_path",
    "; the subject holds the project's path, so compare `gitlab.com:sub`, or `gitlab.com:project_id`, which a rename leaves \
     alone",
    true
)]
#[case::reference(
    "ref",
    "; the subject holds the project's path and the ref, so compare `gitlab.com:sub`",
    true
)]
#[case::issuer(
    "iss",
    "; the issuer is settled by the `Federated` principal, so leave the condition out",
    false
)]
#[case::authorized_party("azp", "; `gitlab.com:aud` holds it", false)]
#[case::environment(
    "environment",
    "; a project can have `environment_protected` and `deployment_tier` put into its subject (GitLab 18.7), so compare \
     `gitlab.com:sub`",
    false
)]
#[case::job("job_id", "", false)]
fn not_offered(#[case] claim: &str, #[case] instead: &str, #[case] subject: bool) {
    let fix = format!("compare `gitlab.com:sub` with `{SUBJECT}` instead");
    failed(
        &format!(r#"{{"StringEquals": {{"gitlab.com:{claim}": "x"}}}}"#),
        "key-not-offered",
        &format!(
            "AWS has no condition key for the claim `{claim}` of `gitlab.com`, only for {OFFERED}{instead}"
        ),
        subject.then_some((fix.as_str(), Allow)),
    );
}

/// AWS has more keys than the common ones for `gitlab.com` alone.
#[test]
fn not_offered_by_a_self_managed_gitlab() {
    let provider = "arn:aws:iam::111122223333:oidc-provider/gitlab.example.com";
    let policy = policy(&format!(
        r#""Principal": {{"Federated": "{provider}"}}, "Action": "{ACTION}",
            "Condition": {{"StringEquals": {{"gitlab.example.com:project_id": "42"}}}}"#
    ));
    let context = Context::new().with("gitlab.example.com:sub", SUBJECT);
    let principal = Principal::Federated(provider.to_owned());
    let decision = evaluate(
        &policy,
        &Request {
            principal: &principal,
            action: ACTION,
            resource: None,
            context: &context,
        },
    );
    assert_eq!(decision.effect, ImplicitDeny);
    let reason = &decision.failed().next().unwrap().reason;
    assert_eq!(
        reason.to_string(),
        "AWS has no condition key for the claim `project_id` of `gitlab.example.com`, only for `aud`, `oaud`, `sub`, `amr`, \
         `email`; that key exists for `gitlab.com` alone; elsewhere compare `gitlab.example.com:sub`"
    );
    assert_eq!(
        reason.suggestion().unwrap().replacement,
        format!(r#""gitlab.example.com:sub": "{SUBJECT}""#)
    );
}

/// A key with the issuer's path, or with the trailing slash of its provider.
#[rstest]
#[case::path("gitlab.example.com/git", "gitlab.example.com:sub", "other-issuers-key")]
#[case::slash("gitlab.example.com/", "gitlab.example.com:sub", "key-trailing-slash")]
fn of_an_issuer_with_a_path(#[case] issuer: &str, #[case] key: &str, #[case] code: &str) {
    let principal = Principal::Federated(format!("arn:aws:iam::111122223333:oidc-provider/{issuer}"));
    let policy = policy(&format!(
        r#""Action": "*", "Condition": {{"StringEquals": {{"{key}": "x"}}}}"#
    ));
    let context = Context::new().with(format!("{issuer}:sub"), "x");
    let request = Request {
        principal: &principal,
        action: ACTION,
        resource: None,
        context: &context,
    };
    let decision = evaluate(&policy, &request);
    let reason = &decision.failed().next().unwrap().reason;
    assert_eq!(reason.code(), code);
    assert_eq!(
        reason.suggestion().unwrap().replacement,
        format!("\"{issuer}:sub\"")
    );
}

/// Callers with AWS credentials have no issuer; only a misspelt key can be told.
#[test]
fn without_an_issuer() {
    let policy = policy(r#""Action": "*", "Condition": {"StringEquals": {"https://gitlab.com:sub": "x"}}"#);
    let context = context();
    let request = Request {
        principal: &Principal::Anonymous,
        action: ACTION,
        resource: None,
        context: &context,
    };
    let decision = evaluate(&policy, &request);
    let reason = &decision.failed().next().unwrap().reason;
    check(
        &decision,
        reason,
        "key-absent",
        "the request has no `https://gitlab.com:sub`",
        None,
    );
    assert!(PROVIDER.ends_with("gitlab.com"));
}
