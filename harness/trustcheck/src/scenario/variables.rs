//! `variables:` — CI/CD variables as set in GitLab's settings: of the project, a group, the instance or one pipeline.

use located_yaml::{Node, Value};

use crate::reader::Reader;

/// One CI/CD variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value, as it was typed.
    pub value: String,
    /// Whether the job log shows `[MASKED]` in its place.
    pub masked: bool,
    /// Whether only pipelines for protected branches and tags have it.
    pub protected: bool,
    /// Whether the job gets the path of a file with the value.
    pub file: bool,
    /// Whether references in it stay as they are written.
    pub raw: bool,
    /// The environments whose jobs have it: `*`, a name, or a pattern with `*`.
    pub environment_scope: String,
}

impl Variable {
    /// A variable of every job, neither masked nor protected.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Variable {
        Variable {
            name: name.into(),
            value: value.into(),
            masked: false,
            protected: false,
            file: false,
            raw: false,
            environment_scope: "*".to_owned(),
        }
    }
}

/// Characters that a value needs to be masked.
const SHORTEST_MASKED: usize = 8;

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
        // GitLab keeps several values of one name for several environments: a list of them.
        let values = match &entry.value.value {
            Value::Sequence(items) => items.iter().collect(),
            _ => vec![&entry.value],
        };
        for value in values {
            let Some(variable) = variable(&name.value, value, reader) else {
                continue;
            };
            let same = |known: &Variable| {
                known.name == variable.name && known.environment_scope == variable.environment_scope
            };
            if variables.iter().any(same) {
                let problem = reader.problem(&name.span, format!("`{}` is set twice", name.value));
                reader.note(problem);
                continue;
            }
            variables.push(variable);
        }
    }
    Some(variables)
}

fn variable(name: &str, node: &Node, reader: &mut Reader<'_>) -> Option<Variable> {
    if !matches!(node.value, Value::Mapping(_)) {
        let text = reader.text(node, "a variable")?;
        return Some(Variable::new(name, text.value));
    }
    let mut fields = reader.fields(node, "a variable")?;
    let value = fields
        .need("value", reader)
        .and_then(|node| Some((node, reader.text(node, "`value`")?.value)));
    let mut flag = |key: &'static str, what: &str, reader: &mut Reader<'_>| {
        let node = fields.take(key)?;
        reader.boolean(node, what)
    };
    let masked = flag("masked", "`masked`", reader).unwrap_or(false);
    let protected = flag("protected", "`protected`", reader).unwrap_or(false);
    let file = flag("file", "`file`", reader).unwrap_or(false);
    let raw = flag("raw", "`raw`", reader).unwrap_or(false);
    let scope = fields
        .take("environment_scope")
        .and_then(|node| reader.some_text(node, "`environment_scope`"));
    fields.finish(reader);
    let (node, value) = value?;
    if masked && (value.contains('\n') || value.chars().count() < SHORTEST_MASKED) {
        let problem = reader
            .problem(&node.span, format!("GitLab cannot mask the value of `{name}`"))
            .help("a masked value is one line of eight characters or more");
        reader.note(problem);
        return None;
    }
    Some(Variable {
        masked,
        protected,
        file,
        raw,
        environment_scope: scope.map_or_else(|| "*".to_owned(), |scope| scope.value),
        ..Variable::new(name, value)
    })
}

/// GitLab's rule for a variable's key in the settings.
pub(crate) fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
