//! `only` and `except`: the older form of `rules`.

use located_yaml::Node;

use crate::conditions::Changes;
use crate::entry::{conditions, keys};
use crate::expression::{Expression, Pattern};
use crate::findings::{Findings, Location};
use crate::value::{self, Value};

/// When a job is in a pipeline, or not in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policy {
    pub(crate) refs: Option<Vec<Ref>>,
    pub(crate) variables: Option<Vec<Expression>>,
    pub(crate) changes: Option<Changes>,
    pub(crate) kubernetes: bool,
}

/// A ref, a source, or a pattern of refs, perhaps of one project only.
#[derive(Clone, Debug)]
pub(crate) struct Ref {
    pub(crate) pattern: RefPattern,
    pub(crate) project: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) enum RefPattern {
    Word(String),
    Pattern(Pattern),
}

impl Policy {
    /// What `only` is where it says nothing of refs.
    pub(crate) fn default_only() -> Self {
        Self {
            refs: Some(Vec::from(["branches", "tags"].map(|word| Ref {
                pattern: RefPattern::Word(word.to_owned()),
                project: None,
            }))),
            ..Self::default()
        }
    }
}

pub(crate) fn read(at: &Location, node: &Node, findings: &mut Findings) -> Option<Policy> {
    match value::of(node) {
        Value::List(_) => Some(Policy {
            refs: Some(refs(at, "config", node, findings)?),
            ..Policy::default()
        }),
        Value::Hash([]) => {
            findings.entry(at, "config can't be blank", node.site(), None);
            None
        }
        Value::Hash(_) => {
            keys::allow(
                at,
                node,
                &["refs", "kubernetes", "variables", "changes"],
                findings,
            );
            let given = |key: &str| node.get(key).filter(|value| !value::is_null(value));
            Some(Policy {
                refs: given("refs").and_then(|node| refs(at, "refs", node, findings)),
                variables: given("variables").and_then(|node| expressions(at, node, findings)),
                changes: given("changes").and_then(|node| conditions::changes(at, node, findings)),
                kubernetes: given("kubernetes").is_some(),
            })
        }
        _ => {
            let error = "has to be either an array of conditions or a hash";
            findings.entry(at, error, node.site(), None);
            None
        }
    }
}

fn refs(at: &Location, attribute: &str, node: &Node, findings: &mut Findings) -> Option<Vec<Ref>> {
    let read = value::texts(node).and_then(|texts| texts.iter().map(|text| reference(text)).collect());
    if read.is_none() {
        let error =
            format!("{attribute} should be an array of strings or regular expressions using re2 syntax");
        findings.entry(at, error, node.site(), None);
    }
    read
}

fn reference(text: &str) -> Option<Ref> {
    // In a pattern, a project comes after the last slash and its flags.
    let (pattern, project) = match text.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')) {
        Some((_, flags)) if flags.chars().all(|flag| "ismU".contains(flag)) => (text, None),
        _ => match text.split_once('@') {
            Some((pattern, project)) => (pattern, Some(project.to_owned())),
            None => (text, None),
        },
    };
    let pattern = if pattern.starts_with('/') && pattern.len() > 1 {
        RefPattern::Pattern(Pattern::parse(pattern).ok()?)
    } else {
        RefPattern::Word(pattern.to_owned())
    };
    Some(Ref { pattern, project })
}

fn expressions(at: &Location, node: &Node, findings: &mut Findings) -> Option<Vec<Expression>> {
    let Some(texts) = value::texts(node) else {
        findings.entry(at, "variables should be an array of strings", node.site(), None);
        return None;
    };
    let parsed: Result<Vec<_>, _> = texts.iter().map(|text| Expression::parse(text)).collect();
    if parsed.is_err() {
        findings.entry(at, "variables invalid expression syntax", node.site(), None);
    }
    parsed.ok()
}
