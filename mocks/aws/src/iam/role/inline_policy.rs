//! PutRolePolicy, GetRolePolicy, DeleteRolePolicy and ListRolePolicies.

use iam_policy::Fault;
use serde::Serialize;

use super::{find, find_mut, role_name};
use crate::accounts::{InlinePolicy, Role};
use crate::cause::Cause;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::{DOCUMENT, POLICY_NAME};
use crate::iam::page::Page;
use crate::iam::shape::Members;
use crate::iam::{document, error};
use crate::nearest::nearest;
use crate::query::{Failure, Violations, percent_encoded};

/// So many characters all inline policies of a role may have, white space not counted.
const MOST_CHARACTERS: usize = 10_240;

pub(in crate::iam) fn put(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let (policy_name, text) = (asked.text("PolicyName"), asked.text("PolicyDocument"));
    let mut violations = Violations::without_values();
    violations.required("policyName", policy_name, POLICY_NAME);
    violations.required("policyDocument", text, DOCUMENT);
    let name = role_name(asked, violations, call)?;
    let policy_name = policy_name.unwrap_or_default();
    find(&asked.newest(), name)?;
    let policy = document::identity(text.unwrap_or_default(), false, Fault::InvalidJson)?;
    asked.change(|account| {
        let role = find_mut(account, name)?;
        let same = |known: &InlinePolicy| known.name.eq_ignore_ascii_case(policy_name);
        match role.inline_policies.iter_mut().find(|known| same(known)) {
            Some(known) => known.policy = policy,
            None => role.inline_policies.push(InlinePolicy::new(policy_name, policy)),
        }
        check_size(role)
    })?;
    Ok(asked.done())
}

fn check_size(role: &Role) -> Result<(), Failure> {
    let size: usize = role
        .inline_policies
        .iter()
        .map(|inline| inline.policy.size())
        .sum();
    if size <= MOST_CHARACTERS {
        return Ok(());
    }
    let why = format!(
        "the inline policies of {} would have {size} characters besides white space, and may have {MOST_CHARACTERS}",
        role.name
    );
    let error = error::inline_policies_too_large(&role.name, MOST_CHARACTERS);
    Err(error.because(Cause::QuotaReached { why }))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetRolePolicyResult<'a> {
    role_name: &'a str,
    policy_name: &'a str,
    policy_document: String,
}

/// The names are those of the request, whatever the case of what is there (recorded AWS behaviour for the policy's).
pub(in crate::iam) fn get(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let (name, policy_name) = names(asked, call)?;
    let account = asked.account();
    let role = find(&account, name)?;
    let inline = role
        .inline_policy(policy_name)
        .ok_or_else(|| no_policy(asked, role, policy_name))?;
    Ok(asked.answer(&GetRolePolicyResult {
        role_name: &role.name,
        policy_name,
        policy_document: percent_encoded(inline.policy.text()),
    }))
}

pub(in crate::iam) fn delete(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let (name, policy_name) = names(asked, call)?;
    asked.change(|account| {
        let role = find_mut(account, name)?;
        if role.inline_policy(policy_name).is_none() {
            return Err(no_policy(asked, role, policy_name));
        }
        role.inline_policies
            .retain(|known| !known.name.eq_ignore_ascii_case(policy_name));
        Ok(())
    })?;
    Ok(asked.done())
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListRolePoliciesResult {
    policy_names: Members<String>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

/// In the order they were put (assumed).
pub(in crate::iam) fn list(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let mut violations = Violations::without_values();
    let page = Page::read(asked.parameters, &mut violations)?;
    let name = role_name(asked, violations, call)?;
    let account = asked.account();
    let names = find(&account, name)?.inline_policies.iter();
    let part = page.of(names.map(|policy| policy.name.clone()).collect(), String::clone)?;
    Ok(asked.answer(&ListRolePoliciesResult {
        is_truncated: part.is_truncated(),
        policy_names: part.items.into_iter().collect(),
        marker: part.marker,
    }))
}

fn names<'a>(asked: &Asked<'a>, call: &mut Call) -> Result<(&'a str, &'a str), Failure> {
    let policy_name = asked.text("PolicyName");
    let mut violations = Violations::without_values();
    violations.required("policyName", policy_name, POLICY_NAME);
    let name = role_name(asked, violations, call)?;
    Ok((name, policy_name.unwrap_or_default()))
}

fn no_policy(asked: &Asked<'_>, role: &Role, name: &str) -> Failure {
    let names = role.inline_policies.iter().map(|policy| policy.name.as_str());
    error::no_such_role_policy(name).because(Cause::NoSuchEntity {
        what: "inline policy",
        name: format!("{name} of the role {}", role.name),
        account: asked.account_id().to_owned(),
        nearest: nearest(name, names),
    })
}
