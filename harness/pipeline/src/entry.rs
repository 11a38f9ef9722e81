//! The entries of a composed file: one module a keyword, each validated as GitLab validates it.

pub(crate) mod commands;
mod duration;
pub(crate) mod id_tokens;
pub(crate) mod image;
pub(crate) mod inert;
pub(crate) mod inherit;
pub(crate) mod inheritable;
pub(crate) mod job;
pub(crate) mod jobs;
pub(crate) mod keys;
pub(crate) mod stages;
pub(crate) mod timeout;
pub(crate) mod variables;
