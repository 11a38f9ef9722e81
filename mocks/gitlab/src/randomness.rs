//! Values that look random and repeat with the seed.

use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// A generator for the random parts of an instance's tokens, shared by threads.
pub(crate) struct Randomness(Mutex<StdRng>);

impl Randomness {
    pub(crate) fn from_seed(seed: u64) -> Randomness {
        Randomness(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    /// A UUID of version 4, for `jti`.
    pub(crate) fn uuid(&self) -> String {
        uuid::Builder::from_random_bytes(self.bytes())
            .into_uuid()
            .to_string()
    }

    /// A `CI_JOB_TOKEN`: a prefix with the database partition, and 20 characters.
    pub(crate) fn job_token(&self) -> String {
        format!("glcbt-64_{}", URL_SAFE_NO_PAD.encode(self.bytes::<15>()))
    }

    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill_bytes(&mut bytes);
        bytes
    }
}
