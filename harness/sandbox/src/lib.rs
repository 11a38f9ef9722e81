//! Namespaces around a job, so that it cannot see or touch what is not its own.
//!
//! A namespace is entered by a process with one thread, before it becomes the job's shell. So the program that runs
//! jobs starts *itself* as a helper: [`command`] gives the command line, and [`intercept`], called first thing in
//! `main`, is the helper's side.
//!
//! All that there is so far is a private `/tmp` ([`PrivateTmp`]): scripts write to fixed names there, which must
//! neither meet those of another job nor stay behind.

mod helper;
#[cfg(target_os = "linux")]
mod private_tmp;

use std::path::PathBuf;

pub use helper::{command, intercept};

/// A `/tmp` of the job's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateTmp {
    /// The directory that the job sees as `/tmp`.
    pub directory: PathBuf,
    /// Directories below the host's `/tmp` that the job sees at their own place all the same.
    pub keep: Vec<PathBuf>,
}
