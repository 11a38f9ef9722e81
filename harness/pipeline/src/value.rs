//! A node as GitLab sees it after loading: a Ruby value.

use located_yaml::scalar::psych::{self, Psych};
use located_yaml::{Entry, Node};

use crate::float;

/// The Ruby value of a node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    /// Decimal digits.
    Int(String),
    Float(f64),
    /// A string or a symbol; GitLab's validations take either for a string.
    Text(&'a str),
    List(&'a [Node]),
    Hash(&'a [Entry]),
}

/// The Ruby value of a node. Dates have been refused when the file was loaded.
pub(crate) fn of(node: &Node) -> Value<'_> {
    match psych::resolve(node) {
        Ok(Some(Psych::Null)) => Value::Null,
        Ok(Some(Psych::Bool(truth))) => Value::Bool(truth),
        Ok(Some(Psych::Int(digits))) => Value::Int(digits),
        Ok(Some(Psych::Float(number))) => Value::Float(number),
        Ok(Some(Psych::Symbol(text) | Psych::Str(text))) => Value::Text(text),
        Ok(None) | Err(_) => match (node.as_sequence(), node.as_mapping(), node.as_str()) {
            (Some(items), _, _) => Value::List(items),
            (_, Some(entries), _) => Value::Hash(entries),
            (_, _, text) => Value::Text(text.unwrap_or_default()),
        },
    }
}

impl<'a> Value<'a> {
    /// What `to_s` prints of a scalar; `None` for a list or a hash.
    pub(crate) fn to_text(&self) -> Option<String> {
        match self {
            Value::Null => Some(String::new()),
            Value::Bool(truth) => Some(truth.to_string()),
            Value::Int(digits) => Some(digits.clone()),
            Value::Float(number) => Some(float::ruby_text(*number)),
            Value::Text(text) => Some((*text).to_owned()),
            Value::List(_) | Value::Hash(_) => None,
        }
    }

    /// What `inspect` prints, as messages about `!reference` show it.
    pub(crate) fn inspect(&self) -> String {
        match self {
            Value::Null => "nil".to_owned(),
            Value::Text(text) => format!("{text:?}"),
            Value::List(items) => {
                let items: Vec<_> = items.iter().map(|item| of(item).inspect()).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Hash(entries) => {
                let entries: Vec<_> = entries
                    .iter()
                    .map(|entry| format!("{} => {}", of(&entry.key).inspect(), of(&entry.value).inspect()))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
            scalar => scalar.to_text().unwrap_or_default(),
        }
    }

    /// What it is, for help lines.
    pub(crate) fn kind_name(&self) -> &'static str {
        match self {
            Value::Null => "empty",
            Value::Bool(_) => "a boolean",
            Value::Int(_) | Value::Float(_) => "a number",
            Value::Text(_) => "a string",
            Value::List(_) => "a list",
            Value::Hash(_) => "a mapping",
        }
    }
}

/// Whether a node is `nil`, which GitLab treats like a key that was not written.
pub(crate) fn is_null(node: &Node) -> bool {
    of(node) == Value::Null
}

/// The text of a node that GitLab takes for a string.
pub(crate) fn text(node: &Node) -> Option<&str> {
    match of(node) {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The texts of a list of strings.
pub(crate) fn texts(node: &Node) -> Option<Vec<String>> {
    match of(node) {
        Value::List(items) => items.iter().map(|item| text(item).map(str::to_owned)).collect(),
        _ => None,
    }
}

/// The entries of a hash with the text of each key.
pub(crate) fn entries(node: &Node) -> impl Iterator<Item = (&str, &Entry)> {
    let entries = node.as_mapping().unwrap_or_default();
    entries
        .iter()
        .filter_map(|entry| entry.key.as_str().map(|key| (key, entry)))
}
