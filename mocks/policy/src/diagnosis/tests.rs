//! Every reason, with its words and what its edit achieves.

mod action;
mod held;
mod key;
mod operator_edit;
mod principal;
mod resource;
mod subject;
mod value;

use crate::context::Context;
use crate::decision::{Decision, Effect};
use crate::evaluation::{decide, evaluate};
use crate::policy::Policy;
use crate::reason::Reason;
use crate::request::{Principal, Request};

pub(super) const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/gitlab.com";
pub(super) const SUBJECT: &str = "project_path:group/app:ref_type:branch:ref:feature/x";
pub(super) const ACTION: &str = "sts:AssumeRoleWithWebIdentity";

/// What a job's token and request put into the context.
pub(super) fn context() -> Context {
    Context::new()
        .with("gitlab.com:sub", SUBJECT)
        .with("gitlab.com:aud", "https://gitlab.com")
        .with("gitlab.com:project_id", "42")
        .with("gitlab.com:ref_protected", "true")
        .with("gitlab.com:amr", ["pwd", "otp"])
        .with("aws:SourceIp", "203.0.113.7")
        .with("aws:CurrentTime", "2026-09-12T00:00:00Z")
        .with("aws:PrincipalArn", "arn:aws:iam::111122223333:user/ann")
        .with("sts:RoleSessionName", "job")
}

pub(super) fn policy(statement: &str) -> Policy {
    Policy::parse(&format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", {statement}}}]}}"#
    ))
    .unwrap()
}

/// A trust policy of one statement with this `Condition`.
pub(super) fn trusting(condition: &str) -> Policy {
    policy(&format!(
        r#""Principal": {{"Federated": "{PROVIDER}"}}, "Action": "{ACTION}", "Condition": {condition}"#
    ))
}

pub(super) fn with_request<T>(run: impl FnOnce(&Request<'_>) -> T) -> T {
    let (principal, context) = (Principal::Federated(PROVIDER.to_owned()), context());
    run(&Request {
        principal: &principal,
        action: ACTION,
        resource: None,
        context: &context,
    })
}

/// What a reason should be: its code, its sentence, and its edit in words with the effect the policy has once it is made.
pub(super) fn check(
    decision: &Decision,
    reason: &Reason,
    code: &str,
    words: &str,
    fix: Option<(&str, Effect)>,
) {
    assert_eq!((reason.code(), reason.to_string().as_str()), (code, words));
    let suggestion = reason.suggestion();
    assert_eq!(
        suggestion.as_ref().map(|edit| edit.words.as_str()),
        fix.map(|(words, _)| words)
    );
    if let (Some(edit), Some((_, effect))) = (suggestion, fix) {
        let changed = edit.apply(&decision.policy).unwrap();
        let changed = Policy::parse(&changed).unwrap_or_else(|error| panic!("{error}: {changed}"));
        assert_eq!(
            with_request(|request| decide(&changed, request)),
            effect,
            "{}",
            changed.text()
        );
    }
}

/// The reason of the first condition that failed.
pub(super) fn failed(condition: &str, code: &str, words: &str, fix: Option<(&str, Effect)>) {
    let decision = with_request(|request| evaluate(&trusting(condition), request));
    let reason = &decision.failed().next().unwrap().reason;
    check(&decision, reason, code, words, fix);
}

/// Each reason stands in one of the tables with its code.
#[test]
fn no_reason_goes_untested() {
    let tables = [
        include_str!("tests/action.rs"),
        include_str!("tests/held.rs"),
        include_str!("tests/key.rs"),
        include_str!("tests/principal.rs"),
        include_str!("tests/resource.rs"),
        include_str!("tests/subject.rs"),
        include_str!("tests/value.rs"),
    ];
    let variants = include_str!("../reason.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("    ")?.strip_suffix(" {"))
        .filter(|name| name.chars().all(char::is_alphanumeric));
    let mut count = 0;
    for variant in variants {
        let code = variant
            .chars()
            .enumerate()
            .fold(String::new(), |code, (index, letter)| {
                let dash = if letter.is_uppercase() && index > 0 {
                    "-"
                } else {
                    ""
                };
                format!("{code}{dash}{}", letter.to_lowercase())
            });
        assert!(
            tables.iter().any(|table| table.contains(&format!("\"{code}\""))),
            "no test for `{code}`"
        );
        count += 1;
    }
    assert!(count > 60, "{count} reasons found");
}
