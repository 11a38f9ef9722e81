//! Where the time comes from.

use std::sync::Arc;

use jiff::Timestamp;

/// A clock. STS has two: the world's, by which tokens and sessions live, and the host's, by which clients sign
/// their requests and make their certificates.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
