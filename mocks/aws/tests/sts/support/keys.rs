//! The checked-in keys.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING,
    EcdsaKeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A key pair: PKCS#8 in PEM, and the JWK.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    pem: &'static str,
    jwk: &'static str,
}

macro_rules! key {
    ($name:literal) => {
        Key {
            pem: include_str!(concat!("../../keys/", $name, ".pem")),
            jwk: include_str!(concat!("../../keys/", $name, ".jwk.json")),
        }
    };
}

pub(crate) const RSA_A: Key = key!("rsa-a");
pub(crate) const RSA_B: Key = key!("rsa-b");
pub(crate) const EC_256: Key = key!("p256");
pub(crate) const EC_384: Key = key!("p384");
pub(crate) const EC_521: Key = key!("p521");

/// A certificate of [`RSA_A`], as `x5c` holds it.
pub(crate) fn rsa_certificate() -> &'static str {
    include_str!("../../keys/rsa-a.x5c.txt").trim()
}

/// The public half of [`RSA_A`] in PEM.
pub(crate) fn rsa_public_pem() -> &'static str {
    include_str!("../../keys/rsa-a.pub.pem")
}

impl Key {
    /// The public half with an id, for signatures.
    pub(crate) fn jwk(self, kid: &str) -> Value {
        let mut jwk: Value = serde_json::from_str(self.jwk).unwrap();
        jwk["kid"] = json!(kid);
        jwk["use"] = json!("sig");
        jwk
    }

    fn pkcs8(self) -> Vec<u8> {
        let lines: String = self.pem.lines().filter(|line| !line.starts_with('-')).collect();
        STANDARD.decode(lines).unwrap()
    }

    /// Signs; the algorithm has to go with the key, except that `PS256` is there for tests.
    pub(crate) fn sign(self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let rsa = |encoding| {
            let pair = RsaKeyPair::from_pkcs8(&self.pkcs8()).unwrap();
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(encoding, &random, message, &mut signature).unwrap();
            signature
        };
        let ec = |encoding| {
            let pair = EcdsaKeyPair::from_pkcs8(encoding, &self.pkcs8()).unwrap();
            pair.sign(&random, message).unwrap().as_ref().to_vec()
        };
        match algorithm {
            "RS256" => rsa(&RSA_PKCS1_SHA256),
            "RS384" => rsa(&RSA_PKCS1_SHA384),
            "RS512" => rsa(&RSA_PKCS1_SHA512),
            "PS256" => rsa(&RSA_PSS_SHA256),
            "ES256" => ec(&ECDSA_P256_SHA256_FIXED_SIGNING),
            "ES384" => ec(&ECDSA_P384_SHA384_FIXED_SIGNING),
            "ES512" => ec(&ECDSA_P521_SHA512_FIXED_SIGNING),
            other => panic!("no {other}"),
        }
    }
}
