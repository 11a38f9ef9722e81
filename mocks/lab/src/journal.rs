//! The one record of what happened in a world.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::clock::Clock;

/// What happened, as its part of the world tells it.
#[derive(Debug, Clone)]
pub enum Record {
    /// GitLab issued a token or answered a request.
    Gitlab(mock_gitlab::Event),
    /// AWS answered a call, or STS fetched from an issuer.
    Aws(mock_aws::Event),
    /// Somebody asked for a host that this world does not have.
    Refused(Refused),
}

/// An attempt to reach a host outside the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The host, with the port where one was named.
    pub host: String,
}

/// One line of the journal.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When, by the world's clock.
    pub at: Timestamp,
    /// What.
    pub record: Record,
}

/// The journal of a world: appended to by its parts, read by everything that explains.
#[derive(Clone)]
pub struct Journal {
    clock: Clock,
    entries: Arc<Mutex<Vec<Entry>>>,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal")
            .field("entries", &self.len())
            .finish_non_exhaustive()
    }
}

impl Journal {
    /// An empty journal that takes the time from `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Journal {
        Journal {
            clock,
            entries: Arc::default(),
        }
    }

    /// Writes one line.
    pub fn write(&self, record: Record) {
        let entry = Entry {
            at: (self.clock)(),
            record,
        };
        self.entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(entry);
    }

    /// All lines so far, oldest first.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether nothing has happened yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
