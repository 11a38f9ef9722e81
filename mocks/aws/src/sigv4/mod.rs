//! Verification of AWS Signature Version 4, in the header and in the query string; and signing, for the harness's own
//! client.
//!
//! This is our own code because the journal has to say *why* a request was refused: which part of the scope
//! is wrong, by how much the clock is off, what canonical request and string to sign the server arrived at.
//! The maintained crates for servers answer with a bool or with an error of their own vocabulary, or know only
//! the scopes of one service; the crates for clients only sign. The algorithm itself is small and is held to
//! the published examples and to an independent signer in the tests.
//!
//! Reading a signature ([`Signature::read`]), judging its scope and time ([`Signature::check_scope`],
//! [`Signature::check_time`]) and comparing it ([`Signature::verify`]) are separate steps, because the secret
//! key is known only after the first.
//!
//! Source: "AWS Signature Version 4 for API requests", IAM User Guide.

mod amz_date;
mod canonical_request;
mod credential_scope;
mod refusal;
mod signature;
mod signer;
mod signing_key;

pub(crate) use canonical_request::HttpRequest;
pub(crate) use credential_scope::ExpectedScope;
pub(crate) use refusal::{Refusal, RefusalKind};
pub(crate) use signature::Signature;
pub use signer::{SigningKeys, sign_request};

#[cfg(test)]
mod tests;
