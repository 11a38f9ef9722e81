//! `trustcheck exec` without its command line: the environment in which one command of the user's finds a world.

mod environment;
mod stage;

pub use environment::{Environment, Home, Login};
pub use stage::{Stage, why_hidden};
