//! Scenario files: their format, without running anything. Text and a way to read files in, cases or mistakes out.

mod account;
mod allow;
mod call;
mod call_parameters;
mod document;
mod fault;
mod files;
mod gitlab;
mod given;
mod import;
mod json;
mod lesson;
mod managed_policy;
mod matrix;
mod plan;
mod policy;
mod repository;
mod role;
mod settings;
mod step;
mod tags;
#[cfg(test)]
mod tests;
mod trigger;
mod variables;
mod world;
mod world_event;
mod world_file;

pub use call::{Call, Signer, SignerSource, WebToken};
pub use document::{Case, Entry, read};
pub use files::{Disk, Files};
pub use given::Given;
pub use json::to_json;
pub use lesson::Lesson;
pub use plan::{PipelineWork, Plan, Work};
pub use repository::Folder;
pub use settings::Settings;
pub use step::{Action, Step};
pub use trigger::Start;
pub use variables::Variable;
pub use world::Described;
pub use world_file::{WorldFile, read_world};
