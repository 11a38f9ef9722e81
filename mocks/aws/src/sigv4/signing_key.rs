//! From a secret access key to a signature.

use aws_lc_rs::hmac;

use super::credential_scope::CredentialScope;

/// The signature, in lower-case hex, of a string to sign under a secret key.
pub(crate) fn sign(secret_access_key: &str, scope: &CredentialScope, string_to_sign: &str) -> String {
    let mut key = mac(format!("AWS4{secret_access_key}").as_bytes(), &scope.date);
    for part in [&scope.region, &scope.service, &scope.terminator] {
        key = mac(key.as_ref(), part);
    }
    hex::encode(mac(key.as_ref(), string_to_sign))
}

fn mac(key: &[u8], text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes())
}
