use rstest::rstest;

use super::{ACTION, PROVIDER, check, context, policy, with_request};
use crate::decision::Effect::{Allow, ImplicitDeny};
use crate::evaluation::evaluate;
use crate::request::{AwsPrincipal, Principal, Request};

#[rstest]
#[case::named(
    r#"{"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"}"#,
    "principal-named",
    "`arn:aws:iam::111122223333:oidc-provider/gitlab.com` is the caller"
)]
#[case::other_principal(
    r#"{"AWS": ["111122223333", "444455556666"]}"#,
    "other-principal",
    "the statement is for `111122223333`, `444455556666`, the caller is `arn:aws:iam::111122223333:oidc-provider/gitlab.com`"
)]
#[case::nobody(
    r#"{"AWS": []}"#,
    "other-principal",
    "the statement names no principal, so not `arn:aws:iam::111122223333:oidc-provider/gitlab.com` either"
)]
fn without_an_edit(#[case] principal: &str, #[case] code: &str, #[case] words: &str) {
    let policy = policy(&format!(r#""Principal": {principal}, "Action": "{ACTION}""#));
    let decision = with_request(|request| evaluate(&policy, request));
    check(
        &decision,
        &decision.statements[0].principal.as_ref().unwrap().reason,
        code,
        words,
        None,
    );
}

#[rstest]
#[case::other_account(
    "arn:aws:iam::444455556666:oidc-provider/gitlab.com",
    "other-account",
    "the statement names account `444455556666`, but the caller belongs to account `111122223333`"
)]
#[case::other_provider(
    "arn:aws:iam::111122223333:oidc-provider/gitlab.example.com",
    "other-provider",
    "the statement trusts the provider `gitlab.example.com`, but the token was issued by `gitlab.com`"
)]
#[case::url(
    "https://gitlab.com",
    "provider-without-arn",
    "`https://gitlab.com` is not the provider's ARN, which is `arn:aws:iam::111122223333:oidc-provider/gitlab.com`"
)]
#[case::host(
    "gitlab.com",
    "provider-without-arn",
    "`gitlab.com` is not the provider's ARN, which is `arn:aws:iam::111122223333:oidc-provider/gitlab.com`"
)]
#[case::trailing_slash(
    "arn:aws:iam::111122223333:oidc-provider/gitlab.com/",
    "principal-trailing-slash",
    "`arn:aws:iam::111122223333:oidc-provider/gitlab.com/` and the caller \
     `arn:aws:iam::111122223333:oidc-provider/gitlab.com` differ by a slash at the end, and to AWS those are two providers"
)]
#[case::case(
    "arn:aws:iam::111122223333:oidc-provider/GitLab.com",
    "principal-case-differs",
    "`arn:aws:iam::111122223333:oidc-provider/GitLab.com` differs from the caller \
     `arn:aws:iam::111122223333:oidc-provider/gitlab.com` in letter case, which counts"
)]
#[case::wildcard(
    "arn:aws:iam::*:oidc-provider/gitlab.com",
    "principal-wildcard",
    "a wildcard in part of a principal, as in `arn:aws:iam::*:oidc-provider/gitlab.com`, matches nothing: each has to be \
     named in full"
)]
fn a_provider_that_is_nearly_the_callers(#[case] provider: &str, #[case] code: &str, #[case] words: &str) {
    let policy = policy(&format!(
        r#""Principal": {{"Federated": "{provider}"}}, "Action": "{ACTION}""#
    ));
    let decision = with_request(|request| evaluate(&policy, request));
    let fix = format!("write `{PROVIDER}` instead of `{provider}`");
    let reason = &decision.statements[0].principal.as_ref().unwrap().reason;
    check(&decision, reason, code, words, Some((&fix, Allow)));
}

#[rstest]
#[case::wrong_type(
    r#"{"AWS": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"}"#,
    "other-principal-type",
    "the caller's name stands under `AWS`, but the caller is a `Federated` principal, and only that type is compared"
)]
#[case::everyone(
    r#"{"AWS": "*"}"#,
    "everyone-is-no-web-identity",
    "`*` stands for everybody with AWS credentials, not for web identities: the provider \
     `arn:aws:iam::111122223333:oidc-provider/gitlab.com` has to be named under `Federated`"
)]
#[case::scalar(
    r#""*""#,
    "everyone-is-no-web-identity",
    "`*` stands for everybody with AWS credentials, not for web identities: the provider \
     `arn:aws:iam::111122223333:oidc-provider/gitlab.com` has to be named under `Federated`"
)]
fn under_the_wrong_type(#[case] principal: &str, #[case] code: &str, #[case] words: &str) {
    let policy = policy(&format!(r#""Principal": {principal}, "Action": "{ACTION}""#));
    let decision = with_request(|request| evaluate(&policy, request));
    let fix = format!("name `{PROVIDER}` under `Federated`");
    let reason = &decision.statements[0].principal.as_ref().unwrap().reason;
    check(&decision, reason, code, words, Some((&fix, Allow)));
}

#[rstest]
#[case::excepted(
    PROVIDER,
    "principal-excepted",
    "`NotPrincipal` names `arn:aws:iam::111122223333:oidc-provider/gitlab.com`, so the statement is not about it"
)]
#[case::not_excepted(
    "a.b",
    "principal-not-excepted",
    "`NotPrincipal` does not name `arn:aws:iam::111122223333:oidc-provider/gitlab.com`"
)]
fn not_principal(#[case] provider: &str, #[case] code: &str, #[case] words: &str) {
    let policy = policy(&format!(
        r#""NotPrincipal": {{"Federated": "{provider}"}}, "Action": "{ACTION}""#
    ));
    let decision = with_request(|request| evaluate(&policy, request));
    check(
        &decision,
        &decision.statements[0].principal.as_ref().unwrap().reason,
        code,
        words,
        None,
    );
}

/// Of several entries the one that is nearest to the caller is explained.
#[test]
fn the_nearest_entry() {
    let policy = policy(&format!(
        r#""Principal": {{"AWS": "*", "Federated": ["arn:aws:iam::111122223333:oidc-provider/a.b", "https://gitlab.com/"]}},
            "Action": "{ACTION}""#
    ));
    let decision = with_request(|request| evaluate(&policy, request));
    let reason = &decision.statements[0].principal.as_ref().unwrap().reason;
    assert_eq!(reason.code(), "provider-without-arn");
}

#[rstest]
#[case::account("444455556666", "other-account")]
#[case::root("arn:aws:iam::444455556666:root", "other-account")]
#[case::case("arn:aws:iam::111122223333:User/ann", "principal-case-differs")]
#[case::wildcard("arn:aws:iam::111122223333:user/*", "principal-wildcard")]
#[case::other("arn:aws:iam::111122223333:user/bob", "other-principal")]
fn of_a_caller_with_credentials(#[case] named: &str, #[case] code: &str) {
    let policy = policy(&format!(
        r#""Principal": {{"AWS": "{named}"}}, "Action": "sts:AssumeRole""#
    ));
    let (principal, context) = (
        Principal::Aws(AwsPrincipal::new("arn:aws:iam::111122223333:user/ann")),
        context(),
    );
    let request = Request {
        principal: &principal,
        action: "sts:AssumeRole",
        resource: None,
        context: &context,
    };
    let decision = evaluate(&policy, &request);
    assert_eq!(decision.effect, ImplicitDeny);
    assert_eq!(
        decision.statements[0].principal.as_ref().unwrap().reason.code(),
        code
    );
}
