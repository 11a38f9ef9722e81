//! `world:` — the GitLab instances and the AWS of a scenario, in place or in a file of their own.

use std::collections::BTreeMap;
use std::sync::Arc;

use located_yaml::{Node, Value};
use mock_aws::iam::{Account, OidcProvider, Role};
use mock_gitlab::Project;
use trustcheck_lab::WorldSpec;

use super::files::{Files, named};
use super::gitlab::gitlab;
use super::given::Given;
use super::{document, policy};
use crate::diagnostic::Source;
use crate::reader::Reader;

/// A world as a scenario describes it.
#[derive(Debug, Clone)]
pub struct Described {
    /// What to boot.
    pub spec: WorldSpec,
    /// The trust policies' texts, by the ARN of their role.
    pub policies: Arc<BTreeMap<String, Source>>,
    /// What GitLab keeps for its pipelines.
    pub given: Arc<Given>,
}

impl Described {
    /// The project with this path, or the first one, with the number of its GitLab.
    #[must_use]
    pub fn project(&self, path: Option<&str>) -> Option<(usize, &Project)> {
        self.spec
            .gitlabs
            .iter()
            .enumerate()
            .find_map(|(index, settings)| {
                let wanted = |project: &&Project| path.is_none_or(|path| path == project.path);
                Some((index, settings.projects.iter().find(wanted)?))
            })
    }
}

pub(super) fn read(node: &Node, files: &dyn Files, reader: &mut Reader<'_>) -> Option<Described> {
    if !matches!(node.value, Value::Scalar(_)) {
        return world(node, files, reader);
    }
    let file = named(node, "the world", files, reader)?;
    let mut reader = reader.of_file(&file);
    let root = document::root(&file, "a world file", &mut reader)?;
    world(&root, files, &mut reader)
}

/// A world that is written out in this file.
pub(super) fn world(node: &Node, files: &dyn Files, reader: &mut Reader<'_>) -> Option<Described> {
    let mut fields = reader.fields(node, "a world")?;
    let mut given = Given::default();
    let gitlabs = fields
        .need("gitlab", reader)
        .map(|node| reader.one_or_many(node, |reader, node| gitlab(reader, node, files, &mut given)));
    let mut policies = BTreeMap::new();
    let accounts = fields
        .need("aws", reader)
        .and_then(|node| aws(node, files, &mut policies, reader));
    fields.refuse("faults", "is not supported yet in a world", reader);
    fields.finish(reader);
    let gitlabs = gitlabs?;
    if gitlabs.is_empty() {
        return None; // what is wrong with it is noted
    }
    Some(Described {
        spec: WorldSpec {
            gitlabs,
            accounts: accounts?,
        },
        policies: Arc::new(policies),
        given: Arc::new(given),
    })
}

pub(super) fn note(reader: &mut Reader<'_>, node: &Node, error: &dyn std::error::Error) {
    let problem = reader.problem(&node.span, error.to_string());
    reader.note(problem);
}

fn aws(
    node: &Node,
    files: &dyn Files,
    policies: &mut BTreeMap<String, Source>,
    reader: &mut Reader<'_>,
) -> Option<Vec<Account>> {
    let mut fields = reader.fields(node, "`aws`")?;
    let accounts = fields.need("accounts", reader);
    fields.refuse("upstream", "is not supported yet", reader);
    fields.finish(reader);
    let accounts = accounts?;
    let Value::Mapping(entries) = &accounts.value else {
        reader.wrong_type(accounts, "`accounts`", "a mapping of account ids to accounts");
        return None;
    };
    let mut all = Vec::new();
    for entry in entries {
        let Some(id) = reader.some_text(&entry.key, "an account's id") else {
            continue;
        };
        if id.value.len() != 12 || !id.value.bytes().all(|byte| byte.is_ascii_digit()) {
            let problem = reader
                .problem(&id.span, format!("`{}` is no account id", id.value))
                .help("an AWS account id has twelve digits");
            reader.note(problem);
            continue;
        }
        all.extend(account(&id.value, &entry.value, files, policies, reader));
    }
    Some(all)
}

fn account(
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
    if let Some(node) = fields.take("roles") {
        let Value::Mapping(entries) = &node.value else {
            reader.wrong_type(node, "`roles`", "a mapping of names to roles");
            return None;
        };
        for entry in entries {
            let Some(name) = reader.some_text(&entry.key, "a role's name") else {
                continue;
            };
            if let Some((role, source)) = role(id, &name.value, &entry.value, files, reader) {
                policies.insert(role.arn(id), source);
                account = account.with_role(role);
            }
        }
    }
    for key in ["buckets", "secrets", "policies", "import", "terraform"] {
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
    fields.finish(reader);
    match OidcProvider::new(&url?.value, client_ids?) {
        Ok(provider) => Some(provider.with_thumbprints(thumbprints.unwrap_or_default())),
        Err(error) => {
            note(reader, url_node?, &error);
            None
        }
    }
}

fn role(
    account: &str,
    name: &str,
    node: &Node,
    files: &dyn Files,
    reader: &mut Reader<'_>,
) -> Option<(Role, Source)> {
    let mut fields = reader.fields(node, "a role")?;
    let trust = fields
        .need("trust_policy", reader)
        .and_then(|node| policy::read(node, &format!("the trust policy of {name}"), files, reader));
    let path = fields
        .take("path")
        .and_then(|node| reader.some_text(node, "`path`"));
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
    for key in ["managed_policies", "policies", "permissions_boundary"] {
        fields.refuse(key, "is not supported yet: no service checks permissions", reader);
    }
    fields.finish(reader);
    let policy::Document { policy, source } = trust?;
    let mut role = Role::new(account, name, policy);
    if let Some(path) = path {
        if !(path.value.starts_with('/') && path.value.ends_with('/')) {
            let problem = reader.problem(&path.span, "a role's path begins and ends with `/`");
            reader.note(problem);
        }
        role = role.with_path(path.value);
    }
    if let Some(seconds) = longest {
        role = role.with_max_session_duration(seconds);
    }
    Some((role, source))
}
