//! Executors: how a job runs and reaches the mocks. One file an executor.

mod allowed;
mod bundle;
mod executor;
pub mod foreground;
mod host;
mod log;
pub mod orphans;
mod process;
mod room;
#[cfg(target_os = "linux")]
mod sandbox;
#[cfg(target_os = "linux")]
mod toolchains;
#[cfg(target_os = "linux")]
mod trust;

pub use allowed::AllowedHost;
pub use bundle::BUNDLE_VARIABLES;
pub use executor::{Choice, Executor, ExecutorError, Executors, Kind, Order, Place};
pub use host::Host;
pub use log::JobLog;
pub use process::{Excess, Exit, Program, find_program, run};
pub use room::Room;
#[cfg(target_os = "linux")]
pub use sandbox::{Cell, Purpose, Sandbox};
#[cfg(target_os = "linux")]
pub(crate) use trust::Trust;
