//! A world for tests: an issuer, an AWS, a token to begin with.

mod client;
mod credentials;
mod issuer;
mod keys;
mod token;
mod world;

pub(crate) use client::{Answer, sign};
pub(crate) use credentials::Credentials;
pub(crate) use issuer::{CertificateKind, TestIssuer};
pub(crate) use keys::{EC_256, EC_384, EC_521, Key, RSA_A, RSA_B, rsa_certificate, rsa_public_pem};
pub(crate) use token::{TokenBuilder, base64url};
pub(crate) use world::{ACCOUNT, HOST_NOW, NOW, OTHER_ACCOUNT, World};
