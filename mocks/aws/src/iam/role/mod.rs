//! Roles.

pub(super) mod attachment;
pub(super) mod boundary;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod inline_policy;
pub(super) mod instance_profile;
pub(super) mod list;
mod role_shape;
pub(super) mod tags;
pub(super) mod update;

use role_shape::OneRole;
pub(super) use role_shape::{RoleShape, View};

use super::asked::Asked;
use super::constraint::ROLE_NAME;
use super::error;
use super::resource::Resource;
use crate::accounts::{Account, Role};
use crate::cause::Cause;
use crate::event::Call;
use crate::nearest::nearest;
use crate::query::{Failure, Violations};

/// Checks `RoleName` with the parameters whose violations are given, and that the caller may work on it.
fn role_name<'a>(asked: &Asked<'a>, violations: Violations, call: &mut Call) -> Result<&'a str, Failure> {
    let name = checked_name(asked, violations)?;
    asked.allow(&Resource::role(&asked.account(), name), call)?;
    Ok(name)
}

/// Checks `RoleName` with the parameters whose violations are given.
fn checked_name<'a>(asked: &Asked<'a>, mut violations: Violations) -> Result<&'a str, Failure> {
    let name = asked.text("RoleName");
    violations.required("roleName", name, ROLE_NAME);
    violations.into_result()?;
    Ok(name.unwrap_or_default())
}

/// The role with a name, or IAM's answer that there is none.
fn find<'a>(account: &'a Account, name: &str) -> Result<&'a Role, Failure> {
    account.role_named(name).ok_or_else(|| no_role(account, name))
}

/// The same, to be changed.
fn find_mut<'a>(account: &'a mut Account, name: &str) -> Result<&'a mut Role, Failure> {
    let found = account
        .roles
        .iter()
        .position(|role| role.name.eq_ignore_ascii_case(name));
    match found {
        Some(at) => Ok(&mut account.roles[at]),
        None => Err(no_role(account, name)),
    }
}

fn no_role(account: &Account, name: &str) -> Failure {
    let names = account.roles.iter().map(|role| role.name.as_str());
    error::no_such_role(name).because(Cause::NoSuchEntity {
        what: "role",
        name: name.to_owned(),
        account: account.id.clone(),
        nearest: nearest(name, names),
    })
}
