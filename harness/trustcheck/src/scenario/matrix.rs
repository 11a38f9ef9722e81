//! `matrix:` — each combination of its values is a case of its own.
//!
//! In the scenario, `$[[ matrix.branch ]]` stands for the case's value, as GitLab writes such expressions. Where it is
//! all there is to a value, it may stand for a list or a mapping too; `$[[ matrix.row.branch ]]` goes into a mapping.

use located_yaml::{Entry, Node, Scalar, Value};

use crate::diagnostic::nearest;
use crate::reader::Reader;

/// The most cases one file may make.
const MOST_CASES: usize = 10_000;

/// How an expression begins.
pub(super) const OPENING: &str = "$[[";

/// The values of one case: name and value, in the order of the file.
pub(super) type Row<'n> = Vec<(&'n str, &'n Node)>;

/// All combinations of a `matrix:`, the last name turning fastest.
pub(super) fn rows<'n>(node: &'n Node, reader: &mut Reader<'_>) -> Option<Vec<Row<'n>>> {
    let Value::Mapping(entries) = &node.value else {
        reader.wrong_type(node, "`matrix`", "a mapping of names to lists of values");
        return None;
    };
    let mut rows: Vec<Row<'n>> = vec![Vec::new()];
    let mut sound = true;
    for entry in entries {
        let Some(name) = entry.key.as_str() else {
            reader.wrong_type(&entry.key, "a name in `matrix`", "a string");
            sound = false;
            continue;
        };
        let Value::Sequence(values) = &entry.value.value else {
            reader.wrong_type(&entry.value, "a name in `matrix`", "a list of values");
            sound = false;
            continue;
        };
        if values.is_empty() || rows.len().saturating_mul(values.len()) > MOST_CASES {
            let why = if values.is_empty() {
                "has no values, so there would be no case"
            } else {
                "makes too many cases"
            };
            let problem = reader.problem(&entry.value.span, format!("`{name}` {why}"));
            reader.note(problem);
            sound = false;
            continue;
        }
        rows = rows
            .iter()
            .flat_map(|row| {
                values
                    .iter()
                    .map(move |value| [row.as_slice(), &[(name, value)]].concat())
            })
            .collect();
    }
    (sound && !entries.is_empty()).then_some(rows)
}

/// How a value is shown in the name of a case: a scalar itself, a mapping by its `name`, else its position's text.
#[must_use]
pub(super) fn shown(value: &Node) -> String {
    match &value.value {
        Value::Scalar(scalar) => scalar.text.clone(),
        Value::Mapping(_) => value
            .get("name")
            .and_then(Node::as_str)
            .unwrap_or("{…}")
            .to_owned(),
        Value::Sequence(items) => items.iter().map(shown).collect::<Vec<_>>().join("+"),
        Value::Null => "null".to_owned(),
    }
}

/// Whether an expression stands anywhere in `node`.
pub(super) fn has_expression(node: &Node) -> bool {
    match &node.value {
        Value::Null => false,
        Value::Scalar(scalar) => scalar.text.contains(OPENING),
        Value::Sequence(items) => items.iter().any(has_expression),
        Value::Mapping(entries) => entries
            .iter()
            .any(|entry| has_expression(&entry.key) || has_expression(&entry.value)),
    }
}

/// `node` with every `$[[ matrix.… ]]` replaced by the case's value.
pub(super) fn substitute(node: &Node, row: &Row<'_>, reader: &mut Reader<'_>) -> Node {
    let value = match &node.value {
        Value::Null => Value::Null,
        Value::Sequence(items) => {
            Value::Sequence(items.iter().map(|item| substitute(item, row, reader)).collect())
        }
        Value::Mapping(entries) => Value::Mapping(
            entries
                .iter()
                .map(|Entry { key, value }| Entry {
                    key: substitute(key, row, reader),
                    value: substitute(value, row, reader),
                })
                .collect(),
        ),
        Value::Scalar(scalar) => match replace(&scalar.text, node, row, reader) {
            Replaced::Nothing => return node.clone(),
            Replaced::Node(value) => return value.clone(),
            Replaced::Text(text) => Value::Scalar(Scalar {
                text,
                style: scalar.style,
            }),
        },
    };
    Node {
        value,
        ..node.clone()
    }
}

enum Replaced<'n> {
    Nothing,
    Node(&'n Node),
    Text(String),
}

fn replace<'n>(text: &str, node: &Node, row: &Row<'n>, reader: &mut Reader<'_>) -> Replaced<'n> {
    let mut result = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some(start) = rest.find(OPENING) {
        let Some(length) = rest[start..].find("]]") else {
            break;
        };
        let expression = rest[start + 3..start + length].trim();
        let Some(path) = expression.strip_prefix("matrix.") else {
            // Another expression, such as `$[[ inputs.x ]]`, belongs to whoever reads the value.
            result.push_str(&rest[..start + length + 2]);
            rest = &rest[start + length + 2..];
            continue;
        };
        let Some(value) = look_up(path, node, row, reader) else {
            return Replaced::Nothing;
        };
        if start == 0 && start + length + 2 == rest.len() && result.is_empty() {
            return Replaced::Node(value);
        }
        found = true;
        result.push_str(&rest[..start]);
        if let Some(text) = value.as_str() {
            result.push_str(text);
        } else {
            let kind = value.kind_name();
            let problem = reader.problem(
                &node.span,
                format!("`{expression}` is {kind}, which cannot be part of a text"),
            );
            reader.note(problem);
        }
        rest = &rest[start + length + 2..];
    }
    if !found {
        return Replaced::Nothing;
    }
    result.push_str(rest);
    Replaced::Text(result)
}

fn look_up<'n>(path: &str, node: &Node, row: &Row<'n>, reader: &mut Reader<'_>) -> Option<&'n Node> {
    let mut parts = path.split('.');
    let name = parts.next().unwrap_or_default();
    let found = row
        .iter()
        .find(|(known, _)| *known == name)
        .and_then(|(_, value)| parts.try_fold(*value, |value, part| value.get(part)));
    if found.is_none() {
        let problem = reader.problem(&node.span, format!("the matrix has no `{path}`"));
        let problem = match nearest(name, row.iter().map(|(known, _)| *known)) {
            Some(known) if known != name => problem.help(format!("did you mean `matrix.{known}`?")),
            _ => problem,
        };
        reader.note(problem);
    }
    found
}
