//! CreateOpenIDConnectProvider.

use serde::Serialize;

use super::thumbprints;
use crate::accounts::tag::KeyCase;
use crate::accounts::{InvalidProviderUrl, OidcProvider};
use crate::cause::Cause;
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::{CLIENT_ID, URL};
use crate::iam::resource::Resource;
use crate::iam::shape::{Members, TagShape, tags_if_any};
use crate::iam::{error, tags};
use crate::query::{ApiError, Failure, Violations};

/// So many an account may have.
const MOST_PROVIDERS: usize = 100;
/// So many client ids a provider may have.
pub(super) const MOST_CLIENT_IDS: usize = 100;

#[derive(Debug, Serialize)]
struct CreateOpenIDConnectProviderResult<'a> {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    #[serde(rename = "Tags", skip_serializing_if = "Option::is_none")]
    tags: Option<Members<TagShape<'a>>>,
}

pub(in crate::iam) async fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let url = asked.text("Url");
    let client_ids = asked.parameters.list("ClientIDList", None);
    let given = asked.parameters.list("ThumbprintList", None);
    let mut violations = Violations::without_values();
    // in the order recorded, which is not the model's
    violations.members("clientIDList", &client_ids, CLIENT_ID);
    thumbprints::constrain(&mut violations, &given);
    violations.required("url", url, URL);
    let new_tags = tags::read(asked.parameters, &mut violations);
    violations.into_result()?;

    let url = url.unwrap_or_default();
    let mut provider = OidcProvider::new(url, client_ids.iter().copied()).map_err(|why| refused_url(&why))?;
    let arn = provider.arn(asked.account_id());
    asked.allow_with(&Resource::by_arn(arn.as_str()), [], &new_tags, call)?;
    tags::check(&new_tags, KeyCase::Counts)?;
    thumbprints::check_number(&given)?;
    check_client_ids(provider.client_ids.len())?;
    check_new(asked, &provider)?;
    provider = match given.as_slice() {
        [] => {
            let thumbprint = asked.aws.issuers.thumbprint(&provider.issuer()).await;
            let thumbprint =
                thumbprint.map_err(|cause| error::idp_communication(&provider.issuer()).because(cause))?;
            provider.with_thumbprints([thumbprint])
        }
        given => provider.with_thumbprints(given),
    };
    provider.tags = new_tags;
    provider.created = Some(asked.now);
    asked.change(|account| {
        // another call may have been quicker while the issuer was asked
        if account
            .oidc_providers
            .iter()
            .any(|known| known.url == provider.url)
        {
            return Err(exists(&provider));
        }
        account.oidc_providers.push(provider.clone());
        Ok(())
    })?;
    Ok(asked.answer(&CreateOpenIDConnectProviderResult {
        arn,
        tags: tags_if_any(&provider.tags),
    }))
}

/// Refuses a provider of which there is one already, or one too many.
fn check_new(asked: &Asked<'_>, provider: &OidcProvider) -> Result<(), Failure> {
    let account = asked.newest();
    let known = &account.oidc_providers;
    if known.iter().any(|known| known.url == provider.url) {
        return Err(exists(provider));
    }
    if known.len() >= MOST_PROVIDERS {
        let why = format!("the account has {MOST_PROVIDERS} OIDC providers");
        let error = error::quota("OpenIdConnectProvidersPerAccount", MOST_PROVIDERS);
        return Err(error.because(Cause::QuotaReached { why }));
    }
    Ok(())
}

fn exists(provider: &OidcProvider) -> Failure {
    let issuer = provider.issuer();
    let message = format!("Provider with url {issuer} already exists.");
    error::already_exists(message).because(Cause::EntityExists {
        what: "OIDC provider for",
        name: issuer,
    })
}

/// Refuses too many client ids.
pub(super) fn check_client_ids(number: usize) -> Result<(), Failure> {
    if number <= MOST_CLIENT_IDS {
        return Ok(());
    }
    let why = format!("there would be {number} client ids, and there may be {MOST_CLIENT_IDS}");
    let error = error::quota("ClientIdsPerOpenIdConnectProvider", MOST_CLIENT_IDS);
    Err(error.because(Cause::QuotaReached { why }))
}

fn refused_url(why: &InvalidProviderUrl) -> Failure {
    let error = match why {
        InvalidProviderUrl::QueryOrFragment(_) => error::invalid_input("Unknown"),
        _ => ApiError::validation("Invalid Open ID Connect Provider URL"),
    };
    error.because(Cause::InvalidInput { why: why.to_string() })
}
