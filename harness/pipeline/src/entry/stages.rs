//! `stages`: the file's own between `.pre` and `.post`.

use located_yaml::Node;

use crate::findings::{Findings, Location};
use crate::value::{self, Value};

/// The stages of a file that names none.
const DEFAULT: [&str; 3] = ["build", "test", "deploy"];

/// The first and the last stage of every pipeline.
const EDGES: [&str; 2] = [".pre", ".post"];

/// Lists within lists.
const MAX_NESTING_LEVEL: usize = 10;

/// The stages in order; `None` if the value is wrong and that was reported.
pub(crate) fn read(node: Option<&Node>, findings: &mut Findings) -> Option<Vec<String>> {
    let Some(node) = node.filter(|node| !value::is_null(node)) else {
        return Some(wrap(DEFAULT.into_iter().map(str::to_owned)));
    };
    let mut stages = Vec::new();
    let is_list = matches!(value::of(node), Value::List(_));
    if !is_list || !collect(node, MAX_NESTING_LEVEL, &mut stages) {
        let error = format!(
            "config should be an array of strings or a nested array of strings up to {MAX_NESTING_LEVEL} levels deep"
        );
        findings.entry(&Location::root("stages"), error, node.site(), None);
        return None;
    }
    // GitLab adds the edges only to a list that has something in it.
    Some(if stages.is_empty() {
        stages
    } else {
        wrap(stages.into_iter())
    })
}

fn collect(node: &Node, levels: usize, stages: &mut Vec<String>) -> bool {
    match value::of(node) {
        Value::Text(text) => {
            stages.push(text.to_owned());
            true
        }
        Value::List(items) if levels > 0 => items.iter().all(|item| collect(item, levels - 1, stages)),
        _ => false,
    }
}

fn wrap(stages: impl Iterator<Item = String>) -> Vec<String> {
    let [first, last] = EDGES.map(str::to_owned);
    let between = stages.filter(|stage| !EDGES.contains(&stage.as_str()));
    std::iter::once(first)
        .chain(between)
        .chain(std::iter::once(last))
        .collect()
}
