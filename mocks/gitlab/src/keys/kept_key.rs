//! A key that hardly ever signs.

use std::fmt;
use std::sync::OnceLock;

use super::{Jwk, SigningKey, SigningKeyError};

/// A key whose public half is known, and whose private half is parsed when it first signs: that takes a good part of a
/// millisecond for 4096 bits, and most worlds never need it.
pub(crate) struct KeptKey {
    jwk: Jwk,
    pem: String,
    parsed: OnceLock<Result<SigningKey, SigningKeyError>>,
}

impl KeptKey {
    /// A key as it was stored.
    pub(crate) fn unparsed(jwk: Jwk, pem: String) -> KeptKey {
        KeptKey {
            jwk,
            pem,
            parsed: OnceLock::new(),
        }
    }

    /// A key of which there is only the public half.
    pub(crate) fn public_alone(jwk: Jwk) -> KeptKey {
        KeptKey {
            jwk,
            pem: String::new(),
            parsed: OnceLock::from(Err(SigningKeyError::PublicAlone)),
        }
    }

    /// The public half.
    pub(crate) fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// The key, ready to sign.
    pub(crate) fn key(&self) -> Result<&SigningKey, SigningKeyError> {
        self.parsed
            .get_or_init(|| parse(&self.jwk, &self.pem))
            .as_ref()
            .map_err(Clone::clone)
    }

    /// The key, ready to sign, if it was all that was wanted.
    pub(crate) fn into_key(self) -> Result<SigningKey, SigningKeyError> {
        self.parsed
            .into_inner()
            .unwrap_or_else(|| parse(&self.jwk, &self.pem))
    }
}

fn parse(jwk: &Jwk, pem: &str) -> Result<SigningKey, SigningKeyError> {
    let key = SigningKey::from_pem(pem)?;
    if key.jwk() == jwk {
        Ok(key)
    } else {
        Err(SigningKeyError::Mismatch)
    }
}

impl From<SigningKey> for KeptKey {
    fn from(key: SigningKey) -> KeptKey {
        KeptKey {
            jwk: key.jwk().clone(),
            pem: String::new(),
            parsed: OnceLock::from(Ok(key)),
        }
    }
}

/// Without the private half.
impl fmt::Debug for KeptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptKey")
            .field("jwk", &self.jwk)
            .finish_non_exhaustive()
    }
}
