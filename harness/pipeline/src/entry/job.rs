//! One job: its keywords and what GitLab requires of them.

use indexmap::IndexMap;
use located_yaml::{Entry, Node};

use crate::entry::inherit::{self, Inherit};
use crate::entry::inheritable::Inheritable;
use crate::entry::{commands, inert, keys, variables};
use crate::findings::{Findings, Location};
use crate::keyword::{BRIDGE, JOB};
use crate::value::{self, Value};
use crate::{Span, VariableValue};

/// The stage of a job that names none.
const DEFAULT_STAGE: &str = "test";

/// Characters of a name.
const MAX_NAME: usize = 255;

/// A job as it is written, with what it extends.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) name: String,
    pub(crate) stage: String,
    /// The place to point at when the stage does not exist.
    pub(crate) stage_span: Span,
    pub(crate) script: Vec<String>,
    pub(crate) variables: IndexMap<String, VariableValue>,
    pub(crate) inheritable: Inheritable,
    pub(crate) inherit: Inherit,
    pub(crate) span: Span,
    pub(crate) places: IndexMap<&'static str, Span>,
}

/// Reads a job that has a script.
pub(crate) fn read(name: &str, entry: &Entry, findings: &mut Findings) -> Written {
    let at = Location::root("jobs").child(name);
    let node = &entry.value;
    check_name(&at, name, entry, findings);
    keys::check(&at, node, JOB, findings);
    exclusive(&at, node, &["script", "run"], findings);
    exclusive(&at, node, &["script", "trigger"], findings);
    check_extends(&at, node, findings);
    let given = |key: &str| node.get(key).filter(|value| !value::is_null(value));
    if let Some(coverage) = given("coverage") {
        inert::coverage(&at.child("coverage"), coverage, findings);
    }
    if let Some(group) = given("resource_group") {
        inert::resource_group(&at, group, findings);
    }
    let inheritable = Inheritable::read(node, |key| at.child(key), findings);
    let script = script(&at, node, findings);
    let mut places = IndexMap::new();
    for key in ["script", "stage", "variables", "inherit"] {
        if let Some(value) = given(key) {
            places.insert(key, value.site());
        }
    }
    let (stage, stage_span) = stage(&at, entry, findings);
    Written {
        name: name.to_owned(),
        stage,
        stage_span,
        script,
        variables: variables::read(
            &at.child("variables"),
            node.get("variables"),
            variables::OF_JOB,
            findings,
        ),
        inheritable,
        inherit: inherit::read(&at.child("inherit"), node.get("inherit"), findings),
        span: entry.key.span.clone(),
        places,
    }
}

/// Reports what is wrong with a job that starts another pipeline, and that it is not supported.
pub(crate) fn read_bridge(name: &str, entry: &Entry, findings: &mut Findings) {
    let at = Location::root("jobs").child(name);
    check_name(&at, name, entry, findings);
    keys::check(&at, &entry.value, BRIDGE, findings);
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
