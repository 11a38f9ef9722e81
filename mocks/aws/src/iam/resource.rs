//! What an operation works on, for the caller's policies and for the message that refuses.

use crate::accounts::Tag;
use crate::accounts::{Account, ManagedPolicy, OidcProvider};

/// A resource of IAM.
///
/// How messages show it is what clients report: `role deploy` for a role that is looked up by its name, `policy` with name or
/// ARN for a managed policy, the ARN for the rest.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    /// The ARN policies are asked about; `None` for actions that have no resource.
    pub(super) arn: Option<String>,
    /// As messages show it.
    pub(super) shown: String,
    /// The tags it has.
    pub(super) tags: Vec<Tag>,
}

impl Resource {
    /// Nothing in particular.
    pub(super) fn any() -> Self {
        Resource {
            arn: None,
            shown: "*".to_owned(),
            tags: Vec::new(),
        }
    }

    /// What has this ARN and is shown by it.
    pub(super) fn by_arn(arn: impl Into<String>) -> Self {
        let arn = arn.into();
        Resource {
            shown: arn.clone(),
            arn: Some(arn),
            tags: Vec::new(),
        }
    }

    /// A role that is there, or would be at `/`.
    pub(super) fn role(account: &Account, name: &str) -> Self {
        let role = account.role_named(name);
        Resource {
            arn: Some(role.map_or_else(
                || format!("arn:aws:iam::{}:role/{name}", account.id),
                |role| role.arn(&account.id),
            )),
            shown: format!("role {name}"),
            tags: role.map(|role| role.tags.clone()).unwrap_or_default(),
        }
    }

    /// A role, shown by its ARN: what makes and tags roles does so.
    pub(super) fn role_arn(account: &Account, name: &str) -> Self {
        let resource = Resource::role(account, name);
        Resource {
            shown: resource.arn.clone().unwrap_or_default(),
            ..resource
        }
    }

    /// A managed policy by its ARN.
    pub(super) fn policy(account: &Account, arn: &str) -> Self {
        let policy = account.managed_policy(arn);
        Resource {
            arn: Some(arn.to_owned()),
            shown: format!("policy {arn}"),
            tags: policy
                .map(|policy: &ManagedPolicy| policy.tags.clone())
                .unwrap_or_default(),
        }
    }

    /// An OIDC provider by its ARN.
    pub(super) fn provider(account: &Account, arn: &str) -> Self {
        let mut providers = account.oidc_providers.iter();
        let provider: Option<&OidcProvider> = providers.find(|provider| provider.arn(&account.id) == arn);
        Resource {
            tags: provider.map(|provider| provider.tags.clone()).unwrap_or_default(),
            ..Resource::by_arn(arn)
        }
    }

    /// All roles at paths that begin so.
    pub(super) fn roles(account: &Account, prefix: &str) -> Self {
        Resource::by_arn(format!("arn:aws:iam::{}:role{prefix}", account.id))
    }
}
