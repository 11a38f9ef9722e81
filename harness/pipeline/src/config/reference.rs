//! `!reference [job, key, …]`: a copy of what stands elsewhere in the composed file.
//!
//! References resolve after `extends`, so they see what a job inherited. A target that is missing, null or `false`
//! is not found. Source: GitLab docs, "Optimize configuration files"; messages as GitLab words them.

use located_yaml::{Entry, Node, Value as Yaml};

use crate::Span;
use crate::config::budget::{Budget, Spent};
use crate::findings::Findings;
use crate::nearest::did_you_mean;
use crate::value::{self, Value};

const TAG: &str = "!reference";

/// Levels of lists and mappings to which references may build the file up; a file itself has at most 100.
const MAX_DEPTH: usize = 200;

/// Replaces every reference in the file.
pub(crate) fn resolve(root: &mut Node, budget: &mut Budget, findings: &mut Findings) {
    let mut resolution = Resolution {
        root,
        open: Vec::new(),
        budget,
        findings,
    };
    let mut resolved = Vec::new();
    // When the budget is spent there is an error, and the file is not looked at any further.
    let _ = resolution.search(root, &mut Vec::new(), &mut resolved);
    for (place, node) in resolved {
        if let Some(reference) = descend(root, &place) {
            *reference = node;
        }
    }
}

/// The way from the root to a node: the number of the item or of the entry at each level.
type Place = Vec<usize>;

fn descend<'n>(root: &'n mut Node, place: &[usize]) -> Option<&'n mut Node> {
    place.iter().try_fold(root, |node, number| match &mut node.value {
        Yaml::Null | Yaml::Scalar(_) => None,
        Yaml::Sequence(items) => items.get_mut(*number),
        Yaml::Mapping(entries) => entries.get_mut(*number).map(|entry| &mut entry.value),
    })
}

struct Resolution<'a, 'f> {
    root: &'a Node,
    /// The paths that are being resolved.
    open: Vec<Vec<&'a str>>,
    budget: &'f mut Budget,
    findings: &'f mut Findings,
}

impl<'a> Resolution<'a, '_> {
    /// Finds the references below a node, and what each stands for.
    fn search(
        &mut self,
        node: &'a Node,
        place: &mut Place,
        resolved: &mut Vec<(Place, Node)>,
    ) -> Result<(), Spent> {
        if is_reference(node) {
            let target = self.reference(node, place.len())?;
            resolved.push((place.clone(), target));
            return Ok(());
        }
        for (number, child) in children(node).enumerate() {
            place.push(number);
            self.search(child, place, resolved)?;
            place.pop();
        }
        Ok(())
    }

    /// A copy of a node, `depth` levels below the root, with its references replaced.
    fn copy(&mut self, node: &'a Node, depth: usize) -> Result<Node, Spent> {
        if depth > MAX_DEPTH {
            return Err(self.spent(node));
        }
        if is_reference(node) {
            return self.reference(node, depth + 1);
        }
        let value = match &node.value {
            Yaml::Null | Yaml::Scalar(_) => return self.paid(node),
            Yaml::Sequence(items) => Yaml::Sequence(
                items
                    .iter()
                    .map(|item| self.copy(item, depth + 1))
                    .collect::<Result<_, _>>()?,
            ),
            Yaml::Mapping(entries) => {
                let copied = |entry: &'a Entry| {
                    Ok(Entry {
                        key: self.paid(&entry.key)?,
                        value: self.copy(&entry.value, depth + 1)?,
                    })
                };
                Yaml::Mapping(entries.iter().map(copied).collect::<Result<_, Spent>>()?)
            }
        };
        Ok(Node {
            value,
            ..self.paid(&without_content(node))?
        })
    }

    /// What a reference stands for; null where that was reported as an error.
    fn reference(&mut self, node: &'a Node, depth: usize) -> Result<Node, Spent> {
        let shown = value::of(node).inspect();
        let Some(path) = path(node) else {
            let help = Some("write `!reference [job, keyword]`, all of them strings".to_owned());
            return Ok(self.fail(format!("{TAG} {shown} is not valid"), node.site(), help));
        };
        if self.open.contains(&path) {
            return Ok(self.fail(
                format!("{TAG} {shown} is part of a circular chain"),
                node.site(),
                None,
            ));
        }
        let Some(target) = self.target(&path) else {
            let help = self.missing(&path);
            return Ok(self.fail(format!("{TAG} {shown} could not be found"), node.site(), help));
        };
        self.open.push(path);
        let resolved = self.copy(target, depth);
        self.open.pop();
        let mut resolved = resolved?;
        resolved.alias_site.get_or_insert_with(|| node.site());
        Ok(resolved)
    }

    /// The node at a path, unless it is null or `false`.
    fn target(&self, path: &[&str]) -> Option<&'a Node> {
        let found = path.iter().try_fold(
            self.root,
            |node, key| {
                if is_reference(node) { None } else { node.get(key) }
            },
        )?;
        (!matches!(value::of(found), Value::Null | Value::Bool(false))).then_some(found)
    }

    /// Why a path leads nowhere.
    fn missing(&self, path: &[&str]) -> Option<String> {
        let mut node = self.root;
        for (depth, key) in path.iter().enumerate() {
            let Some(next) = node.get(key) else {
                let within = if depth == 0 {
                    "the file".to_owned()
                } else {
                    format!("`{}`", path[..depth].join("` → `"))
                };
                let known = value::entries(node).map(|(key, _)| key);
                let suggestion = did_you_mean(key, known)
                    .map(|words| format!("; {words}"))
                    .unwrap_or_default();
                return Some(format!("{within} has no `{key}`{suggestion}"));
            };
            node = next;
        }
        Some("its target is null or false".to_owned())
    }

    fn fail(&mut self, message: String, span: Span, help: Option<String>) -> Node {
        self.findings.plain(message, span.clone(), help);
        Node::new(span, Yaml::Null)
    }

    fn paid(&mut self, node: &Node) -> Result<Node, Spent> {
        self.budget.copy(node).map_err(|Spent| self.spent(node))
    }

    fn spent(&mut self, node: &Node) -> Spent {
        self.budget.report(node.site(), self.findings);
        Spent
    }
}

fn is_reference(node: &Node) -> bool {
    node.tag.as_deref() == Some(TAG)
}

/// The items of a list, or the values of a mapping.
fn children(node: &Node) -> impl Iterator<Item = &Node> {
    let items = node.as_sequence().unwrap_or_default().iter();
    let values = node
        .as_mapping()
        .unwrap_or_default()
        .iter()
        .map(|entry| &entry.value);
    items.chain(values)
}

/// The keys of a reference, if it is a list of strings and not empty.
fn path(node: &Node) -> Option<Vec<&str>> {
    let items = node.as_sequence().filter(|items| !items.is_empty())?;
    items.iter().map(value::text).collect()
}

/// A node without its content.
fn without_content(node: &Node) -> Node {
    Node {
        span: node.span.clone(),
        tag: node.tag.clone(),
        alias_site: node.alias_site.clone(),
        is_alias: node.is_alias,
        value: Yaml::Null,
    }
}
