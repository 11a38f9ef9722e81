//! The `.gitlab-ci.yml` language: text in, planned jobs or diagnostics out.
//!
//! [`Pipeline::read`] reads a pipeline file as GitLab does, in GitLab's order: YAML with anchors and merge keys,
//! `include`, `extends`, `!reference`, the validation of every entry, the defaults of each job and the copies that
//! `parallel` makes; [`Pipeline::plan`] then creates a pipeline by the rules of its jobs. What GitLab refuses is
//! refused in GitLab's words, all mistakes at once, each with its place. A keyword of GitLab that this crate does not
//! interpret yet is refused by name and never passed over, for it might change what the job does.
//!
//! [`expand`] holds the three expanders of variables that a value meets on its way into the job, and [`runner`] what
//! GitLab Runner makes of a job: the script that it pipes to the shell, the masking of the log and the log's own lines.
//!
//! Nothing here reads a file, the clock or the environment: the files that `include` names come from a [`Library`],
//! and what a pipeline is created for is in its [`Circumstances`].

mod circumstances;
mod conditions;
mod config;
mod diagnostic;
mod draft;
mod entry;
pub mod expand;
mod expression;
mod findings;
mod float;
mod glob;
mod graph;
mod job;
mod keyword;
mod library;
mod nearest;
mod pipeline;
mod plan;
pub mod runner;
mod sources;
mod value;

pub use circumstances::Circumstances;
pub use diagnostic::Diagnostic;
pub use job::{
    AllowFailure, Artifacts, Audience, Cache, Environment, IdToken, Image, Job, Need, Retry, Secret, Service,
    Trigger, VariableValue, When,
};
pub use library::{Empty, Library, Mapped, Repository};
pub use located_yaml::Span;
pub use pipeline::{Pipeline, Refusal};
pub use plan::{Omitted, Plan};
pub use sources::{SourceFile, Sources};
