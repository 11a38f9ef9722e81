//! A policy document in a world: a JSON file, or the document itself in the YAML.

use camino::Utf8Path;
use iam_policy::{ParseError, Policy, PolicyKind, ValidationRules};
use located_yaml::{Node, Value};

use super::files::{self, Files};
use super::json::to_json;
use crate::diagnostic::{Diagnostic, Source};
use crate::reader::Reader;

/// A policy, and the text that its explanations point into.
#[derive(Debug, Clone)]
pub(super) struct Document {
    /// The parsed policy.
    pub(super) policy: Policy,
    /// Its text, with the name it is shown by.
    pub(super) source: Source,
}

/// Reads the policy that `node` names or holds.
pub(super) fn read(
    node: &Node,
    what: &str,
    kind: PolicyKind,
    files: &dyn Files,
    reader: &mut Reader<'_>,
) -> Option<Document> {
    let source = match &node.value {
        Value::Scalar(scalar) if scalar.text.trim_start().starts_with('{') => {
            Source::new(written_in(reader.source.path(), what), scalar.text.as_str())
        }
        Value::Mapping(_) => {
            let json = serde_json::to_string_pretty(&to_json(node)).unwrap_or_default();
            Source::new(written_in(reader.source.path(), what), json)
        }
        Value::Scalar(_) => files::named(node, what, files, reader)?,
        _ => {
            reader.wrong_type(node, what, "a file's name or a policy document");
            return None;
        }
    };
    // A role of the world may be older than the control of shared providers, which looks only at what is written anew.
    let rules = ValidationRules {
        shared_provider_control: false,
        ..ValidationRules::default()
    };
    let checked =
        Policy::parse(source.text()).and_then(|policy| policy.validate(kind, &rules).map(|_| policy));
    match checked {
        Ok(policy) => Some(Document { policy, source }),
        Err(refusal) => {
            reader.note(refused(&source, refusal));
            None
        }
    }
}

/// Reads policies by their names: a mapping of each to a file's name or a document. `what` names it in messages.
pub(super) fn named(
    node: &Node,
    what: &str,
    kind: PolicyKind,
    files: &dyn Files,
    reader: &mut Reader<'_>,
) -> Vec<(String, Document)> {
    let Value::Mapping(entries) = &node.value else {
        reader.wrong_type(node, what, "a mapping of names to policies");
        return Vec::new();
    };
    entries
        .iter()
        .filter_map(|entry| {
            let name = reader.some_text(&entry.key, "a policy's name")?.value;
            let document = read(&entry.value, &format!("the policy {name}"), kind, files, reader)?;
            Some((name, document))
        })
        .collect()
}

/// The path of a role or a policy.
pub(super) fn path(node: &Node, reader: &mut Reader<'_>) -> Option<String> {
    let path = reader.some_text(node, "`path`")?;
    if !(path.value.starts_with('/') && path.value.ends_with('/')) {
        let problem = reader.problem(&path.span, "a path begins and ends with `/`");
        reader.note(problem);
    }
    Some(path.value)
}

/// What IAM answers to a document, as a mistake in its text.
pub(super) fn refused(source: &Source, refusal: ParseError) -> Diagnostic {
    let diagnostic = Diagnostic::new(source, refusal.span.clone(), refusal.detail.clone()).label(format!(
        "IAM answers {}: {}",
        refusal.code(),
        refusal.message()
    ));
    match refusal.help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// How a document that has no file of its own is shown.
fn written_in(path: &Utf8Path, what: &str) -> String {
    format!("{path} ({what})")
}
