//! Each fault of a world over the wire: the error that AWS gives for it, how long it lasts, and what others than STS see.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod clients;
mod errors;
mod keys;
mod support;
