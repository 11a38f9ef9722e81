//! The world's clock: the host's, moved at will.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// Where a part of the world reads the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The host's time: the one place where it is read.
#[must_use]
pub fn host_now() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the host's clock enters"
    )]
    Timestamp::now()
}

/// A clock that runs with the host's and can be moved away from it, so that an hour passes without waiting.
#[derive(Debug, Default)]
pub struct WorldClock {
    ahead_ms: AtomicI64,
}

impl WorldClock {
    /// The world's present time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_millis(self.ahead_ms.load(Ordering::Relaxed));
        host_now().saturating_add(ahead).unwrap_or(Timestamp::MAX)
    }

    /// Moves the clock forward, or back where `by` is negative.
    pub fn advance(&self, by: SignedDuration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead_ms.fetch_add(by, Ordering::Relaxed);
    }

    /// Goes back to the host's time.
    pub fn reset(&self) {
        self.ahead_ms.store(0, Ordering::Relaxed);
    }

    /// This clock as the parts of the world read it.
    #[must_use]
    pub fn reader(self: &Arc<Self>) -> Clock {
        let clock = Arc::clone(self);
        Arc::new(move || clock.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advancing_moves_every_reader() {
        let clock = Arc::new(WorldClock::default());
        let read = clock.reader();
        let before = read();
        clock.advance(SignedDuration::from_mins(61));
        assert!(read().duration_since(before) >= SignedDuration::from_mins(61));
        clock.advance(SignedDuration::from_hours(-2));
        assert!(read() < before);
    }
}
