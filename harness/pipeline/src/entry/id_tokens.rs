//! `id_tokens`: tokens by the names of their variables, each with its audience.

use indexmap::IndexMap;
use located_yaml::Node;

use crate::entry::keys;
use crate::findings::{Findings, Location};
use crate::value::{self, Value};
use crate::{Audience, IdToken};

/// The tokens; those that are wrong are reported and left out.
pub(crate) fn read(at: &Location, node: &Node, findings: &mut Findings) -> Option<IndexMap<String, IdToken>> {
    let Value::Hash(_) = value::of(node) else {
        let help = "write a mapping: the variable's name, and under it `aud`".to_owned();
        findings.entry(at, "config should be a hash", node.site(), Some(help));
        return None;
    };
    let mut tokens = IndexMap::new();
    for (name, entry) in value::entries(node) {
        // A token without anything below it is pointed at by its name.
        let span = if value::is_null(&entry.value) {
            entry.key.site()
        } else {
            entry.value.site()
        };
        if let Some(aud) = audience(&at.child(name), name, &entry.value, span, findings) {
            tokens.insert(
                name.to_owned(),
                IdToken {
                    aud,
                    span: entry.key.site(),
                },
            );
        }
    }
    Some(tokens)
}

fn audience(
    at: &Location,
    name: &str,
    node: &Node,
    span: crate::Span,
    findings: &mut Findings,
) -> Option<Audience> {
    keys::allow(at, node, &["aud"], findings);
    let aud = node.get("aud");
    if aud.is_none() {
        let help = if name == "aud" {
            "`aud` stands where a token's name should be; indent it under the name above"
        } else {
            "every ID token needs an audience below its name: `aud: https://gitlab.com`"
        };
        findings.entry(
            at,
            "config missing required keys: aud",
            span.clone(),
            Some(help.to_owned()),
        );
    }
    let read = aud.and_then(|aud| match value::of(aud) {
        Value::Text(text) => Some(Audience::One(text.to_owned())),
        _ => value::texts(aud).map(Audience::Many),
    });
    if read.is_none() {
        let span = aud.map_or(span, Node::site);
        findings.entry(at, "aud should be an array of strings or a string", span, None);
    }
    read
}
