//! `artifacts`: files and variables that a job leaves behind.

use located_yaml::Node;

use crate::entry::{keys, when};
use crate::findings::{Findings, Location};
use crate::value::{self, Value};
use crate::{Artifacts, When};

const ALLOWED: [&str; 10] = [
    "name",
    "untracked",
    "paths",
    "reports",
    "when",
    "expire_in",
    "expose_as",
    "exclude",
    "public",
    "access",
];

pub(crate) fn read(at: &Location, node: &Node, findings: &mut Findings) -> Option<Artifacts> {
    let Value::Hash(_) = value::of(node) else {
        findings.entry(at, "config should be a hash", node.site(), None);
        return None;
    };
    keys::allow(at, node, &ALLOWED, findings);
    let given = |key: &str| node.get(key).filter(|value| !value::is_null(value));
    let list = |key: &str, findings: &mut Findings| {
        let node = given(key)?;
        let texts = value::texts(node);
        if texts.is_none() {
            findings.entry(
                at,
                format_args!("{key} should be an array of strings"),
                node.site(),
                None,
            );
        }
        texts
    };
    let untracked = given("untracked").is_some_and(|node| match value::of(node) {
        Value::Bool(truth) => truth,
        _ => {
            findings.entry(at, "untracked should be a boolean value", node.site(), None);
            false
        }
    });
    let when = given("when").and_then(|node| {
        let when = when::parse(node, &[When::OnSuccess, When::OnFailure, When::Always]);
        if when.is_none() {
            findings.entry(
                at,
                "when should be one of: on_success, on_failure, always",
                node.site(),
                None,
            );
        }
        when
    });
    let dotenv = given("reports").and_then(|reports| {
        let Value::Hash(_) = value::of(reports) else {
            findings.entry(
                &at.child("reports"),
                "config should be a hash",
                reports.site(),
                None,
            );
            return None;
        };
        let dotenv = reports.get("dotenv").filter(|dotenv| !value::is_null(dotenv))?;
        match value::of(dotenv) {
            Value::Text(path) => Some(vec![path.to_owned()]),
            _ => {
                let texts = value::texts(dotenv);
                if texts.is_none() {
                    findings.entry(
                        &at.child("reports"),
                        "dotenv should be an array of strings or a string",
                        dotenv.site(),
                        None,
                    );
                }
                texts
            }
        }
    });
    Some(Artifacts {
        paths: list("paths", findings).unwrap_or_default(),
        exclude: list("exclude", findings).unwrap_or_default(),
        dotenv: dotenv.unwrap_or_default(),
        untracked,
        when: when.unwrap_or_default(),
    })
}
