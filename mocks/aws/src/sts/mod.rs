//! The Security Token Service, API version 2011-06-15.

pub(crate) mod error;
mod get_caller_identity;
mod service;
mod web_identity;

pub use web_identity::{TrustQuestion, decode_token};

pub(crate) use service::{NAMESPACE, serve};
