//! The `trustcheck` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    // First, while there is one thread only: this process may have been started to become a job.
    if let Some(exit) = job_sandbox::intercept(std::env::args_os()) {
        return exit;
    }
    trustcheck::cli::main()
}
