//! A world for a pipeline file that comes without one: an AWS in which every role that the file names trusts the project.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use iam_policy::Policy;
use mock_aws::accounts::{Account, OidcProvider, Role};
use mock_gitlab::Settings;
use regex::Regex;

use crate::diagnostic::Source;
use crate::scenario::Described;

/// The ARN of a role: account, path and name. A comma or full stop behind it belongs to the text around it.
static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"arn:aws:iam::(\d{12}):role/((?:[\w+=,.@-]+/)*)([\w+=,.@-]*[\w+=@-])")
        .expect("a constant expression")
});

/// What was made of a pipeline file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inferred {
    /// The ARNs of the roles.
    pub roles: Vec<String>,
    /// The audiences that the providers know.
    pub audiences: Vec<String>,
}

/// Gives a world the accounts, providers and roles that the texts name. Every role trusts every token of the project.
pub fn infer(described: &mut Described, project: &str, texts: &[String], audiences: &[String]) -> Inferred {
    let gitlab = described.spec.gitlabs.first().cloned().unwrap_or_default();
    let mut audiences: Vec<String> = audiences.iter().filter(|one| !one.is_empty()).cloned().collect();
    if audiences.is_empty() {
        audiences.push(gitlab.url.to_string());
    }
    audiences.sort_unstable();
    audiences.dedup();
    let mut accounts: BTreeMap<String, BTreeMap<String, (String, String)>> = BTreeMap::new();
    for found in texts.iter().flat_map(|text| ROLE.captures_iter(text)) {
        accounts.entry(found[1].to_owned()).or_default().insert(
            found[0].to_owned(),
            (format!("/{}", &found[2]), found[3].to_owned()),
        );
    }
    let mut policies = BTreeMap::clone(&described.policies);
    let mut roles = Vec::new();
    for (id, named) in accounts {
        let mut account = Account::new(&id);
        if let Ok(provider) = OidcProvider::new(&gitlab.url.to_string(), audiences.clone()) {
            account = account.with_oidc_provider(provider);
        }
        for (arn, (path, name)) in named {
            let text = trust(&gitlab, &id, project);
            let Ok(policy) = Policy::parse(&text) else {
                continue;
            };
            account = account.with_role(Role::new(&id, &name, policy).with_path(path));
            policies.insert(
                arn.clone(),
                Source::new(format!("(inferred trust policy of {name})"), text),
            );
            roles.push(arn);
        }
        described.spec.accounts.retain(|known| known.id != id);
        described.spec.accounts.push(account);
    }
    described.policies = Arc::new(policies);
    Inferred { roles, audiences }
}

fn trust(gitlab: &Settings, account: &str, project: &str) -> String {
    let url = gitlab.url.to_string();
    let host = url.split_once("://").map_or(url.as_str(), |(_, host)| host);
    let policy = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Federated": format!("arn:aws:iam::{account}:oidc-provider/{host}") },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringLike": { format!("{host}:sub"): format!("project_path:{project}:*") } }
        }]
    });
    serde_json::to_string_pretty(&policy).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_that_is_named_is_there() {
        let mut described = Described::default();
        let texts = [
            "ROLE: arn:aws:iam::111122223333:role/ci/deploy\n--role-arn arn:aws:iam::111122223333:role/read"
                .to_owned(),
            "arn:aws:iam::444455556666:role/other, arn:aws:iam::1:role/none".to_owned(),
        ];
        let inferred = infer(&mut described, "g/p", &texts, &["sts.amazonaws.com".to_owned()]);
        assert_eq!(
            inferred.roles,
            [
                "arn:aws:iam::111122223333:role/ci/deploy",
                "arn:aws:iam::111122223333:role/read",
                "arn:aws:iam::444455556666:role/other",
            ]
        );
        assert_eq!(inferred.audiences, ["sts.amazonaws.com"]);
        assert_eq!(described.spec.accounts.len(), 3);
    }
}
