//! `image`: a name, or a mapping with one.

use located_yaml::Node;

use crate::Image;
use crate::entry::keys;
use crate::findings::{Findings, Location};
use crate::value::{self, Value};

const ALLOWED: [&str; 5] = ["name", "entrypoint", "pull_policy", "docker", "kubernetes"];

/// The image; `None` if the value is wrong and that was reported.
pub(crate) fn read(at: &Location, node: &Node, findings: &mut Findings) -> Option<Image> {
    match value::of(node) {
        Value::Text("") => {
            findings.entry(at, "name can't be blank", node.site(), None);
            None
        }
        Value::Text(name) => Some(Image {
            name: name.to_owned(),
            entrypoint: None,
        }),
        Value::Hash(_) => read_hash(at, node, findings),
        _ => {
            findings.entry(at, "config should be a hash or a string", node.site(), None);
            None
        }
    }
}

fn read_hash(at: &Location, node: &Node, findings: &mut Findings) -> Option<Image> {
    keys::allow(at, node, &ALLOWED, findings);
    let name = match node.get("name").map(|name| (name, value::text(name))) {
        Some((_, Some(name))) if !name.trim().is_empty() => Some(name.to_owned()),
        Some((name, Some(_))) => {
            findings.entry(at, "name can't be blank", name.site(), None);
            None
        }
        other => {
            let span = other.map_or_else(|| node.site(), |(name, _)| name.site());
            findings.entry(at, "name should be a string", span, None);
            None
        }
    };
    let entrypoint = node
        .get("entrypoint")
        .filter(|entrypoint| !value::is_null(entrypoint));
    let texts = entrypoint.map(value::texts);
    if let (Some(entrypoint), Some(None)) = (entrypoint, &texts) {
        let help = Some("write a list, such as `[\"\"]`".to_owned());
        findings.entry(
            at,
            "entrypoint should be an array of strings",
            entrypoint.site(),
            help,
        );
    }
    Some(Image {
        name: name?,
        entrypoint: texts.flatten(),
    })
}
