//! A well-formed trust policy with any operators, keys and values, against any request: the short decision is the long one,
//! another Deny never allows, and following an edit leaves a policy.

#![no_main]

use arbitrary::Arbitrary;
use iam_policy::{Context, Effect, Policy, Principal, Request, decide, evaluate};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};

const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/gitlab.com";
const WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";
const COMPARISONS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotEquals",
    "ArnLike",
    "ArnNotLike",
    "Null",
];
const KEYS: [&str; 6] = [
    "gitlab.com:sub",
    "gitlab.com:aud",
    "https://gitlab.com:sub",
    "gitlab.com:project_path",
    "aws:TagKeys",
    "aws:SourceIp",
];

#[derive(Arbitrary, Debug)]
struct Input {
    old_version: bool,
    statements: Vec<Statement>,
    deny: Statement,
    subject: String,
    tags: Option<Vec<String>>,
    other: Option<(u8, String)>,
}

#[derive(Arbitrary, Debug)]
struct Statement {
    denies: bool,
    principal: Option<String>,
    action: Option<String>,
    conditions: Vec<Condition>,
}

#[derive(Arbitrary, Debug)]
struct Condition {
    quantifier: u8,
    comparison: u8,
    if_exists: bool,
    key: u8,
    values: Vec<String>,
}

fuzz_target!(|input: Input| {
    let mut statements: Vec<Value> = input.statements.iter().map(Statement::json).collect();
    let version = if input.old_version {
        "2008-10-17"
    } else {
        "2012-10-17"
    };
    let text = |statements: &[Value]| json!({"Version": version, "Statement": statements}).to_string();
    let Ok(policy) = Policy::parse(&text(&statements)) else {
        return;
    };
    let mut context = Context::new()
        .with("gitlab.com:sub", input.subject.as_str())
        .with("gitlab.com:aud", "https://gitlab.com");
    if let Some((key, value)) = &input.other {
        context.insert(pick(&KEYS, *key), value.as_str());
    }
    if let Some(tags) = &input.tags {
        context.insert("aws:TagKeys", tags.clone());
    }
    let request = Request {
        principal: &Principal::Federated(PROVIDER.to_owned()),
        action: WEB_IDENTITY,
        resource: None,
        context: &context,
    };

    let decision = evaluate(&policy, &request);
    assert_eq!(decide(&policy, &request), decision.effect);
    serde_json::to_string(&decision).expect("decisions are JSON");
    assert!(!decision.summary().is_empty());
    for edit in decision.reasons().iter().filter_map(|reason| reason.suggestion()) {
        let changed = edit.apply(policy.text()).expect("the edit is for this text");
        Policy::parse(&changed).expect("a policy stays one with the edit");
    }

    let deny = Statement {
        denies: true,
        ..input.deny
    };
    statements.push(deny.json());
    if let Ok(stricter) = Policy::parse(&text(&statements)) {
        let after = decide(&stricter, &request);
        assert!(after == decision.effect || after == Effect::ExplicitDeny);
    }
});

impl Statement {
    fn json(&self) -> Value {
        let mut condition = Map::new();
        for part in &self.conditions {
            let keys = condition.entry(part.operator()).or_insert_with(|| json!({}));
            keys[pick(&KEYS, part.key)] = json!(part.values);
        }
        json!({
            "Effect": if self.denies { "Deny" } else { "Allow" },
            "Principal": {"Federated": self.principal.as_deref().unwrap_or(PROVIDER)},
            "Action": self.action.as_deref().unwrap_or(WEB_IDENTITY),
            "Condition": condition,
        })
    }
}

impl Condition {
    fn operator(&self) -> String {
        let quantifier = pick(&["", "ForAnyValue:", "ForAllValues:"], self.quantifier);
        let comparison = pick(&COMPARISONS, self.comparison);
        let suffix = if self.if_exists { "IfExists" } else { "" };
        format!("{quantifier}{comparison}{suffix}")
    }
}

fn pick<'a>(list: &[&'a str], place: u8) -> &'a str {
    list[usize::from(place) % list.len()]
}
