//! An AWS account.

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
}

impl Account {
    /// An empty account.
    pub fn new(id: impl Into<String>) -> Self {
        Account {
            id: id.into(),
            oidc_providers: Vec::new(),
            roles: Vec::new(),
        }
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
}
