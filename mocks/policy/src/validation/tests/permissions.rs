use rstest::rstest;

use super::{message, trust};
use crate::policy::Policy;
use crate::validation::{PolicyKind, ValidationRules};

#[rstest]
#[case::fine(r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#, "")]
#[case::everything(r#""Action": "*", "Resource": "*""#, "")]
#[case::unknown_service(r#""Action": "nonsense:Do it", "Resource": "arn:aws:nonsense:::x""#, "")]
#[case::empty_condition(r#""Action": "s3:*", "Resource": "*", "Condition": {}"#, "")]
#[case::variable(r#""Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:username}/*""#, "")]
#[case::variable_alone(r#""Action": "s3:*", "Resource": "${aws:PrincipalTag/arn}""#, "")]
#[case::loose_boolean(
    r#""Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"a:b": "yes"}, "Null": {"a:b": "yes"}}"#,
    ""
)]
#[case::principal(
    r#""Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": "*""#,
    "Policy document should not specify a principal."
)]
#[case::no_actions(r#""Resource": "*""#, "Policy statement must contain actions.")]
#[case::no_resources(r#""Action": "s3:*""#, "Policy statement must contain resources.")]
#[case::no_vendor(
    r#""Action": "GetObject", "Resource": "*""#,
    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
)]
#[case::bad_vendor(r#""Action": "a a:b", "Resource": "*""#, "Vendor a a is not valid")]
#[case::two_colons(
    r#""Action": "a:b:c", "Resource": "*""#,
    "Actions/Condition can contain only one colon."
)]
#[case::no_arn(
    r#""Action": "s3:*", "Resource": "bucket""#,
    r#"Resource bucket must be in ARN format or "*"."#
)]
#[case::no_partition(
    r#""Action": "s3:*", "Resource": "a:b:c:d:e:f:g:h""#,
    r#"Partition "b" is not valid for resource "arn:b:c:d:e:f:g:h"."#
)]
#[case::short_arn(
    r#""Action": "s3:*", "Resource": "arn:aws:s3::x""#,
    "The policy failed legacy parsing"
)]
#[case::service_wildcard(
    r#""Action": "s3:*", "Resource": "arn:aws:s*:::b""#,
    "Resource vendor must be fully qualified and cannot contain regexes."
)]
#[case::iam_region(
    r#""Action": "iam:*", "Resource": "arn:aws:iam:us-east-1:1:user/a""#,
    "IAM resource arn:aws:iam:us-east-1:1:user/a cannot contain region information."
)]
#[case::s3_region(
    r#""Action": "s3:*", "Resource": "arn:aws:s3:us-east-1::b""#,
    "Resource arn:aws:s3:us-east-1::b can not contain region information."
)]
#[case::iam_path(
    r#""Action": "iam:*", "Resource": "arn:aws:iam::1:bucket/a""#,
    "IAM resource path must either be \"*\", root, or start with user/, federated-user/, role/, group/, instance-profile/, \
     mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/."
)]
#[case::bad_number(
    r#""Action": "s3:*", "Resource": "*", "Condition": {"NumericEquals": {"a:b": "no-number"}}"#,
    "The policy failed legacy parsing"
)]
#[case::bad_address(
    r#""Action": "s3:*", "Resource": "*", "Condition": {"IpAddress": {"a:b": "not-an-ip"}}"#,
    "The policy failed legacy parsing"
)]
#[case::bad_arn(
    r#""Action": "s3:*", "Resource": "*", "Condition": {"ArnLike": {"a:b": "not-an-arn"}}"#,
    "The policy failed legacy parsing"
)]
#[case::bad_binary(
    r#""Action": "s3:*", "Resource": "*", "Condition": {"BinaryEquals": {"a:b": "no-binary"}}"#,
    "The policy failed legacy parsing"
)]
fn identity_policies(#[case] elements: &str, #[case] expected: &str) {
    assert_eq!(message(PolicyKind::Identity, &trust(elements)), expected);
    assert_eq!(message(PolicyKind::Boundary, &trust(elements)), expected);
    // a session policy may have values of the wrong type, but for binary ones
    let lax = ["bad_number", "no-number", "not-an-ip", "not-an-arn"]
        .iter()
        .any(|value| elements.contains(value));
    assert_eq!(
        message(PolicyKind::Session, &trust(elements)),
        if lax { "" } else { expected }
    );
}

#[test]
fn sids_are_unique() {
    let statement = r#"{"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#;
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}, {statement}]}}"#);
    assert_eq!(
        message(PolicyKind::Identity, &text),
        "Statement IDs (SID) in a single policy must be unique."
    );
    let unnamed = statement.replace("\"A\"", "\"\"");
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{unnamed}, {unnamed}]}}"#);
    assert_eq!(message(PolicyKind::Identity, &text), "");
}

#[rstest]
#[case::none("")]
#[case::old(r#""Version": "2008-10-17","#)]
fn managed_policies_are_of_the_new_version(#[case] version: &str) {
    let text =
        format!(r#"{{{version} "Statement": {{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}}"#);
    assert_eq!(message(PolicyKind::Identity, &text), "");
    assert_eq!(
        message(PolicyKind::Boundary, &text),
        "Policy document must be version 2012-10-17 or greater."
    );
    let managed = ValidationRules {
        managed: true,
        ..ValidationRules::default()
    };
    assert!(
        Policy::parse(&text)
            .unwrap()
            .validate(PolicyKind::Identity, &managed)
            .is_err()
    );
}

#[rstest]
#[case::fine(
    r#""Principal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "*""#,
    ""
)]
#[case::everyone(r#""Principal": "*", "Action": "s3:*", "Resource": "*""#, "")]
#[case::not_principal(
    r#""NotPrincipal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "*""#,
    ""
)]
#[case::no_principal(r#""Action": "s3:*", "Resource": "*""#, "Missing required field Principal")]
#[case::no_action(
    r#""Principal": "*", "Resource": "*""#,
    "Policy statement must contain actions."
)]
#[case::no_resource(
    r#""Principal": "*", "Action": "s3:*""#,
    "Policy statement must contain resources."
)]
#[case::wildcard(
    r#""Principal": {"AWS": "arn:aws:iam::123456789012:role/*"}, "Action": "s3:*", "Resource": "*""#,
    r#"Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:role/*""#
)]
fn resource_policies(#[case] elements: &str, #[case] expected: &str) {
    assert_eq!(message(PolicyKind::Resource, &trust(elements)), expected);
}
