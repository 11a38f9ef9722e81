//! The policy simulator ("Testing IAM policies with the IAM policy simulator", IAM User Guide).

pub(super) mod context_keys;
pub(super) mod custom;
mod evaluation;
mod input;
pub(super) mod principal;
