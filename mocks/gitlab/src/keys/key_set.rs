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

    /// Makes new keys of 4096, 2048 and 2048 bits, the sizes of gitlab.com's; those of 2048 bits each in its own thread.
    ///
    /// Of the first one there is only a public half: nothing here signs with it, and a whole key of 4096 bits would take
    /// longer than everything else that a world needs to start.
    pub(crate) fn generate() -> Result<KeySet, KeySetError> {
        let failed = |role| move |source| KeySetError::Key { role, source };
        let make = |role| move || SigningKey::generate(KeySize::Rsa2048).map_err(failed(role));
        std::thread::scope(|scope| {
            let ci = scope.spawn(make("ci"));
            let cloud_connector = scope.spawn(make("cloud_connector"));
            let login = Jwk::without_private_half(4096).map_err(failed("login"))?;
            let join =
                |made: std::thread::ScopedJoinHandle<'_, _>| made.join().map_err(|_| KeySetError::Thread)?;
            Ok(KeySet::from_kept(
                KeptKey::public_alone(login),
                join(ci)?,
                join(cloud_connector)?.into(),
            ))
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
    /// When there is only its public half, as in a pool, or the pool's file was damaged in the private one.
    pub fn login(&self) -> Result<&SigningKey, SigningKeyError> {
        self.login.key()
    }

    /// The key for GitLab's Cloud Connector, published as well.
    ///
    /// # Errors
    /// When the pool's file was damaged in the private half of this key.
    pub fn cloud_connector(&self) -> Result<&SigningKey, SigningKeyError> {
        self.cloud_connector.key()
    }

    /// The public halves, in the order of the JWKS.
    pub fn jwks(&self) -> [&Jwk; 3] {
        [self.login.jwk(), self.ci.jwk(), self.cloud_connector.jwk()]
    }
}
