use rstest::rstest;

use super::{PROVIDER, check, policy, with_request};
use crate::decision::Effect::{self, Allow};
use crate::evaluation::evaluate;
use crate::request::Request;

#[rstest]
#[case::covered(
    r#""Action": "sts:AssumeRole*""#,
    "action-covered",
    "`sts:AssumeRole*` covers the action",
    None
)]
#[case::other_assume(
    r#""Action": "sts:AssumeRole""#, "other-assume-action",
    "the statement is about `sts:AssumeRole`, but the call needs `sts:AssumeRoleWithWebIdentity`, which is another action",
    Some(("write `sts:AssumeRoleWithWebIdentity` instead of `sts:AssumeRole`", Allow))
)]
#[case::several(
    r#""Action": ["sts:AssumeRole", "sts:TagSession"]"#, "other-assume-action",
    "the statement is about `sts:AssumeRole`, `sts:TagSession`, but the call needs `sts:AssumeRoleWithWebIdentity`, which is \
     another action",
    Some(("add `sts:AssumeRoleWithWebIdentity` to the actions", Allow))
)]
#[case::other(
    r#""Action": "s3:*""#,
    "other-action",
    "the statement is about `s3:*`, not about `sts:AssumeRoleWithWebIdentity`",
    None
)]
#[case::none(
    r#""Action": []"#,
    "other-action",
    "the statement lists no action, so not `sts:AssumeRoleWithWebIdentity` either",
    None
)]
#[case::excepted(
    r#""NotAction": "sts:*""#,
    "action-excepted",
    "`NotAction` excepts `sts:AssumeRoleWithWebIdentity`",
    None
)]
#[case::not_excepted(
    r#""NotAction": "s3:*""#,
    "action-not-excepted",
    "`NotAction` does not except `sts:AssumeRoleWithWebIdentity`",
    None
)]
fn explains(
    #[case] action: &str,
    #[case] code: &str,
    #[case] words: &str,
    #[case] fix: Option<(&str, Effect)>,
) {
    let policy = policy(&format!(
        r#""Principal": {{"Federated": "{PROVIDER}"}}, {action}"#
    ));
    let decision = with_request(|request| evaluate(&policy, request));
    check(
        &decision,
        &decision.statements[0].action.as_ref().unwrap().reason,
        code,
        words,
        fix,
    );
}

/// Session tags and a source identity need an action of their own, beside the one that assumes.
#[rstest]
#[case("sts:TagSession")]
#[case("sts:SetSourceIdentity")]
fn comes_beside(#[case] action: &str) {
    let policy = policy(r#""Action": "sts:AssumeRoleWithWebIdentity""#);
    let decision = with_request(|request| evaluate(&policy, &Request { action, ..*request }));
    let edit = decision.statements[0]
        .action
        .as_ref()
        .unwrap()
        .reason
        .suggestion()
        .unwrap();
    assert_eq!(
        edit.replacement,
        format!(r#"["sts:AssumeRoleWithWebIdentity", "{action}"]"#)
    );
}
