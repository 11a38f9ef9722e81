//! Changing an operator when it cannot simply be renamed.

use rstest::rstest;

use super::{policy, trusting, with_request};
use crate::evaluation::{decide, evaluate};
use crate::policy::Policy;

#[test]
fn renames_when_the_other_keys_do_not_mind() {
    let policy = trusting(
        r#"{"StringEquals": {"gitlab.com:aud": "https://gitlab.com", "gitlab.com:sub": "project_path:group/*"}}"#,
    );
    let edit = with_request(|request| evaluate(&policy, request))
        .failed()
        .next()
        .unwrap()
        .reason
        .suggestion()
        .unwrap();
    assert_eq!(edit.replacement, "\"StringLike\"");
}

#[rstest]
#[case::the_operator_is_there(
    r#"{
    "StringEquals": {"gitlab.com:sub": "project_path:group/*", "gitlab.com:project_id": "42"},
    "StringLike": {"gitlab.com:aud": "https://*"}
  }"#,
    r#"{
    "StringEquals": {
      "gitlab.com:project_id": "42"
    },
    "StringLike": {
      "gitlab.com:aud": "https://*",
      "gitlab.com:sub": "project_path:group/*"
    }
  }"#
)]
#[case::another_key_has_a_literal_star(
    r#"{
    "StringEquals": {"gitlab.com:sub": "project_path:group/*", "sts:RoleSessionName": ["*", "job"]}
  }"#,
    r#"{
    "StringEquals": {
      "sts:RoleSessionName": ["*", "job"]
    },
    "StringLike": {
      "gitlab.com:sub": "project_path:group/*"
    }
  }"#
)]
fn moves_the_key(#[case] before: &str, #[case] after: &str) {
    let text = format!(
        "{{\n  \"Statement\": {{\"Effect\": \"Allow\", \"Action\": \"*\",\n  \"Condition\": {before}}}\n}}"
    );
    let policy = Policy::parse(&text).unwrap();
    let decision = with_request(|request| evaluate(&policy, request));
    let edit = decision.failed().next().unwrap().reason.suggestion().unwrap();
    assert_eq!(edit.words, "move `gitlab.com:sub` to `StringLike`");
    assert_eq!(edit.replacement, after);
    let changed = Policy::parse(&edit.apply(&text).unwrap()).unwrap();
    assert!(with_request(|request| decide(&changed, request)).is_allowed());
}

#[test]
fn gives_up_when_the_key_is_there_too() {
    let policy = policy(
        r#""Action": "*", "Condition": {"StringEquals": {"gitlab.com:sub": "project_path:group/*"},
            "StringLike": {"GITLAB.com:sub": "*"}}"#,
    );
    let decision = with_request(|request| evaluate(&policy, request));
    assert_eq!(decision.failed().next().unwrap().reason.suggestion(), None);
}
