//! `gitlab:` — a GitLab instance of a world: its projects, users and settings.

use std::str::FromStr;

use located_yaml::{Node, Value};
use mock_gitlab::{
    BaseUrl, ForkClaims, Identity, Project, Role, Settings, SubComponent, User, Version, Visibility,
};

use super::files::Files;
use super::given::Given;
use super::world::note;
use crate::reader::Reader;

/// An instance.
pub(super) fn gitlab(
    reader: &mut Reader<'_>,
    node: &Node,
    files: &dyn Files,
    given: &mut Given,
) -> Option<Settings> {
    let mut fields = reader.fields(node, "`gitlab`")?;
    let url = fields.take("url").map_or_else(
        || Some(BaseUrl::gitlab_com()),
        |node| parsed(node, "`url`", reader),
    );
    let version = fields.take("version").map_or_else(
        || Some(Version::default()),
        |node| parsed(node, "`version`", reader),
    );
    let projects = fields.need("projects", reader).and_then(|node| {
        reader.list(node, "`projects`", |reader, node| {
            project(reader, node, files, given)
        })
    });
    given.take_of_instance(&mut fields, files, reader);
    let users = fields.take("users").and_then(|node| {
        let mut count = 0;
        reader.list(node, "`users`", |reader, node| {
            count += 1;
            user(count, reader, node)
        })
    });
    let issuer = fields
        .take("ci_id_tokens_issuer_url")
        .and_then(|node| reader.some_text(node, "`ci_id_tokens_issuer_url`"));
    let fork_claims = fields.take("fork_claims").and_then(|node| {
        let choices = [("source", ForkClaims::Source), ("target", ForkClaims::Target)];
        reader.choice(node, "`fork_claims`", &choices)
    });
    let groups_direct = fields
        .take("groups_direct")
        .and_then(|node| reader.boolean(node, "`groups_direct`"));
    fields.finish(reader);
    let projects = projects?;
    if projects.is_empty() {
        return None;
    }
    let mut settings = Settings {
        version: version?,
        projects,
        ci_id_tokens_issuer_url: issuer.map(|issuer| issuer.value),
        fork_claims: fork_claims.map(|choice| choice.value),
        groups_direct,
        ..Settings::new(url?)
    };
    if let Some(users) = users.filter(|users| !users.is_empty()) {
        settings.users = users;
    }
    Some(settings)
}

fn project(reader: &mut Reader<'_>, node: &Node, files: &dyn Files, given: &mut Given) -> Option<Project> {
    let mut fields = reader.fields(node, "a project")?;
    let path = fields
        .need("path", reader)
        .and_then(|node| reader.some_text(node, "`path`"));
    let mut project = Project::new(path?.value);
    given.take_of_project(&project.path, &mut fields, files, reader);
    if let Some(id) = fields.take("id").and_then(|node| number(node, "`id`", reader)) {
        project.id = id;
    }
    if let Some(node) = fields.take("namespace_id")
        && let Some(id) = number(node, "`namespace_id`", reader)
    {
        project.namespace_id = id;
    }
    if let Some(node) = fields.take("visibility") {
        let all = [Visibility::Private, Visibility::Internal, Visibility::Public];
        let choices = all.map(|visibility| (visibility.as_str(), visibility));
        if let Some(visibility) = reader.choice(node, "`visibility`", &choices) {
            project.visibility = visibility.value;
        }
    }
    if let Some(node) = fields.take("default_branch")
        && let Some(branch) = reader.some_text(node, "`default_branch`")
    {
        project.protected_branches = vec![branch.value.clone()];
        project.default_branch = branch.value;
    }
    if let Some(node) = fields.take("protected") {
        project = project.protecting(texts(node, "`protected`", reader));
    }
    if let Some(node) = fields.take("protected_branches") {
        project.protected_branches = texts(node, "`protected_branches`", reader);
    }
    if let Some(node) = fields.take("protected_tags") {
        project.protected_tags = texts(node, "`protected_tags`", reader);
    }
    if let Some(node) = fields.take("protected_environments") {
        project.protected_environments = texts(node, "`protected_environments`", reader);
    }
    if let Some(node) = fields.take("members") {
        project.members = members(node, reader).unwrap_or_default();
    }
    if let Some(node) = fields.take("ci_config_path")
        && let Some(path) = reader.some_text(node, "`ci_config_path`")
    {
        project.ci_config_path = path.value;
    }
    if let Some(node) = fields.take("timeout")
        && let Some(length) = reader.duration(node, "`timeout`")
    {
        project.timeout_seconds = length.as_secs();
    }
    if let Some(node) = fields.take("ci_id_token_sub_claim_components") {
        let components = reader.list(node, "`ci_id_token_sub_claim_components`", |reader, node| {
            parsed::<SubComponent>(node, "a component of `sub`", reader)
        });
        project.sub_claim_components = components.unwrap_or_default();
    }
    for (key, flag) in [
        ("limit_jwt_access", &mut project.limit_jwt_access),
        ("path_reclaimed", &mut project.path_reclaimed),
    ] {
        if let Some(node) = fields.take(key) {
            *flag = reader.boolean(node, key).unwrap_or_default();
        }
    }
    fields.finish(reader);
    Some(project)
}

/// Logins with their roles.
fn members(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<(String, Role)>> {
    let Value::Mapping(entries) = &node.value else {
        reader.wrong_type(node, "`members`", "a mapping of logins to roles");
        return None;
    };
    let choices = Role::ALL.map(|role| (role.as_str(), role));
    let mut members = Vec::new();
    for entry in entries {
        let login = reader.some_text(&entry.key, "a login");
        let role = reader.choice(&entry.value, "a role", &choices);
        if let (Some(login), Some(role)) = (login, role) {
            members.push((login.value, role.value));
        }
    }
    Some(members)
}

/// The user in this place of the list, from 1, which is the id where none is given.
fn user(place: u64, reader: &mut Reader<'_>, node: &Node) -> Option<User> {
    let mut fields = reader.fields(node, "a user")?;
    let login = fields
        .need("login", reader)
        .and_then(|node| reader.some_text(node, "`login`"));
    let id = fields.take("id").and_then(|node| number(node, "`id`", reader));
    let mut user = User::new(id.unwrap_or(place), login?.value);
    for (key, text) in [("email", &mut user.email), ("name", &mut user.name)] {
        if let Some(node) = fields.take(key)
            && let Some(given) = reader.some_text(node, key)
        {
            *text = given.value;
        }
    }
    if let Some(node) = fields.take("groups") {
        user.groups = texts(node, "`groups`", reader);
    }
    if let Some(node) = fields.take("identities") {
        user.identities = reader.list(node, "`identities`", identity).unwrap_or_default();
        // Whoever names them wants to see them, unless the next key says otherwise.
        user.pass_identities = true;
    }
    if let Some(node) = fields.take("pass_identities") {
        user.pass_identities = reader.boolean(node, "`pass_identities`").unwrap_or_default();
    }
    fields.finish(reader);
    Some(user)
}

fn identity(reader: &mut Reader<'_>, node: &Node) -> Option<Identity> {
    let mut fields = reader.fields(node, "an identity")?;
    let provider = fields
        .need("provider", reader)
        .and_then(|node| reader.some_text(node, "`provider`"));
    let extern_uid = fields
        .need("extern_uid", reader)
        .and_then(|node| reader.some_text(node, "`extern_uid`"));
    fields.finish(reader);
    Some(Identity {
        provider: provider?.value,
        extern_uid: extern_uid?.value,
    })
}

fn texts(node: &Node, what: &str, reader: &mut Reader<'_>) -> Vec<String> {
    reader.one_or_many(node, |reader, node| {
        reader.some_text(node, what).map(|text| text.value)
    })
}

/// A text that has a form of its own.
pub(super) fn parsed<T: FromStr>(node: &Node, what: &str, reader: &mut Reader<'_>) -> Option<T>
where
    T::Err: std::error::Error,
{
    let text = reader.some_text(node, what)?;
    text.value
        .parse()
        .map_err(|error| note(reader, node, &error))
        .ok()
}

pub(super) fn number(node: &Node, what: &str, reader: &mut Reader<'_>) -> Option<u64> {
    let number = reader.integer(node, what)?;
    let positive = u64::try_from(number.value).ok().filter(|&number| number > 0);
    if positive.is_none() {
        reader.wrong_type(node, what, "a number above 0");
    }
    positive
}
