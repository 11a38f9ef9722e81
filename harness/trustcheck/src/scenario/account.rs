//! An account in a world: what IAM keeps in it.

use std::collections::BTreeMap;

use located_yaml::{Node, Value};
use mock_aws::accounts::{Account, OidcProvider};

use super::files::Files;
use super::world::note;
use super::{import, managed_policy, role, tags};
use crate::diagnostic::Source;
use crate::reader::Reader;

/// Reads what an account has.
pub(super) fn read(
    id: &str,
    node: &Node,
    files: &dyn Files,
    policies: &mut BTreeMap<String, Source>,
    reader: &mut Reader<'_>,
) -> Option<Account> {
    let mut account = Account::new(id);
    if node.is_null() {
        return Some(account);
    }
    let mut fields = reader.fields(node, "an account")?;
    if let Some(node) = fields.take("oidc_providers") {
        for provider in reader
            .list(node, "`oidc_providers`", provider)
            .unwrap_or_default()
        {
            account = account.with_oidc_provider(provider);
        }
    }
    account.alias = fields
        .take("alias")
        .and_then(|node| reader.some_text(node, "`alias`"))
        .map(|alias| alias.value);
    if let Some(node) = fields.take("policies") {
        account.policies = managed_policy::read(id, node, files, reader);
    }
    if let Some(node) = fields.take("import") {
        import::read(&mut account, node, files, policies, reader);
    }
    if let Some(node) = fields.take("roles") {
        let Value::Mapping(entries) = &node.value else {
            reader.wrong_type(node, "`roles`", "a mapping of names to roles");
            return None;
        };
        for entry in entries {
            let Some(name) = reader.some_text(&entry.key, "a role's name") else {
                continue;
            };
            if let Some((role, source)) = role::read(&account, &name.value, &entry.value, files, reader) {
                policies.insert(role.arn(id), source);
                account = account.with_role(role);
            }
        }
    }
    for key in ["buckets", "secrets", "terraform"] {
        fields.refuse(key, "is not supported yet in an account", reader);
    }
    fields.finish(reader);
    Some(account)
}

fn provider(reader: &mut Reader<'_>, node: &Node) -> Option<OidcProvider> {
    let mut fields = reader.fields(node, "an OIDC provider")?;
    let url_node = fields.need("url", reader);
    let url = url_node.and_then(|node| reader.some_text(node, "`url`"));
    let client_ids = fields.need("client_ids", reader).map(|node| {
        reader.one_or_many(node, |reader, node| {
            reader.some_text(node, "a client id").map(|text| text.value)
        })
    });
    let thumbprints = fields.take("thumbprints").map(|node| {
        reader.one_or_many(node, |reader, node| {
            reader.some_text(node, "a thumbprint").map(|text| text.value)
        })
    });
    let tags = fields.take("tags").map(|node| tags::read(node, reader));
    fields.finish(reader);
    match OidcProvider::new(&url?.value, client_ids?) {
        Ok(mut provider) => {
            provider.tags = tags.unwrap_or_default();
            Some(provider.with_thumbprints(thumbprints.unwrap_or_default()))
        }
        Err(error) => {
            note(reader, url_node?, &error);
            None
        }
    }
}
