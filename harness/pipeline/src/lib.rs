//! The `.gitlab-ci.yml` language: text in, planned jobs or diagnostics out.
//!
//! [`Pipeline::parse`] reads a pipeline file as GitLab does, in GitLab's order: YAML with anchors and merge keys,
//! `extends`, `!reference`, the validation of every entry, and the defaults of each job. What GitLab refuses is
//! refused in GitLab's words, all mistakes at once, each with its place. A keyword of GitLab that this crate does not
//! interpret yet is refused by name and never passed over, for it might change what the job does.
//!
//! [`expand`] holds the three expanders of variables that a value meets on its way into the job, and [`runner`] what
//! GitLab Runner makes of a job: the script that it pipes to the shell, the masking of the log and the log's own lines.
//!
//! Nothing here reads a file, the clock or the environment.

mod config;
mod diagnostic;
mod entry;
pub mod expand;
mod findings;
mod float;
mod job;
mod keyword;
mod nearest;
mod pipeline;
pub mod runner;
mod value;

pub use diagnostic::Diagnostic;
pub use job::{Audience, IdToken, Image, Job, VariableValue};
pub use located_yaml::Span;
pub use pipeline::Pipeline;
