//! Keywords that can change nothing about a login: validated, and then of no consequence.

use located_yaml::Node;

use crate::findings::{Findings, Location};
use crate::value::{self, Value};

/// `tags`: the tags of the runners that may take the job.
pub(crate) fn tags(at: &Location, node: &Node, findings: &mut Findings) -> Option<Vec<String>> {
    let texts = value::texts(node);
    if texts.is_none() {
        findings.entry(at, "config should be an array of strings", node.site(), None);
    }
    texts
}

/// `interruptible`: whether a newer pipeline may cancel the job.
pub(crate) fn interruptible(at: &Location, node: &Node, findings: &mut Findings) -> Option<bool> {
    if let Value::Bool(truth) = value::of(node) {
        return Some(truth);
    }
    findings.entry(at, "config should be a boolean value", node.site(), None);
    None
}

/// `coverage`: the expression that finds the coverage in the log. Its syntax within the slashes is not checked.
pub(crate) fn coverage(at: &Location, node: &Node, findings: &mut Findings) {
    let is_expression =
        value::text(node).is_some_and(|text| text.len() > 1 && text.starts_with('/') && text.ends_with('/'));
    if !is_expression {
        findings.entry(
            at,
            "config must be a regular expression with re2 syntax",
            node.site(),
            None,
        );
    }
}

/// `resource_group`: jobs of one group run one after the other.
pub(crate) fn resource_group(at: &Location, node: &Node, findings: &mut Findings) {
    if !matches!(value::of(node), Value::Text(_)) {
        findings.entry(at, "resource group should be a string", node.site(), None);
    }
}
