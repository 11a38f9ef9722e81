//! `workflow`: whether there is a pipeline at all.

use located_yaml::Node;

use crate::entry::keys;
use crate::entry::rules::{self, Owner, Rule};
use crate::findings::{Findings, Location};
use crate::value::{self, Value};

/// What decides about the pipeline.
#[derive(Clone, Debug, Default)]
pub(crate) struct Workflow {
    pub(crate) name: Option<String>,
    pub(crate) rules: Option<Vec<Rule>>,
}

pub(crate) fn read(node: Option<&Node>, findings: &mut Findings) -> Workflow {
    let at = Location::root("workflow");
    let Some(node) = node.filter(|node| !value::is_null(node)) else {
        return Workflow::default();
    };
    let Value::Hash(_) = value::of(node) else {
        findings.entry(&at, "config should be a hash", node.site(), None);
        return Workflow::default();
    };
    keys::allow(&at, node, &["rules", "name", "auto_cancel"], findings);
    let given = |key: &str| node.get(key).filter(|value| !value::is_null(value));
    if let Some(name) = given("name")
        && value::text(name).is_none()
    {
        findings.entry(&at, "name should be a string", name.site(), None);
    }
    Workflow {
        name: given("name").and_then(value::text).map(str::to_owned),
        rules: given("rules").and_then(|node| rules::read(&at, node, Owner::Workflow, findings)),
    }
}
