//! Executors: how a job runs and reaches the mocks. One file an executor.

pub mod foreground;
mod host;
mod log;
pub mod orphans;
mod process;
mod room;

pub use host::{Host, HostError, Order};
pub use log::JobLog;
pub use process::{Exit, Program, find_program, run};
pub use room::Room;
