//! `include`: other files, merged below the one that includes them.
//!
//! Hashes merge deeply and the including file wins; what is included comes first in the order. Nothing is extended or
//! referenced before all files are merged. Source: GitLab docs, "Use CI/CD configuration from other files"; messages
//! as `Gitlab::Ci::Config::External` words them.
//!
//! DIVERGENCE: all files of a configuration together may have 16 MiB, where GitLab takes 300 MiB
//! (`ci_max_total_yaml_size_bytes`): far more than anybody writes, and too much for a laptop.

mod location;

use std::collections::HashMap;
use std::sync::Arc;

use located_yaml::{Entry, Node, Value as Yaml};

use super::merge::deep_merge;
use super::{document, header, inputs, interpolation};
use crate::Span;
use crate::circumstances::Circumstances;
use crate::conditions::{Files, Scene};
use crate::entry::conditions;
use crate::findings::{Findings, Location};
use crate::library::{Library, Repository};
use crate::sources::{Sources, move_span, shift};
use crate::value::{self, Value};

use location::{Found, Wanted};

/// Files that one configuration may include.
const MAX_INCLUDES: usize = 150;

/// Bytes that all files of a configuration may have together.
const MAX_BYTES: usize = 16 << 20;

/// The value of `include`, in the file or of a trigger.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entries(pub(crate) Node);

/// The project's own file with its includes.
pub(super) fn file(
    name: &str,
    text: &str,
    library: &Library,
    circumstances: &Circumstances,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Option<Node> {
    let mut inclusion = Inclusion::new(library, circumstances, sources, findings);
    let given = given_inputs(&circumstances.inputs);
    let root = inclusion.load(name, text, given.as_ref(), None)?;
    let root = inclusion.expand(root, &library.own)?;
    inclusion.findings.is_empty().then_some(root)
}

/// The files that a trigger names.
pub(super) fn entries(
    entries: &Entries,
    library: &Library,
    circumstances: &Circumstances,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Option<Node> {
    let mut inclusion = Inclusion::new(library, circumstances, sources, findings);
    let mut merged = Vec::new();
    inclusion.merge(&entries.0, &library.own, &mut merged);
    inclusion
        .findings
        .is_empty()
        .then(|| Node::new(entries.0.span.clone(), Yaml::Mapping(merged)))
}

/// Inputs that were given as texts, as the mapping that an `inputs:` would be.
fn given_inputs(inputs: &[(String, String)]) -> Option<Node> {
    if inputs.is_empty() {
        return None;
    }
    let entry = |(name, text): &(String, String)| {
        let value = located_yaml::parse(text).ok()?.into_iter().next()?;
        let mut key = value.clone();
        key.value = Yaml::Scalar(located_yaml::Scalar {
            text: name.clone(),
            style: located_yaml::Style::SingleQuoted,
        });
        Some(Entry { key, value })
    };
    let entries = inputs.iter().filter_map(entry).collect();
    Some(Node::new(0..0, Yaml::Mapping(entries)))
}

struct Inclusion<'a, 'f> {
    library: &'a Library,
    circumstances: &'a Circumstances,
    variables: HashMap<&'a str, &'a str>,
    sources: &'f mut Sources,
    findings: &'f mut Findings,
    files: usize,
    bytes: usize,
}

impl<'a, 'f> Inclusion<'a, 'f> {
    fn new(
        library: &'a Library,
        circumstances: &'a Circumstances,
        sources: &'f mut Sources,
        findings: &'f mut Findings,
    ) -> Self {
        Self {
            library,
            circumstances,
            variables: circumstances.lookup([], []),
            sources,
            findings,
            files: 0,
            bytes: 0,
        }
    }

    /// The root of a file's text, its inputs filled in. `location` is what an including file calls it.
    fn load(
        &mut self,
        name: &str,
        text: &str,
        given: Option<&Node>,
        location: Option<(&str, &Span)>,
    ) -> Option<Node> {
        self.bytes += text.len();
        let text = match self.interpolated(name, text, given) {
            Ok(text) => text,
            Err(error) => {
                let (message, span) = match location {
                    Some((location, span)) => (format!("`{location}`: {error}"), span.clone()),
                    None => {
                        let start = self.sources.add(name, text);
                        (error, start..start)
                    }
                };
                self.findings.plain(message, span, None);
                return None;
            }
        };
        let start = self.sources.add(name, text.as_str());
        if self.bytes > MAX_BYTES {
            let help = format!("all files together have more than {} MiB", MAX_BYTES >> 20);
            self.findings
                .plain("The parsed YAML is too big", start..start, Some(help));
            return None;
        }
        match document::load(&text) {
            Ok(mut root) => {
                shift(&mut root, start);
                Some(root)
            }
            Err(problems) => {
                for mut problem in problems {
                    move_span(&mut problem.span, start);
                    let message = match location {
                        Some((location, _)) => format!("`{location}`: {}", problem.message),
                        None => problem.message,
                    };
                    self.findings.plain(message, problem.span, problem.help);
                }
                None
            }
        }
    }

    fn interpolated(&mut self, name: &str, text: &str, given: Option<&Node>) -> Result<String, String> {
        let Some((header, rest)) = header::split(text) else {
            if given
                .and_then(Node::as_mapping)
                .is_some_and(|given| !given.is_empty())
            {
                return Err(
                    "Given inputs not defined in the `spec` section of the included configuration file"
                        .to_owned(),
                );
            }
            return Ok(text.to_owned());
        };
        let root = match document::load(header) {
            Ok(mut root) => {
                let start = self.sources.add(name, header);
                shift(&mut root, start);
                root
            }
            Err(problems) => {
                return Err(problems
                    .into_iter()
                    .next()
                    .map(|it| it.message)
                    .unwrap_or_default());
            }
        };
        let inputs = inputs::read(&root, given, self.findings)?;
        let variables = &self.variables;
        interpolation::fill(&rest, &inputs, &|name| variables.get(name).copied())
    }

    /// A file with what it includes below it.
    fn expand(&mut self, mut root: Node, repository: &Arc<dyn Repository>) -> Option<Node> {
        let Yaml::Mapping(entries) = &mut root.value else {
            return Some(root);
        };
        let Some(place) = entries
            .iter()
            .position(|entry| entry.key.as_str() == Some("include"))
        else {
            return Some(root);
        };
        let include = entries.remove(place).value;
        let mut merged = Vec::new();
        self.merge(&include, repository, &mut merged);
        deep_merge(&mut merged, std::mem::take(entries));
        *entries = merged;
        Some(root)
    }

    /// Merges all files that an `include` names, the later over the earlier.
    fn merge(&mut self, include: &Node, repository: &Arc<dyn Repository>, merged: &mut Vec<Entry>) {
        let items: Vec<&Node> = match value::of(include) {
            Value::Null => return,
            Value::List(items) => items.iter().collect(),
            _ => vec![include],
        };
        for item in items {
            if !self.is_wanted(item, repository) {
                continue;
            }
            let wanted = {
                let variables = &self.variables;
                location::wanted(item, &|name| variables.get(name).copied())
            };
            let wanted = match wanted {
                Ok(wanted) => wanted,
                Err((message, span, help)) => {
                    self.findings.plain(message, span, help);
                    continue;
                }
            };
            for wanted in wanted {
                self.merge_files(&wanted, item, repository, merged);
            }
        }
    }

    fn merge_files(
        &mut self,
        wanted: &Wanted,
        item: &Node,
        repository: &Arc<dyn Repository>,
        merged: &mut Vec<Entry>,
    ) {
        let found = match location::find(wanted, repository, self.library) {
            Ok(found) => found,
            Err(message) => {
                self.findings.plain(message, item.site(), None);
                return;
            }
        };
        for Found {
            location,
            name,
            text,
            repository,
        } in found
        {
            if self.files == MAX_INCLUDES {
                let message = format!("Maximum of {MAX_INCLUDES} nested includes are allowed!");
                let help = "does a file include itself, through others perhaps?".to_owned();
                self.findings.plain(message, item.site(), Some(help));
            }
            self.files += 1;
            // Once there are too many, nothing more is read: a circle would go on.
            if self.files > MAX_INCLUDES || self.bytes > MAX_BYTES {
                return;
            }
            let site = item.site();
            let given = item.get("inputs");
            let root = self.load(&name, &text, given, Some((&location, &site)));
            let Some(root) = root.and_then(|root| self.expand(root, &repository)) else {
                continue;
            };
            if let Yaml::Mapping(entries) = root.value {
                deep_merge(merged, entries);
            }
        }
    }

    /// Whether the rules of an entry let it in.
    fn is_wanted(&mut self, item: &Node, repository: &Arc<dyn Repository>) -> bool {
        let Some(rules) = item.get("rules").filter(|rules| !value::is_null(rules)) else {
            return true;
        };
        let at = Location::root("include:rules:rule");
        let Some(list) = rules.as_sequence() else {
            let error = "config should be an array of hashes";
            self.findings
                .entry(&Location::root("include:rules"), error, rules.site(), None);
            return false;
        };
        let files = Files::of(self.library, &**repository);
        let scene = Scene {
            variables: self.variables.clone(),
            changed: (
                self.circumstances.changed_paths(),
                self.circumstances.changed.as_deref(),
            ),
            files: &files,
        };
        for rule in list {
            let allowed = [conditions::KEYS.as_slice(), &["when"]].concat();
            crate::entry::keys::allow(&at, rule, &allowed, self.findings);
            let conditions = conditions::read(&at, rule, self.findings);
            let when = rule.get("when").filter(|when| !value::is_null(when));
            if let Some(when) = when
                && !matches!(value::text(when), Some("always" | "never"))
            {
                let shown = value::of(when).to_text().unwrap_or_default();
                self.findings.entry(
                    &at,
                    format_args!("when unknown value: {shown}"),
                    when.site(),
                    None,
                );
            }
            match conditions.hold(&scene) {
                Ok(false) => {}
                Ok(true) => return when.and_then(value::text) != Some("never"),
                Err(message) => self.findings.plain(message, rule.site(), None),
            }
        }
        false
    }
}
