use rstest::rstest;

use super::{check, context, policy};
use crate::evaluation::{decide, evaluate};
use crate::policy::Policy;
use crate::request::{Principal, Request};

const OBJECT: &str = "arn:aws:s3:::releases/app.tar";

fn explain(element: &str, resource: Option<&str>, code: &str, words: &str, fix: Option<&str>) {
    let policy = policy(&format!(r#""Action": "*", {element}"#));
    let context = context();
    let request = Request {
        principal: &Principal::Anonymous,
        action: "s3:GetObject",
        resource,
        context: &context,
    };
    let decision = evaluate(&policy, &request);
    let reason = &decision.statements[0].resource.as_ref().unwrap().reason;
    match fix {
        None => check(&decision, reason, code, words, None),
        Some(fix) => {
            assert_eq!((reason.code(), reason.to_string().as_str()), (code, words));
            let edit = reason.suggestion().unwrap();
            assert_eq!(edit.words, fix);
            let changed = Policy::parse(&edit.apply(policy.text()).unwrap()).unwrap();
            assert!(decide(&changed, &request).is_allowed());
        }
    }
}

#[rstest]
#[case::covered(
    r#""Resource": "arn:aws:s3:::releases/*""#,
    "resource-covered",
    "`arn:aws:s3:::releases/*` covers the resource",
    None
)]
#[case::excepted(
    r#""NotResource": "arn:aws:s3:::releases/*""#,
    "resource-excepted",
    "`NotResource` excepts `arn:aws:s3:::releases/app.tar`",
    None
)]
#[case::not_excepted(
    r#""NotResource": "arn:aws:s3:::b""#,
    "resource-not-excepted",
    "`NotResource` does not except `arn:aws:s3:::releases/app.tar`",
    None
)]
#[case::other(
    r#""Resource": ["arn:aws:s3:::a", "arn:aws:s3:::b"]"#,
    "other-resource",
    "the statement is about `arn:aws:s3:::a`, `arn:aws:s3:::b`, not about `arn:aws:s3:::releases/app.tar`",
    None
)]
#[case::bucket(
    r#""Resource": "arn:aws:s3:::releases""#,
    "bucket-without-objects",
    "`arn:aws:s3:::releases` is the bucket alone; an object such as `arn:aws:s3:::releases/app.tar` needs \
     `arn:aws:s3:::releases/*`",
    Some("write `arn:aws:s3:::releases/*` instead of `arn:aws:s3:::releases`")
)]
#[case::case(
    r#""Resource": "arn:aws:s3:::releases/App.tar""#,
    "resource-case-differs",
    "`arn:aws:s3:::releases/App.tar` differs from `arn:aws:s3:::releases/app.tar` in letter case, which counts",
    Some("write `arn:aws:s3:::releases/app.tar` instead of `arn:aws:s3:::releases/App.tar`")
)]
#[case::variable(
    r#""Resource": "arn:aws:s3:::releases/${aws:username}""#,
    "variable-without-value",
    "the request has no `aws:username`, so `arn:aws:s3:::releases/${aws:username}` cannot be filled in and matches nothing",
    None
)]
fn of_an_object(#[case] element: &str, #[case] code: &str, #[case] words: &str, #[case] fix: Option<&str>) {
    explain(element, Some(OBJECT), code, words, fix);
}

#[test]
fn of_a_bucket() {
    explain(
        r#""Resource": "arn:aws:s3:::releases/*""#,
        Some("arn:aws:s3:::releases"),
        "objects-without-bucket",
        "`arn:aws:s3:::releases/*` are the objects alone; the call is on the bucket itself, `arn:aws:s3:::releases`",
        Some("write `arn:aws:s3:::releases` instead of `arn:aws:s3:::releases/*`"),
    );
}

#[test]
fn of_nothing_in_particular() {
    let words = "the statement is about `arn:aws:s3:::releases`, but the action is on no resource in particular, which only `*` covers";
    explain(
        r#""Resource": "arn:aws:s3:::releases""#,
        None,
        "other-resource",
        words,
        None,
    );
}
