//! `ProviderId`, which is for OAuth 2.0 access tokens of two providers and never for an ID token.

use crate::cause::Cause;
use crate::query::Failure;
use crate::sts::error;

/// Refuses every provider id, each with its own error (recorded AWS behaviour).
///
/// DIVERGENCE: access tokens of Login with Amazon and of Facebook are not verified but refused as a JWT would be;
/// a CI job has none. Source: AssumeRoleWithWebIdentity, STS API Reference.
pub(super) fn check(provider_id: Option<&str>) -> Result<(), Failure> {
    let Some(provider_id) = provider_id else {
        return Ok(());
    };
    let error = match provider_id {
        "www.amazon.com" => error::not_an_amazon_token(),
        "graph.facebook.com" => error::rejected_by_facebook(),
        _ => error::unrecognized_provider(),
    };
    Err(error.because(Cause::ProviderIdWithIdToken {
        provider_id: provider_id.to_owned(),
    }))
}
