//! The claims that every token needs, and the forms they have to be in.

use serde_json::{Map, Value};

use crate::cause::Cause;
use crate::query::Failure;
use crate::sts::error;

/// The registered claims of a token (RFC 7519 §4.1, OpenID Connect Core 1.0 §2).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Claims {
    /// `iss` as in the token.
    pub(crate) issuer: String,
    /// `aud`, one or more.
    pub(crate) audiences: Vec<String>,
    /// `azp`.
    pub(crate) authorized_party: Option<String>,
    pub(crate) issued_at: i64,
    pub(crate) expiration: i64,
    pub(crate) not_before: Option<i64>,
}

impl Claims {
    /// Reads the claims that have to be there, and checks their form. Verifies nothing.
    ///
    /// The messages are recorded AWS behaviour; that they come in this order is an assumption. `null` counts as
    /// missing in `iss` and `aud` (assumed); in a time it is an invalid timestamp (recorded); `sub` is only
    /// looked for here, see [`Claims::subject`].
    pub(crate) fn read(claims: &Map<String, Value>) -> Result<Self, Failure> {
        let present = |name: &'static str| {
            claims
                .get(name)
                .ok_or_else(|| error::missing_claim(name).because(Cause::MissingClaim { claim: name.into() }))
        };
        let not_null = |name: &'static str| match present(name)? {
            Value::Null => {
                Err(error::missing_claim(name).because(Cause::MissingClaim { claim: name.into() }))
            }
            value => Ok(value),
        };
        let issuer = text_of(not_null("iss")?);
        present("sub")?;
        let audiences: Vec<String> = match not_null("aud")? {
            Value::Array(values) => values.iter().map(text_of).collect(),
            value => vec![text_of(value)],
        };
        let (issued_at, expiration) = (present("iat")?, present("exp")?);
        if audiences.is_empty() {
            return Err(error::empty_claim("aud").because(Cause::EmptyClaim { claim: "aud".into() }));
        }
        let authorized_party = claims.get("azp").filter(|azp| !azp.is_null()).map(text_of);
        if audiences.len() > 1 && authorized_party.is_none() {
            return Err(error::several_audiences().because(Cause::SeveralAudiences { audiences }));
        }
        Ok(Claims {
            issuer,
            audiences,
            authorized_party,
            issued_at: timestamp("iat", issued_at)?,
            expiration: timestamp("exp", expiration)?,
            not_before: claims
                .get("nbf")
                .map(|value| timestamp("nbf", value))
                .transpose()?,
        })
    }

    /// The audience that is compared with the provider's, and the claim it comes from: `azp` if there is one,
    /// otherwise the one `aud`.
    pub(crate) fn audience(&self) -> (&str, &'static str) {
        match &self.authorized_party {
            Some(party) => (party, "azp"),
            None => (self.audiences.first().map_or("", String::as_str), "aud"),
        }
    }

    /// `sub` as text. A number becomes text and `null` makes STS stumble (both recorded AWS behaviour). What other
    /// types do is not known; they are refused.
    pub(crate) fn subject(claims: &Map<String, Value>) -> Result<String, Failure> {
        let wrong = |found: &str| Cause::ClaimOfWrongType {
            claim: "sub".into(),
            found: found.into(),
            expected: "text".into(),
        };
        match claims.get("sub") {
            Some(value @ (Value::String(_) | Value::Number(_))) => Ok(text_of(value)),
            None | Some(Value::Null) => Err(error::unknown_error().because(wrong("null"))),
            Some(Value::Bool(_)) => Err(error::not_validated().because(wrong("a boolean"))),
            Some(Value::Array(_)) => Err(error::not_validated().because(wrong("a list"))),
            Some(Value::Object(_)) => Err(error::not_validated().because(wrong("an object"))),
        }
    }
}

/// A claim as text: strings as they are, everything else as JSON writes it.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A whole number of seconds, as a number or as text (recorded AWS behaviour).
fn timestamp(claim: &str, value: &Value) -> Result<i64, Failure> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
    .ok_or_else(|| {
        error::invalid_timestamp().because(Cause::InvalidTimestamp {
            claim: claim.into(),
            value: value.to_string(),
        })
    })
}
