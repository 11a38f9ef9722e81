//! Who starts pipelines: users, and their roles in projects.

use std::fmt;
use std::str::FromStr;

use crate::unknown_name::UnknownName;

/// A user of the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The id, unique in the instance: the claim `user_id`.
    pub id: u64,
    /// The user name: the claim `user_login`.
    pub login: String,
    /// The primary address: the claim `user_email`.
    pub email: String,
    /// The display name: the variable `GITLAB_USER_NAME`.
    pub name: String,
    /// Accounts elsewhere, in the claim `user_identities` when [`pass_identities`](User::pass_identities) is set.
    pub identities: Vec<Identity>,
    /// The user's preference "Include external identities in CI/CD ID tokens".
    pub pass_identities: bool,
    /// Full paths of the groups the user is a direct member of: the claim `groups_direct`, where it exists.
    pub groups: Vec<String>,
}

/// An account of a user at another provider.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Identity {
    /// The provider, such as `saml` or `github`.
    pub provider: String,
    /// The user's id there.
    pub extern_uid: String,
}

impl User {
    /// A user with an address at example.com and the login as name.
    pub fn new(id: u64, login: impl Into<String>) -> User {
        let login = login.into();
        User {
            id,
            email: format!("{login}@example.com"),
            name: login.clone(),
            login,
            identities: Vec::new(),
            pass_identities: false,
            groups: Vec::new(),
        }
    }
}

/// The one user of a world that names none: GitLab's documentation calls it `sample-user`.
impl Default for User {
    fn default() -> Self {
        User {
            name: "Sample User".to_owned(),
            ..User::new(1, "sample-user")
        }
    }
}

/// A role in a project: the claim `user_access_level`.
///
/// Source: GitLab docs, "Roles and permissions".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// `guest`
    Guest,
    /// `planner`, since 17.7
    Planner,
    /// `reporter`
    Reporter,
    /// `developer`
    Developer,
    /// `maintainer`
    Maintainer,
    /// `owner`
    Owner,
}

impl Role {
    /// All roles, the weakest first.
    pub const ALL: [Role; 6] = [
        Role::Guest,
        Role::Planner,
        Role::Reporter,
        Role::Developer,
        Role::Maintainer,
        Role::Owner,
    ];

    /// The name as in the claim.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Guest => "guest",
            Role::Planner => "planner",
            Role::Reporter => "reporter",
            Role::Developer => "developer",
            Role::Maintainer => "maintainer",
            Role::Owner => "owner",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Role, UnknownName> {
        UnknownName::find("a role", text, &Role::ALL, Self::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_read_back() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert_eq!(
            "Owner".parse::<Role>().expect_err("case counts").to_string(),
            "`Owner` is not a role; known are `guest`, `planner`, `reporter`, `developer`, `maintainer`, `owner`"
        );
    }
}
