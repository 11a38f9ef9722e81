//! Finding the role that a call is for.

use std::sync::Arc;

use crate::accounts::{Account, Role, RoleArn, RoleArnError};
use crate::aws::Aws;
use crate::cause::Cause;
use crate::nearest::nearest;
use crate::query::Failure;
use crate::sts::error;

/// The partition that all accounts are in: AWS's own regions, neither China nor the government's.
const PARTITION: &str = "aws";

/// Reads `RoleArn`.
pub(super) fn role_arn(text: &str) -> Result<RoleArn, Failure> {
    RoleArn::parse(text).map_err(|why| {
        let cause = Cause::InvalidRoleArn {
            arn: text.to_owned(),
            why: why.to_string(),
        };
        match why {
            RoleArnError::NotAnArn => error::invalid_arn(text),
            RoleArnError::NotARole => error::not_the_arn_of_a_role(),
        }
        .because(cause)
    })
}

/// The account of the role, or why there is none.
pub(super) fn account(aws: &Aws, role_arn: &RoleArn) -> Result<Arc<Account>, Cause> {
    let account = aws.directory.account(&role_arn.account);
    account
        .filter(|_| role_arn.partition == PARTITION)
        .ok_or_else(|| {
            let accounts: Vec<String> = aws
                .directory
                .accounts()
                .iter()
                .map(|account| account.id.clone())
                .collect();
            let nearest = nearest(&role_arn.account, accounts.iter().map(String::as_str));
            Cause::NoSuchAccount {
                account: role_arn.account.clone(),
                accounts,
                nearest,
            }
        })
}

/// The role, or why there is none.
pub(super) fn role<'a>(account: &'a Account, arn: &RoleArn) -> Result<&'a Role, Cause> {
    let wanted = |path: &str, name: &str| format!("{}{name}", path.trim_start_matches('/'));
    account.role(&arn.path, &arn.name).ok_or_else(|| {
        let roles: Vec<String> = account
            .roles
            .iter()
            .map(|role| wanted(&role.path, &role.name))
            .collect();
        let role = wanted(&arn.path, &arn.name);
        // a role of the same name at another path is a likelier slip than one of a similar name
        let same_name = account.roles.iter().find(|role| role.name == arn.name);
        let nearest = same_name
            .map(|role| wanted(&role.path, &role.name))
            .or_else(|| nearest(&role, roles.iter().map(String::as_str)));
        Cause::NoSuchRole {
            role,
            account: account.id.clone(),
            roles,
            nearest,
        }
    })
}
