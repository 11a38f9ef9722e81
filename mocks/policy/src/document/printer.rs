//! From a document back to JSON.

use serde_json::{Map, Value, json};

use super::{Condition, Document, PrincipalElement, Statement, StatementEffect};

/// The document as JSON, in the usual order of elements. Lists of one become plain values, as IAM's own tools write them.
pub(crate) fn document(document: &Document) -> Value {
    let mut object = Map::new();
    if document.version_span.is_some() {
        object.insert("Version".into(), document.version.name().into());
    }
    if let Some(id) = &document.id {
        object.insert("Id".into(), id.value.clone().into());
    }
    object.insert(
        "Statement".into(),
        document.statements.iter().map(statement).collect(),
    );
    Value::Object(object)
}

fn statement(statement: &Statement) -> Value {
    let mut object = Map::new();
    if let Some(sid) = &statement.sid {
        object.insert("Sid".into(), sid.value.clone().into());
    }
    let effect = match statement.effect.value {
        StatementEffect::Allow => "Allow",
        StatementEffect::Deny => "Deny",
    };
    object.insert("Effect".into(), effect.into());
    if let Some(principal) = &statement.principal {
        object.insert(
            if principal.negated {
                "NotPrincipal"
            } else {
                "Principal"
            }
            .into(),
            self::principal(principal),
        );
    }
    if let Some(action) = &statement.action {
        let name = if action.negated { "NotAction" } else { "Action" };
        object.insert(name.into(), list(action.values.iter().map(|value| &value.text)));
    }
    if let Some(resource) = &statement.resource {
        let name = if resource.negated {
            "NotResource"
        } else {
            "Resource"
        };
        object.insert(name.into(), list(resource.values.iter().map(|value| &value.text)));
    }
    if let Some(condition) = &statement.condition {
        let blocks = condition.blocks.iter().map(|block| {
            let keys: Map<String, Value> = block
                .conditions
                .iter()
                .map(|condition| (condition.key.clone(), values(condition)))
                .collect();
            (block.name.value.clone(), Value::Object(keys))
        });
        object.insert("Condition".into(), Value::Object(blocks.collect()));
    }
    Value::Object(object)
}

fn principal(element: &PrincipalElement) -> Value {
    let mut types: Map<String, Value> = Map::new();
    for entry in &element.entries {
        let Some(kind) = entry.kind else { return json!("*") };
        match types.entry(kind.name()).or_insert_with(|| json!([])) {
            Value::Array(values) => values.push(entry.value.clone().into()),
            other => *other = json!([entry.value]),
        }
    }
    for value in types.values_mut() {
        if let Value::Array(values) = value
            && let [only] = values.as_slice()
        {
            *value = only.clone();
        }
    }
    Value::Object(types)
}

fn values(condition: &Condition) -> Value {
    list(condition.values.iter().map(|value| &value.text))
}

fn list<'a>(values: impl ExactSizeIterator<Item = &'a String>) -> Value {
    let single = values.len() == 1;
    let mut values: Vec<Value> = values.map(|value| value.clone().into()).collect();
    match values.pop() {
        Some(value) if single => value,
        Some(last) => {
            values.push(last);
            Value::Array(values)
        }
        None => json!([]),
    }
}
