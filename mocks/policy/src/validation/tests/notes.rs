use rstest::rstest;

use super::{GITLAB, WEB, trust, validate};
use crate::policy::Policy;
use crate::validation::{NoteCode, PolicyKind, ValidationRules};

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
