//! `world:` — the GitLab instances and the AWS of a scenario, in place or in a file of their own.

use std::collections::BTreeMap;
use std::sync::Arc;

use located_yaml::{Node, Value};
use mock_aws::accounts::{Account, IamSettings};
use mock_gitlab::Project;
use trustcheck_lab::WorldSpec;

use super::files::{Files, named};
use super::gitlab::gitlab;
use super::given::Given;
use super::{account, document};
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
    let (accounts, iam) = accounts?;
    Some(Described {
        spec: WorldSpec {
            iam,
            ..WorldSpec::new(gitlabs, accounts)
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
) -> Option<(Vec<Account>, IamSettings)> {
    let mut fields = reader.fields(node, "`aws`")?;
    let accounts = fields.need("accounts", reader);
    let settings = fields
        .take("iam")
        .map_or_else(|| Some(IamSettings::default()), |node| iam(node, reader));
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
        all.extend(account::read(&id.value, &entry.value, files, policies, reader));
    }
    Some((all, settings?))
}

fn iam(node: &Node, reader: &mut Reader<'_>) -> Option<IamSettings> {
    let mut fields = reader.fields(node, "`iam`")?;
    let control = fields
        .take("shared_provider_control")
        .map(|node| reader.boolean(node, "`shared_provider_control`"));
    let propagation = fields
        .take("propagation")
        .map(|node| reader.duration(node, "`propagation`"));
    fields.finish(reader);
    let mut settings = IamSettings::default();
    if control == Some(Some(false)) {
        settings = settings.without_shared_provider_control();
    }
    if let Some(length) = propagation {
        settings = settings.with_propagation(length?.try_into().ok()?);
    }
    Some(settings)
}
