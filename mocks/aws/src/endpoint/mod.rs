//! The one endpoint: reads a request, finds the service, and writes the answer and the event.

mod answer;
mod request;
mod route;

pub use request::Peer;

pub(crate) use answer::answer;
pub(crate) use request::ApiRequest;
