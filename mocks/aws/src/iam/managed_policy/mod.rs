//! Managed policies.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod entities;
pub(super) mod get;
pub(super) mod list;
mod policy_shape;
pub(super) mod tags;
pub(super) mod version;

pub(super) use policy_shape::{PolicyShape, Usage, VersionShape, View};

use super::asked::Asked;
use super::constraint::ARN;
use super::error;
use super::resource::Resource;
use crate::accounts::{Account, ManagedPolicy};
use crate::cause::Cause;
use crate::event::Call;
use crate::nearest::nearest;
use crate::query::{ApiError, Failure, Violations};

/// Checks `PolicyArn` with the parameters whose violations are given, and that the caller may work on it.
fn policy_arn<'a>(asked: &Asked<'a>, violations: Violations, call: &mut Call) -> Result<&'a str, Failure> {
    let arn = checked_arn(asked, violations)?;
    asked.allow(&Resource::policy(&asked.account(), arn), call)?;
    check_arn(arn)?;
    Ok(arn)
}

/// Checks `PolicyArn` with the parameters whose violations are given.
fn checked_arn<'a>(asked: &Asked<'a>, mut violations: Violations) -> Result<&'a str, Failure> {
    let arn = asked.text("PolicyArn");
    violations.required("policyArn", arn, ARN);
    violations.into_result()?;
    Ok(arn.unwrap_or_default())
}

/// Refuses what is no ARN at all.
pub(super) fn check_arn(arn: &str) -> Result<(), Failure> {
    let parts = arn.splitn(6, ':').count();
    if arn.starts_with("arn:") && parts == 6 {
        return Ok(());
    }
    let why = format!("`{arn}` is no ARN");
    Err(error::invalid_arn(arn).because(Cause::InvalidInput { why }))
}

/// The policy with an ARN, the account's or AWS's own, or IAM's answer that there is none.
fn find<'a>(account: &'a Account, arn: &str) -> Result<&'a ManagedPolicy, Failure> {
    let found = account.managed_policy(arn);
    found.ok_or_else(|| policy_gone(account, arn, error::no_such_policy(arn)))
}

/// The account's policy with an ARN, to be changed. AWS's own are nobody's to change; how AWS says so is assumed to be as of
/// any other account's policy.
fn find_mut<'a>(account: &'a mut Account, arn: &str) -> Result<&'a mut ManagedPolicy, Failure> {
    let id = account.id.clone();
    let own = |policy: &ManagedPolicy| policy.arn(&id) == arn && !policy.of_aws;
    match account.policies.iter().position(own) {
        Some(at) => Ok(&mut account.policies[at]),
        None => Err(policy_gone(account, arn, error::no_such_policy(arn))),
    }
}

/// An error about a managed policy that is not there.
pub(super) fn policy_gone(account: &Account, arn: &str, error: ApiError) -> Failure {
    let own: Vec<String> = account
        .policies
        .iter()
        .map(|policy| policy.arn(&account.id))
        .collect();
    let of_aws: Vec<String> = crate::accounts::aws_managed::names()
        .map(|name| format!("arn:aws:iam::aws:policy/{name}"))
        .collect();
    error.because(Cause::NoSuchEntity {
        what: "managed policy",
        name: arn.to_owned(),
        account: account.id.clone(),
        nearest: nearest(arn, own.iter().chain(&of_aws).map(String::as_str)),
    })
}
