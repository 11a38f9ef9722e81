//! A trust store for Java, in the format that every JVM reads without asking.

use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};

/// What trust stores have for a password, since they have no secret.
const PASSWORD: &str = "changeit";

/// Mixed into the digest by the format's definition.
const SALT: &[u8] = b"Mighty Aphrodite";

const MAGIC: u32 = 0xFEED_FEED;
const VERSION: u32 = 2;
const TRUSTED_CERTIFICATE: u32 = 2;

/// When the entry says it was made, in milliseconds since 1970: the first of January 2020.
const CREATED: u64 = 1_577_836_800_000;

/// A store that trusts one certificate (DER).
///
/// The format is JKS, as `sun.security.provider.JavaKeyStore` writes it: in PKCS #12 Java passes over certificates without an
/// attribute of Oracle's.
pub(crate) fn trust_store(certificate: &[u8]) -> Vec<u8> {
    let mut store = Vec::with_capacity(certificate.len() + 128);
    for word in [MAGIC, VERSION, 1, TRUSTED_CERTIFICATE] {
        store.extend_from_slice(&word.to_be_bytes());
    }
    text(&mut store, "trustcheck");
    store.extend_from_slice(&CREATED.to_be_bytes());
    text(&mut store, "X.509");
    let length = u32::try_from(certificate.len()).unwrap_or_default();
    store.extend_from_slice(&length.to_be_bytes());
    store.extend_from_slice(certificate);
    let mut digest = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    for unit in PASSWORD.encode_utf16() {
        digest.update(&unit.to_be_bytes());
    }
    digest.update(SALT);
    digest.update(&store);
    store.extend_from_slice(digest.finish().as_ref());
    store
}

/// A text with its length before it (`DataOutput.writeUTF`).
fn text(store: &mut Vec<u8>, text: &str) {
    let length = u16::try_from(text.len()).unwrap_or_default();
    store.extend_from_slice(&length.to_be_bytes());
    store.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_has_its_parts_in_order() {
        let store = trust_store(b"certificate");
        assert_eq!(store[..4], [0xFE, 0xED, 0xFE, 0xED]);
        assert_eq!(store.len(), 16 + 12 + 8 + 7 + 4 + 11 + 20);
        assert!(store.windows(11).any(|part| part == b"certificate"));
    }
}
