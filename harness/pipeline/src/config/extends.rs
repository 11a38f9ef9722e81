//! `extends`: a job on top of the jobs that it names.
//!
//! Hashes merge deeply, everything else is replaced; a later parent beats an earlier one, and the job beats its
//! parents; a key that the job sets to null stays null. Up to 11 jobs may stand in a chain.
//! Source: GitLab docs, `extends` keyword; messages as GitLab words them.

use std::collections::HashMap;
use std::rc::Rc;

use located_yaml::{Entry, Node, Value as Yaml};

use crate::Span;
use crate::config::budget::{Budget, Spent};
use crate::findings::Findings;
use crate::nearest::did_you_mean;
use crate::value::{self, Value};

/// How many jobs may stand above one that itself extends another.
const MAX_NESTING_LEVELS: usize = 10;

const EXTENDS: &str = "extends";

/// Extends every entry of the file that asks for it.
pub(crate) fn resolve(root: &mut Node, budget: &mut Budget, findings: &mut Findings) {
    let mut extension = Extension {
        entries: value::entries(root)
            .map(|(key, entry)| (key, &entry.value))
            .collect(),
        states: HashMap::new(),
        chain: Vec::new(),
        budget,
        findings,
    };
    let keys: Vec<_> = value::entries(root).map(|(key, _)| key).collect();
    let extended: Vec<_> = keys
        .into_iter()
        .map(|key| extension.extend(key).ok().flatten())
        .collect();
    drop(extension);
    if let Yaml::Mapping(entries) = &mut root.value {
        let named = entries.iter_mut().filter(|entry| entry.key.as_str().is_some());
        for (entry, extended) in named.zip(extended) {
            if let Some(extended) = extended {
                entry.value = Rc::unwrap_or_clone(extended.node);
            }
        }
    }
}

/// What is known of an entry that extends others.
enum State {
    /// It is being extended.
    Open,
    Done(Extended),
    /// It cannot be extended, and why has been reported.
    Failed,
}

/// An entry with its parents merged in.
#[derive(Clone)]
struct Extended {
    node: Rc<Node>,
    /// How many entries that extend others stand in its longest chain, itself included.
    height: usize,
}

/// The reason has been reported.
struct Failed;

struct Extension<'a, 'f> {
    entries: HashMap<&'a str, &'a Node>,
    states: HashMap<&'a str, State>,
    /// The entries that led to the current one.
    chain: Vec<&'a str>,
    budget: &'f mut Budget,
    findings: &'f mut Findings,
}

impl<'a> Extension<'a, '_> {
    /// An entry with its parents merged in, or `None` if it extends nothing.
    fn extend(&mut self, key: &'a str) -> Result<Option<Extended>, Failed> {
        let node = self.entries.get(key).copied().ok_or(Failed)?;
        let Some(names) = node.get(EXTENDS) else {
            return Ok(None);
        };
        match self.states.get(key) {
            Some(State::Done(extended)) if self.chain.len() + extended.height > MAX_NESTING_LEVELS + 1 => {
                let height = extended.height;
                let deepest = self.descend(key, height);
                return Err(self.too_deep(deepest));
            }
            Some(State::Done(extended)) => return Ok(Some(extended.clone())),
            Some(State::Failed) => return Err(Failed),
            Some(State::Open) => {
                let message = format!("{key}: circular dependency detected in `extends`");
                return Err(self.fail(message, names.site(), None));
            }
            None => {}
        }
        if self.chain.len() > MAX_NESTING_LEVELS {
            return Err(self.too_deep(key));
        }
        self.states.insert(key, State::Open);
        self.chain.push(key);
        let extended = self.merge(key, node, names);
        self.chain.pop();
        let state = extended
            .as_ref()
            .map_or(State::Failed, |extended| State::Done(extended.clone()));
        self.states.insert(key, state);
        extended.map(Some)
    }

    fn merge(&mut self, key: &str, node: &'a Node, names: &'a Node) -> Result<Extended, Failed> {
        let parents = self.parents(key, names)?;
        let mut merged = Vec::new();
        let mut height = 0;
        let mut complete = true;
        for (name, plain) in parents {
            match self.extend(name) {
                Ok(extended) => {
                    height = height.max(extended.as_ref().map_or(0, |extended| extended.height));
                    let parent = extended.as_ref().map_or(plain, |extended| &extended.node);
                    self.add(&mut merged, parent, names.site())?;
                }
                Err(Failed) => complete = false,
            }
        }
        if !complete {
            return Err(Failed);
        }
        self.add(&mut merged, node, node.span.clone())?;
        let node = Node {
            value: Yaml::Mapping(merged),
            ..Node::new(node.span.clone(), Yaml::Null)
        };
        Ok(Extended {
            node: Rc::new(node),
            height: height + 1,
        })
    }

    fn add(&mut self, merged: &mut Vec<Entry>, over: &Node, place: Span) -> Result<(), Failed> {
        deep_merge(merged, over.as_mapping().unwrap_or_default(), self.budget).map_err(|Spent| {
            self.budget.report(place, self.findings);
            Failed
        })
    }

    /// The entries that an entry names.
    fn parents(&mut self, key: &str, names: &'a Node) -> Result<Vec<(&'a str, &'a Node)>, Failed> {
        let mut parents = Vec::new();
        let (mut unknown, mut invalid) = (Vec::new(), Vec::new());
        for (name, node) in listed(names) {
            match self.entries.get_key_value(name.as_str()) {
                None => unknown.push((name, node)),
                Some((_, parent)) if parent.as_mapping().is_none() => invalid.push((name, node)),
                Some((name, parent)) => parents.push((*name, *parent)),
            }
        }
        for (what, offenders) in [("unknown keys", unknown), ("invalid base hashes", invalid)] {
            let Some((first, node)) = offenders.first() else {
                continue;
            };
            let names: Vec<_> = offenders.iter().map(|(name, _)| name.as_str()).collect();
            let help = if what == "unknown keys" {
                did_you_mean(first, self.entries.keys().copied())
            } else {
                Some(format!(
                    "`{first}` is {}; a job can only extend a mapping",
                    self.kind(first)
                ))
            };
            let message = format!("{key}: {what} in `extends` ({})", names.join(", "));
            return Err(self.fail(message, node.site(), help));
        }
        Ok(parents)
    }

    fn kind(&self, key: &str) -> &'static str {
        self.entries
            .get(key)
            .map_or("empty", |node| value::of(node).kind_name())
    }

    /// The entry at which a chain through a known entry becomes too long.
    fn descend(&self, key: &'a str, height: usize) -> &'a str {
        let (mut key, mut height) = (key, height);
        for _ in self.chain.len()..=MAX_NESTING_LEVELS {
            let names = self.entries.get(key).and_then(|node| node.get(EXTENDS));
            let next = names.into_iter().flat_map(listed).find_map(|(name, _)| {
                let (name, state) = self.states.get_key_value(name.as_str())?;
                matches!(state, State::Done(extended) if extended.height + 1 == height).then_some(*name)
            });
            let Some(next) = next else { break };
            (key, height) = (next, height - 1);
        }
        key
    }

    fn too_deep(&mut self, key: &str) -> Failed {
        let span = self
            .entries
            .get(key)
            .and_then(|node| node.get(EXTENDS))
            .map(Node::site);
        let message = format!("{key}: nesting too deep in `extends`");
        let help = format!("a chain of `extends` may have {} jobs", MAX_NESTING_LEVELS + 1);
        self.fail(message, span.unwrap_or_default(), Some(help))
    }

    fn fail(&mut self, message: String, span: Span, help: Option<String>) -> Failed {
        self.findings.plain(message, span, help);
        Failed
    }
}

/// The names in the value of `extends`, each with its place.
fn listed(names: &Node) -> Vec<(String, &Node)> {
    let name = |node| {
        let value = value::of(node);
        value.to_text().unwrap_or_else(|| value.inspect())
    };
    match value::of(names) {
        Value::Null => Vec::new(),
        Value::List(items) => items.iter().map(|item| (name(item), item)).collect(),
        _ => vec![(name(names), names)],
    }
}

/// Merges entries over others: hashes into hashes, anything else in place of what was there.
fn deep_merge(base: &mut Vec<Entry>, over: &[Entry], budget: &mut Budget) -> Result<(), Spent> {
    let index = (base.len() > FEW).then(|| index(base));
    for entry in over {
        let place = entry.key.as_str().and_then(|key| match &index {
            Some(index) => index.get(key).copied(),
            None => base.iter().position(|below| below.key.as_str() == Some(key)),
        });
        let Some(place) = place else {
            base.push(copied(entry, budget)?);
            continue;
        };
        let existing = &mut base[place];
        match (&mut existing.value.value, &entry.value.value) {
            (Yaml::Mapping(below), Yaml::Mapping(above)) => deep_merge(below, above, budget)?,
            _ => *existing = copied(entry, budget)?,
        }
    }
    Ok(())
}

/// Entries among which looking at each is faster than an index.
const FEW: usize = 16;

fn index(entries: &[Entry]) -> HashMap<String, usize> {
    let named = entries
        .iter()
        .enumerate()
        .filter_map(|(place, entry)| Some((entry.key.as_str()?.to_owned(), place)));
    named.collect()
}

fn copied(entry: &Entry, budget: &mut Budget) -> Result<Entry, Spent> {
    Ok(Entry {
        key: budget.copy(&entry.key)?,
        value: budget.copy(&entry.value)?,
    })
}
