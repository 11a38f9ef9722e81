//! Text to the root mapping, as GitLab's YAML loader reads it.

use located_yaml::scalar::psych;
use located_yaml::{ErrorKind, LineIndex, Node, Scalar, Style, Value, merge};

use crate::Diagnostic;
use crate::findings::Findings;
use crate::value;

/// GitLab reads a header document and one with the configuration.
const MAX_DOCUMENTS: usize = 2;

/// Loads a file: merge keys resolved, keys as text, no dates.
pub(crate) fn load(text: &str) -> Result<Node, Vec<Diagnostic>> {
    let mut findings = Findings::default();
    let root = read(text, &mut findings);
    match root {
        Some(root) if findings.is_empty() => Ok(root),
        _ => Err(findings.into_diagnostics()),
    }
}

fn read(text: &str, findings: &mut Findings) -> Option<Node> {
    if text.trim().is_empty() {
        findings.plain("Please provide content of .gitlab-ci.yml", 0..0, None);
        return None;
    }
    let mut documents = match located_yaml::parse(text) {
        Ok(documents) => documents,
        Err(error) => {
            let (message, help) = words(text, &error);
            findings.plain(message, error.span, help);
            return None;
        }
    };
    if documents.len() > MAX_DOCUMENTS {
        let span = documents[MAX_DOCUMENTS].span.clone();
        findings.plain("The parsed YAML has too many documents", span, None);
        return None;
    }
    // Of two documents the first is a header if it has `spec`; otherwise GitLab reads the first and no other.
    if documents.is_empty() {
        findings.plain(
            "Invalid configuration format",
            0..0,
            Some("the file holds nothing but comments".to_owned()),
        );
        return None;
    }
    let mut root = documents.swap_remove(0);
    if root.as_mapping().is_none() {
        let help = format!(
            "the file is {}; it should be a mapping of keywords and jobs",
            value::of(&root).kind_name()
        );
        findings.plain("Invalid configuration format", root.span.clone(), Some(help));
        return None;
    }
    check(&root, findings);
    name_keys(&mut root);
    merge::apply(&mut root);
    Some(root)
}

/// The loader's message: libyaml's words with line and column, or those of Psych and of GitLab's size check.
fn words(text: &str, error: &located_yaml::Error) -> (String, Option<String>) {
    let help = error.help.clone();
    match error.kind {
        ErrorKind::Syntax => {
            let (line, column) = LineIndex::new(text).position(error.context);
            (
                format!("(<unknown>): {} at line {line} column {column}", error.message),
                help,
            )
        }
        ErrorKind::UnknownAlias => {
            let name = error.message.trim_start_matches("unknown alias: ");
            (format!("An alias referenced an unknown anchor: {name}"), help)
        }
        ErrorKind::RecursiveAlias => (error.message.clone(), help),
        ErrorKind::TooLarge | ErrorKind::TooDeep => (
            "The parsed YAML is too big".to_owned(),
            Some(error.message.clone()),
        ),
    }
}

/// Refuses what the loader cannot load or what no keyword has a use for.
fn check(node: &Node, findings: &mut Findings) {
    if let Err(error) = psych::resolve(node) {
        let text = node.as_str().unwrap_or_default();
        let help = format!("unquoted, `{text}` is a date; write `\"{text}\"`");
        findings.plain(
            format!("Tried to load unspecified class: {}", error.class),
            node.span.clone(),
            Some(help),
        );
    }
    match &node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::Sequence(items) => items.iter().for_each(|item| check(item, findings)),
        Value::Mapping(entries) => {
            for entry in entries {
                if entry.key.as_sequence().is_some() || entry.key.as_mapping().is_some() {
                    findings.plain("a key should be a string", entry.key.span.clone(), None);
                }
                check(&entry.key, findings);
                check(&entry.value, findings);
            }
        }
    }
}

/// Gives each key the text that GitLab finds it by: `012` is the number 10, `on` is `true`.
fn name_keys(node: &mut Node) {
    match &mut node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::Sequence(items) => items.iter_mut().for_each(name_keys),
        Value::Mapping(entries) => {
            for entry in entries {
                let text = match value::of(&entry.key) {
                    value::Value::Text(text) if Some(text) == entry.key.as_str() => None,
                    other => other.to_text(),
                };
                if let Some(text) = text {
                    let style = entry.key.as_scalar().map_or(Style::Plain, |scalar| scalar.style);
                    entry.key.value = Value::Scalar(Scalar { text, style });
                }
                name_keys(&mut entry.value);
            }
        }
    }
}
