//! `variables:` — the project's CI/CD variables, as set in GitLab's settings.

use located_yaml::{Node, Value};

use crate::reader::Reader;

/// One CI/CD variable of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value, as it was typed.
    pub value: String,
    /// Whether the job log shows `[MASKED]` in its place.
    pub masked: bool,
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<Variable>> {
    let Value::Mapping(entries) = &node.value else {
        reader.wrong_type(node, "`variables`", "a mapping of names to values");
        return None;
    };
    let mut variables: Vec<Variable> = Vec::new();
    for entry in entries {
        let Some(name) = reader.some_text(&entry.key, "a variable's name") else {
            continue;
        };
        if !is_name(&name.value) {
            let problem = reader
                .problem(&name.span, format!("`{}` is no variable name", name.value))
                .help("GitLab allows letters, digits and `_`, with no digit in front");
            reader.note(problem);
            continue;
        }
        if variables.iter().any(|known| known.name == name.value) {
            let problem = reader.problem(&name.span, format!("`{}` is set twice", name.value));
            reader.note(problem);
            continue;
        }
        let (value, masked) = if matches!(entry.value.value, Value::Mapping(_)) {
            let Some(mut fields) = reader.fields(&entry.value, "a variable") else {
                continue;
            };
            let value = fields
                .need("value", reader)
                .and_then(|node| reader.text(node, "`value`"));
            let masked = fields
                .take("masked")
                .and_then(|node| reader.boolean(node, "`masked`"));
            for key in ["protected", "file", "raw", "environment_scope"] {
                fields.refuse(key, "is not supported yet for a variable", reader);
            }
            fields.finish(reader);
            (value, masked.unwrap_or(false))
        } else {
            (reader.text(&entry.value, "a variable"), false)
        };
        if let Some(value) = value {
            variables.push(Variable {
                name: name.value,
                value: value.value,
                masked,
            });
        }
    }
    Some(variables)
}

/// GitLab's rule for a variable's key in the settings.
pub(crate) fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
