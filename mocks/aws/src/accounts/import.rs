//! Taking over what `aws iam get-account-authorization-details` prints, so that a real account's roles are tested as they are.

use iam_policy::{ParseError, Policy, PolicyKind, ValidationRules, account_of};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::account::Account;
use super::managed_policy::{ManagedPolicy, PolicyVersion};
use super::role::{InlinePolicy, Role};
use super::tag::Tag;
use crate::query::percent_decoded;

/// Why the details of an account cannot be taken over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// It is not what the command prints.
    #[error("this is not what `aws iam get-account-authorization-details` prints: {why}")]
    NotDetails {
        /// What is wrong.
        why: String,
        /// The line, counted from 1; 0 if it is not known.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// The command's output was cut short.
    #[error(
        "the details are the first part of several (`IsTruncated`): let the AWS CLI print them all, without \
         `--max-items` and `--no-paginate`"
    )]
    Truncated,
    /// The roles are those of another account.
    #[error("the details are those of account {found}, and this is account {expected}")]
    OtherAccount {
        /// The account in the ARNs.
        found: String,
        /// The account they are for.
        expected: String,
    },
    /// A role has a managed policy whose document is not there.
    #[error(
        "the role {role} has the managed policy {arn}, and its document is not among the details (`Policies`)"
    )]
    NoDocument {
        /// The role.
        role: String,
        /// The policy.
        arn: String,
    },
    /// A document that IAM itself would not have.
    #[error("{what} is no policy that IAM would take: {}", .error.detail)]
    Policy {
        /// Which one.
        what: String,
        /// Its text.
        text: String,
        /// What IAM would answer.
        error: Box<ParseError>,
    },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Details {
    #[serde(default)]
    is_truncated: bool,
    role_detail_list: Vec<RoleDetail>,
    #[serde(default)]
    policies: Vec<PolicyDetail>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RoleDetail {
    path: String,
    role_name: String,
    role_id: String,
    arn: String,
    create_date: Option<Timestamp>,
    assume_role_policy_document: Value,
    #[serde(default)]
    role_policy_list: Vec<InlineDetail>,
    #[serde(default)]
    attached_managed_policies: Vec<Attached>,
    permissions_boundary: Option<Boundary>,
    #[serde(default)]
    tags: Vec<TagDetail>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InlineDetail {
    policy_name: String,
    policy_document: Value,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attached {
    policy_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Boundary {
    permissions_boundary_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagDetail {
    key: String,
    value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyDetail {
    policy_name: String,
    policy_id: String,
    arn: String,
    path: String,
    default_version_id: String,
    description: Option<String>,
    create_date: Option<Timestamp>,
    update_date: Option<Timestamp>,
    policy_version_list: Vec<VersionDetail>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct VersionDetail {
    document: Value,
    version_id: String,
    create_date: Option<Timestamp>,
}

impl Account {
    /// Takes over the roles and managed policies in `details`, the JSON that `aws iam get-account-authorization-details`
    /// prints. What is there already by the same name is replaced.
    ///
    /// The output has neither OIDC providers nor the longest session of a role, which is then an hour; users and groups are
    /// left out, as this AWS has none.
    ///
    /// # Errors
    /// Where it is not such output, is of another account, or holds a document that is no policy.
    pub fn import(&mut self, details: &str) -> Result<(), ImportError> {
        let details: Details = serde_json::from_str(details).map_err(|error| ImportError::NotDetails {
            why: error.to_string(),
            line: error.line(),
            column: error.column(),
        })?;
        if details.is_truncated {
            return Err(ImportError::Truncated);
        }
        let arns = details.role_detail_list.iter().map(|role| role.arn.as_str());
        if let Some(found) = arns.filter_map(account_of).find(|found| *found != self.id) {
            return Err(ImportError::OtherAccount {
                found: found.to_owned(),
                expected: self.id.clone(),
            });
        }
        for detail in details.policies {
            let policy = detail.read()?;
            self.policies
                .retain(|known| known.arn(&self.id) != policy.arn(&self.id));
            self.policies.push(policy);
        }
        for detail in details.role_detail_list {
            let role = detail.read(&self.id)?;
            self.roles
                .retain(|known| !known.name.eq_ignore_ascii_case(&role.name));
            self.check_documents(&role)?;
            self.roles.push(role);
        }
        Ok(())
    }

    /// What a role may do cannot be told without all its policies. `--filter` may have left some out.
    fn check_documents(&self, role: &Role) -> Result<(), ImportError> {
        let mut arns = role.attached_policies.iter().chain(&role.permissions_boundary);
        match arns.find(|arn| self.document(arn).is_none()) {
            None => Ok(()),
            Some(arn) => Err(ImportError::NoDocument {
                role: role.name.clone(),
                arn: arn.clone(),
            }),
        }
    }
}

impl RoleDetail {
    fn read(self, account: &str) -> Result<Role, ImportError> {
        let name = self.role_name;
        let what = format!("the trust policy of the role {name}");
        let trust = document(&self.assume_role_policy_document, what, PolicyKind::Trust)?;
        let mut inline_policies = Vec::new();
        for policy in self.role_policy_list {
            let what = format!("the policy {} of the role {name}", policy.policy_name);
            let read = document(&policy.policy_document, what, PolicyKind::Identity)?;
            inline_policies.push(InlinePolicy::new(policy.policy_name, read));
        }
        Ok(Role {
            path: self.path,
            id: self.role_id,
            tags: self
                .tags
                .into_iter()
                .map(|tag| Tag::new(tag.key, tag.value))
                .collect(),
            permissions_boundary: self
                .permissions_boundary
                .map(|boundary| boundary.permissions_boundary_arn),
            inline_policies,
            attached_policies: self
                .attached_managed_policies
                .into_iter()
                .map(|attached| attached.policy_arn)
                .collect(),
            created: self.create_date,
            ..Role::new(account, name, trust)
        })
    }
}

impl PolicyDetail {
    fn read(self) -> Result<ManagedPolicy, ImportError> {
        let number = |id: &str| id.trim_start_matches('v').parse().unwrap_or(1);
        let mut versions = Vec::new();
        for version in self.policy_version_list {
            let what = format!("the policy {} ({})", self.policy_name, version.version_id);
            versions.push(PolicyVersion {
                number: number(&version.version_id),
                policy: document(&version.document, what, PolicyKind::Identity)?,
                created: version.create_date,
            });
        }
        versions.sort_by_key(|version| version.number);
        let default_version = number(&self.default_version_id);
        Ok(ManagedPolicy {
            last_version: versions
                .iter()
                .map(|version| version.number)
                .fold(default_version, u32::max),
            name: self.policy_name,
            path: self.path,
            id: self.policy_id,
            description: self.description,
            tags: Vec::new(),
            created: self.create_date,
            updated: self.update_date,
            versions,
            default_version,
            of_aws: self.arn.starts_with("arn:aws:iam::aws:"),
        })
    }
}

/// A document as the CLI prints it, which is JSON, or as the API sends it, which is URL-encoded text. IAM has taken it once;
/// it is held against the rules that make it readable, not against those that came later.
fn document(value: &Value, what: String, kind: PolicyKind) -> Result<Policy, ImportError> {
    let text = match value {
        Value::String(encoded) => percent_decoded(encoded),
        value => serde_json::to_string_pretty(value).unwrap_or_default(),
    };
    let rules = ValidationRules {
        shared_provider_control: false,
        size_limit: Some(usize::MAX),
        ..ValidationRules::default()
    };
    let read = Policy::parse(&text).and_then(|policy| policy.validate(kind, &rules).map(|_| policy));
    read.map_err(|error| ImportError::Policy {
        what,
        text,
        error: Box::new(error),
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn details() -> Value {
        let trust = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"},
            "Action": "sts:AssumeRoleWithWebIdentity",
        }]});
        let all = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}});
        json!({
            "UserDetailList": [], "GroupDetailList": [], "IsTruncated": false,
            "RoleDetailList": [{
                "Path": "/ci/", "RoleName": "deploy", "RoleId": "AROAEXAMPLEEXAMPLE123",
                "Arn": "arn:aws:iam::111122223333:role/ci/deploy", "CreateDate": "2024-02-03T04:05:06+00:00",
                "AssumeRolePolicyDocument": trust, "InstanceProfileList": [],
                "RolePolicyList": [{"PolicyName": "upload", "PolicyDocument": all}],
                "AttachedManagedPolicies": [{"PolicyName": "AcmeBase", "PolicyArn": "arn:aws:iam::111122223333:policy/AcmeBase"}],
                "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::aws:policy/PowerUserAccess"},
                "Tags": [{"Key": "team", "Value": "shop"}], "RoleLastUsed": {},
            }],
            "Policies": [{
                "PolicyName": "AcmeBase", "PolicyId": "ANPAEXAMPLEEXAMPLE123", "Path": "/",
                "Arn": "arn:aws:iam::111122223333:policy/AcmeBase", "DefaultVersionId": "v4", "AttachmentCount": 1,
                "PermissionsBoundaryUsageCount": 0, "IsAttachable": true,
                "CreateDate": "2024-02-03T04:05:06+00:00", "UpdateDate": "2024-02-03T04:05:06+00:00",
                "PolicyVersionList": [
                    {"Document": all, "VersionId": "v4", "IsDefaultVersion": true, "CreateDate": "2024-02-03T04:05:06+00:00"},
                    {"Document": "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGet*%22%2C%22Resource%22%3A%22*%22%7D%7D",
                     "VersionId": "v2", "IsDefaultVersion": false},
                ],
            }],
        })
    }

    #[test]
    fn roles_and_policies_are_taken_over() {
        let mut account = Account::new("111122223333");
        account.import(&details().to_string()).unwrap();
        let role = account.role("/ci/", "deploy").unwrap();
        assert_eq!(role.id, "AROAEXAMPLEEXAMPLE123");
        assert_eq!(role.tags, [Tag::new("team", "shop")]);
        assert_eq!(account.permissions_of(role).len(), 2);
        let policy = account
            .managed_policy("arn:aws:iam::111122223333:policy/AcmeBase")
            .unwrap();
        assert_eq!(
            (policy.default_version, policy.last_version, policy.versions.len()),
            (4, 4, 2)
        );
        // once more changes nothing
        account.import(&details().to_string()).unwrap();
        assert_eq!((account.roles.len(), account.policies.len()), (1, 1));
    }

    #[rstest]
    #[case::not_json("{", "EOF while parsing")]
    #[case::other_json("{}", "missing field `RoleDetailList`")]
    #[case::truncated(r#"{"RoleDetailList": [], "IsTruncated": true}"#, "the first part of several")]
    fn what_is_not_its_output_is_refused(#[case] text: &str, #[case] why: &str) {
        let error = Account::new("111122223333").import(text).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn another_accounts_roles_are_refused() {
        let error = Account::new("444455556666").import(&details().to_string());
        assert!(matches!(error, Err(ImportError::OtherAccount { .. })));
    }

    #[test]
    fn a_policy_whose_document_is_lacking_is_named() {
        let mut details = details();
        details["Policies"] = json!([]);
        let error = Account::new("111122223333")
            .import(&details.to_string())
            .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("the managed policy arn:aws:iam::111122223333:policy/AcmeBase"),
            "{error}"
        );
    }

    #[test]
    fn a_document_that_is_no_policy_is_named() {
        let mut details = details();
        details["RoleDetailList"][0]["RolePolicyList"][0]["PolicyDocument"]["Statement"]["Effect"] =
            json!("allow");
        let error = Account::new("111122223333")
            .import(&details.to_string())
            .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the policy upload of the role deploy is no policy"),
            "{error}"
        );
    }
}
