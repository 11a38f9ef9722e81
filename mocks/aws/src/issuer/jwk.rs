//! A published key (RFC 7517, RFC 7518 §6), made ready to verify with.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RsaPublicKeyComponents, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use crate::token::{Algorithm, KeyType};

/// The smallest modulus, in bytes. What AWS demands is not known; 2048 bits are the least that RFC 7518 §3.3
/// allows.
const SMALLEST_MODULUS: usize = 256;

/// The largest modulus, in bytes: what the cryptographic library verifies.
const LARGEST_MODULUS: usize = 1024;

/// A key, parsed once and used many times.
#[derive(Debug)]
pub(crate) enum VerificationKey {
    /// One form for each of SHA-256, SHA-384 and SHA-512: `alg` of the token, not of the JWK, decides.
    Rsa(Box<[ParsedPublicKey; 3]>),
    /// A curve goes with one algorithm only.
    Ec(Algorithm, Box<ParsedPublicKey>),
}

impl VerificationKey {
    /// Whether the signature of a message is one of this key under the algorithm.
    pub(crate) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let key = match (self, algorithm) {
            (VerificationKey::Rsa(keys), Algorithm::Rs256) => &keys[0],
            (VerificationKey::Rsa(keys), Algorithm::Rs384) => &keys[1],
            (VerificationKey::Rsa(keys), Algorithm::Rs512) => &keys[2],
            (VerificationKey::Ec(own, key), algorithm) if *own == algorithm => key,
            _ => return false,
        };
        key.verify_sig(message, signature).is_ok()
    }

    /// What kind of key a JWK is; `None` if of no kind that AWS uses.
    pub(crate) fn key_type(jwk: &Map<String, Value>) -> Option<KeyType> {
        match jwk.get("kty").and_then(Value::as_str) {
            Some("RSA") => Some(KeyType::Rsa),
            Some("EC") => Some(KeyType::Ec),
            _ => None,
        }
    }

    /// Reads the key out of a JWK. The error says why it cannot be used.
    pub(crate) fn read(key_type: KeyType, jwk: &Map<String, Value>) -> Result<Self, String> {
        match key_type {
            KeyType::Rsa => rsa(jwk),
            KeyType::Ec => ec(jwk),
        }
    }
}

fn rsa(jwk: &Map<String, Value>) -> Result<VerificationKey, String> {
    let (n, e) = (number(jwk, "n")?, number(jwk, "e")?);
    if !(SMALLEST_MODULUS..=LARGEST_MODULUS).contains(&n.len()) {
        return Err(format!(
            "its modulus has {} bits, outside of 2048 to 8192",
            n.len() * 8
        ));
    }
    let components = RsaPublicKeyComponents { n: &n, e: &e };
    let parse = |parameters| {
        components
            .to_parsed_public_key(parameters)
            .map_err(|error| format!("`n` and `e` are no key: {error}"))
    };
    let keys = [
        parse(&RSA_PKCS1_2048_8192_SHA256)?,
        parse(&RSA_PKCS1_2048_8192_SHA384)?,
        parse(&RSA_PKCS1_2048_8192_SHA512)?,
    ];
    agrees_with_certificate(jwk, keys[0].as_ref())?;
    Ok(VerificationKey::Rsa(Box::new(keys)))
}

/// `x5c` is optional, and has to hold the same key (recorded AWS behaviour).
fn agrees_with_certificate(jwk: &Map<String, Value>, key: &[u8]) -> Result<(), String> {
    let Some(chain) = jwk.get("x5c").filter(|chain| !chain.is_null()) else {
        return Ok(());
    };
    let first = chain
        .get(0)
        .and_then(Value::as_str)
        .ok_or("`x5c` is not a list of texts")?;
    let certificate = STANDARD.decode(first).map_err(|_| "`x5c` is not base64")?.into();
    let certificate = webpki::EndEntityCert::try_from(&certificate)
        .map_err(|error| format!("`x5c` does not begin with a certificate: {error}"))?;
    if certificate.subject_public_key_info().as_ref() == key {
        return Ok(());
    }
    Err("the certificate in `x5c` is of another key than `n` and `e`".into())
}

fn ec(jwk: &Map<String, Value>) -> Result<VerificationKey, String> {
    let (algorithm, verification, size): (_, &'static dyn VerificationAlgorithm, usize) =
        match jwk.get("crv").and_then(Value::as_str) {
            Some("P-256") => (Algorithm::Es256, &ECDSA_P256_SHA256_FIXED, 32),
            Some("P-384") => (Algorithm::Es384, &ECDSA_P384_SHA384_FIXED, 48),
            Some("P-521") => (Algorithm::Es512, &ECDSA_P521_SHA512_FIXED, 66),
            Some(other) => return Err(format!("its curve is `{other}`, and not P-256, P-384 or P-521")),
            None => return Err("it has no `crv`".into()),
        };
    // the point in its uncompressed form: 4, x, y
    let mut point = vec![4];
    for name in ["x", "y"] {
        let coordinate = number(jwk, name)?;
        let padding = size
            .checked_sub(coordinate.len())
            .ok_or_else(|| format!("`{name}` is too long"))?;
        point.resize(point.len() + padding, 0);
        point.extend_from_slice(&coordinate);
    }
    let key = ParsedPublicKey::new(verification, &point)
        .map_err(|error| format!("`x` and `y` are not a point of the curve: {error}"))?;
    Ok(VerificationKey::Ec(algorithm, Box::new(key)))
}

/// A member that is a number in base64url, without leading zeros.
fn number(jwk: &Map<String, Value>, name: &str) -> Result<Vec<u8>, String> {
    let text = jwk
        .get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| format!("it has no `{name}`"))?;
    let bytes = URL_SAFE_NO_PAD
        .decode(text.trim_end_matches('='))
        .map_err(|_| format!("`{name}` is not base64url"))?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Ok(bytes[zeros..].to_vec())
}
