//! The built-in client of AWS's query protocol: one request over HTTP, one answer read. What `call:` uses, where a job
//! would start a CLI.

mod answer;
mod request;

pub use answer::{Answer, Credentials};
pub use request::{ClientError, Order, send};
