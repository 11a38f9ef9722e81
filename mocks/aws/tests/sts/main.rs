//! STS from outside: requests to the router, an issuer on loopback with TLS.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, too"
)]

mod support;

mod caller_identity;
mod constraints;
mod grants;
mod hostile_tokens;
mod issuer_network;
mod published_keys;
mod refusals;
mod routing;
mod trust;
