//! Running cases: a world for each, in parallel, with what happens told as events.

mod call;
mod case;
mod event;
mod job;
mod schedule;

pub use case::Surroundings;
pub use event::{CaseReport, Event, Listener, Missed, Status, Summary};
pub use schedule::{Limits, run};
