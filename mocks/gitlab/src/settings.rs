//! What an instance is, and what it cannot be.

use std::collections::{HashMap, HashSet};

use crate::base_url::{BaseUrl, BaseUrlError};
use crate::claims::ForkClaims;
use crate::project::{self, Project};
use crate::subject::{self, SubComponentsError};
use crate::user::User;
use crate::version::Version;

/// What an instance is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its URL: the issuer, unless the next but one says otherwise.
    pub url: BaseUrl,
    /// Its version.
    pub version: Version,
    /// `ci_id_tokens_issuer_url` (18.1 and later): the `iss` of ID tokens, to the letter. The instance's own discovery
    /// document does not change; see [`crate::Instance::published_copy`].
    pub ci_id_tokens_issuer_url: Option<String>,
    /// Its projects.
    pub projects: Vec<Project>,
    /// Its users. The first is the one who starts pipelines that name nobody.
    pub users: Vec<User>,
    /// Whose project the claims name in a fork's merge request pipeline; `None`: what the version does.
    pub fork_claims: Option<ForkClaims>,
    /// The feature flag `ci_jwt_groups_direct`; `None`: on from 16.11 to 17.2, else off.
    pub groups_direct: Option<bool>,
}

impl Settings {
    /// An instance of the newest version at `url`, with the user `sample-user` and no project.
    pub fn new(url: BaseUrl) -> Settings {
        Settings {
            url,
            version: Version::default(),
            ci_id_tokens_issuer_url: None,
            projects: Vec::new(),
            users: vec![User::default()],
            fork_claims: None,
            groups_direct: None,
        }
    }
}

/// GitLab.com.
impl Default for Settings {
    fn default() -> Self {
        Settings::new(BaseUrl::gitlab_com())
    }
}

/// Why there can be no such instance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InstanceError {
    /// A path that no project can have.
    #[error("`{path}` cannot be the path of a project: {reason}")]
    ProjectPath {
        /// The path.
        path: String,
        /// The rule it breaks.
        reason: &'static str,
    },
    /// Two projects with one path; GitLab does not tell upper from lower case here.
    #[error("there are two projects `{0}`")]
    ProjectTwice(String),
    /// Two projects with one id.
    #[error("`{0}` and `{1}` have the same project id {2}")]
    ProjectId(String, String, u64),
    /// One namespace with two ids.
    #[error("the namespace `{0}` has two ids, {1} and {2}")]
    NamespaceId(String, u64, u64),
    /// The components of a project's `sub`.
    #[error("in the project `{project}`: {source}")]
    SubComponents {
        /// The project's path.
        project: String,
        /// What is wrong with them.
        source: SubComponentsError,
    },
    /// Two users with one login or id.
    #[error("there are two users with the login `{0}` or the id {1}")]
    UserTwice(String, u64),
    /// A member that is no user.
    #[error("the project `{project}` has a member `{login}`, who is not a user of this GitLab")]
    UnknownMember {
        /// The project's path.
        project: String,
        /// The login.
        login: String,
    },
    /// The custom issuer came with 18.1.
    #[error("GitLab {0} has no `ci_id_tokens_issuer_url`; it came with 18.1")]
    Issuer(Version),
    /// A custom issuer that no verifier could ask.
    #[error("`ci_id_tokens_issuer_url`: {0}")]
    IssuerUrl(BaseUrlError),
}

/// The settings as GitLab would save them, or why it would not.
pub(crate) fn settled(mut settings: Settings) -> Result<Settings, InstanceError> {
    settle_issuer(&mut settings)?;
    check_users(&settings.users)?;
    for project in &settings.projects {
        check_project(project, &settings)?;
    }
    check_identity(&settings.projects)?;
    settle_namespaces(&mut settings.projects)?;
    Ok(settings)
}

/// A blank issuer is none.
fn settle_issuer(settings: &mut Settings) -> Result<(), InstanceError> {
    let Some(issuer) = settings
        .ci_id_tokens_issuer_url
        .take_if(|issuer| !issuer.trim().is_empty())
    else {
        settings.ci_id_tokens_issuer_url = None;
        return Ok(());
    };
    if !settings.version.has(Version::new(18, 1)) {
        return Err(InstanceError::Issuer(settings.version));
    }
    issuer.parse::<BaseUrl>().map_err(InstanceError::IssuerUrl)?;
    settings.ci_id_tokens_issuer_url = Some(issuer);
    Ok(())
}

fn check_users(users: &[User]) -> Result<(), InstanceError> {
    for (at, user) in users.iter().enumerate() {
        if users[..at]
            .iter()
            .any(|other| other.login == user.login || other.id == user.id)
        {
            return Err(InstanceError::UserTwice(user.login.clone(), user.id));
        }
    }
    Ok(())
}

fn check_project(project: &Project, settings: &Settings) -> Result<(), InstanceError> {
    let path = || project.path.clone();
    if let Some(reason) = project::path_fault(&project.path) {
        return Err(InstanceError::ProjectPath { path: path(), reason });
    }
    subject::check_components(&project.sub_claim_components, settings.version).map_err(|source| {
        InstanceError::SubComponents {
            project: path(),
            source,
        }
    })?;
    let is_user = |login: &str| settings.users.iter().any(|user| user.login == login);
    match project.members.iter().find(|(login, _)| !is_user(login)) {
        Some((login, _)) => Err(InstanceError::UnknownMember {
            project: path(),
            login: login.clone(),
        }),
        None => Ok(()),
    }
}

fn check_identity(projects: &[Project]) -> Result<(), InstanceError> {
    let mut paths = HashSet::new();
    let mut ids: HashMap<u64, &Project> = HashMap::new();
    for project in projects {
        if !paths.insert(project.path.to_lowercase()) {
            return Err(InstanceError::ProjectTwice(project.path.clone()));
        }
        if let Some(other) = ids.insert(project.id, project) {
            return Err(InstanceError::ProjectId(
                other.path.clone(),
                project.path.clone(),
                project.id,
            ));
        }
    }
    Ok(())
}

/// Gives all projects of a namespace the id that one of them names.
fn settle_namespaces(projects: &mut [Project]) -> Result<(), InstanceError> {
    let mut named: HashMap<String, u64> = HashMap::new();
    for project in projects
        .iter()
        .filter(|project| !project.has_default_namespace_id())
    {
        let namespace = project.namespace_path().to_owned();
        match named.get(&namespace) {
            Some(id) if *id != project.namespace_id => {
                return Err(InstanceError::NamespaceId(namespace, *id, project.namespace_id));
            }
            _ => named.insert(namespace, project.namespace_id),
        };
    }
    for project in projects {
        if let Some(id) = named.get(project.namespace_path()) {
            project.namespace_id = *id;
        }
    }
    Ok(())
}
