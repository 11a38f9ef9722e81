//! The keys an instance publishes.

use std::sync::Arc;

use aws_lc_rs::rsa::KeySize;

use super::kept_key::KeptKey;
use super::{Jwk, SigningKey, SigningKeyError};

/// The three RSA keys of an instance, as gitlab.com publishes them.
///
/// Their order in the JWKS is the order here, so that a verifier that takes the first key, and not the one with the
/// token's `kid`, fails here as it fails there.
#[derive(Debug)]
pub struct KeySet {
    /// Signs the tokens of people who sign in with GitLab; never a CI token.
    login: Arc<KeptKey>,
    /// Signs the tokens of CI jobs.
    ci: Arc<SigningKey>,
    /// Signs the tokens for GitLab's Cloud Connector; never a CI token.
    cloud_connector: Arc<KeptKey>,
}

/// Why keys do not make a set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// A key is bad.
    #[error("the {role} key is unusable: {source}")]
    Key {
        /// Which key: `login`, `ci` or `cloud_connector`.
        role: &'static str,
        /// What is wrong with it.
        source: SigningKeyError,
    },
    /// A thread that made a key died.
    #[error("a thread that made a key died")]
    Thread,
}

impl KeySet {
    /// A set of keys made elsewhere.
    pub fn new(login: SigningKey, ci: SigningKey, cloud_connector: SigningKey) -> KeySet {
        KeySet::from_kept(login.into(), ci, cloud_connector.into())
    }

    /// A set with the key that signs CI tokens parsed.
    pub(crate) fn from_kept(login: KeptKey, ci: SigningKey, cloud_connector: KeptKey) -> KeySet {
        KeySet {
            login: Arc::new(login),
            ci: Arc::new(ci),
            cloud_connector: Arc::new(cloud_connector),
        }
    }

    /// This set with the CI key of another: GitLab keeps its other keys when that one is replaced.
    #[must_use]
    pub fn with_ci_key_of(&self, other: &KeySet) -> KeySet {
        KeySet {
            login: Arc::clone(&self.login),
            ci: Arc::clone(&other.ci),
            cloud_connector: Arc::clone(&self.cloud_connector),
        }
    }

    /// Makes new keys, each in its own thread: 4096, 2048 and 2048 bits, the sizes of gitlab.com's.
    pub(crate) fn generate() -> Result<KeySet, KeySetError> {
        let make = |role, size| {
            move || SigningKey::generate(size).map_err(|source| KeySetError::Key { role, source })
        };
        std::thread::scope(|scope| {
            let login = scope.spawn(make("login", KeySize::Rsa4096));
            let ci = scope.spawn(make("ci", KeySize::Rsa2048));
            let cloud_connector = scope.spawn(make("cloud_connector", KeySize::Rsa2048));
            let join =
                |made: std::thread::ScopedJoinHandle<'_, _>| made.join().map_err(|_| KeySetError::Thread)?;
            Ok(KeySet::new(join(login)?, join(ci)?, join(cloud_connector)?))
        })
    }

    /// The key that signs CI tokens.
    pub fn ci(&self) -> &SigningKey {
        &self.ci
    }

    /// The key that signs the tokens of people who sign in with GitLab: not for CI tokens, but published beside their
    /// key, so that a verifier accepts what it signs.
    ///
    /// # Errors
    /// When the pool's file was damaged in the private half of this key.
    pub fn login(&self) -> Result<&SigningKey, SigningKeyError> {
        self.login.key()
    }

    /// The key for GitLab's Cloud Connector, published as well.
    ///
    /// # Errors
    /// As [`KeySet::login`].
    pub fn cloud_connector(&self) -> Result<&SigningKey, SigningKeyError> {
        self.cloud_connector.key()
    }

    /// The public halves, in the order of the JWKS.
    pub fn jwks(&self) -> [&Jwk; 3] {
        [self.login.jwk(), self.ci.jwk(), self.cloud_connector.jwk()]
    }
}
