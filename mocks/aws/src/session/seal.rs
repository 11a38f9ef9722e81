//! Sealing a session into its token, and deriving the secret key from the access key id.
//!
//! Three keys come from the seed key: one encrypts (AES-256-GCM), one makes the nonce from the text (so that two
//! processes with the same seed key and the same random numbers cannot use a nonce twice for different texts),
//! one derives secret access keys. Whoever has the seed key can honour, and make, every session of the world.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Session;

/// The first byte of a token; another form of tokens would have another one.
const FORM: u8 = 1;

/// Why a session token is not one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnsealError {
    #[error("it is not base64 of the form that this STS hands out")]
    Form,
    #[error("it was changed, or another STS made it")]
    Seal,
}

pub(crate) struct Seal {
    encryption: LessSafeKey,
    nonce: hmac::Key,
    secret: hmac::Key,
}

impl Seal {
    pub(crate) fn new(seed_key: &[u8; 32]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, seed_key);
        let derived = |label: &str| hmac::sign(&root, label.as_bytes());
        let encryption = UnboundKey::new(&AES_256_GCM, derived("session token").as_ref())
            .expect("an HMAC-SHA256 has the 32 bytes of an AES-256 key");
        let mac_key = |label: &str| hmac::Key::new(hmac::HMAC_SHA256, derived(label).as_ref());
        Seal {
            encryption: LessSafeKey::new(encryption),
            nonce: mac_key("session token nonce"),
            secret: mac_key("secret access key"),
        }
    }

    /// The session token of a session, at least `minimum_size` characters long.
    pub(crate) fn seal(&self, session: &Session, minimum_size: usize) -> String {
        let mut text =
            serde_json::to_vec(session).expect("a session is strings, numbers and maps of strings");
        // blanks after the JSON; base64 turns three bytes into four characters
        let overhead = 1 + NONCE_LEN + AES_256_GCM.tag_len();
        let wanted = (minimum_size.div_ceil(4) * 3).saturating_sub(overhead);
        if text.len() < wanted {
            text.resize(wanted, b' ');
        }
        let mac = hmac::sign(&self.nonce, &text);
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&mac.as_ref()[..NONCE_LEN]);
        self.encryption
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from([FORM]), &mut text)
            .expect("a session is far below the size limit of AES-GCM");
        let mut token = Vec::with_capacity(overhead + text.len());
        token.push(FORM);
        token.extend_from_slice(&nonce);
        token.extend_from_slice(&text);
        STANDARD.encode(token)
    }

    /// The session that a session token stands for.
    pub(crate) fn open(&self, token: &str) -> Result<Session, UnsealError> {
        let mut bytes = STANDARD.decode(token).map_err(|_| UnsealError::Form)?;
        let Some((head, text)) = bytes.split_at_mut_checked(1 + NONCE_LEN) else {
            return Err(UnsealError::Form);
        };
        if head[0] != FORM {
            return Err(UnsealError::Form);
        }
        let nonce = Nonce::try_assume_unique_for_key(&head[1..]).map_err(|_| UnsealError::Form)?;
        let text = self
            .encryption
            .open_in_place(nonce, Aad::from([FORM]), text)
            .map_err(|_| UnsealError::Seal)?;
        serde_json::from_slice(text).map_err(|_| UnsealError::Seal)
    }

    /// The secret access key that goes with an access key id: 40 characters of base64.
    pub(crate) fn secret_access_key(&self, access_key_id: &str) -> String {
        let mac = hmac::sign(&self.secret, access_key_id.as_bytes());
        STANDARD.encode(&mac.as_ref()[..30])
    }
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Seal").finish_non_exhaustive()
    }
}
