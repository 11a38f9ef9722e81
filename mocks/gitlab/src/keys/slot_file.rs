//! The file that holds one slot of the pool.
//!
//! It is JSON, so that a person can look: for each key its role, `kid`, modulus and exponent, and its private key as a
//! PEM text. With the public half at hand, only the key that signs has to be parsed when a slot is read.

use serde::{Deserialize, Serialize};

use super::kept_key::KeptKey;
use super::{Jwk, KeySet, SigningKey, SigningKeyError};

const FORMAT: u32 = 1;

/// No slot file is longer, in bytes: three keys take about 7 KB.
pub(crate) const MAX_LEN: u64 = 64 * 1024;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SlotFile {
    format: u32,
    login: StoredKey,
    ci: StoredKey,
    cloud_connector: StoredKey,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredKey {
    kid: String,
    n: String,
    e: String,
    /// Empty where there is only the public half.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    private_key: String,
}

/// Why a slot file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SlotFileError {
    #[error("it is not a key file: {0}")]
    Json(#[from] serde_json::Error),
    #[error("it has format {0}, not {FORMAT}")]
    Format(u32),
    #[error("a key is unusable: {0}")]
    Key(#[from] SigningKeyError),
    #[error("the public half of the key `{0}` is not what its `kid` says")]
    Kid(String),
}

/// Reads a slot file. The key that signs CI tokens is parsed; the public halves of the others are checked.
pub(crate) fn parse(bytes: &[u8]) -> Result<KeySet, SlotFileError> {
    let file: SlotFile = serde_json::from_slice(bytes)?;
    if file.format != FORMAT {
        return Err(SlotFileError::Format(file.format));
    }
    let kept = |stored: StoredKey| match Jwk::from_base64url(&stored.n, &stored.e) {
        Some(jwk) if jwk.kid() == stored.kid && stored.private_key.is_empty() => {
            Ok(KeptKey::public_alone(jwk))
        }
        Some(jwk) if jwk.kid() == stored.kid => Ok(KeptKey::unparsed(jwk, stored.private_key)),
        _ => Err(SlotFileError::Kid(stored.kid)),
    };
    let (login, ci, cloud_connector) = (kept(file.login)?, kept(file.ci)?, kept(file.cloud_connector)?);
    Ok(KeySet::from_kept(login, ci.into_key()?, cloud_connector))
}

/// Writes a slot file.
pub(crate) fn render(keys: &KeySet) -> Result<Vec<u8>, SlotFileError> {
    let stored = |jwk: &Jwk, pem: Result<String, SigningKeyError>| {
        let (kid, n, e) = (jwk.kid().to_owned(), jwk.n().to_owned(), jwk.e().to_owned());
        Ok::<_, SlotFileError>(StoredKey {
            kid,
            n,
            e,
            private_key: match pem {
                Err(SigningKeyError::PublicAlone) => String::new(),
                pem => pem?,
            },
        })
    };
    let [login, ci, cloud_connector] = keys.jwks();
    let file = SlotFile {
        format: FORMAT,
        login: stored(login, keys.login().and_then(SigningKey::to_pem))?,
        ci: stored(ci, keys.ci().to_pem())?,
        cloud_connector: stored(
            cloud_connector,
            keys.cloud_connector().and_then(SigningKey::to_pem),
        )?,
    };
    let mut bytes = serde_json::to_vec_pretty(&file)?;
    bytes.push(b'\n');
    Ok(bytes)
}
