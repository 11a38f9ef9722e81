//! `trigger`: a pipeline that a job starts.

use located_yaml::Node;

use crate::Trigger;
use crate::config::Entries;
use crate::entry::keys;
use crate::findings::{Findings, Location};
use crate::value::{self, Value};

/// Files of a child pipeline.
const MAX_INCLUDES: usize = 3;

pub(crate) fn read(at: &Location, node: &Node, findings: &mut Findings) -> Option<Trigger> {
    let trigger = Trigger {
        project: None,
        depend: false,
        forwards_yaml: true,
        forwards_pipeline: false,
        include: None,
    };
    match value::of(node) {
        Value::Text("") => {
            findings.entry(at, "config can't be blank", node.site(), None);
            None
        }
        Value::Text(project) => Some(Trigger {
            project: Some(project.to_owned()),
            ..trigger
        }),
        Value::Hash(_) => hash(at, node, trigger, findings),
        _ => {
            findings.entry(at, "has to be either a string or a hash", node.site(), None);
            None
        }
    }
}

fn hash(at: &Location, node: &Node, mut trigger: Trigger, findings: &mut Findings) -> Option<Trigger> {
    let given = |key: &str| node.get(key).filter(|value| !value::is_null(value));
    let include = given("include");
    let allowed: &[&str] = if include.is_some() {
        &["strategy", "include", "forward", "inputs"]
    } else {
        &["project", "branch", "strategy", "forward", "inputs"]
    };
    keys::allow(at, node, allowed, findings);
    if let Some(inputs) = given("inputs") {
        findings.not_supported("trigger:inputs", inputs.site());
    }
    if let Some(strategy) = given("strategy") {
        match value::text(strategy) {
            Some("depend" | "mirror") => trigger.depend = true,
            _ => findings.entry(at, "strategy should be depend or mirror", strategy.site(), None),
        }
    }
    if let Some(forward) = given("forward") {
        let at = at.child("forward");
        keys::allow(&at, forward, &["yaml_variables", "pipeline_variables"], findings);
        let mut boolean =
            |key: &str, place: &mut bool| match forward.get(key).map(|node| (node, value::of(node))) {
                None | Some((_, Value::Null)) => {}
                Some((_, Value::Bool(truth))) => *place = truth,
                Some((node, _)) => {
                    let shown = key.replace('_', " ");
                    findings.entry(
                        &at,
                        format_args!("{shown} should be a boolean value"),
                        node.site(),
                        None,
                    );
                }
            };
        boolean("yaml_variables", &mut trigger.forwards_yaml);
        boolean("pipeline_variables", &mut trigger.forwards_pipeline);
    }
    match include {
        Some(include) => {
            if include
                .as_sequence()
                .is_some_and(|items| items.len() > MAX_INCLUDES)
            {
                let error = format!("config is too long (maximum is {MAX_INCLUDES})");
                findings.entry(&at.child("include"), error, include.site(), None);
            }
            trigger.include = Some(Entries(include.clone()));
        }
        None => match given("project").map(|project| (project, value::text(project))) {
            Some((_, Some(project))) => trigger.project = Some(project.to_owned()),
            Some((project, None)) => findings.entry(at, "project should be a string", project.site(), None),
            None => {
                findings.entry(at, "project can't be blank", node.site(), None);
                return None;
            }
        },
    }
    Some(trigger)
}
