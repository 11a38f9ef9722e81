//! `trustcheck completions`: what a shell needs to complete the command line.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::{Exit, Failure};

/// Print the completions of the command line for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trustcheck completions bash > ~/.local/share/bash-completion/completions/trustcheck
  trustcheck completions zsh  > ~/.zfunc/_trustcheck            where ~/.zfunc is in fpath, before compinit
  trustcheck completions fish > ~/.config/fish/completions/trustcheck.fish")]
pub(super) struct Arguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    generate(
        arguments.shell,
        &mut super::Arguments::command(),
        "trustcheck",
        &mut script,
    );
    std::io::stdout().write_all(&script).map_err(|error| {
        Failure::new(
            Exit::Environment,
            format!("cannot write the completions: {error}"),
        )
    })?;
    Ok(Exit::AsExpected)
}
