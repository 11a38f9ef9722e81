//! Whether a value is as a schema of the document says: as much of JSON Schema as the document uses.

use serde_json::Value;

/// What is wrong with a value; nothing where it is as described. `document` is where references lead.
pub(crate) fn mismatch(value: &Value, schema: &Value, document: &Value) -> Option<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.strip_prefix('#').unwrap());
        return match target {
            Some(schema) => mismatch(value, schema, document),
            None => Some(format!("{reference} leads nowhere")),
        };
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(schemas) = schema[key].as_array() {
            let fits = |schema: &&Value| mismatch(value, schema, document).is_none();
            if !schemas.iter().any(|schema| fits(&schema)) {
                return Some(format!("{value} is none of {key}"));
            }
        }
    }
    for schema in schema["allOf"].as_array().into_iter().flatten() {
        if let Some(wrong) = mismatch(value, schema, document) {
            return Some(wrong);
        }
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is_of = |name: &&str| match *name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        // a type that this does not know is as good as a mismatch
        _ => false,
    };
    if !types.is_empty() && !types.iter().any(is_of) {
        return Some(format!("{value} is no {types:?}"));
    }
    if let Some(values) = schema["enum"].as_array()
        && !values.contains(value)
    {
        return Some(format!("{value} is none of {values:?}"));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        if value.get(name.as_str().unwrap()).is_none() {
            return Some(format!("{value} has no {name}"));
        }
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(wrong) = value
            .get(name)
            .and_then(|value| mismatch(value, schema, document))
        {
            return Some(wrong);
        }
    }
    let items = value.as_array().into_iter().flatten();
    items
        .filter_map(|item| mismatch(item, schema.get("items")?, document))
        .next()
}
