//! A signature as a request carries it, in the `Authorization` header or in the query string.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use super::amz_date;
use super::canonical_request::{HttpRequest, percent_decode, sha256_hex};
use super::credential_scope::{CredentialScope, ExpectedScope};
use super::refusal::{Refusal, RefusalKind};
use super::signing_key;
use crate::cause::Cause;

/// The one algorithm there is, short of the asymmetric variant, which STS and IAM do not take.
pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// How far the clock of a client may be off: five minutes at STS and IAM.
const TOLERANCE_MINUTES: i64 = 5;

/// How long a presigned request to STS stays good. STS does not go by `X-Amz-Expires`, which is why
/// aws-iam-authenticator, whose tokens are presigned GetCallerIdentity requests with an `X-Amz-Expires` of 60,
/// counts them as valid for a quarter of an hour.
const PRESIGNED_MINUTES: i64 = 15;

/// Everything a request says about its signature. Nothing of it is verified yet.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    pub(crate) access_key_id: String,
    pub(crate) scope: CredentialScope,
    /// The session token that goes with a temporary access key.
    pub(crate) session_token: Option<String>,
    amz_date: String,
    time: Timestamp,
    signed_headers: String,
    signature: String,
    presigned: bool,
}

impl Signature {
    /// Reads the signature of a request.
    pub(crate) fn read(request: &HttpRequest<'_>) -> Result<Signature, Refusal> {
        if let Some(header) = request.canonical_header("authorization") {
            let Some(parameters) = header.strip_prefix(ALGORITHM) else {
                return Err(Refusal::new(
                    RefusalKind::Unsigned,
                    Cause::Unsigned {
                        scheme: header.split(' ').next().map(str::to_owned),
                    },
                ));
            };
            return Signature::from_header(request, parameters.trim_start());
        }
        if query_parameter(request.query, "X-Amz-Algorithm").is_some() {
            return Signature::from_query(request);
        }
        Err(Refusal::new(
            RefusalKind::Unsigned,
            Cause::Unsigned { scheme: None },
        ))
    }

    fn from_header(request: &HttpRequest<'_>, parameters: &str) -> Result<Signature, Refusal> {
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for parameter in parameters
            .split(',')
            .map(str::trim)
            .filter(|parameter| !parameter.is_empty())
        {
            let Some((name, value)) = parameter.split_once('=') else {
                return Err(Refusal::incomplete(format!(
                    "'{parameter}' not a valid key=value pair (missing equal-sign) in Authorization header"
                )));
            };
            match name {
                "Credential" => credential = Some(value),
                "SignedHeaders" => signed_headers = Some(value),
                "Signature" => signature = Some(value),
                _ => {}
            }
        }
        let amz_date = request.canonical_header("x-amz-date");
        let http_date = request.canonical_header("date");
        let missing: Vec<&str> = [
            (
                credential.is_none(),
                "Authorization header requires 'Credential' parameter.",
            ),
            (
                signature.is_none(),
                "Authorization header requires 'Signature' parameter.",
            ),
            (
                signed_headers.is_none(),
                "Authorization header requires 'SignedHeaders' parameter.",
            ),
            (
                amz_date.is_none() && http_date.is_none(),
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
            ),
        ]
        .into_iter()
        .filter_map(|(is_missing, text)| is_missing.then_some(text))
        .collect();
        let (Some(credential), Some(signed_headers), Some(signature), true) =
            (credential, signed_headers, signature, missing.is_empty())
        else {
            return Err(Refusal::incomplete(missing.join(" ")));
        };
        let (amz_date, time) = match (amz_date, http_date) {
            (Some(text), _) => {
                let time = amz_date::parse(&text).ok_or_else(|| not_a_date(&text))?;
                (text.into_owned(), time)
            }
            (None, text) => {
                let text = text.unwrap_or_default();
                let time = amz_date::parse(&text)
                    .or_else(|| amz_date::parse_http_date(&text))
                    .ok_or_else(|| not_a_date(&text))?;
                (amz_date::format(time), time)
            }
        };
        Signature {
            session_token: request
                .canonical_header("x-amz-security-token")
                .map(Cow::into_owned),
            signed_headers: signed_headers.to_owned(),
            signature: signature.to_owned(),
            presigned: false,
            amz_date,
            time,
            ..Signature::of_credential(credential)?
        }
        .with_host_signed()
    }

    fn from_query(request: &HttpRequest<'_>) -> Result<Signature, Refusal> {
        let parameter = |name: &str| query_parameter(request.query, name);
        let required = |name: &str| {
            parameter(name).ok_or_else(|| {
                Refusal::incomplete(format!("AWS query-string parameters must include '{name}'."))
            })
        };
        let algorithm = required("X-Amz-Algorithm")?;
        if algorithm != ALGORITHM {
            return Err(Refusal::incomplete(format!(
                "Unsupported AWS 'algorithm': '{algorithm}'."
            )));
        }
        let credential = required("X-Amz-Credential")?;
        let signature = required("X-Amz-Signature")?;
        let signed_headers = required("X-Amz-SignedHeaders")?;
        let amz_date = required("X-Amz-Date")?;
        let time = amz_date::parse(&amz_date).ok_or_else(|| not_a_date(&amz_date))?;
        Signature {
            session_token: parameter("X-Amz-Security-Token"),
            signed_headers,
            signature,
            presigned: true,
            amz_date,
            time,
            ..Signature::of_credential(&credential)?
        }
        .with_host_signed()
    }

    /// The part that a credential gives; the rest is filled in by the callers.
    fn of_credential(credential: &str) -> Result<Signature, Refusal> {
        let (access_key_id, scope) = CredentialScope::parse(credential).ok_or_else(|| {
            Refusal::incomplete(format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. \
                 keyid/date/region/service/term, got '{credential}'"
            ))
        })?;
        Ok(Signature {
            access_key_id,
            scope,
            session_token: None,
            amz_date: String::new(),
            time: Timestamp::UNIX_EPOCH,
            signed_headers: String::new(),
            signature: String::new(),
            presigned: false,
        })
    }

    /// A signature that leaves the host out could be replayed against another endpoint, so none is taken.
    fn with_host_signed(self) -> Result<Signature, Refusal> {
        if self
            .signed_headers
            .split(';')
            .any(|name| name.eq_ignore_ascii_case("host"))
        {
            return Ok(self);
        }
        Err(Refusal::does_not_match(
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".into(),
            Cause::IncompleteSignature {
                why: "the host is not among the signed headers".into(),
            },
        ))
    }

    /// Compares the scope with what the endpoint accepts.
    pub(crate) fn check_scope(&self, expected: ExpectedScope<'_>) -> Result<(), Refusal> {
        self.scope.check(expected, &self.amz_date)
    }

    /// Compares the time of the request with the time of the server.
    pub(crate) fn check_time(&self, now: Timestamp) -> Result<(), Refusal> {
        let past = if self.presigned {
            PRESIGNED_MINUTES
        } else {
            TOLERANCE_MINUTES
        };
        let minutes = |count: i64| SignedDuration::from_mins(count);
        let oldest = now.saturating_sub(minutes(past)).unwrap_or(now);
        let newest = now.saturating_add(minutes(TOLERANCE_MINUTES)).unwrap_or(now);
        let cause = Cause::RequestTime {
            signed: self.time,
            now,
        };
        if self.time < oldest {
            return Err(Refusal::does_not_match(
                format!(
                    "Signature expired: {} is now earlier than {} ({} - {past} min.)",
                    self.amz_date,
                    amz_date::format(oldest),
                    amz_date::format(now),
                ),
                cause,
            ));
        }
        if self.time > newest {
            return Err(Refusal::does_not_match(
                format!(
                    "Signature not yet current: {} is still later than {} ({} + {TOLERANCE_MINUTES} min.)",
                    self.amz_date,
                    amz_date::format(newest),
                    amz_date::format(now),
                ),
                cause,
            ));
        }
        Ok(())
    }

    /// Compares the signature with the one that the secret key gives, in constant time.
    pub(crate) fn verify(&self, request: &HttpRequest<'_>, secret_access_key: &str) -> Result<(), Refusal> {
        let canonical_request = request.canonical(&self.signed_headers);
        let string_to_sign = format!(
            "{ALGORITHM}\n{}\n{}\n{}",
            self.amz_date,
            self.scope.to_text(),
            sha256_hex(canonical_request.as_bytes())
        );
        let expected = signing_key::sign(secret_access_key, &self.scope, &string_to_sign);
        aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_bytes(), self.signature.as_bytes())
            .map_err(|_| {
                let absent = self
                    .signed_headers
                    .split(';')
                    .filter(|name| request.canonical_header(name).is_none())
                    .map(str::to_owned)
                    .collect();
                Refusal::new(
                    RefusalKind::WrongSignature,
                    Cause::WrongSignature {
                        access_key_id: self.access_key_id.clone(),
                        absent_headers: absent,
                        canonical_request: self.masked(canonical_request),
                        string_to_sign,
                    },
                )
            })
    }

    /// The canonical request without the session token, which is as good as a key.
    fn masked(&self, canonical_request: String) -> String {
        match &self.session_token {
            Some(token) if token.len() > 16 => {
                let mut encoded = String::new();
                super::canonical_request::encode(token.as_bytes(), &mut encoded);
                canonical_request
                    .replace(token, "[session token]")
                    .replace(&encoded, "[session token]")
            }
            _ => canonical_request,
        }
    }
}

fn not_a_date(text: &str) -> Refusal {
    Refusal::incomplete(format!(
        "Date must be in ISO-8601 'basic format'. Got '{text}'. See http://en.wikipedia.org/wiki/ISO_8601"
    ))
}

/// The first value of a parameter in a query string, decoded. Only as UTF-8; anything else is as good as absent.
fn query_parameter(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (found, value) = pair.split_once('=').unwrap_or((pair, ""));
        (found == name)
            .then(|| String::from_utf8(percent_decode(value).into_owned()).ok())
            .flatten()
    })
}
