//! The public half of a key, as the JWKS shows it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::traits::PublicKeyParts as _;
use sha2::{Digest as _, Sha256};

use super::SigningKeyError;

/// An RSA public key with exactly the members of GitLab's JWKS, in their order: `kty, kid, e, n, use, alg`.
///
/// Source: `JwksController#pem_to_jwk` of GitLab; RFC 7517 and RFC 7518 §6.3.1.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Jwk {
    kty: &'static str,
    kid: String,
    e: String,
    n: String,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: &'static str,
}

impl Jwk {
    /// The key with this modulus and exponent (big-endian, leading zeros are dropped); its `kid` is its thumbprint.
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Jwk {
        let (e, n) = (base64url_uint(exponent), base64url_uint(modulus));
        Jwk {
            kty: "RSA",
            kid: thumbprint(&e, &n),
            e,
            n,
            usage: "sig",
            alg: "RS256",
        }
    }

    /// A public key of this many bits whose private half nobody has: its modulus is random, odd, and without small factors,
    /// as every modulus is.
    ///
    /// # Errors
    /// Where the system has no randomness.
    pub(crate) fn without_private_half(bits: usize) -> Result<Jwk, SigningKeyError> {
        let mut modulus = vec![0; bits / 8];
        loop {
            aws_lc_rs::rand::fill(&mut modulus).map_err(|_| SigningKeyError::Generation)?;
            if let [first, .., last] = modulus.as_mut_slice() {
                *first |= 0x80;
                *last |= 1;
            }
            let has_factor = |factor: &u32| {
                let rest = |rest: u32, byte: &u8| (rest << 8 | u32::from(*byte)) % factor;
                modulus.iter().fold(0, rest) == 0
            };
            if !(3..100).step_by(2).any(|factor| has_factor(&factor)) {
                return Ok(Jwk::new(&modulus, &[1, 0, 1]));
            }
        }
    }

    /// The key with the modulus and exponent that a JWK shows; `None` where they are not base64url.
    pub(crate) fn from_base64url(n: &str, e: &str) -> Option<Jwk> {
        let (modulus, exponent) = (URL_SAFE_NO_PAD.decode(n).ok()?, URL_SAFE_NO_PAD.decode(e).ok()?);
        Some(Jwk::new(&modulus, &exponent))
    }

    /// The key's id: the RFC 7638 SHA-256 thumbprint, base64url without padding.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The modulus, base64url without padding.
    pub fn n(&self) -> &str {
        &self.n
    }

    /// The public exponent, base64url without padding: `AQAB`, unless the key is odd on purpose.
    pub fn e(&self) -> &str {
        &self.e
    }

    /// The size of the modulus in bits.
    pub fn bits(&self) -> usize {
        let bytes = URL_SAFE_NO_PAD.decode(&self.n).unwrap_or_default();
        bytes
            .first()
            .map_or(0, |first| bytes.len() * 8 - first.leading_zeros() as usize)
    }
}

/// For keys of any size and exponent, also those no GitLab would make.
impl From<&rsa::PublicKey> for Jwk {
    fn from(key: &rsa::PublicKey) -> Jwk {
        Jwk::new(&key.n_bytes(), &key.e_bytes())
    }
}

/// Base64urlUInt of RFC 7518 §2.
fn base64url_uint(bytes: &[u8]) -> String {
    let significant = bytes
        .iter()
        .position(|byte| *byte != 0)
        .map_or(&[0u8][..], |first| &bytes[first..]);
    URL_SAFE_NO_PAD.encode(significant)
}

/// RFC 7638 §3: the hash of the required members, in lexical order, without white space.
fn thumbprint(e: &str, n: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7638 §3.1.
    #[test]
    fn thumbprint_of_the_rfc() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3o\
                 knjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6\
                 qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJ\
                 zKnqDKgw"
            .replace(' ', "");
        let key = Jwk::new(&URL_SAFE_NO_PAD.decode(&n).unwrap(), &[1, 0, 1]);
        assert_eq!(key.kid(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        assert_eq!((key.n(), key.e(), key.bits()), (n.as_str(), "AQAB", 2048));
    }

    #[test]
    fn members_in_gitlabs_order() {
        let json = serde_json::to_string(&Jwk::new(&[0, 0xc5], &[0, 1, 0, 1])).unwrap();
        let kid = thumbprint("AQAB", "xQ");
        assert_eq!(
            json,
            format!(r#"{{"kty":"RSA","kid":"{kid}","e":"AQAB","n":"xQ","use":"sig","alg":"RS256"}}"#)
        );
    }

    /// Every world has verifiers that must refuse a key too small for RS256; no library signs with one.
    #[test]
    fn odd_keys_can_be_shown() {
        let limits = rsa::PublicKey::new_with_size_limits(187u32.into(), 3u32.into(), 1..=4096);
        let jwk = Jwk::from(&limits.unwrap());
        assert_eq!((jwk.bits(), jwk.e(), jwk.n()), (8, "Aw", "uw"));
    }
}
