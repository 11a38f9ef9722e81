//! Finding the account, the provider and the role, and AWS's answers when one of them is not there.

use std::sync::Arc;

use crate::accounts::{Account, OidcProvider, Role, RoleArn};
use crate::aws::Aws;
use crate::cause::Cause;
use crate::nearest::nearest;
use crate::query::Failure;
use crate::sts::{error, role_lookup};

/// The account of the role. An account that does not exist has no provider for the issuer either, and that is all
/// that AWS says (assumed).
pub(super) fn account(aws: &Aws, role_arn: &RoleArn, issuer: &str) -> Result<Arc<Account>, Failure> {
    role_lookup::account(aws, role_arn).map_err(|cause| error::no_provider(issuer).because(cause))
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
    role_lookup::role(account, arn).map_err(|cause| error::not_authorized().because(cause))
}
