//! `retry` and `allow_failure`: what happens when a job fails.

use located_yaml::Node;

use crate::entry::keys;
use crate::findings::{Findings, Location};
use crate::value::{self, Value};
use crate::{AllowFailure, Retry};

/// The reasons that `retry:when` may name. Source: GitLab docs, `retry:when`.
const REASONS: [&str; 16] = [
    "always",
    "unknown_failure",
    "script_failure",
    "api_failure",
    "stuck_or_timeout_failure",
    "runner_system_failure",
    "runner_unsupported",
    "stale_schedule",
    "job_execution_timeout",
    "archived_failure",
    "unmet_prerequisites",
    "scheduler_failure",
    "data_integrity_failure",
    "runner_provisioning_timeout",
    "job_token_expired",
    "no_matching_runner",
];

pub(crate) fn read(at: &Location, node: &Node, findings: &mut Findings) -> Option<Retry> {
    match value::of(node) {
        Value::Int(_) | Value::Float(_) => times(at, "config", node, findings).map(|max| Retry {
            max,
            ..Retry::default()
        }),
        Value::Hash(_) => {
            keys::allow(at, node, &["max", "when", "exit_codes"], findings);
            let given = |key: &str| node.get(key).filter(|value| !value::is_null(value));
            let max = given("max").map_or(Some(0), |node| times(at, "max", node, findings));
            let when = given("when").map(|node| reasons(at, node, findings));
            let exit_codes = given("exit_codes").and_then(|node| exit_codes(at, node, findings));
            Some(Retry {
                max: max?,
                when: when.unwrap_or_default(),
                exit_codes: exit_codes.unwrap_or_default(),
            })
        }
        _ => {
            findings.entry(
                at,
                "config has to be either an integer or a hash",
                node.site(),
                None,
            );
            None
        }
    }
}

fn times(at: &Location, attribute: &str, node: &Node, findings: &mut Findings) -> Option<u32> {
    let error = match value::of(node) {
        Value::Int(digits) => match digits.parse::<i64>() {
            Ok(number @ 0..=2) => return u32::try_from(number).ok(),
            Ok(number) if number < 0 => "must be greater than or equal to 0",
            _ => "must be less than or equal to 2",
        },
        Value::Float(_) => "must be an integer",
        _ => "is not a number",
    };
    findings.entry(at, format_args!("{attribute} {error}"), node.site(), None);
    None
}

fn reasons(at: &Location, node: &Node, findings: &mut Findings) -> Vec<String> {
    let one = value::text(node);
    let Some(texts) = one
        .map(|text| vec![text.to_owned()])
        .or_else(|| value::texts(node))
    else {
        findings.entry(
            at,
            "when should be an array of strings or a string",
            node.site(),
            None,
        );
        return Vec::new();
    };
    let unknown: Vec<_> = texts
        .iter()
        .filter(|text| !REASONS.contains(&text.as_str()))
        .map(String::as_str)
        .collect();
    if let Some(first) = unknown.first() {
        let error = if one.is_some() {
            "when is not included in the list".to_owned()
        } else {
            format!("when contains unknown values: {}", unknown.join(", "))
        };
        let help = crate::nearest::did_you_mean(first, REASONS);
        findings.entry(at, error, node.site(), help);
    }
    texts
}

fn exit_codes(at: &Location, node: &Node, findings: &mut Findings) -> Option<Vec<i32>> {
    let code = |node: &Node| match value::of(node) {
        Value::Int(digits) => digits.parse().ok(),
        _ => None,
    };
    let codes = match value::of(node) {
        Value::List(items) => items.iter().map(code).collect(),
        _ => code(node).map(|code| vec![code]),
    };
    if codes.is_none() {
        let error = "exit codes should be an array of integers or an integer";
        findings.entry(at, error, node.site(), None);
    }
    codes
}

/// `allow_failure`; a bridge cannot name exit codes.
pub(crate) fn allow_failure(
    at: &Location,
    node: &Node,
    is_bridge: bool,
    findings: &mut Findings,
) -> Option<AllowFailure> {
    match value::of(node) {
        Value::Bool(true) => Some(AllowFailure::Yes),
        Value::Bool(false) => Some(AllowFailure::No),
        Value::Hash(_) if !is_bridge => {
            let at = at.child("allow_failure");
            keys::allow(&at, node, &["exit_codes"], findings);
            exit_codes(&at, node.get("exit_codes")?, findings).map(AllowFailure::ExitCodes)
        }
        _ => {
            let error = if is_bridge {
                "allow failure should be a boolean value"
            } else {
                "allow failure should be a hash or a boolean value"
            };
            findings.entry(at, error, node.site(), None);
            None
        }
    }
}
