//! JSON that is written as YAML.

use located_yaml::scalar::core::{self, Core};
use located_yaml::{Node, Value};

/// The YAML as JSON, scalars by YAML's core schema.
#[must_use]
pub fn to_json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Sequence(items) => items.iter().map(to_json).collect(),
        Value::Mapping(entries) => entries
            .iter()
            .map(|entry| {
                (
                    entry.key.as_str().unwrap_or_default().to_owned(),
                    to_json(&entry.value),
                )
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Scalar(scalar) => match core::resolve(node) {
            Some(Core::Null) => serde_json::Value::Null,
            Some(Core::Bool(value)) => value.into(),
            Some(Core::Int(value)) => serde_json::from_str(&value.to_string()).unwrap_or_default(),
            Some(Core::Float(value)) => value.into(),
            _ => scalar.text.clone().into(),
        },
    }
}
