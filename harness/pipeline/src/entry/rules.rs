//! `rules` of a job and of `workflow`.

use indexmap::IndexMap;
use located_yaml::Node;

use crate::conditions::Conditions;
use crate::entry::{conditions, duration, keys, needs, variables, when};
use crate::findings::{Findings, Location};
use crate::value::{self, Value};
use crate::{Span, VariableValue, When};

/// Lists within lists.
const MAX_NESTING_LEVEL: usize = 10;

/// One rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) conditions: Conditions,
    pub(crate) when: Option<When>,
    pub(crate) start_in: Option<u64>,
    pub(crate) allow_failure: Option<bool>,
    pub(crate) variables: IndexMap<String, VariableValue>,
    pub(crate) needs: Option<Vec<needs::Written>>,
    pub(crate) span: Span,
}

/// Where rules stand, and so what they may say.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Owner {
    Job,
    Workflow,
}

impl Owner {
    fn keys(self) -> &'static [&'static str] {
        match self {
            Owner::Job => &[
                "if",
                "changes",
                "exists",
                "when",
                "start_in",
                "allow_failure",
                "variables",
                "needs",
                "interruptible",
            ],
            Owner::Workflow => &["if", "changes", "exists", "when", "variables", "auto_cancel"],
        }
    }

    fn whens(self) -> &'static [When] {
        match self {
            Owner::Job => &when::OF_RULE,
            Owner::Workflow => &[When::Always, When::Never],
        }
    }
}

/// The rules; `None` if the value is wrong and that was reported.
pub(crate) fn read(at: &Location, node: &Node, owner: Owner, findings: &mut Findings) -> Option<Vec<Rule>> {
    let mut flat = Vec::new();
    let is_list = matches!(value::of(node), Value::List(_));
    if !is_list || !collect(node, MAX_NESTING_LEVEL, &mut flat) {
        // The job says so, or the file's workflow.
        let error = match owner {
            Owner::Job => "rules should be an array containing hashes and arrays of hashes",
            Owner::Workflow => "config should be an array",
        };
        let at = if let Owner::Job = owner {
            at.clone()
        } else {
            at.child("rules")
        };
        findings.entry(&at, error, node.site(), None);
        return None;
    }
    let at = at.child("rules").child("rule");
    Some(
        flat.into_iter()
            .map(|rule| read_rule(&at, rule, owner, findings))
            .collect(),
    )
}

fn collect<'n>(node: &'n Node, levels: usize, flat: &mut Vec<&'n Node>) -> bool {
    match value::of(node) {
        Value::Hash(_) => {
            flat.push(node);
            true
        }
        Value::List(items) if levels > 0 => items.iter().all(|item| collect(item, levels - 1, flat)),
        _ => false,
    }
}

fn read_rule(at: &Location, rule: &Node, owner: Owner, findings: &mut Findings) -> Rule {
    keys::allow(at, rule, owner.keys(), findings);
    let given = |key: &str| rule.get(key).filter(|value| !value::is_null(value));
    if rule.as_mapping().is_some_and(<[_]>::is_empty) {
        findings.entry(at, "config can't be blank", rule.site(), None);
    }
    let when = given("when").and_then(|node| match when::parse(node, owner.whens()) {
        Some(when) => Some(when),
        None => {
            let shown = value::of(node).to_text().unwrap_or_default();
            findings.entry(at, format_args!("when unknown value: {shown}"), node.site(), None);
            None
        }
    });
    let start_in = given("start_in");
    match (when, start_in) {
        (Some(When::Delayed), None) => findings.entry(at, "start in should be a duration", rule.site(), None),
        (Some(When::Delayed), Some(_)) | (_, None) => {}
        (_, Some(node)) => {
            findings.entry(at, "config contains disallowed keys: start_in", node.site(), None);
        }
    }
    let allow_failure = given("allow_failure").and_then(|node| match value::of(node) {
        Value::Bool(truth) => Some(truth),
        _ => {
            findings.entry(at, "allow failure should be a boolean value", node.site(), None);
            None
        }
    });
    if let Some(node) = given("interruptible")
        && !matches!(value::of(node), Value::Bool(_))
    {
        findings.entry(at, "interruptible should be a boolean value", node.site(), None);
    }
    Rule {
        conditions: conditions::read(at, rule, findings),
        when,
        start_in: start_in.and_then(|node| duration::seconds(at, "start in", node, duration::WEEK, findings)),
        allow_failure,
        variables: variables::read(
            &at.child("variables"),
            given("variables"),
            variables::OF_RULE,
            findings,
        ),
        needs: given("needs").and_then(|node| needs::read(&at.child("needs"), node, findings)),
        span: rule.site(),
    }
}
