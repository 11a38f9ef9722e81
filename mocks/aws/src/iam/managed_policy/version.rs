//! CreatePolicyVersion, GetPolicyVersion, DeletePolicyVersion, ListPolicyVersions and SetDefaultPolicyVersion.

use iam_policy::Fault;
use serde::Serialize;

use super::{VersionShape, find, find_mut, policy_arn};
use crate::accounts::{ManagedPolicy, PolicyVersion};
use crate::cause::Cause;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::{DOCUMENT, version_id};
use crate::iam::page::Page;
use crate::iam::shape::Members;
use crate::iam::{document, error};
use crate::query::{Failure, Violations};

/// So many a policy may have.
const MOST: usize = 5;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct OneVersion {
    policy_version: VersionShape,
}

pub(in crate::iam) fn create(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let text = asked.text("PolicyDocument");
    let as_default = asked.parameters.boolean("SetAsDefault")?.unwrap_or(false);
    let mut violations = Violations::without_values();
    violations.required("policyDocument", text, DOCUMENT);
    let arn = policy_arn(asked, violations, call)?;
    find(&asked.newest(), arn)?;
    let document = document::identity(text.unwrap_or_default(), true, Fault::InvalidJson)?;
    let policy_version = asked.change(|account| {
        let policy = find_mut(account, arn)?;
        if policy.versions.len() >= MOST {
            let message = "A managed policy can have up to 5 versions. Before you create a new version, you must delete \
                           an existing version.";
            let why = format!("the policy has {MOST} versions");
            return Err(error::limit_exceeded(message).because(Cause::QuotaReached { why }));
        }
        policy.last_version += 1;
        let version = PolicyVersion {
            created: Some(asked.now),
            ..PolicyVersion::new(policy.last_version, document)
        };
        if as_default {
            policy.default_version = version.number;
            policy.updated = Some(asked.now);
        }
        let shape = VersionShape::of(asked, policy, &version, false);
        policy.versions.push(version);
        Ok(shape)
    })?;
    Ok(asked.answer(&OneVersion { policy_version }))
}

pub(in crate::iam) fn get(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let (arn, id) = read(asked, call)?;
    let account = asked.account();
    let policy = find(&account, arn)?;
    let version = policy.versions.iter().find(|version| version.id() == id);
    let version = version.ok_or_else(|| no_version(policy, arn, id))?;
    Ok(asked.answer(&OneVersion {
        policy_version: VersionShape::of(asked, policy, version, true),
    }))
}

pub(in crate::iam) fn delete(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let (arn, id) = read(asked, call)?;
    asked.change(|account| {
        let policy = find_mut(account, arn)?;
        let Some(at) = policy.versions.iter().position(|version| version.id() == id) else {
            return Err(no_version(policy, arn, id));
        };
        if policy.versions[at].number == policy.default_version {
            let error = error::delete_conflict("Cannot delete the default version of a policy.");
            return Err(error.because(Cause::EntityInUse {
                name: format!("{id} of {arn}"),
                why: "it is the version that counts".to_owned(),
            }));
        }
        policy.versions.remove(at);
        Ok(())
    })?;
    Ok(asked.done())
}

pub(in crate::iam) fn set_default(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let (arn, id) = read(asked, call)?;
    asked.change(|account| {
        let policy = find_mut(account, arn)?;
        let Some(at) = policy.versions.iter().position(|version| version.id() == id) else {
            return Err(no_version(policy, arn, id));
        };
        policy.default_version = policy.versions[at].number;
        policy.updated = Some(asked.now);
        Ok(())
    })?;
    Ok(asked.done())
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListPolicyVersionsResult {
    versions: Members<VersionShape>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

/// The newest first, without their documents.
pub(in crate::iam) fn list(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let mut violations = Violations::without_values();
    let page = Page::read(asked.parameters, &mut violations)?;
    let arn = policy_arn(asked, violations, call)?;
    let account = asked.account();
    let policy = find(&account, arn)?;
    let part = page.of(policy.versions.iter().rev().collect(), |version| version.id())?;
    Ok(asked.answer(&ListPolicyVersionsResult {
        is_truncated: part.is_truncated(),
        versions: part
            .items
            .into_iter()
            .map(|version| VersionShape::of(asked, policy, version, false))
            .collect(),
        marker: part.marker,
    }))
}

fn read<'a>(asked: &Asked<'a>, call: &mut Call) -> Result<(&'a str, &'a str), Failure> {
    let id = asked.text("VersionId");
    let mut violations = Violations::without_values();
    version_id(&mut violations, id);
    let arn = policy_arn(asked, violations, call)?;
    Ok((arn, id.unwrap_or_default()))
}

fn no_version(policy: &ManagedPolicy, arn: &str, id: &str) -> Failure {
    let known: Vec<String> = policy.versions.iter().map(PolicyVersion::id).collect();
    let why = format!("{arn} has no version {id}; it has {}", known.join(", "));
    error::no_such_version(arn, id).because(Cause::InvalidInput { why })
}
