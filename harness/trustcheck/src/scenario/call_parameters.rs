//! The parameters of a call: nested as in AWS's API reference, flat as the query protocol sends them.

use located_yaml::{Node, Value};

use super::json::to_json;
use crate::diagnostic::nearest;
use crate::reader::Reader;

/// The parameters of STS's operations, from its published service model. AWS ignores one that it does not know, and so
/// would let a slip pass.
const OF_STS: [(&str, &[&str]); 7] = [
    (
        "AssumeRole",
        &[
            "RoleArn",
            "RoleSessionName",
            "PolicyArns",
            "Policy",
            "DurationSeconds",
            "Tags",
            "TransitiveTagKeys",
            "ExternalId",
            "SerialNumber",
            "TokenCode",
            "SourceIdentity",
            "ProvidedContexts",
            "MinimumSessionTokenSize",
        ],
    ),
    (
        "AssumeRoleWithWebIdentity",
        &[
            "RoleArn",
            "RoleSessionName",
            "WebIdentityToken",
            "ProviderId",
            "PolicyArns",
            "Policy",
            "DurationSeconds",
            "MinimumSessionTokenSize",
        ],
    ),
    ("DecodeAuthorizationMessage", &["EncodedMessage"]),
    ("GetAccessKeyInfo", &["AccessKeyId"]),
    ("GetCallerIdentity", &[]),
    (
        "GetFederationToken",
        &["Name", "Policy", "PolicyArns", "DurationSeconds", "Tags"],
    ),
    (
        "GetSessionToken",
        &["DurationSeconds", "SerialNumber", "TokenCode"],
    ),
];

/// Parameters that are policy documents, which are sent as JSON.
const DOCUMENTS: [&str; 3] = ["Policy", "PolicyDocument", "AssumeRolePolicyDocument"];

/// How many parameters one call may have; AWS's own limit lies far below.
const MOST: usize = 10_000;

/// Reads `parameters:`. A parameter without a value is left out.
pub(super) fn read(
    node: &Node,
    service: &str,
    operation: Option<&str>,
    reader: &mut Reader<'_>,
) -> Option<Vec<(String, String)>> {
    let Value::Mapping(entries) = &node.value else {
        reader.wrong_type(node, "`parameters`", "a mapping of names to values");
        return None;
    };
    let known = OF_STS
        .iter()
        .find(|(name, _)| service == "sts" && Some(*name) == operation)
        .map(|(_, parameters)| *parameters);
    let mut flat = Vec::new();
    for entry in entries {
        let name = reader.some_text(&entry.key, "a parameter's name")?;
        if let Some(known) = known.filter(|known| !known.contains(&name.value.as_str())) {
            let operation = operation.unwrap_or_default();
            let message = format!("`{operation}` has no parameter `{}`", name.value);
            let problem = reader.problem(&name.span, message);
            let problem = match nearest(&name.value, known.iter().copied()) {
                Some(known) => problem.help(format!("did you mean `{known}`?")),
                None if known.is_empty() => problem.help("it has none"),
                None => problem.help(format!("it has {}", known.join(", "))),
            };
            reader.note(problem);
            continue;
        }
        flatten(name.value, &entry.value, &mut flat, reader);
    }
    if flat.len() > MOST {
        let problem = reader.problem(&node.span, format!("there are more than {MOST} parameters"));
        reader.note(problem);
        return None;
    }
    Some(flat)
}

/// `Tags: [{ Key: a }]` becomes `Tags.member.1.Key`.
fn flatten(name: String, node: &Node, flat: &mut Vec<(String, String)>, reader: &mut Reader<'_>) {
    match &node.value {
        Value::Null => {}
        Value::Scalar(scalar) => flat.push((name, scalar.text.clone())),
        Value::Mapping(_) if DOCUMENTS.contains(&name.as_str()) => {
            flat.push((name, to_json(node).to_string()));
        }
        Value::Mapping(entries) => {
            for entry in entries {
                if let Some(key) = reader.some_text(&entry.key, "a field's name") {
                    flatten(format!("{name}.{}", key.value), &entry.value, flat, reader);
                }
            }
        }
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                flatten(format!("{name}.member.{}", index + 1), item, flat, reader);
            }
        }
    }
}
