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

    /// The unique id of an entity that is made while the world runs, another one each time: `AROA` and seventeen more for a
    /// role.
    pub(crate) fn entity_id(&self, prefix: &str) -> String {
        with_prefix(prefix, &self.bytes::<17>())
    }

    /// The id of a temporary access key of an account: `ASIA` and sixteen more ("Unique identifiers", IAM User
    /// Guide).
    ///
    /// The sixteen stand for 80 bits: a one, the account in 40 bits, and 39 random ones, as in the ids that AWS hands
    /// out since 2019 ("AWS Access Key ID formats", awsteele.com; "A short note on AWS KEY ID", Tal Be'ery). So the
    /// account of a key is known without a record of keys.
    pub(crate) fn temporary_access_key_id(&self, account: &str) -> String {
        let random = u128::from(u64::from_be_bytes(self.bytes()) & RANDOM);
        // an account that is no number has no place in an id; accounts of AWS are numbers
        let account = u128::from(account.parse::<u64>().unwrap_or(0) & ACCOUNT);
        let bits = (1 << 79) | (account << 39) | random;
        let digits: Vec<u8> = (0..16).map(|place| (bits >> (75 - 5 * place)) as u8).collect();
        with_prefix("ASIA", &digits)
    }
}

/// The 39 bits of an access key id that are random.
const RANDOM: u64 = (1 << 39) - 1;
/// The 40 bits of an access key id that are the account.
const ACCOUNT: u64 = (1 << 40) - 1;

/// The account that an access key id carries. `None` if it is not an id of AWS's newer form.
pub(crate) fn account_of_access_key_id(id: &str) -> Option<String> {
    let digits = id.strip_prefix("ASIA").or_else(|| id.strip_prefix("AKIA"))?;
    if digits.len() != 16 {
        return None;
    }
    let bits = digits.bytes().try_fold(0_u128, |bits, byte| {
        let digit = ALPHABET.iter().position(|letter| *letter == byte)?;
        Some((bits << 5) | digit as u128)
    })?;
    let account = (bits >> 39) as u64 & ACCOUNT;
    (bits >> 79 == 1 && account < 1_000_000_000_000).then(|| format!("{account:012}"))
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
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[test]
    fn repeat_with_the_seed_and_differ_within_it() {
        let (one, other) = (Identifiers::new(7), Identifiers::new(7));
        assert_eq!(one.request_id(), other.request_id());
        let account = "111122223333";
        let key = one.temporary_access_key_id(account);
        assert_eq!(key, other.temporary_access_key_id(account));
        assert_ne!(key, one.temporary_access_key_id(account));
        assert_ne!(Identifiers::new(8).request_id(), Identifiers::new(7).request_id());
    }

    #[test]
    fn have_the_shapes_of_aws() {
        let ids = Identifiers::new(1);
        let key = ids.temporary_access_key_id("111122223333");
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

    #[rstest]
    #[case::published("ASIAY34FZKBOKMUTVV7A", Some("609629065308"))]
    #[case::long_term("AKIAY34FZKBOKMUTVV7A", Some("609629065308"))]
    #[case::older_form("AKIAIOSFODNN7EXAMPLE", None)]
    #[case::role("AROAY34FZKBOKMUTVV7A", None)]
    #[case::short("ASIAY34FZKBOKMUTVV7", None)]
    #[case::other_alphabet("ASIAY34FZKBOKMUTVV71", None)]
    #[case::above_twelve_digits("ASIA7777777777777777", None)]
    #[case::words("test", None)]
    fn access_key_ids_carry_their_account(#[case] id: &str, #[case] account: Option<&str>) {
        assert_eq!(account_of_access_key_id(id).as_deref(), account);
    }

    proptest! {
        #[test]
        fn accounts_come_back_from_ids(seed: u64, account in 0_u64..1_000_000_000_000) {
            let account = format!("{account:012}");
            let id = Identifiers::new(seed).temporary_access_key_id(&account);
            prop_assert_eq!(account_of_access_key_id(&id), Some(account));
        }

        #[test]
        fn any_text_is_read(text in ".{0,24}") {
            let _ = account_of_access_key_id(&text);
        }
    }
}
