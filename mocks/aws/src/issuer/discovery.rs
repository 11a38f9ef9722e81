//! The discovery document (OpenID Connect Discovery 1.0 §4).

use serde_json::{Map, Value};

use super::url::HttpsUrl;
use crate::cause::Cause;

/// Where the discovery document of an issuer is: §4 removes a slash at the end of the issuer first.
pub(crate) fn location(issuer: &str) -> String {
    format!(
        "{}/.well-known/openid-configuration",
        issuer.strip_suffix('/').unwrap_or(issuer)
    )
}

/// The `jwks_uri` of a discovery document.
///
/// That `issuer` has to be the token's and `jwks_uri` an `https` URL follows from OpenID Connect; with which
/// words AWS refuses them is not known.
pub(crate) fn jwks_uri(url: &str, document: &[u8], issuer: &str) -> Result<(String, HttpsUrl), Cause> {
    let unusable = |why: String| Cause::IssuerAnswer {
        url: url.to_owned(),
        why,
    };
    let document: Map<String, Value> =
        serde_json::from_slice(document).map_err(|error| unusable(format!("not a JSON object: {error}")))?;
    let text = |name: &str| {
        document
            .get(name)
            .and_then(Value::as_str)
            .ok_or_else(|| unusable(format!("no `{name}`, or not as text")))
    };
    let found = text("issuer")?;
    if found != issuer {
        return Err(Cause::IssuerMismatch {
            url: url.to_owned(),
            found: found.to_owned(),
            expected: issuer.to_owned(),
        });
    }
    let jwks_uri = text("jwks_uri")?;
    let location =
        HttpsUrl::parse(jwks_uri).map_err(|why| unusable(format!("`jwks_uri` is `{jwks_uri}`: {why}")))?;
    Ok((jwks_uri.to_owned(), location))
}
