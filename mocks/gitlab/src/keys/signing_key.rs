//! An RSA key that signs tokens.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::pkcs8::der::pem::LineEnding;
use rsa::pkcs8::{Document, EncodePrivateKey as _, SecretDocument};

use super::Jwk;

const PEM_LABEL: &str = "PRIVATE KEY";

/// An RSA key pair of 2048 to 8192 bits, parsed once: signing does no more than the private key operation.
#[derive(Debug)]
pub struct SigningKey {
    jwk: Jwk,
    pair: RsaKeyPair,
    /// The first part of every JWS this key makes, with the dot after it.
    jws_header: String,
}

/// Why there is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeyError {
    /// Not a PEM text with a PKCS#8 private key.
    #[error("it is not the PEM text of a PKCS#8 private key")]
    Pem,
    /// Not a key this mock can sign with.
    #[error("it is not an RSA private key of 2048 to 8192 bits ({0})")]
    Rejected(String),
    /// A private key with the public half of another.
    #[error("its private half does not belong to its public half")]
    Mismatch,
    /// Nobody has its private half.
    #[error("there is only its public half")]
    PublicAlone,
    /// The cryptographic library failed.
    #[error("the RSA key could not be made")]
    Generation,
}

impl SigningKey {
    /// Makes a new key. One of 2048 bits takes 0.1 s, one of 4096 bits up to some seconds.
    pub(crate) fn generate(size: KeySize) -> Result<SigningKey, SigningKeyError> {
        let pair = RsaKeyPair::generate(size).map_err(|_| SigningKeyError::Generation)?;
        Ok(SigningKey::from_pair(pair))
    }

    /// Reads a key from the PEM text of its PKCS#8 form (`-----BEGIN PRIVATE KEY-----`).
    ///
    /// # Errors
    /// When the text is not such a key, or the key has fewer than 2048 or more than 8192 bits.
    pub fn from_pem(pem: &str) -> Result<SigningKey, SigningKeyError> {
        let (label, document) = SecretDocument::from_pem(pem).map_err(|_| SigningKeyError::Pem)?;
        if label != PEM_LABEL {
            return Err(SigningKeyError::Pem);
        }
        SigningKey::from_pkcs8(document.as_bytes())
    }

    /// Reads a key from the DER bytes of its PKCS#8 form.
    ///
    /// # Errors
    /// As [`SigningKey::from_pem`].
    pub fn from_pkcs8(der: &[u8]) -> Result<SigningKey, SigningKeyError> {
        let pair = RsaKeyPair::from_pkcs8(der).map_err(|e| SigningKeyError::Rejected(e.to_string()))?;
        Ok(SigningKey::from_pair(pair))
    }

    fn from_pair(pair: RsaKeyPair) -> SigningKey {
        let public = pair.public_key();
        let jwk = Jwk::new(
            public.modulus().big_endian_without_leading_zero(),
            public.exponent().big_endian_without_leading_zero(),
        );
        // The order is GitLab's: its encoder sets `kid` and `typ`, then the JWT library adds `alg`.
        let header = format!(r#"{{"kid":"{}","typ":"JWT","alg":"RS256"}}"#, jwk.kid());
        let jws_header = URL_SAFE_NO_PAD.encode(header) + ".";
        SigningKey {
            jwk,
            pair,
            jws_header,
        }
    }

    /// The PEM text of its PKCS#8 form.
    pub(crate) fn to_pem(&self) -> Result<String, SigningKeyError> {
        let der: Pkcs8V1Der<'_> = self.pair.as_der().map_err(|_| SigningKeyError::Generation)?;
        let document = SecretDocument::try_from(der.as_ref()).map_err(|_| SigningKeyError::Generation)?;
        let pem = document
            .to_pem(PEM_LABEL, LineEnding::LF)
            .map_err(|_| SigningKeyError::Generation)?;
        Ok((*pem).clone())
    }

    /// The public half.
    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// The key's id.
    pub fn kid(&self) -> &str {
        self.jwk.kid()
    }

    /// A JWS in compact form (RFC 7515 §7.1) with GitLab's header and this payload, RS256.
    ///
    /// # Panics
    /// Only if the cryptographic library cannot allocate memory.
    pub fn sign(&self, payload: &[u8]) -> String {
        self.sign_under(&self.jws_header, payload)
    }

    /// The same with another header, which is taken as it is: for tokens that are not GitLab's. The signature is RS256
    /// whatever the header says.
    ///
    /// # Panics
    /// As [`sign`](SigningKey::sign).
    pub fn sign_with_header(&self, header: &[u8], payload: &[u8]) -> String {
        self.sign_under(&(URL_SAFE_NO_PAD.encode(header) + "."), payload)
    }

    /// The public half as the PEM text of its SubjectPublicKeyInfo (`-----BEGIN PUBLIC KEY-----`).
    ///
    /// # Errors
    /// When the cryptographic library cannot write it.
    pub fn public_pem(&self) -> Result<String, SigningKeyError> {
        let der: PublicKeyX509Der<'_> = self
            .pair
            .public_key()
            .as_der()
            .map_err(|_| SigningKeyError::Generation)?;
        let document = Document::try_from(der.as_ref()).map_err(|_| SigningKeyError::Generation)?;
        document
            .to_pem("PUBLIC KEY", LineEnding::LF)
            .map_err(|_| SigningKeyError::Generation)
    }

    /// `jws_header` is the header in base64url with the dot after it.
    fn sign_under(&self, jws_header: &str, payload: &[u8]) -> String {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let mut jws = String::with_capacity(jws_header.len() + (payload.len() + signature.len()) * 4 / 3 + 8);
        jws.push_str(jws_header);
        URL_SAFE_NO_PAD.encode_string(payload, &mut jws);
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                jws.as_bytes(),
                &mut signature,
            )
            .expect("a parsed RSA key of 2048 bits or more signs any message with PKCS#1 v1.5");
        jws.push('.');
        URL_SAFE_NO_PAD.encode_string(&signature, &mut jws);
        jws
    }
}

/// For keys made elsewhere, such as those of hostile tokens.
impl TryFrom<&rsa::PrivateKey> for SigningKey {
    type Error = SigningKeyError;

    fn try_from(key: &rsa::PrivateKey) -> Result<SigningKey, SigningKeyError> {
        let document = key.to_pkcs8_der().map_err(|_| SigningKeyError::Pem)?;
        SigningKey::from_pkcs8(document.as_bytes())
    }
}
