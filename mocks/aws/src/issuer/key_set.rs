//! The keys of an issuer (RFC 7517 §5), by AWS's rules of which of them counts.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::jwk::VerificationKey;
use crate::token::{Algorithm, KeyType};

/// How many keys of one kind AWS reads ("Create an OpenID Connect identity provider", IAM User Guide).
const LIMIT: usize = 100;

/// A key set, read once.
///
/// Rules (recorded AWS behaviour): a key without `kid` or for encryption is as good as absent, and so is one that
/// cannot be read; one with `key_ops` is found and then refused; of two with the same `kid` the later counts; more
/// than 100 keys of a kind make all of that kind unusable and leave the other kind alone; `alg` is ignored.
#[derive(Debug, Default)]
pub(crate) struct KeySet {
    rsa: Keys,
    ec: Keys,
    /// Why keys are as good as absent, by `kid`.
    ignored: HashMap<String, String>,
}

#[derive(Debug, Default)]
struct Keys {
    /// By `kid`; the error says why a key is found and then refused.
    by_kid: HashMap<String, Result<VerificationKey, String>>,
    /// How many the set had, usable or not.
    count: usize,
}

/// Why there is no key for a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyProblem {
    /// No key with this `kid`, or not of the algorithm's kind.
    Unknown { known: Vec<String> },
    /// The token has no `kid`, and there is not exactly one key.
    NoKid { known: Vec<String> },
    /// A key with this `kid` that AWS acts as if it were not there.
    Ignored { why: String },
    /// A key with this `kid` that AWS finds and does not use.
    Refused { why: String },
    /// Too many keys of this kind.
    TooMany {
        key_type: KeyType,
        count: usize,
        limit: usize,
    },
}

impl KeySet {
    /// Reads a key set. The error says what is wrong with it.
    pub(crate) fn read(document: &[u8]) -> Result<Self, String> {
        let document: Map<String, Value> =
            serde_json::from_slice(document).map_err(|error| format!("not a JSON object: {error}"))?;
        let Some(Value::Array(jwks)) = document.get("keys") else {
            return Err("no `keys`, or not as a list".into());
        };
        if jwks.is_empty() {
            return Err("`keys` is empty".into());
        }
        let mut set = KeySet::default();
        for jwk in jwks.iter().filter_map(Value::as_object) {
            set.add(jwk);
        }
        Ok(set)
    }

    fn add(&mut self, jwk: &Map<String, Value>) {
        let kid = jwk
            .get("kid")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let Some(key_type) = VerificationKey::key_type(jwk) else {
            self.ignored.insert(kid, "its `kty` is neither RSA nor EC".into());
            return;
        };
        let keys = match key_type {
            KeyType::Rsa => &mut self.rsa,
            KeyType::Ec => &mut self.ec,
        };
        keys.count += 1;
        if keys.count > LIMIT {
            // the kind is unusable now; what its other keys are does not matter
            return;
        }
        let usage = jwk.get("use").and_then(Value::as_str);
        let read = match usage {
            _ if kid.is_empty() => Err("it has no `kid`".to_owned()),
            Some(other) if other != "sig" => Err(format!("its `use` is `{other}`, and not `sig`")),
            _ => VerificationKey::read(key_type, jwk),
        };
        match read {
            Ok(_) if jwk.contains_key("key_ops") => {
                keys.by_kid.insert(
                    kid,
                    Err("it has `key_ops`, which AWS does not take, whatever they are".into()),
                );
            }
            Ok(key) => {
                keys.by_kid.insert(kid, Ok(key));
            }
            Err(why) => {
                self.ignored.insert(kid, why);
            }
        }
    }

    /// The key for a token, with its id.
    pub(crate) fn find(
        &self,
        algorithm: Algorithm,
        kid: Option<&str>,
    ) -> Result<(&str, &VerificationKey), KeyProblem> {
        let key_type = algorithm.key_type();
        let keys = match key_type {
            KeyType::Rsa => &self.rsa,
            KeyType::Ec => &self.ec,
        };
        if keys.count > LIMIT {
            return Err(KeyProblem::TooMany {
                key_type,
                count: keys.count,
                limit: LIMIT,
            });
        }
        let found = match kid {
            Some(kid) => keys.by_kid.get_key_value(kid),
            None if self.len() == 1 => keys.by_kid.iter().next(),
            None => return Err(KeyProblem::NoKid { known: self.known() }),
        };
        match (found, kid.and_then(|kid| self.ignored.get(kid))) {
            (Some((kid, Ok(key))), _) => Ok((kid, key)),
            (Some((_, Err(why))), _) => Err(KeyProblem::Refused { why: why.clone() }),
            (None, Some(why)) => Err(KeyProblem::Ignored { why: why.clone() }),
            (None, None) => Err(KeyProblem::Unknown { known: self.known() }),
        }
    }

    fn len(&self) -> usize {
        self.rsa.by_kid.len() + self.ec.by_kid.len()
    }

    /// The ids of the keys there are, in alphabetical order.
    fn known(&self) -> Vec<String> {
        let mut known: Vec<String> = self
            .rsa
            .by_kid
            .keys()
            .chain(self.ec.by_kid.keys())
            .cloned()
            .collect();
        known.sort_unstable();
        known
    }
}
