//! JSON Web Tokens taken apart, and their algorithms. Pure; where keys come from is [`crate::issuer`], which
//! claims a token needs is [`crate::sts`].

mod algorithm;
mod jwt;

pub(crate) use algorithm::{Algorithm, KeyType};
pub(crate) use jwt::Jwt;

#[cfg(test)]
mod tests;
