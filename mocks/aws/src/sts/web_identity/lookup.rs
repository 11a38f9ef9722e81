//! Finding the account, the provider and the role.

use std::sync::Arc;

use crate::aws::Aws;
use crate::cause::Cause;
use crate::iam::{Account, OidcProvider, Role, RoleArn};
use crate::nearest::nearest;
use crate::query::Failure;
use crate::sts::error;

/// The partition that all accounts are in: AWS's own regions, neither China nor the government's.
const PARTITION: &str = "aws";

/// The account of the role. An account that does not exist has no provider for the issuer either, and that is all
/// that AWS says (assumed).
pub(super) fn account(aws: &Aws, role_arn: &RoleArn, issuer: &str) -> Result<Arc<Account>, Failure> {
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
            error::no_provider(issuer).because(Cause::NoSuchAccount {
                account: role_arn.account.clone(),
                accounts,
                nearest,
            })
        })
}

/// The account's provider for an issuer.
pub(super) fn provider<'a>(
    aws: &Aws,
    account: &'a Account,
    issuer: &str,
) -> Result<&'a OidcProvider, Failure> {
    account.oidc_provider_of(issuer).ok_or_else(|| {
        let providers: Vec<String> = account.oidc_providers.iter().map(OidcProvider::issuer).collect();
        let registered_in = aws
            .directory
            .accounts()
            .iter()
            .filter(|other| other.id != account.id && other.oidc_provider_of(issuer).is_some())
            .map(|other| other.id.clone())
            .collect();
        error::no_provider(issuer).because(Cause::NoOidcProvider {
            issuer: issuer.to_owned(),
            account: account.id.clone(),
            nearest: nearest(issuer, providers.iter().map(String::as_str)),
            providers,
            registered_in,
        })
    })
}

/// The role.
pub(super) fn role<'a>(account: &'a Account, arn: &RoleArn) -> Result<&'a Role, Failure> {
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
        error::not_authorized().because(Cause::NoSuchRole {
            role,
            account: account.id.clone(),
            roles,
            nearest,
        })
    })
}
