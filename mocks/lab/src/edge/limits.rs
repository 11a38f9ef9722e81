//! What clients may take of an edge, so that none of them takes it from the others.

use std::time::Duration;

/// Limits on connections and requests. The defaults suit tests and a world that stays up.
///
/// ```
/// use std::time::Duration;
/// use trustcheck_lab::Limits;
///
/// let limits = Limits { head: Duration::from_secs(2), ..Limits::default() };
/// assert_eq!(limits.headers, 100);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time: 16,384. One more, and the one that has waited longest without a request is closed for it.
    pub connections: usize,
    /// For a connection's first byte, its TLS handshake, and the head of a request from its first byte on: 10 s. A head
    /// that is not whole by then is answered with 408.
    pub head: Duration,
    /// Bytes of the head of a request: 128 KiB, room for a token of 20,000 characters in a query, each of them escaped.
    /// More is answered with 431.
    pub head_bytes: usize,
    /// Header lines of a request: 100. More is answered with 431.
    pub headers: usize,
    /// Between two requests on a connection: 60 s. Then it is closed.
    pub idle: Duration,
    /// For the body of a request: 10 s, and a second more for every [`body_rate`](Limits::body_rate) bytes that came.
    /// A body that is not whole by then is answered with 408.
    pub body: Duration,
    /// Bytes a second that keep a long body alive: 64 KiB.
    pub body_rate: u32,
    /// Without a client's taking a byte of its answer: 10 s. Then the connection is closed.
    pub write: Duration,
    /// For what a client still sends after a connection's last answer, so that the answer reaches it: 2 s.
    pub linger: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 16 * 1024,
            head: Duration::from_secs(10),
            head_bytes: 128 * 1024,
            headers: 100,
            idle: Duration::from_secs(60),
            body: Duration::from_secs(10),
            body_rate: 64 * 1024,
            write: Duration::from_secs(10),
            linger: Duration::from_secs(2),
        }
    }
}
