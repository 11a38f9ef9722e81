//! `trustcheck exec` without its command line: the environment in which one command of the user's finds a world.

mod environment;

pub use environment::{Environment, Home, Login};
