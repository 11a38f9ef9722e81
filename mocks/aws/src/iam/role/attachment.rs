//! AttachRolePolicy, DetachRolePolicy and ListAttachedRolePolicies.

use serde::Serialize;

use super::{checked_name, find, find_mut, role_name};
use crate::accounts::{Account, Role};
use crate::cause::Cause;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::{ARN, policy_path};
use crate::iam::error;
use crate::iam::managed_policy::{check_arn, policy_gone};
use crate::iam::page::Page;
use crate::iam::resource::Resource;
use crate::iam::shape::Members;
use crate::query::{Failure, Violations};

/// So many a role may have.
const MOST: usize = 10;

/// One that is attached already stays so.
pub(in crate::iam) fn attach(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let (name, arn) = read(asked, call)?;
    asked.change(|account| {
        find(account, name)?;
        if account.managed_policy(arn).is_none() {
            return Err(policy_gone(account, arn, error::not_attachable(arn)));
        }
        let role = find_mut(account, name)?;
        if role.attached_policies.iter().any(|known| known == arn) {
            return Ok(());
        }
        if role.attached_policies.len() >= MOST {
            let why = format!("{name} has {MOST} managed policies");
            return Err(error::quota("PoliciesPerRole", MOST).because(Cause::QuotaReached { why }));
        }
        role.attached_policies.push(arn.to_owned());
        Ok(())
    })?;
    Ok(asked.done())
}

pub(in crate::iam) fn detach(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let (name, arn) = read(asked, call)?;
    asked.change(|account| {
        let role = find_mut(account, name)?;
        if !role.attached_policies.iter().any(|known| known == arn) {
            let why = format!("{arn} is not attached to {name}");
            return Err(error::no_such_policy(arn).because(Cause::InvalidInput { why }));
        }
        role.attached_policies.retain(|known| known != arn);
        Ok(())
    })?;
    Ok(asked.done())
}

fn read<'a>(asked: &Asked<'a>, call: &mut Call) -> Result<(&'a str, &'a str), Failure> {
    let arn = asked.text("PolicyArn");
    let mut violations = Violations::without_values();
    violations.required("policyArn", arn, ARN);
    let name = checked_name(asked, violations)?;
    let keys = [("iam:PolicyARN", arn)];
    asked.allow_with(&Resource::role(&asked.account(), name), keys, &[], call)?;
    let arn = arn.unwrap_or_default();
    check_arn(arn)?;
    Ok((name, arn))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListAttachedRolePoliciesResult<'a> {
    attached_policies: Members<AttachedPolicy<'a>>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

/// A managed policy that is attached.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::iam) struct AttachedPolicy<'a> {
    policy_name: &'a str,
    policy_arn: &'a str,
}

/// The managed policies of a role at paths that begin so, in the order they were attached (assumed).
pub(in crate::iam) fn attached<'a>(
    account: &'a Account,
    role: &'a Role,
    prefix: &str,
) -> Vec<AttachedPolicy<'a>> {
    role.attached_policies
        .iter()
        .filter_map(|arn| {
            let path = account
                .managed_policy(arn)
                .map_or("/", |policy| policy.path.as_str());
            let policy_name = arn.rsplit('/').next().unwrap_or(arn);
            path.starts_with(prefix).then_some(AttachedPolicy {
                policy_name,
                policy_arn: arn,
            })
        })
        .collect()
}

pub(in crate::iam) fn list(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let prefix = asked.text("PathPrefix");
    let mut violations = Violations::without_values();
    policy_path(&mut violations, "pathPrefix", prefix);
    let page = Page::read(asked.parameters, &mut violations)?;
    let name = role_name(asked, violations, call)?;
    let account = asked.account();
    let all = attached(&account, find(&account, name)?, prefix.unwrap_or("/"));
    let part = page.of(all, |policy| policy.policy_arn.to_owned())?;
    Ok(asked.answer(&ListAttachedRolePoliciesResult {
        is_truncated: part.is_truncated(),
        attached_policies: part.items.into_iter().collect(),
        marker: part.marker,
    }))
}
