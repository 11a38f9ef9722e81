use rstest::rstest;

use super::{message, trust};
use crate::validation::PolicyKind;

#[rstest]
#[case::account(r#""Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole""#, "")]
#[case::everyone(r#""Principal": {"AWS": "*"}, "Action": "sts:AssumeRole""#, "")]
#[case::root(
    r#""Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole""#,
    ""
)]
#[case::session(
    r#""Principal": {"AWS": "arn:aws:sts::123456789012:assumed-role/a/b"}, "Action": "sts:AssumeRole*""#,
    ""
)]
#[case::deleted(
    r#""Principal": {"AWS": "AROACLKWSDQRAOEXAMPLE"}, "Action": ["sts:AssumeRole", "sts:TagSession"]"#,
    ""
)]
#[case::service(
    r#""Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole""#,
    ""
)]
#[case::private_provider(r#""Principal": {"Federated": "arn:aws:iam::1:oidc-provider/gitlab.example.com/git"}, "Action": "sts:AssumeRoleWithWebIdentity""#, "")]
#[case::saml(
    r#""Principal": {"Federated": "arn:aws:iam::1:saml-provider/x"}, "Action": "sts:AssumeRoleWithSAML""#,
    ""
)]
#[case::unknown_operator(
    r#""Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"Nonsense": {}}"#,
    ""
)]
#[case::no_principal(r#""Action": "sts:AssumeRole""#, "Missing required field Principal")]
#[case::empty_principal(
    r#""Principal": {}, "Action": "sts:AssumeRole""#,
    "Missing required field Principal cannot be empty!"
)]
#[case::scalar(
    r#""Principal": "*", "Action": "sts:AssumeRole""#,
    r#"Invalid principal in policy: "*""#
)]
#[case::not_principal(
    r#""NotPrincipal": {"AWS": "*"}, "Action": "sts:AssumeRole""#,
    "Allow with NotPrincipal is not allowed."
)]
#[case::no_action(r#""Principal": {"AWS": "*"}"#, "Missing required field Action")]
#[case::resource(
    r#""Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Resource": "*""#,
    "Has prohibited field Resource"
)]
#[case::not_resource(
    r#""Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "NotResource": "*""#,
    "AssumeRole policy must not contain resources."
)]
#[case::other_action(
    r#""Principal": {"AWS": "*"}, "Action": "s3:GetObject""#,
    "AssumeRole policy may only specify STS AssumeRole actions."
)]
#[case::every_action(
    r#""Principal": {"AWS": "*"}, "Action": "*""#,
    "AssumeRole policy may only specify STS AssumeRole actions."
)]
#[case::every_sts_action(
    r#""Principal": {"AWS": "*"}, "Action": "sts:*""#,
    "AssumeRole policy may only specify STS AssumeRole actions."
)]
#[case::action_case(
    r#""Principal": {"AWS": "*"}, "Action": "STS:assumerole""#,
    "AssumeRole policy may only specify STS AssumeRole actions."
)]
#[case::not_action(
    r#""Principal": {"AWS": "*"}, "NotAction": "s3:*""#,
    "AssumeRole policy may only specify STS AssumeRole actions."
)]
#[case::url(
    r#""Principal": {"Federated": "https://gitlab.com"}, "Action": "sts:AssumeRoleWithWebIdentity""#,
    "Federated principals must be valid domain names or SAML metadata ARNs"
)]
#[case::nothing(
    r#""Principal": {"Federated": ""}, "Action": "sts:AssumeRoleWithWebIdentity""#,
    "Federated principals must be valid domain names or SAML metadata ARNs"
)]
#[case::role(
    r#""Principal": {"Federated": "arn:aws:iam::1:role/x"}, "Action": "sts:AssumeRoleWithWebIdentity""#,
    "Federated principals must be valid domain names or SAML metadata ARNs"
)]
#[case::federated_wildcard(
    r#""Principal": {"Federated": "*"}, "Action": "sts:AssumeRoleWithWebIdentity""#,
    "Federated principals must be valid domain names or SAML metadata ARNs"
)]
#[case::wildcard(
    r#""Principal": {"AWS": "arn:aws:iam::123456789012:role/*"}, "Action": "sts:AssumeRole""#,
    r#"Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:role/*""#
)]
#[case::word(
    r#""Principal": {"AWS": "ann"}, "Action": "sts:AssumeRole""#,
    r#"Invalid principal in policy: "AWS":"ann""#
)]
#[case::service_word(
    r#""Principal": {"Service": "ec2"}, "Action": "sts:AssumeRole""#,
    r#"Invalid principal in policy: "SERVICE":"ec2""#
)]
#[case::key_without_vendor(
    r#""Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sub": "x"}}"#,
    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
)]
#[case::no_date(r#""Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"DateLessThan": {"aws:CurrentTime": "soon"}}"#, "The policy failed legacy parsing")]
#[case::no_number(r#""Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"NumericEquals": {"a:b": "NaN"}}"#, "The policy failed legacy parsing")]
#[case::sid(
    r#""Sid": "a-b", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole""#,
    "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
)]
fn trust_policies(#[case] elements: &str, #[case] expected: &str) {
    assert_eq!(message(PolicyKind::Trust, &trust(elements)), expected);
}

#[test]
fn no_statements() {
    let text = r#"{"Version": "2012-10-17", "Statement": []}"#;
    assert_eq!(
        message(PolicyKind::Trust, text),
        "Could not parse the policy: Statement is empty!"
    );
    assert_eq!(message(PolicyKind::Identity, text), "Syntax errors in policy.");
}
