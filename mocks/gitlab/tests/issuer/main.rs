//! An instance from outside: what its tokens claim, who can verify them, what its pages say.
#![cfg(test)]

mod documented_tokens;
mod legacy_tokens;
mod pages;
mod payload_table;
mod refused;
mod sample;
mod subjects;
mod tokens;
mod variables;
mod verification;
