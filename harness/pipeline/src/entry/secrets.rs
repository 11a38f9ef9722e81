//! `secrets`: values of other systems, which the runner fetches with an ID token.

use indexmap::IndexMap;
use located_yaml::Node;

use crate::Secret;
use crate::entry::keys;
use crate::findings::{Findings, Location};
use crate::value::{self, Value};

/// The systems. Source: GitLab docs, `secrets` keyword.
const PROVIDERS: [&str; 6] = [
    "vault",
    "azure_key_vault",
    "gcp_secret_manager",
    "aws_secrets_manager",
    "gitlab_secrets_manager",
    "akeyless",
];

pub(crate) fn read(at: &Location, node: &Node, findings: &mut Findings) -> Option<IndexMap<String, Secret>> {
    let Value::Hash(_) = value::of(node) else {
        findings.entry(at, "config should be a hash", node.site(), None);
        return None;
    };
    let mut secrets = IndexMap::new();
    for (name, entry) in value::entries(node) {
        let at = at.child(name);
        let node = &entry.value;
        let Value::Hash(_) = value::of(node) else {
            findings.entry(&at, "config should be a hash", node.site(), None);
            continue;
        };
        let allowed = [PROVIDERS.as_slice(), &["file", "token"]].concat();
        keys::allow(&at, node, &allowed, findings);
        let used: Vec<_> = PROVIDERS
            .into_iter()
            .filter(|provider| node.get(provider).is_some())
            .collect();
        let [provider] = used.as_slice() else {
            let error = format!(
                "config must use exactly one of these keys: {}",
                PROVIDERS.join(", ")
            );
            findings.entry(&at, error, node.site(), None);
            continue;
        };
        let token = node.get("token").filter(|token| !value::is_null(token));
        if let Some(token) = token
            && value::text(token).is_none()
        {
            findings.entry(&at, "token should be a string", token.site(), None);
        }
        let file = match node.get("file").map(|file| (file, value::of(file))) {
            None | Some((_, Value::Null)) => true,
            Some((_, Value::Bool(truth))) => truth,
            Some((file, _)) => {
                findings.entry(&at, "file should be a boolean value", file.site(), None);
                true
            }
        };
        secrets.insert(
            name.to_owned(),
            Secret {
                provider: (*provider).to_owned(),
                token: token.and_then(value::text).map(str::to_owned),
                file,
                span: entry.key.site(),
            },
        );
    }
    Some(secrets)
}
