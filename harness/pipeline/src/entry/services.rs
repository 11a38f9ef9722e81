//! `services`: containers beside the job.

use located_yaml::Node;

use crate::Service;
use crate::entry::keys;
use crate::findings::{Findings, Location};
use crate::value::{self, Value};

const ALLOWED: [&str; 9] = [
    "name",
    "entrypoint",
    "command",
    "alias",
    "variables",
    "pull_policy",
    "docker",
    "kubernetes",
    "ports",
];

pub(crate) fn read(at: &Location, node: &Node, findings: &mut Findings) -> Option<Vec<Service>> {
    let Value::List(items) = value::of(node) else {
        findings.entry(at, "config should be a array", node.site(), None);
        return None;
    };
    Some(
        items
            .iter()
            .filter_map(|item| service(at, item, findings))
            .collect(),
    )
}

fn service(at: &Location, item: &Node, findings: &mut Findings) -> Option<Service> {
    let at = at.child("service");
    match value::of(item) {
        Value::Text(name) => Some(Service {
            name: name.to_owned(),
            alias: None,
        }),
        Value::Hash(_) => {
            keys::allow(&at, item, &ALLOWED, findings);
            let Some(name) = item.get("name").and_then(value::text) else {
                findings.entry(&at, "name should be a string", item.site(), None);
                return None;
            };
            Some(Service {
                name: name.to_owned(),
                alias: item.get("alias").and_then(value::text).map(str::to_owned),
            })
        }
        _ => {
            findings.entry(&at, "config should be a hash or a string", item.site(), None);
            None
        }
    }
}
