//! OpenID Connect providers.

pub(super) mod client_ids;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod tags;
pub(super) mod thumbprints;

use super::asked::Asked;
use super::constraint::ARN;
use super::error;
use super::resource::Resource;
use crate::accounts::{Account, OidcProvider};
use crate::cause::Cause;
use crate::event::Call;
use crate::nearest::nearest;
use crate::query::{ApiError, Failure, Violations};

/// Checks `OpenIDConnectProviderArn` with the parameters whose violations are given, and that the caller may work on it.
fn provider_arn<'a>(
    asked: &Asked<'a>,
    mut violations: Violations,
    call: &mut Call,
) -> Result<&'a str, Failure> {
    let arn = asked.text("OpenIDConnectProviderArn");
    violations.required("openIDConnectProviderArn", arn, ARN);
    violations.into_result()?;
    let arn = arn.unwrap_or_default();
    asked.allow(&Resource::provider(&asked.account(), arn), call)?;
    Ok(arn)
}

/// The provider with an ARN, or IAM's answer that there is none.
fn find<'a>(account: &'a Account, arn: &str) -> Result<&'a OidcProvider, Failure> {
    let found = account
        .oidc_providers
        .iter()
        .find(|it| it.arn(&account.id) == arn);
    found.ok_or_else(|| no_provider(account, arn, error::no_such_provider(arn)))
}

/// The same, to be changed.
fn find_mut<'a>(account: &'a mut Account, arn: &str) -> Result<&'a mut OidcProvider, Failure> {
    let id = account.id.clone();
    match account.oidc_providers.iter().position(|it| it.arn(&id) == arn) {
        Some(at) => Ok(&mut account.oidc_providers[at]),
        None => Err(no_provider(account, arn, error::no_such_provider(arn))),
    }
}

fn no_provider(account: &Account, arn: &str, error: ApiError) -> Failure {
    let arns: Vec<String> = account
        .oidc_providers
        .iter()
        .map(|it| it.arn(&account.id))
        .collect();
    error.because(Cause::NoSuchEntity {
        what: "OIDC provider",
        name: arn.to_owned(),
        account: account.id.clone(),
        nearest: nearest(arn, arns.iter().map(String::as_str)),
    })
}
