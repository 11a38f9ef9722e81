//! `environment`.

use located_yaml::Node;

use crate::Environment;
use crate::entry::keys;
use crate::findings::{Findings, Location};
use crate::value::{self, Value};

const ALLOWED: [&str; 7] = [
    "name",
    "url",
    "action",
    "on_stop",
    "auto_stop_in",
    "kubernetes",
    "deployment_tier",
];

const ACTIONS: [&str; 5] = ["start", "stop", "prepare", "verify", "access"];

const TIERS: [&str; 5] = ["production", "staging", "testing", "development", "other"];

pub(crate) fn read(at: &Location, node: &Node, findings: &mut Findings) -> Option<Environment> {
    let name = match value::of(node) {
        Value::Text(name) => Some((node, name)),
        Value::Hash(_) => node
            .get("name")
            .and_then(|name| value::text(name).map(|text| (name, text))),
        _ => {
            findings.entry(at, "config should be a hash or a string", node.site(), None);
            return None;
        }
    };
    if node.as_mapping().is_some() {
        keys::allow(at, node, &ALLOWED, findings);
    }
    let Some((place, name)) = name.filter(|(_, name)| !name.trim().is_empty()) else {
        findings.entry(at, "name can't be blank", node.site(), None);
        return None;
    };
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_\\/-${}. ".contains(c);
    if !name.chars().all(allowed) || name.starts_with('/') || name.ends_with('/') {
        let error = "name can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot start or end with '/'";
        findings.entry(at, error, place.site(), None);
    }
    let text = |key: &str, findings: &mut Findings| {
        let given = node.get(key).filter(|value| !value::is_null(value))?;
        let text = value::text(given);
        if text.is_none() {
            let shown = key.replace('_', " ");
            findings.entry(at, format_args!("{shown} should be a string"), given.site(), None);
        }
        text.map(|text| (given, text.to_owned()))
    };
    let url = text("url", findings);
    if let Some((place, url)) = &url
        && url.chars().count() > 255
    {
        findings.entry(
            at,
            "url is too long (maximum is 255 characters)",
            place.site(),
            None,
        );
    }
    let mut one_of = |key: &str, allowed: &[&str], error: &str| {
        let (place, word) = text(key, findings)?;
        if allowed.contains(&word.as_str()) {
            return Some(word);
        }
        findings.entry(at, error, place.site(), None);
        None
    };
    let action = one_of(
        "action",
        &ACTIONS,
        "action should be start, stop, prepare, verify, or access",
    );
    let tier = one_of(
        "deployment_tier",
        &TIERS,
        "deployment tier must be one of production, staging, testing, development, or other",
    );
    Some(Environment {
        name: name.to_owned(),
        url: url.map(|(_, url)| url),
        action: action.unwrap_or_else(|| "start".to_owned()),
        tier,
        on_stop: text("on_stop", findings).map(|(_, job)| job),
    })
}
