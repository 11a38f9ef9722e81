//! The exit status: public, as programs rely on it.

use std::process::ExitCode;

/// What a command's end means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All as expected.
    AsExpected,
    /// Something fell short: a scenario failed.
    FellShort,
    /// The input or the command line is wrong.
    Input,
    /// The environment cannot run it.
    Environment,
    /// The user broke it off (128 + SIGINT, as shells have it).
    Interrupted,
    /// The status of the command that was run in a world.
    Of(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::AsExpected => 0,
            Exit::FellShort => 1,
            Exit::Input => 2,
            Exit::Environment => 3,
            Exit::Interrupted => 130,
            Exit::Of(status) => status,
        })
    }
}
