//! `cache`: one, or a list of up to four.

use located_yaml::Node;

use crate::Cache;
use crate::entry::keys;
use crate::findings::{Findings, Location};
use crate::value::{self, Value};

const ALLOWED: [&str; 7] = [
    "key",
    "untracked",
    "paths",
    "when",
    "policy",
    "unprotect",
    "fallback_keys",
];

/// Caches of one job.
const MAX: usize = 4;

pub(crate) fn read(at: &Location, node: &Node, findings: &mut Findings) -> Option<Vec<Cache>> {
    match value::of(node) {
        Value::Hash(_) => Some(one(at, node, findings).into_iter().collect()),
        Value::List(items) => {
            if items.len() > MAX {
                let error = "caches config no more than 4 caches can be created";
                findings.entry(at, error, node.site(), None);
            }
            Some(items.iter().filter_map(|item| one(at, item, findings)).collect())
        }
        _ => {
            findings.entry(
                at,
                "config should be a hash or an array of hashes",
                node.site(),
                None,
            );
            None
        }
    }
}

fn one(at: &Location, node: &Node, findings: &mut Findings) -> Option<Cache> {
    let at = at.child("cache");
    let Value::Hash(entries) = value::of(node) else {
        findings.entry(&at, "config should be a hash", node.site(), None);
        return None;
    };
    keys::allow(&at, node, &ALLOWED, findings);
    if entries.is_empty() {
        return None; // `cache: {}` is none
    }
    let policy = node.get("policy").and_then(value::text).unwrap_or("pull-push");
    if !matches!(policy, "pull-push" | "push" | "pull") && !policy.contains('$') {
        let site = node.get("policy").map_or_else(|| node.site(), Node::site);
        let error = "policy should be a variable or one of: pull-push, push, pull";
        findings.entry(&at, error, site, None);
    }
    let key = match node.get("key").map(|key| (key, value::of(key))) {
        None | Some((_, Value::Null)) => "default".to_owned(),
        Some((_, Value::Text(key))) => key.to_owned(),
        // A key of files changes with them, which nothing here does.
        Some((key, Value::Hash(_))) => {
            let files = key.get("files").and_then(value::texts).unwrap_or_default();
            let prefix = key.get("prefix").and_then(value::text).unwrap_or_default();
            format!("{prefix}-{}", files.join("-"))
        }
        Some((key, _)) => {
            let error = "key should be a hash, a string or a symbol";
            findings.entry(&at, error, key.site(), None);
            return None;
        }
    };
    let paths = node.get("paths").filter(|paths| !value::is_null(paths));
    let texts = paths.map(value::texts);
    if let (Some(paths), Some(None)) = (paths, &texts) {
        findings.entry(&at, "paths should be an array of strings", paths.site(), None);
    }
    Some(Cache {
        key,
        paths: texts.flatten().unwrap_or_default(),
        pull: policy != "push",
        push: policy != "pull",
    })
}
