//! The command line: one file a command.

mod completions;
mod descriptors;
mod exec;
mod executors;
mod exit;
mod explain;
mod input;
mod interrupt;
mod issuers;
mod job;
mod pipeline;
mod run;
mod schema;
mod serve;
mod token;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::context::Context;
use crate::diagnostic::Diagnostic;

pub use exit::Exit;

/// Rehearse a GitLab CI/CD job's login to AWS, offline, and learn why it is let in or turned away.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "\
Exit status: 0 as expected; 1 something fell short; 2 the input or the command line is wrong;
3 the environment cannot run it; 130 interrupted.

Environment: TRUSTCHECK_CACHE (keys and tools; default ~/.cache/trustcheck), NO_COLOR, CI.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// Every command. One line each.
#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Arguments),
    Pipeline(pipeline::Arguments),
    Explain(explain::Arguments),
    Exec(exec::Arguments),
    Serve(serve::Arguments),
    Token(token::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
}

/// Runs the program on its command line and surroundings.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // clap prints help to standard output and mistakes to standard error, coloured as the terminal allows.
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Input
            } else {
                Exit::AsExpected
            }
            .into();
        }
    };
    let context = match Context::capture() {
        Ok(context) => context,
        Err(error) => return complain(&error.to_string(), Exit::Environment),
    };
    trustcheck_lab::install_crypto_provider();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&format!("cannot start: {error}"), Exit::Environment),
    };
    let exit = runtime.block_on(async {
        match arguments.command {
            Command::Run(arguments) => run::run(arguments, context).await,
            Command::Pipeline(arguments) => pipeline::run(arguments, context).await,
            Command::Explain(arguments) => explain::run(&arguments, &context),
            Command::Exec(arguments) => exec::run(&arguments, &context).await,
            Command::Serve(arguments) => serve::run(arguments, &context).await,
            Command::Token(arguments) => token::run(&arguments, &context),
            Command::Schema(arguments) => schema::run(&arguments),
            Command::Completions(arguments) => completions::run(&arguments),
        }
    });
    // Nothing is left to wait for: every case has ended its processes and its world.
    runtime.shutdown_background();
    match exit {
        Ok(exit) => exit.into(),
        Err(Failure::Said { message, exit }) => complain(&message, exit),
        Err(Failure::Mistakes(shown)) => {
            let _ = writeln!(std::io::stderr(), "{shown}");
            Exit::Input.into()
        }
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// One line for a person.
    Said {
        /// The line.
        message: String,
        /// The exit status.
        exit: Exit,
    },
    /// Mistakes in files, as they are shown with their places.
    Mistakes(String),
}

impl Failure {
    fn new(exit: Exit, message: impl Into<String>) -> Failure {
        Failure::Said {
            message: message.into(),
            exit,
        }
    }

    fn mistakes(mistakes: &[Diagnostic], context: &Context) -> Failure {
        let shown: Vec<String> = mistakes
            .iter()
            .map(|mistake| mistake.render(context.colour_on_stderr()))
            .collect();
        Failure::Mistakes(shown.join("\n\n"))
    }
}

/// Where errors are told: once, here, in one line on standard error.
fn complain(message: &str, exit: Exit) -> ExitCode {
    let colour = std::io::stderr().is_terminal();
    let (bold, plain) = if colour {
        ("\x1b[1;31m", "\x1b[0m")
    } else {
        ("", "")
    };
    // A closed standard error cannot be told of anything.
    let _ = writeln!(anstream::stderr(), "{bold}error{plain}: {message}");
    exit.into()
}
