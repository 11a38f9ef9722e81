use rstest::rstest;

use super::{NoteCode, PolicyKind, ValidationRules};
use crate::error::ParseError;
use crate::policy::Policy;

fn validate(kind: PolicyKind, text: &str) -> Result<Vec<NoteCode>, ParseError> {
    let rules = ValidationRules::default();
    let notes = Policy::parse(text).unwrap().validate(kind, &rules)?;
    Ok(notes.into_iter().map(|note| note.code).collect())
}

fn message(kind: PolicyKind, text: &str) -> String {
    validate(kind, text).map_or_else(|error| error.message().to_owned(), |_| String::new())
}

/// A trust policy of one statement of these elements.
fn trust(elements: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", {elements}}}}}"#)
}

const GITLAB: &str = r#""Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"}"#;
const WEB: &str = r#""Action": "sts:AssumeRoleWithWebIdentity""#;

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

#[rstest]
#[case::trust(
    PolicyKind::Trust,
    false,
    None,
    2_048,
    "Cannot exceed quota for ACLSizePerRole: 2048"
)]
#[case::raised(
    PolicyKind::Trust,
    false,
    Some(4_096),
    4_096,
    "Cannot exceed quota for ACLSizePerRole: 4096"
)]
#[case::managed(
    PolicyKind::Identity,
    true,
    None,
    6_144,
    "Cannot exceed quota for PolicySize: 6144"
)]
#[case::boundary(
    PolicyKind::Boundary,
    false,
    None,
    6_144,
    "Cannot exceed quota for PolicySize: 6144"
)]
fn quotas_count_no_white_space(
    #[case] kind: PolicyKind,
    #[case] managed: bool,
    #[case] size_limit: Option<usize>,
    #[case] limit: usize,
    #[case] expected: &str,
) {
    let elements = match kind {
        PolicyKind::Trust => {
            r#""Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"Null": {"a:X": "true"}}"#
        }
        _ => r#""Action": "s3:*", "Resource": "*", "Condition": {"Null": {"a:X": "true"}}"#,
    };
    let rules = ValidationRules {
        managed,
        size_limit,
        ..ValidationRules::default()
    };
    let of_size = |size: usize| {
        let empty = Policy::parse(&trust(&elements.replace('X', ""))).unwrap().size();
        Policy::parse(&trust(&elements.replace('X', &"x".repeat(size - empty)))).unwrap()
    };
    assert!(of_size(limit).validate(kind, &rules).is_ok());
    let error = of_size(limit + 1).validate(kind, &rules).unwrap_err();
    assert_eq!(
        (error.message(), error.code(), error.status()),
        (expected, "LimitExceeded", 409)
    );
}

/// What is accepted and yet looks wrong.
#[rstest]
#[case::fine(r#"{"StringLike": {"gitlab.com:sub": "a:*"}}"#, &[])]
#[case::any_subject(r#"{"StringEquals": {"gitlab.com:project_id": "42"}}"#, &[NoteCode::AnySubject])]
#[case::not_offered(r#"{"StringLike": {"gitlab.com:sub": "a:*", "gitlab.com:project_path": "a"}}"#, &[NoteCode::KeyNotOffered])]
#[case::other_issuer(r#"{"StringLike": {"gitlab.com:sub": "a:*", "gitlab.example.com:sub": "a"}}"#, &[NoteCode::OtherIssuersKey])]
#[case::scheme(r#"{"StringLike": {"gitlab.com:sub": "a:*", "https://gitlab.com:aud": "a"}}"#, &[NoteCode::KeyMalformed])]
#[case::wildcard(r#"{"StringEquals": {"gitlab.com:sub": "a:*"}}"#, &[NoteCode::WildcardUnderLiteral])]
#[case::unknown_operator(r#"{"StringLike": {"gitlab.com:sub": "a:*"}, "Nonsense": {}}"#, &[NoteCode::UnknownOperator])]
#[case::no_values(r#"{"StringLike": {"gitlab.com:sub": []}}"#, &[NoteCode::NoValues])]
#[case::negated(r#"{"StringLike": {"gitlab.com:sub": "a:*"}, "StringNotEquals": {"gitlab.com:project_id": "1"}}"#, &[NoteCode::TrueWithoutKey])]
#[case::if_exists(r#"{"StringLike": {"gitlab.com:sub": "a:*"}, "StringEqualsIfExists": {"gitlab.com:project_id": "1"}}"#, &[NoteCode::TrueWithoutKey])]
#[case::for_all(r#"{"ForAllValues:StringLike": {"gitlab.com:sub": "a:*"}}"#, &[NoteCode::TrueWithoutKey])]
fn notes(#[case] condition: &str, #[case] expected: &[NoteCode]) {
    let text = trust(&format!(r#"{GITLAB}, {WEB}, "Condition": {condition}"#));
    let rules = ValidationRules {
        shared_provider_control: false,
        ..ValidationRules::default()
    };
    let notes = Policy::parse(&text)
        .unwrap()
        .validate(PolicyKind::Trust, &rules)
        .unwrap();
    assert_eq!(notes.iter().map(|note| note.code).collect::<Vec<_>>(), expected);
    assert!(
        notes
            .iter()
            .all(|note| !note.message.is_empty() && text.get(note.span.clone()).is_some())
    );
}

#[test]
fn notes_on_versions_types_and_principals() {
    let text = r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "*", "Federated": "a.b"}, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringLike": {"a.b:sub": "${aws:username}"}}}}"#;
    let codes = validate(PolicyKind::Trust, text).unwrap();
    assert_eq!(
        codes,
        [NoteCode::PrincipalNeverMatches, NoteCode::VariableInOldVersion]
    );
    let session = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NumericEquals": {"a:b": "x"}}}}"#;
    assert_eq!(
        validate(PolicyKind::Session, session).unwrap(),
        [NoteCode::ValueOfWrongType]
    );
}

/// A refusal says where, and in words.
#[test]
fn refusals_point_into_the_text() {
    let text = trust(&format!(
        r#"{GITLAB}, {WEB}, "Condition": {{"StringLike": {{"gitlab.com:sub": "*"}}}}"#
    ));
    let error = validate(PolicyKind::Trust, &text).unwrap_err();
    assert_eq!(&text[error.span], r#"{"StringLike": {"gitlab.com:sub": "*"}}"#);
    assert_eq!(
        error.detail,
        "`gitlab.com` serves many customers, so trust in it has to be narrowed by `gitlab.com:sub`"
    );
    assert!(error.help.is_some());
}
