//! `variables`, of the file and of a job: scalars, or mappings with a `value`.

use indexmap::IndexMap;
use located_yaml::{Entry, Node};

use crate::VariableValue;
use crate::findings::{Findings, Location};
use crate::nearest::did_you_mean;
use crate::value::{self, Value};

/// What a mapping under a variable of the file may say.
pub(crate) const OF_FILE: &[&str] = &["value", "description", "expand", "options"];

/// What a mapping under a variable of a job may say.
pub(crate) const OF_JOB: &[&str] = &["value", "expand"];

/// What a mapping under a variable of a rule may say: none is allowed there.
pub(crate) const OF_RULE: &[&str] = &[];

/// The variables; those that are wrong are reported and left out.
pub(crate) fn read(
    at: &Location,
    node: Option<&Node>,
    allowed: &[&str],
    findings: &mut Findings,
) -> IndexMap<String, VariableValue> {
    let mut variables = IndexMap::new();
    let Some(node) = node.filter(|node| !value::is_null(node)) else {
        return variables;
    };
    let Value::Hash(_) = value::of(node) else {
        findings.entry(at, "config should be a hash", node.site(), None);
        return variables;
    };
    for (name, entry) in value::entries(node) {
        if let Some(value) = variable(&at.child(name), entry, allowed, findings) {
            variables.insert(name.to_owned(), value);
        }
    }
    variables
}

fn variable(
    at: &Location,
    entry: &Entry,
    allowed: &[&str],
    findings: &mut Findings,
) -> Option<VariableValue> {
    if !matches!(value::of(&entry.key), Value::Text(_) | Value::Int(_)) {
        findings.entry(at, "key must be an alphanumeric string", entry.key.site(), None);
    }
    let node = &entry.value;
    match value::of(node) {
        // GitLab takes a missing value for an empty mapping, whose value is empty.
        Value::Null => Some(VariableValue {
            text: String::new(),
            expand: true,
            span: entry.key.site(),
        }),
        Value::Hash(_) if allowed.is_empty() => {
            findings.entry(at, "config must be a scalar", node.site(), None);
            None
        }
        Value::Hash(_) => mapping(at, node, allowed, findings),
        Value::List(_) => {
            let message = "variable definition must be either a string or a hash";
            findings.plain(
                message,
                node.site(),
                Some("a variable holds text; join the items into one string".to_owned()),
            );
            None
        }
        // Current GitLab takes every scalar and keeps what Ruby prints of it: `yes` becomes `true`, `3.10` becomes `3.1`.
        scalar => Some(VariableValue {
            text: scalar.to_text()?,
            expand: true,
            span: node.site(),
        }),
    }
}

fn mapping(at: &Location, node: &Node, allowed: &[&str], findings: &mut Findings) -> Option<VariableValue> {
    for (key, entry) in value::entries(node) {
        if !allowed.contains(&key) {
            let error = format!("config uses invalid data keys: {key}");
            findings.entry(
                at,
                error,
                entry.key.site(),
                did_you_mean(key, allowed.iter().copied()),
            );
        }
    }
    let given = |key: &str| node.get(key).filter(|value| !value::is_null(value));
    if let Some(description) = given("description")
        && !matches!(value::of(description), Value::Text(_) | Value::Int(_))
    {
        findings.entry(
            at,
            "config description must be an alphanumeric string",
            description.site(),
            None,
        );
    }
    let expand = match given("expand").map(|expand| (expand, value::of(expand))) {
        None => true,
        Some((_, Value::Bool(expand))) => expand,
        Some((expand, _)) => {
            findings.entry(at, "config expand should be a boolean value", expand.site(), None);
            true
        }
    };
    let value = given("value");
    let text = value.map_or(Some(String::new()), |value| value::of(value).to_text());
    if let (Some(value), None) = (value, &text) {
        findings.entry(at, "config value must be a scalar", value.site(), None);
    }
    if let Some(options) = given("options") {
        check_options(at, options, value, findings);
    }
    let span = value.map_or_else(|| node.site(), Node::site);
    Some(VariableValue {
        text: text?,
        expand,
        span,
    })
}

/// The value has to be one of the options.
fn check_options(at: &Location, options: &Node, value: Option<&Node>, findings: &mut Findings) {
    let Some(texts) = value::texts(options) else {
        findings.entry(
            at,
            "config options should be an array of strings",
            options.site(),
            None,
        );
        return;
    };
    let value_text = value.and_then(value::text);
    if !texts.is_empty() && !value_text.is_some_and(|text| texts.iter().any(|option| option == text)) {
        let span = value.map_or_else(|| options.site(), Node::site);
        findings.entry(at, "config value must be present in options", span, None);
    }
}
