//! The keys of an instance, and the pool they are kept in.

mod jwk;
mod kept_key;
mod key_set;
mod pool;
mod private_dir;
mod signing_key;
mod slot_file;

pub use jwk::Jwk;
pub use key_set::{KeySet, KeySetError};
pub use pool::{KeyPool, KeyPoolError};
pub use signing_key::{SigningKey, SigningKeyError};

#[cfg(any(test, feature = "test-keys"))]
pub(crate) use slot_file::parse as parse_slot;

#[cfg(test)]
mod tests;
