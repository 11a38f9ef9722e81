//! `spec:inputs` and what is given for them.

use indexmap::IndexMap;
use located_yaml::Node;

use crate::expression::Pattern;
use crate::findings::Findings;
use crate::value::{self, Value};

/// The value of an input.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Input {
    Nothing,
    /// A string.
    Text(String),
    /// A number or a boolean, as Ruby prints it.
    Scalar(String),
    /// A list, as JSON.
    List(String),
}

impl Input {
    /// What stands in the file in place of the expression.
    pub(super) fn text(&self) -> &str {
        match self {
            Input::Nothing => "",
            Input::Text(text) | Input::Scalar(text) | Input::List(text) => text,
        }
    }
}

/// The inputs of a file.
pub(super) type Inputs = IndexMap<String, Input>;

/// The keys of an input's specification.
const KEYS: [&str; 6] = ["type", "default", "description", "options", "regex", "rules"];

/// Reads `spec:inputs` and fills in what is given.
///
/// # Errors
/// GitLab's words, several joined.
pub(super) fn read(header: &Node, given: Option<&Node>, findings: &mut Findings) -> Result<Inputs, String> {
    let spec = header.get("spec");
    let mut errors = Vec::new();
    for (key, entry) in spec.into_iter().flat_map(value::entries) {
        if key != "inputs" {
            findings.not_supported(&format!("spec:{key}"), entry.key.site());
        }
    }
    let inputs = spec.and_then(|spec| spec.get("inputs"));
    let known = |name: &str| inputs.is_some_and(|inputs| inputs.get(name).is_some());
    let unknown: Vec<&str> = given
        .into_iter()
        .flat_map(value::entries)
        .map(|(name, _)| name)
        .filter(|name| !known(name))
        .collect();
    if !unknown.is_empty() {
        errors.push(format!("unknown input arguments: {}", unknown.join(", ")));
    }
    let mut values = Inputs::new();
    for (name, entry) in inputs.into_iter().flat_map(value::entries) {
        for (key, entry) in value::entries(&entry.value) {
            if !KEYS.contains(&key) {
                errors.push(format!(
                    "header:spec:inputs:{name} config contains unknown keys: {key}"
                ));
            } else if key == "rules" {
                findings.not_supported("spec:inputs:rules", entry.key.site());
            }
        }
        match input(&entry.value, given.and_then(|given| given.get(name))) {
            Ok(value) => {
                values.insert(name.to_owned(), value);
            }
            Err(Wrong::Specification) => errors.push(format!(
                "unknown input specification for `{name}` (valid types: array, boolean, number, string)"
            )),
            Err(Wrong::Value(error)) => errors.push(format!("`{name}` input: {error}")),
        }
    }
    if errors.is_empty() {
        Ok(values)
    } else {
        errors.truncate(3);
        Err(errors.join(", "))
    }
}

enum Wrong {
    Specification,
    Value(String),
}

fn input(spec: &Node, given: Option<&Node>) -> Result<Input, Wrong> {
    let kind = match value::of(spec) {
        Value::Null => "string",
        Value::Hash(_) => match spec.get("type").map(value::of) {
            None | Some(Value::Null) => "string",
            Some(Value::Text(kind)) if matches!(kind, "array" | "boolean" | "number" | "string") => kind,
            Some(_) => return Err(Wrong::Specification),
        },
        _ => return Err(Wrong::Specification),
    };
    let given = given.filter(|given| !value::is_null(given));
    let default = spec.get("default");
    let Some(chosen) = given.or(default) else {
        return Err(Wrong::Value("required value has not been provided".to_owned()));
    };
    let article = if kind == "array" { "an" } else { "a" };
    if let Some(default) = default
        && typed(kind, default).is_none()
    {
        return Err(Wrong::Value(format!("default value is not {article} {kind}")));
    }
    let Some(input) = typed(kind, chosen) else {
        return Err(Wrong::Value(format!("provided value is not {article} {kind}")));
    };
    let which = if given.is_some() { "provided" } else { "default" };
    if let Some(options) = spec.get("options").and_then(Node::as_sequence)
        && !options
            .iter()
            .any(|option| typed(kind, option).as_ref() == Some(&input))
    {
        return Err(Wrong::Value(format!(
            "`{}` cannot be used because it is not in the list of allowed options",
            input.text()
        )));
    }
    if let Some(regex) = spec.get("regex").and_then(value::text) {
        match Pattern::bare(regex) {
            Err(_) => return Err(Wrong::Value("invalid regular expression".to_owned())),
            Ok(pattern) if !pattern.is_match(input.text()) => {
                return Err(Wrong::Value(format!(
                    "{which} value does not match required RegEx pattern"
                )));
            }
            Ok(_) => {}
        }
    }
    Ok(input)
}

/// A value of a type, or nothing where it has another.
fn typed(kind: &str, node: &Node) -> Option<Input> {
    let value = value::of(node);
    match (kind, &value) {
        ("string", Value::Null) => Some(Input::Nothing),
        ("string", Value::Text(text)) => Some(Input::Text((*text).to_owned())),
        ("number", Value::Int(_) | Value::Float(_)) | ("boolean", Value::Bool(_)) => {
            value.to_text().map(Input::Scalar)
        }
        ("array", Value::List(_)) => Some(Input::List(json(node))),
        _ => None,
    }
}

/// A value as JSON, which is YAML too.
fn json(node: &Node) -> String {
    match value::of(node) {
        Value::Null => "null".to_owned(),
        Value::Text(text) => quoted(text),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(json).collect();
            format!("[{}]", items.join(","))
        }
        Value::Hash(_) => {
            let entries: Vec<_> = value::entries(node)
                .map(|(key, entry)| format!("{}:{}", quoted(key), json(&entry.value)))
                .collect();
            format!("{{{}}}", entries.join(","))
        }
        scalar => scalar.to_text().unwrap_or_default(),
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if u32::from(c) < 0x20 => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
