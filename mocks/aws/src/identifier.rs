//! Identifiers in the shapes of AWS: request ids, access key ids and the unique ids of IAM.

use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use uuid::Builder;

/// The letters of AWS's unique ids: base 32 of RFC 4648.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A seeded source of identifiers, so that runs with the same seed repeat.
#[derive(Debug)]
pub(crate) struct Identifiers(Mutex<StdRng>);

impl Identifiers {
    pub(crate) fn new(seed: u64) -> Self {
        Identifiers(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    fn bytes<const N: usize>(&self) -> [u8; N] {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).random()
    }

    /// A request id: a lower-case UUID of version 4 (recorded AWS behaviour).
    pub(crate) fn request_id(&self) -> String {
        Builder::from_random_bytes(self.bytes()).into_uuid().to_string()
    }

    /// The id of a temporary access key: `ASIA` and sixteen more ("Unique identifiers", IAM User Guide).
    pub(crate) fn temporary_access_key_id(&self) -> String {
        let random: [u8; 16] = self.bytes();
        with_prefix("ASIA", &random)
    }
}

/// The unique id of an entity of an account, the same for the same names in every run: `AROA` and seventeen more
/// for a role.
pub(crate) fn unique_id(prefix: &str, account: &str, path: &str, name: &str) -> String {
    let digest = digest::digest(
        &digest::SHA256,
        [prefix, account, path, name].join("\n").as_bytes(),
    );
    with_prefix(prefix, &digest.as_ref()[..17])
}

fn with_prefix(prefix: &str, bytes: &[u8]) -> String {
    let mut id = String::with_capacity(prefix.len() + bytes.len());
    id.push_str(prefix);
    id.extend(
        bytes
            .iter()
            .map(|byte| char::from(ALPHABET[usize::from(byte % 32)])),
    );
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeat_with_the_seed_and_differ_within_it() {
        let (one, other) = (Identifiers::new(7), Identifiers::new(7));
        assert_eq!(one.request_id(), other.request_id());
        let key = one.temporary_access_key_id();
        assert_eq!(key, other.temporary_access_key_id());
        assert_ne!(key, one.temporary_access_key_id());
        assert_ne!(Identifiers::new(8).request_id(), Identifiers::new(7).request_id());
    }

    #[test]
    fn have_the_shapes_of_aws() {
        let ids = Identifiers::new(1);
        let key = ids.temporary_access_key_id();
        assert!(key.starts_with("ASIA") && key.len() == 20, "{key}");
        assert!(
            key.bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        );
        let role = unique_id("AROA", "111122223333", "/", "deploy");
        assert!(role.starts_with("AROA") && role.len() == 21, "{role}");
        assert_ne!(role, unique_id("AROA", "111122223333", "/", "deploy2"));
        assert_eq!(ids.request_id().len(), 36);
    }
}
