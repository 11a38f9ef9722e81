//! `trustcheck serve` without its command line: a world that stays up.
//!
//! ```text
//! Plan ─start→ Standing ─┬ environment → for shells, dotenv files, programs
//!                        ├ ready file
//!                        └ Journal → log, one line a request
//! ```

mod environment;
mod line;
mod log;
mod ready;
mod standing;

pub use environment::{Environment, Form};
pub use line::line;
pub use log::Log;
pub use ready::ReadyFile;
pub use standing::{Plan, ServeError, Standing};
