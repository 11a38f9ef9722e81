//! An AWS account.

use iam_policy::Policy;

use super::aws_managed;
use super::managed_policy::ManagedPolicy;
use super::oidc_provider::OidcProvider;
use super::role::Role;

/// An account and what IAM keeps in it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Account {
    /// The twelve digits.
    pub id: String,
    /// OIDC providers, in the order they were made.
    pub oidc_providers: Vec<OidcProvider>,
    /// Roles, in the order they were made.
    pub roles: Vec<Role>,
    /// The customer's managed policies, in the order they were made, and policies of AWS's own that this mock does not
    /// bring along or that the account has in another version.
    pub policies: Vec<ManagedPolicy>,
    /// The alias of the account, if it has one.
    pub alias: Option<String>,
}

impl Account {
    /// An empty account.
    pub fn new(id: impl Into<String>) -> Self {
        Account {
            id: id.into(),
            oidc_providers: Vec::new(),
            roles: Vec::new(),
            policies: Vec::new(),
            alias: None,
        }
    }

    /// The same account with one more managed policy.
    #[must_use]
    pub fn with_policy(mut self, policy: ManagedPolicy) -> Self {
        self.policies.push(policy);
        self
    }

    /// The same account with one more provider.
    #[must_use]
    pub fn with_oidc_provider(mut self, provider: OidcProvider) -> Self {
        self.oidc_providers.push(provider);
        self
    }

    /// The same account with one more role.
    #[must_use]
    pub fn with_role(mut self, role: Role) -> Self {
        self.roles.push(role);
        self
    }

    /// The provider for the `iss` of a token.
    #[must_use]
    pub fn oidc_provider_of(&self, issuer: &str) -> Option<&OidcProvider> {
        self.oidc_providers
            .iter()
            .find(|provider| provider.is_for(issuer))
    }

    /// The role with this path and name. The names of roles are unique in an account, so only one can match.
    #[must_use]
    pub fn role(&self, path: &str, name: &str) -> Option<&Role> {
        self.roles
            .iter()
            .find(|role| role.name == name && role.path == path)
    }

    /// The role with this name, whatever its case: names are unique regardless of it (CreateRole, IAM API Reference).
    #[must_use]
    pub fn role_named(&self, name: &str) -> Option<&Role> {
        self.roles
            .iter()
            .find(|role| role.name.eq_ignore_ascii_case(name))
    }

    /// The managed policy with an ARN, the account's or AWS's own.
    #[must_use]
    pub fn managed_policy(&self, arn: &str) -> Option<&ManagedPolicy> {
        let own = self.policies.iter().find(|policy| policy.arn(&self.id) == arn);
        own.or_else(|| aws_managed::named(arn.strip_prefix("arn:aws:iam::aws:policy/")?))
    }

    /// All managed policies: the account's, and AWS's own that it has not in another version.
    pub(crate) fn managed_policies(&self) -> impl Iterator<Item = &ManagedPolicy> {
        let replaced = |name: &str| self.policies.iter().any(|own| own.of_aws && own.name == name);
        let brought = aws_managed::all().filter(move |policy| !replaced(&policy.name));
        self.policies
            .iter()
            .chain(brought.map(|policy| -> &ManagedPolicy { policy }))
    }

    /// The ARN of the managed policy with a name: one of the account's, else one of AWS's own.
    ///
    /// # Errors
    /// The names there are, where this is none of them.
    pub fn policy_arn(&self, name: &str) -> Result<String, Vec<&str>> {
        if let Some(policy) = self.policies.iter().find(|policy| policy.name == name) {
            return Ok(policy.arn(&self.id));
        }
        if let Some(policy) = aws_managed::named(name) {
            return Ok(policy.arn(&self.id));
        }
        let own = self.policies.iter().map(|policy| policy.name.as_str());
        Err(own
            .chain(aws_managed::names().map(|name| -> &str { name }))
            .collect())
    }

    /// The documents of a role's permissions: its inline policies, and the managed policies attached to it in their
    /// default versions.
    #[must_use]
    pub fn permissions_of(&self, role: &Role) -> Vec<Policy> {
        let inline = role.inline_policies.iter().map(|inline| inline.policy.clone());
        let attached = role.attached_policies.iter().filter_map(|arn| self.document(arn));
        inline.chain(attached).collect()
    }

    /// The default version of a managed policy.
    pub(crate) fn document(&self, arn: &str) -> Option<Policy> {
        let version = self.managed_policy(arn)?.default()?;
        Some(version.policy.clone())
    }
}
