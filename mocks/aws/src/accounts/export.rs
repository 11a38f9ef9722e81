//! Writing what IAM keeps as a world file has it.

use iam_policy::Policy;
use serde_json::{Map, Value, json};

use super::account::Account;
use super::managed_policy::ManagedPolicy;
use super::oidc_provider::OidcProvider;
use super::role::Role;
use super::settings::IamSettings;
use super::tag::Tag;

/// The value of `aws:` in a world file.
pub(crate) fn exported(accounts: &[impl AsRef<Account>], settings: &IamSettings) -> Value {
    let accounts: Map<String, Value> = accounts
        .iter()
        .map(AsRef::as_ref)
        .map(|account| (account.id.clone(), of_account(account)))
        .collect();
    let mut exported = json!({ "accounts": accounts });
    let mut iam = Map::new();
    if !settings.shared_provider_control {
        iam.insert("shared_provider_control".into(), false.into());
    }
    let propagation = settings.propagation.as_millis();
    if propagation > 0 {
        iam.insert("propagation".into(), format!("{propagation}ms").into());
    }
    if !iam.is_empty() {
        exported["iam"] = iam.into();
    }
    exported
}

fn of_account(account: &Account) -> Value {
    let mut exported = Map::new();
    if let Some(alias) = &account.alias {
        exported.insert("alias".into(), alias.as_str().into());
    }
    let providers: Vec<Value> = account.oidc_providers.iter().map(of_provider).collect();
    if !providers.is_empty() {
        exported.insert("oidc_providers".into(), providers.into());
    }
    let policies: Map<String, Value> = account
        .policies
        .iter()
        .filter_map(|policy| Some((policy.name.clone(), of_policy(policy)?)))
        .collect();
    if !policies.is_empty() {
        exported.insert("policies".into(), policies.into());
    }
    let roles: Map<String, Value> = account
        .roles
        .iter()
        .map(|role| (role.name.clone(), of_role(role)))
        .collect();
    if !roles.is_empty() {
        exported.insert("roles".into(), roles.into());
    }
    exported.into()
}

fn of_provider(provider: &OidcProvider) -> Value {
    let mut exported = json!({ "url": provider.issuer(), "client_ids": provider.client_ids });
    if !provider.thumbprints.is_empty() {
        exported["thumbprints"] = json!(provider.thumbprints);
    }
    add_tags(&mut exported, &provider.tags);
    exported
}

/// The version that counts; the others have no place in a world file.
fn of_policy(policy: &ManagedPolicy) -> Option<Value> {
    let mut exported = json!({ "document": document(&policy.default()?.policy) });
    if policy.path != "/" {
        exported["path"] = policy.path.as_str().into();
    }
    if policy.of_aws {
        exported["of_aws"] = true.into();
    }
    if let Some(description) = &policy.description {
        exported["description"] = description.as_str().into();
    }
    add_tags(&mut exported, &policy.tags);
    Some(exported)
}

fn of_role(role: &Role) -> Value {
    let mut exported = json!({ "trust_policy": document(&role.trust_policy) });
    if role.path != "/" {
        exported["path"] = role.path.as_str().into();
    }
    if role.max_session_duration != 3600 {
        exported["max_session_duration"] = role.max_session_duration.into();
    }
    if let Some(description) = &role.description {
        exported["description"] = description.as_str().into();
    }
    if !role.attached_policies.is_empty() {
        exported["managed_policies"] = json!(role.attached_policies);
    }
    if let Some(boundary) = &role.permissions_boundary {
        exported["permissions_boundary"] = boundary.as_str().into();
    }
    let inline: Map<String, Value> = role
        .inline_policies
        .iter()
        .map(|policy| (policy.name.clone(), document(&policy.policy)))
        .collect();
    if !inline.is_empty() {
        exported["policies"] = inline.into();
    }
    add_tags(&mut exported, &role.tags);
    exported
}

fn add_tags(exported: &mut Value, tags: &[Tag]) {
    if !tags.is_empty() {
        let tags: Map<String, Value> = tags
            .iter()
            .map(|tag| (tag.key.clone(), tag.value.as_str().into()))
            .collect();
        exported["tags"] = tags.into();
    }
}

/// The document as it was written, which is JSON, since it was read.
fn document(policy: &Policy) -> Value {
    serde_json::from_str(policy.text()).unwrap_or_else(|_| policy.to_json())
}
