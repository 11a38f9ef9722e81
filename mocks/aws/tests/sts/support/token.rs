//! Tokens, good and otherwise.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::keys::{Key, RSA_A};
use super::world::NOW;

/// A token in the making. Begins as a good one.
#[derive(Clone)]
pub(crate) struct TokenBuilder {
    pub(crate) header: Value,
    pub(crate) claims: Map<String, Value>,
    key: Key,
}

impl TokenBuilder {
    pub(crate) fn new(issuer: &str) -> Self {
        let claims = json!({
            "iss": issuer,
            "sub": "project_path:group/app:ref_type:branch:ref:main",
            "aud": issuer,
            "iat": NOW,
            "nbf": NOW - 5,
            "exp": NOW + 3600,
            "project_path": "group/app",
            "project_id": "42",
            "ref_protected": "true",
        });
        TokenBuilder {
            header: json!({ "kid": "a", "typ": "JWT", "alg": "RS256" }),
            claims: claims.as_object().unwrap().clone(),
            key: RSA_A,
        }
    }

    pub(crate) fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.claims.remove(name).unwrap();
        self
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header[name] = value.into();
        self
    }

    pub(crate) fn without_header(mut self, name: &str) -> Self {
        self.header.as_object_mut().unwrap().remove(name).unwrap();
        self
    }

    /// Signed by another key, with the algorithm and the id in the header.
    pub(crate) fn signed_by(mut self, key: Key, algorithm: &str, kid: &str) -> Self {
        self.key = key;
        self.header("alg", algorithm).header("kid", kid)
    }

    /// Signed by another key than the header says.
    pub(crate) fn with_key(mut self, key: Key) -> Self {
        self.key = key;
        self
    }

    pub(crate) fn build(self) -> String {
        let header = self.header.to_string();
        let claims = Value::Object(self.claims.clone()).to_string();
        self.build_from(header.as_bytes(), claims.as_bytes())
    }

    /// From other bytes than JSON would give, signed all the same.
    pub(crate) fn build_from(&self, header: &[u8], claims: &[u8]) -> String {
        let algorithm = self.header["alg"].as_str().unwrap();
        let input = format!("{}.{}", base64url(header), base64url(claims));
        let signature = self.key.sign(algorithm, input.as_bytes());
        format!("{input}.{}", base64url(&signature))
    }

    /// The claims written out, for [`Self::build_from`].
    pub(crate) fn claims_text(&self) -> String {
        Value::Object(self.claims.clone()).to_string()
    }

    pub(crate) fn header_text(&self) -> String {
        self.header.to_string()
    }
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
