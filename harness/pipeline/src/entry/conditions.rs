//! `if`, `changes` and `exists` of a rule.

use located_yaml::Node;

use crate::conditions::{Changes, Conditions, Exists};
use crate::entry::keys;
use crate::expression::{self, Expression};
use crate::findings::{Findings, Location};
use crate::value::{self, Value};

/// Patterns of one rule.
const MAX_PATTERNS: usize = 50;

/// The keys that are conditions.
pub(crate) const KEYS: [&str; 3] = ["if", "changes", "exists"];

pub(crate) fn read(at: &Location, rule: &Node, findings: &mut Findings) -> Conditions {
    let given = |key: &str| rule.get(key).filter(|value| !value::is_null(value));
    Conditions {
        expression: given("if").and_then(|node| expression(at, node, findings)),
        changes: given("changes").and_then(|node| changes(&at.child("changes"), node, findings)),
        exists: given("exists").and_then(|node| exists(at, node, findings)),
    }
}

fn expression(at: &Location, node: &Node, findings: &mut Findings) -> Option<Expression> {
    let parsed = value::text(node).and_then(|text| Expression::parse(text).ok());
    if parsed.is_none() {
        let text = node.as_str().unwrap_or_default();
        let help = if text.contains("${") {
            Some("an expression names a variable without braces: `$NAME`".to_owned())
        } else if text.contains("(?") {
            Some("RE2 has no lookahead and no lookbehind".to_owned())
        } else {
            None
        };
        findings.entry(at, format_args!("if {}", expression::INVALID), node.site(), help);
    }
    parsed
}

pub(crate) fn changes(at: &Location, node: &Node, findings: &mut Findings) -> Option<Changes> {
    match value::of(node) {
        Value::List(_) => Some(Changes {
            paths: paths(at, "config", node, findings)?,
            compares: false,
        }),
        Value::Hash(_) => {
            keys::allow(at, node, &["paths", "compare_to"], findings);
            let Some(listed) = node.get("paths") else {
                findings.entry(at, "config missing required keys: paths", node.site(), None);
                return None;
            };
            Some(Changes {
                paths: paths(at, "paths", listed, findings)?,
                compares: node.get("compare_to").is_some_and(|to| !value::is_null(to)),
            })
        }
        _ => {
            findings.entry(at, "config should be an array or a hash", node.site(), None);
            None
        }
    }
}

fn exists(at: &Location, node: &Node, findings: &mut Findings) -> Option<Exists> {
    let at = &at.child("exists");
    if let Value::Hash(_) = value::of(node) {
        keys::allow(at, node, &["paths", "project", "ref"], findings);
        let text = |key: &str| node.get(key).and_then(value::text).map(str::to_owned);
        let listed = node.get("paths")?;
        return Some(Exists {
            paths: paths(at, "paths", listed, findings)?,
            project: text("project"),
            reference: text("ref"),
        });
    }
    Some(Exists {
        paths: paths(at, "config", node, findings)?,
        project: None,
        reference: None,
    })
}

fn paths(at: &Location, attribute: &str, node: &Node, findings: &mut Findings) -> Option<Vec<String>> {
    let Some(paths) = value::texts(node) else {
        let error = format!("{attribute} should be an array of strings");
        findings.entry(at, error, node.site(), None);
        return None;
    };
    if paths.len() > MAX_PATTERNS {
        let error = format!("{attribute} has too many entries (maximum {MAX_PATTERNS})");
        findings.entry(at, error, node.site(), None);
    }
    Some(paths)
}
