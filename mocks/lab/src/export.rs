//! What a world is, in the form of a world file.

use mock_gitlab::{Project, Settings, User};
use serde_json::{Map, Value, json};

use crate::world::World;

impl World {
    /// The world as it is now, in the form that `--world` and the `world:` of a scenario take (JSON is YAML): its GitLabs as they
    /// booted, and its accounts with what was changed in them since. What a world file has no word for is not in it: keys, faults,
    /// the clock and what is left of sessions.
    #[must_use]
    pub fn export(&self) -> Value {
        let gitlabs: Vec<Value> = self.settings.iter().map(gitlab).collect();
        json!({ "gitlab": gitlabs, "aws": self.aws.export() })
    }
}

fn gitlab(settings: &Settings) -> Value {
    let mut gitlab = json!({
        "url": settings.url.to_string(),
        "version": settings.version.to_string(),
        "projects": settings.projects.iter().map(project).collect::<Vec<_>>(),
        "users": settings.users.iter().map(user).collect::<Vec<_>>(),
    });
    if let Some(issuer) = &settings.ci_id_tokens_issuer_url {
        gitlab["ci_id_tokens_issuer_url"] = issuer.as_str().into();
    }
    if let Some(groups_direct) = settings.groups_direct {
        gitlab["groups_direct"] = groups_direct.into();
    }
    if let Some(claims) = settings.fork_claims {
        gitlab["fork_claims"] = match claims {
            mock_gitlab::ForkClaims::Source => "source".into(),
            mock_gitlab::ForkClaims::Target => "target".into(),
        };
    }
    gitlab
}

fn project(project: &Project) -> Value {
    let members: Map<String, Value> = project
        .members
        .iter()
        .map(|(login, role)| (login.clone(), role.as_str().into()))
        .collect();
    let components: Vec<&str> = project
        .sub_claim_components
        .iter()
        .map(|component| component.as_str())
        .collect();
    let mut written = json!({
        "path": project.path,
        "id": project.id,
        "namespace_id": project.namespace_id,
        "visibility": project.visibility.as_str(),
        "default_branch": project.default_branch,
        "protected_branches": project.protected_branches,
        "protected_tags": project.protected_tags,
        "protected_environments": project.protected_environments,
        "ci_config_path": project.ci_config_path,
        "timeout": format!("{}s", project.timeout_seconds),
        "ci_id_token_sub_claim_components": components,
        "limit_jwt_access": project.limit_jwt_access,
        "path_reclaimed": project.path_reclaimed,
    });
    if !members.is_empty() {
        written["members"] = members.into();
    }
    written
}

fn user(user: &User) -> Value {
    let mut written = json!({
        "login": user.login,
        "id": user.id,
        "email": user.email,
        "name": user.name,
    });
    if !user.groups.is_empty() {
        written["groups"] = user.groups.as_slice().into();
    }
    if !user.identities.is_empty() {
        written["identities"] = json!(user.identities);
        written["pass_identities"] = user.pass_identities.into();
    }
    written
}
