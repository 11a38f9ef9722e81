//! IAM on the wire, API version 2010-05-08.
//!
//! One folder a kind of thing that IAM keeps, one file an operation or a pair of them; beside them what they share.

mod account_alias;
mod asked;
mod authorization_details;
mod constraint;
mod document;
mod error;
mod managed_policy;
mod not_mocked;
mod oidc_provider;
mod operation;
mod page;
mod resource;
mod role;
mod shape;
mod simulation;
mod tags;
mod user;

pub(crate) use operation::serve;

/// The namespace of IAM's answers.
pub(crate) const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";
