//! The `trustcheck` command.

use std::process::ExitCode;

/// Half of what a mock does for a call is to put small texts together; this allocator is twice as quick at it as the
/// system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // First, while there is one thread only: this process may have been started to become a job.
    if let Some(exit) = job_sandbox::intercept(std::env::args_os()) {
        return exit;
    }
    trustcheck::cli::main()
}
