//! What GitLab Runner 19.4 makes of a job: the text that it pipes to a shell, what it hides in the log, and the lines
//! that it writes there itself.
//!
//! Source: the runner's `shells`, `helpers` and `common/buildlogger` packages.

pub mod log;
pub mod mask;
pub mod quote;
pub mod script;
pub mod shell;
