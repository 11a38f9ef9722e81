//! Signing a request, as the SDKs do in the `Authorization` header: the client's side of what this module verifies.

use http::header::{AUTHORIZATION, HOST, InvalidHeaderValue};
use http::{HeaderName, HeaderValue, Request};
use jiff::Timestamp;

use super::amz_date;
use super::canonical_request::{HttpRequest, sha256_hex};
use super::credential_scope::{CredentialScope, TERMINATOR};
use super::signature::ALGORITHM;
use super::signing_key;

/// What a request is signed with.
#[derive(Clone, Copy)]
pub struct SigningKeys<'a> {
    /// The access key id.
    pub access_key_id: &'a str,
    /// The secret that goes with it.
    pub secret_access_key: &'a str,
    /// The session token, of temporary credentials.
    pub session_token: Option<&'a str>,
}

/// Without secrets.
impl std::fmt::Debug for SigningKeys<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("SigningKeys")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// The headers that are signed where a request has them, in alphabetical order.
const SIGNED: [&str; 4] = ["content-type", "host", "x-amz-date", "x-amz-security-token"];

/// Signs a request that has its `Host` header, for a service and region as the scope names them. The time is the
/// client's.
///
/// # Errors
/// When the credentials or the scope have characters that no header can have.
pub fn sign_request(
    request: &mut Request<Vec<u8>>,
    keys: SigningKeys<'_>,
    (service, region): (&str, &str),
    at: Timestamp,
) -> Result<(), InvalidHeaderValue> {
    let date = amz_date::format(at);
    let headers = request.headers_mut();
    headers.insert(
        HeaderName::from_static("x-amz-date"),
        HeaderValue::from_str(&date)?,
    );
    if let Some(token) = keys.session_token {
        headers.insert(
            HeaderName::from_static("x-amz-security-token"),
            HeaderValue::from_str(token)?,
        );
    }
    let signed: Vec<&str> = SIGNED
        .into_iter()
        .filter(|name| request.headers().contains_key(*name))
        .collect();
    let signed = signed.join(";");
    let scope = CredentialScope {
        date: date.get(..8).unwrap_or_default().to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
        terminator: TERMINATOR.to_owned(),
    };
    let canonical = HttpRequest {
        method: request.method().as_str(),
        path: request.uri().path(),
        query: request.uri().query().unwrap_or_default(),
        headers: request.headers(),
        host: request.headers().get(HOST).and_then(|host| host.to_str().ok()),
        body: request.body(),
    }
    .canonical(&signed);
    let string_to_sign = format!(
        "{ALGORITHM}\n{date}\n{}\n{}",
        scope.to_text(),
        sha256_hex(canonical.as_bytes())
    );
    let signature = signing_key::sign(keys.secret_access_key, &scope, &string_to_sign);
    let authorization = format!(
        "{ALGORITHM} Credential={}/{}, SignedHeaders={signed}, Signature={signature}",
        keys.access_key_id,
        scope.to_text()
    );
    let authorization = HeaderValue::from_str(&authorization)?;
    request.headers_mut().insert(AUTHORIZATION, authorization);
    Ok(())
}
