//! A role of an account in a world.

use iam_policy::PolicyKind;
use located_yaml::Node;
use mock_aws::accounts::{Account, Role};

use super::files::Files;
use super::{policy, tags};
use crate::diagnostic::{Source, nearest};
use crate::reader::Reader;

/// Reads the role and its trust policy's text. The account has its managed policies already.
pub(super) fn read(
    account: &Account,
    name: &str,
    node: &Node,
    files: &dyn Files,
    reader: &mut Reader<'_>,
) -> Option<(Role, Source)> {
    let mut fields = reader.fields(node, "a role")?;
    let trust = fields.need("trust_policy", reader).and_then(|node| {
        policy::read(
            node,
            &format!("the trust policy of {name}"),
            PolicyKind::Trust,
            files,
            reader,
        )
    });
    let path = fields.take("path").and_then(|node| policy::path(node, reader));
    let longest = fields.take("max_session_duration").and_then(|node| {
        let seconds = reader.integer(node, "`max_session_duration`")?;
        let allowed = u32::try_from(seconds.value)
            .ok()
            .filter(|seconds| (3_600..=43_200).contains(seconds));
        if allowed.is_none() {
            reader.wrong_type(node, "`max_session_duration`", "between 3600 and 43200 seconds");
        }
        allowed
    });
    let description = fields
        .take("description")
        .and_then(|node| reader.text(node, "`description`"));
    let managed = fields
        .take("managed_policies")
        .map(|node| reader.one_or_many(node, |reader, node| managed_policy(account, node, reader)));
    let boundary = fields
        .take("permissions_boundary")
        .and_then(|node| managed_policy(account, node, reader));
    let inline = fields.take("policies").map(|node| {
        let kind = PolicyKind::Identity;
        policy::named(node, "`policies`", kind, files, reader)
    });
    let tags = fields.take("tags").map(|node| tags::read(node, reader));
    fields.finish(reader);
    let policy::Document { policy, source } = trust?;
    let mut role = Role::new(&account.id, name, policy);
    role.description = description.map(|text| text.value);
    role.attached_policies = managed.unwrap_or_default();
    role.permissions_boundary = boundary;
    for (name, document) in inline.unwrap_or_default() {
        role = role.with_policy(name, document.policy);
    }
    role.tags = tags.unwrap_or_default();
    if let Some(path) = path {
        role = role.with_path(path);
    }
    if let Some(seconds) = longest {
        role = role.with_max_session_duration(seconds);
    }
    Some((role, source))
}

/// The ARN of a managed policy that is named by its name or its ARN.
fn managed_policy(account: &Account, node: &Node, reader: &mut Reader<'_>) -> Option<String> {
    let name = reader.some_text(node, "a managed policy")?;
    if name.value.starts_with("arn:") && account.managed_policy(&name.value).is_some() {
        return Some(name.value);
    }
    match account.policy_arn(&name.value) {
        Ok(arn) => Some(arn),
        Err(known) => {
            let problem = reader.problem(&name.span, format!("there is no managed policy `{}`", name.value));
            let problem = match nearest(&name.value, known.iter().copied()) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem.help(format!(
                    "the account's `policies` and these of AWS's own are known: {}",
                    known.join(", ")
                )),
            };
            reader.note(problem);
            None
        }
    }
}
