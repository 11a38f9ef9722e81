//! `trustcheck schema`: the form of the files people write, for editors and other programs.

use std::io::Write;

use clap::{Args, ValueEnum};

use super::{Exit, Failure};
use crate::schema;

/// Print the JSON Schema of scenario or world files
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trustcheck schema > scenario.schema.json
  trustcheck schema world > world.schema.json

An editor with the YAML language server completes and checks a file that begins with
  # yaml-language-server: $schema=PATH-OR-URL-OF-THE-SCHEMA")]
pub(super) struct Arguments {
    /// Of which files
    #[arg(value_name = "FILES", default_value = "scenario")]
    files: Files,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Files {
    /// Scenario files
    Scenario,
    /// Files that a scenario's `world:` names
    World,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let kind = match arguments.files {
        Files::Scenario => schema::Kind::Scenario,
        Files::World => schema::Kind::World,
    };
    let text = format!("{:#}\n", schema::document(kind));
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(|error| Failure::new(Exit::Environment, format!("cannot write the schema: {error}")))?;
    Ok(Exit::AsExpected)
}
