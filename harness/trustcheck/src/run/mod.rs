//! Running cases: a world for each, in parallel, with what happens told as events.

mod attempt;
mod call;
mod case;
mod dotenv;
mod event;
mod ground;
mod job;
mod pipeline;
mod schedule;
mod store;
mod trace;

pub use case::{Surroundings, Watched, preview, watch};
pub use event::{CaseReport, Event, Listener, Missed, Status, Summary};
pub use pipeline::Preview;
pub use schedule::{Limits, run};
