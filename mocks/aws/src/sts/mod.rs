//! The Security Token Service, API version 2011-06-15.
//!
//! One file or folder an operation; beside them what several operations share.

mod assume_role;
mod constraint;
mod credentials;
mod decode_authorization_message;
pub(crate) mod error;
mod get_access_key_info;
mod get_caller_identity;
mod get_federation_token;
mod get_session_token;
mod long_term;
mod mfa;
mod packed_size;
mod permission;
mod request_tags;
mod role_lookup;
mod service;
mod session_policy;
mod session_tags;
mod signer;
mod web_identity;

pub use web_identity::{TrustQuestion, decode_token};

pub(crate) use service::{NAMESPACE, serve};
