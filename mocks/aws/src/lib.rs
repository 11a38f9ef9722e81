//! A mock AWS that decides as AWS does: STS takes a job's ID token, asks the issuer for its keys, holds the claims
//! against the trust policy of the role, and hands out credentials or one of AWS's own errors.
//!
//! What goes over the wire is AWS's, as vague as AWS is. Why it was sent is an [`Event`], which never leaves this
//! side.
//!
//! [`Aws::router`] is an axum router for one endpoint that answers for all services; listening, names and
//! certificates are the caller's. Time, randomness and the network come in through [`AwsConfig`].
//!
//! One folder a service (`sts`, `iam`); what they share is beside them: `sigv4`, `query` (the wire protocol),
//! `accounts`, `request`, `authentication`, `authorization`, `session`, `issuer`, `token`.

mod access_key;
pub mod accounts;
mod authentication;
mod authorization;
mod aws;
mod cause;
mod clock;
mod endpoint;
mod event;
mod explained;
mod iam;
mod identifier;
mod issuer;
mod nearest;
mod network;
mod query;
mod request;
mod session;
mod sigv4;
mod sts;
mod token;

pub use access_key::AccessKey;
pub use aws::{Aws, AwsConfig};
pub use cause::Cause;
pub use clock::Clock;
pub use event::{Call, Caller, DecodedToken, Event, EventSink, Issued, IssuerFetch, Response};
pub use explained::Explained;
pub use issuer::{ISSUER_TIME_LIMIT, ISSUER_USER_AGENT};
pub use network::{Network, Route, Target};
pub use request::Peer;
pub use sigv4::{SigningKeys, sign_request};
pub use sts::{TrustQuestion, decode_token};
