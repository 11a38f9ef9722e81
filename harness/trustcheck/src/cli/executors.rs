//! `--executor`: how jobs run, for every command that runs some.

use std::io::Write;

use clap::Args;

use super::{Exit, Failure};
use crate::context::Context;
use crate::execute::{Choice, Executors, Kind};

/// How jobs run.
#[derive(Debug, Args)]
pub(super) struct ExecutorOptions {
    /// How jobs run and reach the mocks
    #[arg(long, value_name = "EXECUTOR", value_enum, default_value_t)]
    executor: Choice,
}

impl ExecutorOptions {
    /// What the user wants.
    pub(super) fn choice(&self) -> Choice {
        self.executor
    }

    /// The same options with another choice.
    pub(super) fn with(executor: Choice) -> ExecutorOptions {
        ExecutorOptions { executor }
    }

    /// Finds the executors, and tells the user once what they lack. `required` are those that scenarios require.
    pub(super) fn find(&self, required: &[Kind], context: &Context) -> Result<Executors, Failure> {
        let executors = Executors::find(self.executor, required, context)
            .map_err(|error| Failure::new(Exit::Environment, error.to_string()))?;
        if let Some(note) = executors.note() {
            // A closed standard error cannot be told of anything.
            let _ = writeln!(std::io::stderr(), "note: {note}");
        }
        Ok(executors)
    }
}
