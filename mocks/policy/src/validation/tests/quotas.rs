use rstest::rstest;

use super::trust;
use crate::policy::Policy;
use crate::validation::{PolicyKind, ValidationRules};

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
