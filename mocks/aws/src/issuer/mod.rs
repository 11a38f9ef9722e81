//! Issuers as STS sees them: over the network, and only that.

mod cache;
mod certificate;
mod client;
mod discovery;
mod jwk;
mod key_set;
mod url;

pub(crate) use cache::{Issuers, Published};
pub(crate) use certificate::ChainTrust;
pub use client::{ISSUER_TIME_LIMIT, ISSUER_USER_AGENT};
pub(crate) use key_set::KeyProblem;

#[cfg(test)]
mod tests;
