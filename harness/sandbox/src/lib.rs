//! Namespaces around a job, so that it cannot see or touch what is not its own.
//!
//! A namespace is entered by a process with one thread, before it becomes the job's shell. So the program that runs
//! jobs starts *itself* as a helper, and [`intercept`], called first thing in `main`, is the helper's side.
//!
//! A **sandbox** ([`start`], Linux) has namespaces of its own for users, processes, mounts, network, IPC and host name. It
//! needs no privilege. Its network is a loopback device; the sockets on which the world answers are opened inside
//! and handed out, so that no packet is passed on by anybody:
//!
//! ```text
//! maker ──spawns──▶ outer ──forks──▶ first process (1) ──runs──▶ the job's programs
//!   │                 user and PID      network, mounts, IPC, name;
//!   │                 namespace         then no capability any more
//!   └────────────── control line ──────────┘   sockets out, orders in, endings out
//! ```
//!
//! When the line is closed, also by the maker's crash, the first process ends, and the kernel ends with it every process
//! of its namespace; mounts and network go with the last of them.
//!
//! Where all that is wanted is a `/tmp` of a program's own, there is [`command`] with a [`PrivateTmp`].

mod helper;

#[cfg(target_os = "linux")]
mod namespaces;

use std::path::PathBuf;

pub use helper::{command, intercept};
#[cfg(target_os = "linux")]
pub use namespaces::control::{Control, Ending, Event, Listeners, Order};
#[cfg(target_os = "linux")]
pub use namespaces::spec::{Limits, Mode, OWN_FILES, Overlaid, Spec};
#[cfg(target_os = "linux")]
pub use namespaces::start::{probe, start};
#[cfg(target_os = "linux")]
pub use namespaces::step::{Denied, Step};

/// A `/tmp` of the job's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateTmp {
    /// The directory that the job sees as `/tmp`.
    pub directory: PathBuf,
    /// Directories below the host's `/tmp` that the job sees at their own place all the same.
    pub keep: Vec<PathBuf>,
}
