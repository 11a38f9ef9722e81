//! STS from outside: requests to the router, an issuer on loopback with TLS.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, too"
)]

mod support;

mod assume_role;
mod caller_identity;
mod chaining;
mod constraints;
mod federation_token;
mod grants;
mod hostile_tokens;
mod issuer_network;
mod key_info;
mod published_keys;
mod refusals;
mod routing;
mod session_token;
mod trust;
