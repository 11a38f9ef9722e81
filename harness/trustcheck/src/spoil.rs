//! Tokens and signatures with something wrong in them: each kind of wrong by name, for those who test what a verifier
//! refuses.

use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use mock_gitlab::{KeySet, SigningKeyError};
use serde_json::{Map, Value};

/// What is wrong with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenSpoil {
    /// One character of the signature is another.
    Signature,
    /// There is no signature: the token ends with its second full stop.
    NoSignature,
    /// The header says `none`, and there is no signature (RFC 7519 §6).
    AlgNone,
    /// Signed with HMAC-SHA256 under the issuer's public key, which anybody has.
    Hs256,
    /// Signed by a key that the issuer does not publish, under the id of the one it does.
    OtherKey,
    /// The header names a key that the issuer does not publish.
    WrongKid,
    /// The header names no key.
    NoKid,
    /// The claims were changed after they were signed.
    Payload,
    /// The header demands an extension that nobody knows (RFC 7515 §4.1.11).
    Crit,
    /// Not a JWT at all, but an opaque token, as an access token is.
    Opaque,
    /// Its lifetime ended an hour ago.
    Expired,
    /// Its lifetime begins in an hour.
    NotYetValid,
    /// It says that it was issued in an hour.
    FromTheFuture,
}

/// The token spoils by their names in scenario files.
pub const TOKEN_SPOILS: [(&str, TokenSpoil); 13] = [
    ("signature", TokenSpoil::Signature),
    ("no-signature", TokenSpoil::NoSignature),
    ("alg-none", TokenSpoil::AlgNone),
    ("hs256", TokenSpoil::Hs256),
    ("other-key", TokenSpoil::OtherKey),
    ("wrong-kid", TokenSpoil::WrongKid),
    ("no-kid", TokenSpoil::NoKid),
    ("payload", TokenSpoil::Payload),
    ("crit", TokenSpoil::Crit),
    ("opaque", TokenSpoil::Opaque),
    ("expired", TokenSpoil::Expired),
    ("not-yet-valid", TokenSpoil::NotYetValid),
    ("from-the-future", TokenSpoil::FromTheFuture),
];

/// What is wrong with the signature of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureSpoil {
    /// Another secret key.
    Secret,
    /// An access key id that nobody has.
    AccessKey,
    /// A session token with one character changed.
    SessionToken,
    /// No session token where there has to be one.
    NoSessionToken,
    /// Signed by a clock that is an hour slow.
    Late,
    /// Signed by a clock that is an hour fast.
    Early,
}

/// The signature spoils by their names in scenario files.
pub const SIGNATURE_SPOILS: [(&str, SignatureSpoil); 6] = [
    ("secret", SignatureSpoil::Secret),
    ("access-key", SignatureSpoil::AccessKey),
    ("session-token", SignatureSpoil::SessionToken),
    ("no-session-token", SignatureSpoil::NoSessionToken),
    ("late", SignatureSpoil::Late),
    ("early", SignatureSpoil::Early),
];

impl SignatureSpoil {
    /// By how much the client's clock is off.
    #[must_use]
    pub fn clock_error(self) -> SignedDuration {
        match self {
            SignatureSpoil::Late => SignedDuration::from_hours(-1),
            SignatureSpoil::Early => SignedDuration::from_hours(1),
            _ => SignedDuration::ZERO,
        }
    }
}

/// `text` with a character near its end replaced by another.
#[must_use]
pub fn altered(text: &str) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    // Not the very last one: of the last character of base64, some bits mean nothing.
    let at = characters.len().saturating_sub(8);
    if let Some(character) = characters.get_mut(at) {
        *character = if *character == 'A' { 'B' } else { 'A' };
    }
    characters.into_iter().collect()
}

impl TokenSpoil {
    /// Whether it needs keys that the issuer does not publish.
    #[must_use]
    pub fn needs_other_keys(self) -> bool {
        self == TokenSpoil::OtherKey
    }

    /// The token with these claims, spoiled. `others` signs where another key has to.
    ///
    /// # Errors
    /// Where the public key cannot be written.
    pub fn token(
        self,
        mut claims: Map<String, Value>,
        keys: &KeySet,
        others: Option<&Arc<KeySet>>,
    ) -> Result<String, SigningKeyError> {
        let key = keys.ci();
        let header =
            |alg: &str, more: &str| format!(r#"{{"kid":"{}","typ":"JWT","alg":"{alg}"{more}}}"#, key.kid());
        let hour = 3600;
        match self {
            TokenSpoil::Expired => shift(&mut claims, &["iat", "nbf", "exp"], -hour, true),
            TokenSpoil::NotYetValid => shift(&mut claims, &["nbf", "exp"], hour, false),
            TokenSpoil::FromTheFuture => shift(&mut claims, &["iat", "exp"], hour, false),
            _ => {}
        }
        let payload = Value::Object(claims.clone()).to_string();
        let unsigned = |header: &str| {
            format!(
                "{}.{}.",
                URL_SAFE_NO_PAD.encode(header),
                URL_SAFE_NO_PAD.encode(&payload)
            )
        };
        Ok(match self {
            TokenSpoil::Expired | TokenSpoil::NotYetValid | TokenSpoil::FromTheFuture => {
                key.sign(payload.as_bytes())
            }
            TokenSpoil::Signature => altered(&key.sign(payload.as_bytes())),
            TokenSpoil::NoSignature => {
                let token = key.sign(payload.as_bytes());
                let end = token.rfind('.').map_or(0, |dot| dot + 1);
                token[..end].to_owned()
            }
            TokenSpoil::AlgNone => unsigned(&header("none", "")),
            TokenSpoil::Hs256 => {
                let token = unsigned(&header("HS256", ""));
                let secret = hmac::Key::new(hmac::HMAC_SHA256, key.public_pem()?.as_bytes());
                let signature = hmac::sign(&secret, token.trim_end_matches('.').as_bytes());
                token + &URL_SAFE_NO_PAD.encode(signature)
            }
            TokenSpoil::OtherKey => {
                let other = others.map_or(key, |keys| keys.ci());
                other.sign_with_header(header("RS256", "").as_bytes(), payload.as_bytes())
            }
            TokenSpoil::WrongKid => {
                let header = r#"{"kid":"no-such-key","typ":"JWT","alg":"RS256"}"#;
                key.sign_with_header(header.as_bytes(), payload.as_bytes())
            }
            TokenSpoil::NoKid => key.sign_with_header(br#"{"typ":"JWT","alg":"RS256"}"#, payload.as_bytes()),
            TokenSpoil::Payload => {
                let token = key.sign(payload.as_bytes());
                claims.insert("ref_protected".to_owned(), "tampered".into());
                let tampered = URL_SAFE_NO_PAD.encode(Value::Object(claims).to_string());
                let mut parts = token.split('.');
                let (header, signature) =
                    (parts.next().unwrap_or_default(), parts.nth(1).unwrap_or_default());
                format!("{header}.{tampered}.{signature}")
            }
            TokenSpoil::Crit => {
                let header = header("RS256", r#","crit":["exp"]"#);
                key.sign_with_header(header.as_bytes(), payload.as_bytes())
            }
            TokenSpoil::Opaque => "glcbt-64_opaqueTokenWithoutAnyClaims".to_owned(),
        })
    }
}

/// Moves claims that are times by `by` seconds; to the past, so far that the last of them is over by as much.
fn shift(claims: &mut Map<String, Value>, names: &[&str], by: i64, past: bool) {
    let lifetime = |name: &str| claims.get(name).and_then(Value::as_i64).unwrap_or_default();
    let by = if past {
        by - (lifetime("exp") - lifetime("iat"))
    } else {
        by
    };
    for name in names {
        if let Some(time) = claims.get(*name).and_then(Value::as_i64) {
            claims.insert((*name).to_owned(), (time + by).into());
        }
    }
}
