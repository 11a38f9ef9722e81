//! The managed policies of an account in a world.

use iam_policy::PolicyKind;
use located_yaml::{Node, Value};
use mock_aws::accounts::ManagedPolicy;

use super::files::Files;
use super::{policy, tags};
use crate::reader::Reader;

/// Reads policies by their names: each a file's name, the document itself, or a mapping with `document` and what else
/// there is to say of it.
pub(super) fn read(
    account: &str,
    node: &Node,
    files: &dyn Files,
    reader: &mut Reader<'_>,
) -> Vec<ManagedPolicy> {
    let Value::Mapping(entries) = &node.value else {
        reader.wrong_type(node, "`policies`", "a mapping of names to policies");
        return Vec::new();
    };
    let mut policies = Vec::new();
    for entry in entries {
        let Some(name) = reader.some_text(&entry.key, "a policy's name") else {
            continue;
        };
        policies.extend(one(account, &name.value, &entry.value, files, reader));
    }
    policies
}

fn one(
    account: &str,
    name: &str,
    node: &Node,
    files: &dyn Files,
    reader: &mut Reader<'_>,
) -> Option<ManagedPolicy> {
    let what = format!("the policy {name}");
    // the kind that is always a managed policy
    let kind = PolicyKind::Boundary;
    let has_document = matches!(&node.value, Value::Mapping(entries)
        if entries.iter().any(|entry| entry.key.as_str() == Some("document")));
    if !has_document {
        let document = policy::read(node, &what, kind, files, reader)?;
        return Some(ManagedPolicy::new(account, name, document.policy));
    }
    let mut fields = reader.fields(node, "a policy")?;
    let document = fields
        .need("document", reader)
        .and_then(|node| policy::read(node, &what, kind, files, reader));
    let path = fields.take("path").and_then(|node| policy::path(node, reader));
    let description = fields
        .take("description")
        .and_then(|node| reader.text(node, "`description`"));
    let of_aws = fields
        .take("of_aws")
        .and_then(|node| reader.boolean(node, "`of_aws`"));
    let tags = fields.take("tags").map(|node| tags::read(node, reader));
    fields.finish(reader);
    let mut policy = ManagedPolicy::new(account, name, document?.policy);
    if let Some(path) = path {
        policy = policy.with_path(path);
    }
    policy.description = description.map(|text| text.value);
    policy.of_aws = of_aws.unwrap_or(false);
    policy.tags = tags.unwrap_or_default();
    Some(policy)
}
