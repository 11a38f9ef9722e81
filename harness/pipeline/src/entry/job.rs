//! One job: its keywords and what GitLab requires of them.

use indexmap::IndexMap;
use located_yaml::{Entry, Node};

use crate::entry::inherit::{self, Inherit};
use crate::entry::inheritable::Inheritable;
use crate::entry::parallel::{self, Parallel};
use crate::entry::policy::{self, Policy};
use crate::entry::rules::{self, Owner, Rule};
use crate::entry::{
    commands, duration, environment, inert, keys, needs, retry, secrets, trigger, variables, when,
};
use crate::findings::{Findings, Location};
use crate::keyword::{BRIDGE, JOB};
use crate::value::{self, Value};
use crate::{AllowFailure, Environment, Secret, Span, Trigger, VariableValue, When};

/// The stage of a job that names none.
const DEFAULT_STAGE: &str = "test";

/// Characters of a name.
const MAX_NAME: usize = 255;

/// A job as it is written, with what it extends.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) name: String,
    pub(crate) stage: String,
    /// The place to point at when the stage does not exist.
    pub(crate) stage_span: Span,
    pub(crate) script: Vec<String>,
    pub(crate) trigger: Option<Trigger>,
    pub(crate) variables: IndexMap<String, VariableValue>,
    pub(crate) secrets: IndexMap<String, Secret>,
    pub(crate) inheritable: Inheritable,
    pub(crate) inherit: Inherit,
    pub(crate) rules: Option<Vec<Rule>>,
    pub(crate) only: Option<Policy>,
    pub(crate) except: Option<Policy>,
    pub(crate) when: Option<When>,
    pub(crate) start_in: Option<u64>,
    pub(crate) allow_failure: Option<AllowFailure>,
    pub(crate) needs: Option<Vec<needs::Written>>,
    pub(crate) dependencies: Option<Vec<String>>,
    pub(crate) environment: Option<Environment>,
    pub(crate) parallel: Option<Parallel>,
    pub(crate) resource_group: Option<String>,
    pub(crate) span: Span,
    pub(crate) places: IndexMap<&'static str, Span>,
}

/// Reads a job that has a script.
pub(crate) fn read(name: &str, entry: &Entry, findings: &mut Findings) -> Written {
    let at = Location::root("jobs").child(name);
    let node = &entry.value;
    keys::check(&at, node, JOB, findings);
    exclusive(&at, node, &["script", "run"], findings);
    exclusive(&at, node, &["script", "trigger"], findings);
    let given = |key: &str| node.get(key).filter(|value| !value::is_null(value));
    if let Some(coverage) = given("coverage") {
        inert::coverage(&at.child("coverage"), coverage, findings);
    }
    let mut written = common(&at, name, entry, &when::OF_JOB, findings);
    written.inheritable = Inheritable::read(node, |key| at.child(key), findings);
    written.script = script(&at, node, findings);
    written.secrets = given("secrets")
        .and_then(|node| secrets::read(&at.child("secrets"), node, findings))
        .unwrap_or_default();
    written.dependencies = given("dependencies").and_then(|node| {
        let texts = value::texts(node);
        if texts.is_none() {
            findings.entry(
                &at,
                "dependencies should be an array of strings",
                node.site(),
                None,
            );
        }
        texts
    });
    if let (Some(dependencies), Some(needs)) = (&written.dependencies, &written.needs)
        && !needs.is_empty()
    {
        let missing: Vec<_> = dependencies
            .iter()
            .filter(|name| needs.iter().all(|need| need.job != **name))
            .map(String::as_str)
            .collect();
        if !missing.is_empty() {
            let error = format!("dependencies the {} should be part of needs", missing.join(", "));
            let site = node.get("dependencies").map_or_else(|| node.site(), Node::site);
            findings.entry(&at, error, site, None);
        }
    }
    start_in(&at, node, &mut written, findings);
    written
}

/// Reads a job that starts another pipeline.
pub(crate) fn read_bridge(name: &str, entry: &Entry, findings: &mut Findings) -> Written {
    let at = Location::root("jobs").child(name);
    let node = &entry.value;
    keys::check(&at, node, BRIDGE, findings);
    let mut written = common(&at, name, entry, &when::OF_BRIDGE, findings);
    match node.get("trigger").filter(|trigger| !value::is_null(trigger)) {
        Some(trigger) => written.trigger = trigger::read(&at.child("trigger"), trigger, findings),
        None => {
            let error = "config should contain either a trigger or a needs:pipeline";
            findings.entry(&at, error, entry.key.site(), None);
        }
    }
    if let Some(node) = node.get("interruptible").filter(|node| !value::is_null(node)) {
        written.inheritable.interruptible = inert::interruptible(&at.child("interruptible"), node, findings);
    }
    written
}

/// What both kinds of jobs may say.
fn common(at: &Location, name: &str, entry: &Entry, whens: &[When], findings: &mut Findings) -> Written {
    let node = &entry.value;
    let is_bridge = whens.len() == when::OF_BRIDGE.len();
    check_name(at, name, entry, findings);
    check_extends(at, node, findings);
    let given = |key: &str| node.get(key).filter(|value| !value::is_null(value));
    if let Some(group) = given("resource_group") {
        inert::resource_group(at, group, findings);
    }
    let mut places = IndexMap::new();
    for key in [
        "script",
        "trigger",
        "stage",
        "variables",
        "inherit",
        "rules",
        "needs",
        "environment",
        "when",
    ] {
        if let Some(value) = given(key) {
            places.insert(key, value.site());
        }
    }
    let rules = given("rules");
    for key in ["only", "except", "start_in"] {
        if let (Some(_), Some(value)) = (rules, given(key)) {
            let error = format!("config key may not be used with `rules`: {key}");
            findings.entry(at, error, value.site(), None);
        }
    }
    let (stage, stage_span) = stage(at, entry, findings);
    Written {
        name: name.to_owned(),
        stage,
        stage_span,
        script: Vec::new(),
        trigger: None,
        variables: variables::read(
            &at.child("variables"),
            node.get("variables"),
            variables::OF_JOB,
            findings,
        ),
        secrets: IndexMap::new(),
        inheritable: Inheritable::default(),
        inherit: inherit::read(&at.child("inherit"), node.get("inherit"), findings),
        rules: rules.and_then(|node| rules::read(at, node, Owner::Job, findings)),
        only: given("only").and_then(|node| policy::read(&at.child("only"), node, findings)),
        except: given("except").and_then(|node| policy::read(&at.child("except"), node, findings)),
        when: when::read(at, node.get("when"), whens, findings),
        start_in: None,
        allow_failure: given("allow_failure")
            .and_then(|node| retry::allow_failure(at, node, is_bridge, findings)),
        needs: given("needs").and_then(|node| needs::read(&at.child("needs"), node, findings)),
        dependencies: None,
        environment: given("environment")
            .and_then(|node| environment::read(&at.child("environment"), node, findings)),
        parallel: given("parallel").and_then(|node| parallel::read(&at.child("parallel"), node, findings)),
        resource_group: given("resource_group").and_then(value::text).map(str::to_owned),
        span: entry.key.span.clone(),
        places,
    }
}

/// `start_in` belongs to a delayed job, and to no other.
fn start_in(at: &Location, node: &Node, written: &mut Written, findings: &mut Findings) {
    let given = node.get("start_in").filter(|value| !value::is_null(value));
    match (written.when, given) {
        (Some(When::Delayed), Some(given)) => {
            written.start_in = duration::seconds(at, "start in", given, duration::WEEK, findings);
        }
        (Some(When::Delayed), None) if written.rules.is_none() => {
            findings.entry(at, "start in should be a duration", written.span.clone(), None);
        }
        (_, Some(given)) if written.rules.is_none() => {
            findings.entry(at, "start in must be blank", given.site(), None);
        }
        _ => {}
    }
}

fn check_name(at: &Location, name: &str, entry: &Entry, findings: &mut Findings) {
    if name.trim().is_empty() {
        findings.entry(at, "name can't be blank", entry.key.site(), None);
    } else if !matches!(value::of(&entry.key), Value::Text(_)) {
        let help = Some(format!(
            "unquoted, this name is {}",
            value::of(&entry.key).kind_name()
        ));
        findings.entry(at, "name should be a symbol", entry.key.site(), help);
    }
    if name.chars().count() > MAX_NAME {
        findings.entry(
            at,
            format_args!("name is too long (maximum is {MAX_NAME} characters)"),
            entry.key.site(),
            None,
        );
    }
}

/// Reports the second of two keys that exclude each other.
fn exclusive(at: &Location, node: &Node, pair: &[&str; 2], findings: &mut Findings) {
    if let (Some(_), Some(second)) = (node.entry(pair[0]), node.entry(pair[1])) {
        let error = format!("config these keys cannot be used together: {}", pair.join(", "));
        findings.entry(at, error, second.key.site(), None);
    }
}

fn check_extends(at: &Location, node: &Node, findings: &mut Findings) {
    if let Some(extends) = node.get("extends").filter(|extends| !value::is_null(extends))
        && value::text(extends).is_none()
        && value::texts(extends).is_none()
    {
        findings.entry(
            at,
            "extends should be an array of strings or a string",
            extends.site(),
            None,
        );
    }
}

fn script(at: &Location, node: &Node, findings: &mut Findings) -> Vec<String> {
    let Some(entry) = node.entry("script") else {
        return Vec::new();
    };
    if matches!(
        value::of(&entry.value),
        Value::Null | Value::Text("") | Value::List([])
    ) {
        findings.entry(at, "script can't be blank", entry.key.site(), None);
        return Vec::new();
    }
    commands::read(&at.child("script"), &entry.value, findings).unwrap_or_default()
}

fn stage(at: &Location, entry: &Entry, findings: &mut Findings) -> (String, Span) {
    let Some(stage) = entry.value.get("stage").filter(|stage| !value::is_null(stage)) else {
        return (DEFAULT_STAGE.to_owned(), entry.key.site());
    };
    if let Some(text) = value::text(stage) {
        return (text.to_owned(), stage.site());
    }
    findings.entry(
        &at.child("stage"),
        "config should be a string",
        stage.site(),
        None,
    );
    (DEFAULT_STAGE.to_owned(), entry.key.site())
}
