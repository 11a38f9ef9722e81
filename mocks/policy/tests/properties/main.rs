//! What holds for every policy and every request.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod documents;
mod evaluation;
mod generate;
mod robustness;
mod suggestions;
