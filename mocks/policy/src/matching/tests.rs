use rstest::rstest;

use crate::context::Context;
use crate::document::StatementEffect;
use crate::policy::Policy;
use crate::request::{AwsPrincipal, Principal, Request};

/// Whether a condition, as JSON, holds in an Allow and in a Deny.
fn holds(condition: &str, context: &Context) -> (bool, bool) {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*", "Condition": {condition}}}}}"#
    );
    let policy = Policy::parse(&text).unwrap();
    let in_a = |effect| {
        policy.statements()[0]
            .conditions()
            .all(|condition| condition.holds(context, effect))
    };
    (in_a(StatementEffect::Allow), in_a(StatementEffect::Deny))
}

fn tag_keys(keys: &[&str]) -> Context {
    Context::new().with("aws:TagKeys", keys.to_vec())
}

/// Recorded AWS behaviour: `iam:TagUser` with these tag keys under a session policy with this condition.
#[rstest]
#[case::equals("StringEquals", [false, false, false, false])]
#[case::not_equals("StringNotEquals", [true, false, false, false])]
#[case::equals_if_exists("StringEqualsIfExists", [true, false, false, false])]
#[case::not_equals_if_exists("StringNotEqualsIfExists", [true, false, false, false])]
#[case::any_equals("ForAnyValue:StringEquals", [false, true, false, true])]
#[case::all_equal("ForAllValues:StringEquals", [true, true, false, false])]
#[case::any_differs("ForAnyValue:StringNotEquals", [false, false, true, true])]
#[case::all_differ("ForAllValues:StringNotEquals", [true, false, true, false])]
#[case::any_equals_if_exists("ForAnyValue:StringEqualsIfExists", [false, true, false, true])]
#[case::all_equal_if_exists("ForAllValues:StringEqualsIfExists", [true, true, false, false])]
fn of_a_multivalued_key(#[case] operator: &str, #[case] expected: [bool; 4]) {
    let condition = format!(r#"{{"{operator}": {{"aws:TagKeys": "team"}}}}"#);
    let contexts = [
        tag_keys(&[]),
        tag_keys(&["team"]),
        tag_keys(&["env"]),
        tag_keys(&["team", "env"]),
    ];
    let results = contexts.each_ref().map(|context| holds(&condition, context));
    assert_eq!(results, expected.map(|holds| (holds, holds)));
    // an absent key and an empty one are the same
    assert_eq!(holds(&condition, &Context::new()), results[0]);
}

/// Recorded AWS behaviour with `aws:RequestTag/team`: `Some("")` is there, and is not an empty set.
#[rstest]
#[case::null_true(r#"{"Null": {"aws:RequestTag/team": "true"}}"#, [true, false, false])]
#[case::null_false(r#"{"Null": {"aws:RequestTag/team": "false"}}"#, [false, true, true])]
#[case::null_boolean(r#"{"Null": {"aws:RequestTag/team": true}}"#, [true, false, false])]
#[case::null_other_word(r#"{"Null": {"aws:RequestTag/team": "yes"}}"#, [false, true, true])]
#[case::equals_empty(r#"{"StringEquals": {"aws:RequestTag/team": ""}}"#, [false, true, false])]
#[case::all(r#"{"ForAllValues:StringEquals": {"aws:RequestTag/team": "capture"}}"#, [true, false, true])]
#[case::any(r#"{"ForAnyValue:StringEquals": {"aws:RequestTag/team": ""}}"#, [false, true, false])]
#[case::key_case(r#"{"StringEquals": {"AWS:requesttag/TEAM": "capture"}}"#, [false, false, true])]
#[case::not_equals(r#"{"StringNotEquals": {"aws:RequestTag/team": "capture"}}"#, [true, true, false])]
#[case::not_like(r#"{"StringNotLike": {"aws:RequestTag/team": "cap*"}}"#, [true, true, false])]
#[case::like_if_exists(r#"{"StringLikeIfExists": {"aws:RequestTag/team": "cap*"}}"#, [true, false, true])]
#[case::numeric_not_equals(r#"{"NumericNotEquals": {"aws:RequestTag/team": 1}}"#, [true, true, true])]
#[case::date_not_equals(r#"{"DateNotEquals": {"aws:RequestTag/team": "2030"}}"#, [true, true, true])]
#[case::not_ip_address(r#"{"NotIpAddress": {"aws:RequestTag/team": "10.0.0.0/8"}}"#, [true, false, false])]
#[case::arn_not_like(r#"{"ArnNotLike": {"aws:RequestTag/team": "arn:aws:iam::*:user/*"}}"#, [true, false, false])]
#[case::bool_false(r#"{"Bool": {"aws:RequestTag/team": "false"}}"#, [false, true, true])]
#[case::several(r#"{"StringEquals": {"aws:RequestTag/team": ["a", "capture"]}}"#, [false, false, true])]
#[case::none_of_several(r#"{"StringNotEquals": {"aws:RequestTag/team": ["a", "capture"]}}"#, [true, true, false])]
#[case::no_values(r#"{"StringEquals": {"aws:RequestTag/team": []}}"#, [false, false, false])]
#[case::no_values_negated(r#"{"StringNotEquals": {"aws:RequestTag/team": []}}"#, [false, false, false])]
#[case::no_values_if_exists(r#"{"StringEqualsIfExists": {"aws:RequestTag/team": []}}"#, [true, false, false])]
#[case::two_operators_are_both_needed(
    r#"{"StringLike": {"aws:RequestTag/team": "c*"}, "StringNotEquals": {"aws:RequestTag/team": "capture"}}"#,
    [false, false, false]
)]
#[case::two_keys_are_both_needed(
    r#"{"StringEquals": {"aws:RequestTag/team": "capture", "aws:RequestTag/other": "x"}}"#,
    [false, false, false]
)]
#[case::unknown_operator_without_keys(r#"{"Nonsense": {}}"#, [true, true, true])]
#[case::no_conditions("{}", [true, true, true])]
fn of_a_single_valued_key(#[case] condition: &str, #[case] expected: [bool; 3]) {
    let tagged = |value: &str| Context::new().with("aws:RequestTag/team", value);
    let contexts = [Context::new(), tagged(""), tagged("capture")];
    let results = contexts.each_ref().map(|context| holds(condition, context));
    assert_eq!(results, expected.map(|holds| (holds, holds)));
}

/// Recorded AWS behaviour: values that are not of the operator's type.
#[rstest]
#[case::number("NumericEquals", r#""NaN""#, "1", (false, false))]
#[case::number_negated("NumericNotEquals", r#""NaN""#, "1", (true, true))]
#[case::request_number_negated("NumericNotEquals", r#""1""#, "no-number", (true, true))]
#[case::date("DateEquals", r#""not-a-date""#, "2030-01-01", (false, false))]
#[case::date_negated("DateNotEquals", r#""not-a-date""#, "2030-01-01", (true, true))]
#[case::address("IpAddress", r#""not-an-ip""#, "192.0.2.1", (false, false))]
#[case::address_negated("NotIpAddress", r#""not-an-ip""#, "192.0.2.1", (true, true))]
#[case::address_both("NotIpAddress", r#""not-an-ip""#, "not-an-ip", (false, false))]
#[case::arn("ArnLike", r#""not-an-arn""#, "arn:aws:iam::1:user/a", (false, true))]
#[case::arn_negated("ArnNotLike", r#""not-an-arn""#, "arn:aws:iam::1:user/a", (false, true))]
#[case::arn_both("ArnLike", r#""not-an-arn""#, "not-an-arn", (false, false))]
#[case::arn_both_negated("ArnNotLike", r#""not-an-arn""#, "not-an-arn", (false, false))]
#[case::arn_before("ArnLike", r#"["not-an-arn", "arn:aws:iam::*:user/*"]"#, "arn:aws:iam::1:user/a", (false, true))]
#[case::arn_after("ArnLike", r#"["arn:aws:iam::*:user/*", "not-an-arn"]"#, "arn:aws:iam::1:user/a", (true, true))]
#[case::arn_after_other("ArnLike", r#"["arn:aws:iam::*:role/*", "not-an-arn"]"#, "arn:aws:iam::1:user/a", (false, true))]
#[case::arn_after_negated("ArnNotLike", r#"["arn:aws:iam::*:user/*", "not-an-arn"]"#, "arn:aws:iam::1:user/a", (false, false))]
fn of_the_wrong_type(
    #[case] operator: &str,
    #[case] policy: &str,
    #[case] request: &str,
    #[case] expected: (bool, bool),
) {
    let condition = format!(r#"{{"{operator}": {{"aws:RequestTag/value": {policy}}}}}"#);
    assert_eq!(
        holds(&condition, &Context::new().with("aws:RequestTag/value", request)),
        expected
    );
}

/// Recorded AWS behaviour for multi-valued keys; IAM user guide for absent ones.
#[rstest]
#[case::multivalued("StringEquals", "${aws:TagKeys}", false)]
#[case::multivalued_default("StringEquals", "${aws:TagKeys, 'team'}", false)]
#[case::multivalued_negated("StringNotEquals", "${aws:TagKeys}", true)]
#[case::multivalued_default_negated("StringNotEquals", "${aws:TagKeys, 'team'}", true)]
#[case::absent("StringLike", "${aws:username}*", false)]
#[case::absent_negated("StringNotLike", "${aws:username}*", true)]
#[case::absent_default("StringLike", "${aws:username, 'te'}*", true)]
#[case::present("StringEquals", "${aws:PrincipalTag/team}", true)]
fn of_variables(#[case] operator: &str, #[case] policy: &str, #[case] expected: bool) {
    let condition = format!(r#"{{"{operator}": {{"aws:RequestTag/team": "{policy}"}}}}"#);
    let context = tag_keys(&["team"])
        .with("aws:RequestTag/team", "team")
        .with("aws:PrincipalTag/team", "team");
    assert_eq!(holds(&condition, &context), (expected, expected));
}

fn element_matches(element: &str, principal: &Principal, action: &str, resource: Option<&str>) -> bool {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", {element}}}}}"#);
    let policy = Policy::parse(&text).unwrap();
    let context = Context::new()
        .with("aws:PrincipalTag/team", "red")
        .with("aws:PrincipalAccount", "123456789012");
    let request = Request {
        principal,
        action,
        resource,
        context: &context,
    };
    policy.statements()[0].matches(&super::Prepared::new(&request))
}

#[rstest]
#[case::exact("s3:GetObject", true)]
#[case::case_is_ignored("S3:getobject", true)]
#[case::everything("*", true)]
#[case::service("s3:*", true)]
#[case::prefix("s3:Get*", true)]
#[case::one_character("s3:Get?bject", true)]
#[case::other("s3:PutObject", false)]
#[case::other_service("sts:*", false)]
fn of_actions(#[case] action: &str, #[case] expected: bool) {
    let caller = Principal::Anonymous;
    let matches = |element: &str| {
        element_matches(
            &format!(r#""{element}": "{action}""#),
            &caller,
            "s3:GetObject",
            None,
        )
    };
    assert_eq!(matches("Action"), expected);
    assert_eq!(matches("NotAction"), !expected);
}

/// Recorded AWS behaviour (policy simulator), and the IAM user guide for variables without a value.
#[rstest]
#[case::everything("*", true)]
#[case::spans_slashes("arn:aws:s3:::b/folder/*/object", true)]
#[case::case_counts("arn:aws:s3:::B/*", false)]
#[case::whole("arn:aws:s3:::b/folder/a:b", false)]
#[case::variable("arn:aws:s3:::b/folder/*/${aws:PrincipalTag/none, 'object'}", true)]
#[case::variable_without_value("arn:aws:s3:::b/*${aws:username}", false)]
#[case::other_variable("arn:aws:s3:::b/${aws:PrincipalTag/team}/*", false)]
fn of_resources(#[case] resource: &str, #[case] expected: bool) {
    let matches = |element: &str| {
        let element = format!(r#""{element}": "{resource}""#);
        element_matches(
            &element,
            &Principal::Anonymous,
            "s3:GetObject",
            Some("arn:aws:s3:::b/folder/a:b/c/object"),
        )
    };
    assert_eq!(matches("Resource"), expected);
    assert_eq!(matches("NotResource"), !expected);
}

#[test]
fn a_variable_may_stand_before_the_fifth_colon() {
    let element = r#""Resource": "arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*""#;
    let key = "arn:aws:kms:us-east-1:123456789012:key/example";
    assert!(element_matches(
        element,
        &Principal::Anonymous,
        "kms:Decrypt",
        Some(key)
    ));
}

#[test]
fn no_resource_in_particular_is_everything_only() {
    let matches = |resource: &str| {
        let element = format!(r#""Resource": "{resource}""#);
        element_matches(&element, &Principal::Anonymous, "sts:GetCallerIdentity", None)
    };
    assert!(matches("*"));
    assert!(!matches("arn:aws:s3:::b"));
}

const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/gitlab.com";
const ROLE: &str = "arn:aws:iam::111122223333:role/team/deploy";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/deploy/job";

fn web() -> Principal {
    Principal::Federated(PROVIDER.into())
}

fn session() -> Principal {
    Principal::Aws(AwsPrincipal {
        unique_id: Some("AROAEXAMPLEEXAMPLEEX1".into()),
        ..AwsPrincipal::session(SESSION, ROLE)
    })
}

fn user() -> Principal {
    Principal::Aws(AwsPrincipal::new("arn:aws:iam::111122223333:user/ann"))
}

#[rstest]
#[case::provider(
    web(),
    r#"{"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"}"#,
    true
)]
#[case::one_of_several(
    web(),
    r#"{"AWS": "*", "Federated": ["a.b", "arn:aws:iam::111122223333:oidc-provider/gitlab.com"]}"#,
    true
)]
#[case::other_account(
    web(),
    r#"{"Federated": "arn:aws:iam::444455556666:oidc-provider/gitlab.com"}"#,
    false
)]
#[case::trailing_slash(
    web(),
    r#"{"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com/"}"#,
    false
)]
#[case::case_counts(
    web(),
    r#"{"Federated": "arn:aws:iam::111122223333:oidc-provider/GitLab.com"}"#,
    false
)]
#[case::wildcard(web(), r#"{"Federated": "arn:aws:iam::*:oidc-provider/gitlab.com"}"#, false)]
#[case::everyone_federated(web(), r#"{"Federated": "*"}"#, false)]
#[case::everyone_with_credentials(web(), r#"{"AWS": "*"}"#, false)]
#[case::everyone(web(), r#""*""#, false)]
#[case::account_of_the_provider(web(), r#"{"AWS": "111122223333"}"#, false)]
#[case::wrong_type(
    web(),
    r#"{"AWS": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"}"#,
    false
)]
#[case::session(
    session(),
    r#"{"AWS": "arn:aws:sts::111122223333:assumed-role/deploy/job"}"#,
    true
)]
#[case::session_by_role(session(), r#"{"AWS": "arn:aws:iam::111122223333:role/team/deploy"}"#, true)]
#[case::session_by_role_without_path(session(), r#"{"AWS": "arn:aws:iam::111122223333:role/deploy"}"#, false)]
#[case::session_by_account(session(), r#"{"AWS": "111122223333"}"#, true)]
#[case::session_by_root(session(), r#"{"AWS": "arn:aws:iam::111122223333:root"}"#, true)]
#[case::session_by_unique_id(session(), r#"{"AWS": "AROAEXAMPLEEXAMPLEEX1"}"#, true)]
#[case::session_by_other_account(session(), r#"{"AWS": "444455556666"}"#, false)]
#[case::session_by_everyone(session(), r#"{"AWS": "*"}"#, true)]
#[case::session_by_scalar(session(), r#""*""#, true)]
#[case::session_wildcard(
    session(),
    r#"{"AWS": "arn:aws:sts::111122223333:assumed-role/deploy/*"}"#,
    false
)]
#[case::user(user(), r#"{"AWS": "arn:aws:iam::111122223333:user/ann"}"#, true)]
#[case::user_by_account(user(), r#"{"AWS": "111122223333"}"#, true)]
#[case::other_user(user(), r#"{"AWS": "arn:aws:iam::111122223333:user/bob"}"#, false)]
#[case::service(Principal::Service("ec2.amazonaws.com".into()), r#"{"Service": "ec2.amazonaws.com"}"#, true)]
#[case::other_service(Principal::Service("ec2.amazonaws.com".into()), r#"{"Service": "ecs.amazonaws.com"}"#, false)]
#[case::service_is_not_everyone(Principal::Service("ec2.amazonaws.com".into()), r#"{"AWS": "*"}"#, false)]
#[case::canonical(Principal::CanonicalUser("79a59d".into()), r#"{"CanonicalUser": "79a59d"}"#, true)]
#[case::anonymous(Principal::Anonymous, r#""*""#, true)]
#[case::anonymous_aws(Principal::Anonymous, r#"{"AWS": "*"}"#, true)]
#[case::anonymous_is_no_account(Principal::Anonymous, r#"{"AWS": "111122223333"}"#, false)]
#[case::nobody(session(), r#"{"AWS": []}"#, false)]
fn of_principals(#[case] caller: Principal, #[case] element: &str, #[case] expected: bool) {
    assert_eq!(
        element_matches(
            &format!(r#""Principal": {element}"#),
            &caller,
            "sts:AssumeRole",
            None
        ),
        expected
    );
}

/// `NotPrincipal` matches whom it does not except. A session is excepted only with its role and account, a user with its
/// account.
#[rstest]
#[case::provider(
    web(),
    r#"{"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"}"#,
    false
)]
#[case::other_provider(
    web(),
    r#"{"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.example"}"#,
    true
)]
#[case::user_alone(user(), r#"{"AWS": "arn:aws:iam::111122223333:user/ann"}"#, true)]
#[case::user_and_account(
    user(),
    r#"{"AWS": ["arn:aws:iam::111122223333:user/ann", "111122223333"]}"#,
    false
)]
#[case::session_alone(
    session(),
    r#"{"AWS": "arn:aws:sts::111122223333:assumed-role/deploy/job"}"#,
    true
)]
#[case::session_role_and_account(
    session(),
    r#"{"AWS": ["arn:aws:sts::111122223333:assumed-role/deploy/job", "arn:aws:iam::111122223333:role/team/deploy",
        "arn:aws:iam::111122223333:root"]}"#,
    false
)]
#[case::everyone(session(), r#"{"AWS": "*"}"#, false)]
#[case::service(Principal::Service("ec2.amazonaws.com".into()), r#"{"Service": "ec2.amazonaws.com"}"#, false)]
fn of_excepted_principals(#[case] caller: Principal, #[case] element: &str, #[case] expected: bool) {
    let element = format!(r#""NotPrincipal": {element}"#);
    assert_eq!(
        element_matches(&element, &caller, "sts:AssumeRole", None),
        expected
    );
}
