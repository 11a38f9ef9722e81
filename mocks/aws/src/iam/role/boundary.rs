//! PutRolePermissionsBoundary and DeleteRolePermissionsBoundary.

use super::{checked_name, find_mut, role_name};
use crate::accounts::Account;
use crate::cause::Cause;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::ARN;
use crate::iam::error;
use crate::iam::managed_policy::policy_gone;
use crate::iam::resource::Resource;
use crate::query::{Failure, Violations};

pub(in crate::iam) fn put(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let bound = asked.text("PermissionsBoundary");
    let mut violations = Violations::without_values();
    violations.required("permissionsBoundary", bound, ARN);
    let name = checked_name(asked, violations)?;
    let keys = [("iam:PermissionsBoundary", bound)];
    asked.allow_with(&Resource::role(&asked.account(), name), keys, &[], call)?;
    let bound = bound.unwrap_or_default();
    asked.change(|account| {
        super::find(account, name)?;
        check(account, bound)?;
        find_mut(account, name)?.permissions_boundary = Some(bound.to_owned());
        Ok(())
    })?;
    Ok(asked.done())
}

/// A role without one is no error (assumed).
pub(in crate::iam) fn delete(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let name = role_name(asked, Violations::without_values(), call)?;
    asked.change(|account| {
        find_mut(account, name)?.permissions_boundary = None;
        Ok(())
    })?;
    Ok(asked.done())
}

/// Refuses a boundary that is no managed policy.
pub(super) fn check(account: &Account, arn: &str) -> Result<(), Failure> {
    if !arn.starts_with("arn:") {
        let why = format!("`{arn}` is no ARN");
        let error = error::invalid_input(format!("ARN {arn} is not valid."));
        return Err(error.because(Cause::InvalidInput { why }));
    }
    match account.managed_policy(arn) {
        Some(_) => Ok(()),
        None => Err(policy_gone(account, arn, error::no_such_boundary(arn))),
    }
}
