//! The one record of what happened in a world.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::clock::Clock;
use crate::fault::{Fault, FaultKind};
use crate::rotation::Rotation;

/// What happened, as its part of the world tells it.
///
/// As JSON an object whose `of` says whose it is.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum Record {
    /// GitLab issued a token or answered a request.
    Gitlab(mock_gitlab::Event),
    /// AWS answered a call, or STS fetched from an issuer.
    Aws(mock_aws::Event),
    /// Somebody asked for a host that this world does not have.
    Refused(Refused),
    /// Somebody sent what is no request, or did not become one.
    TurnedAway(TurnedAway),
    /// A request met a fault of the world.
    Fault(FaultMet),
    /// The world was changed from outside.
    Change(Change),
}

/// A request met a fault. Comes before what it led to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultMet {
    /// The URL of the GitLab.
    pub gitlab: String,
    /// The path that was asked for; empty where there was no request yet, but only a handshake.
    pub path: String,
    /// What is wrong.
    pub fault: Fault,
}

/// What was done to a world while it was up.
///
/// As JSON an object whose `change` says what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Change {
    /// Its clock was moved.
    ClockMoved {
        /// How far forward, or back where this is negative.
        by: SignedDuration,
    },
    /// It was made what it was when it booted.
    Reset,
    /// A GitLab's CI key was replaced.
    KeysRotated {
        /// The URL of the GitLab.
        gitlab: String,
        /// The key that signed until then.
        old_kid: String,
        /// The key that signs from then on.
        new_kid: String,
        /// What became of the old one.
        rotation: Rotation,
    },
    /// A fault was set.
    FaultSet {
        /// The URL of the GitLab.
        gitlab: String,
        /// What is wrong from then on.
        fault: Fault,
    },
    /// A fault, or all of them, were cleared.
    FaultsCleared {
        /// The URL of the GitLab.
        gitlab: String,
        /// The kind; all where there is none.
        kind: Option<FaultKind>,
    },
}

/// An attempt to reach a host outside the world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The host, with the port where one was named.
    pub host: String,
}

/// What was answered before there was a request to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TurnedAway {
    /// The status.
    pub status: u16,
    /// Why, in a few words.
    pub why: &'static str,
}

/// One line of the journal. As JSON, `at` and the members of the record.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// When, by the world's clock.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub record: Record,
}

/// Who hears of entries as they are written.
pub(crate) type Listener = Arc<dyn Fn(&Entry) + Send + Sync>;

/// The journal of a world: appended to by its parts, read by everything that explains.
#[derive(Clone)]
pub struct Journal {
    clock: Clock,
    keep: usize,
    pages: Arc<Mutex<Pages>>,
}

#[derive(Default)]
struct Pages {
    entries: VecDeque<Entry>,
    /// How many were written before the first of those.
    before: u64,
    listeners: Vec<Listener>,
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal")
            .field("entries", &self.len())
            .finish_non_exhaustive()
    }
}

impl Journal {
    /// An empty journal that takes the time from `clock` and keeps everything.
    #[must_use]
    pub fn new(clock: Clock) -> Journal {
        Journal {
            clock,
            keep: usize::MAX,
            pages: Arc::default(),
        }
    }

    /// The same journal, still empty, of which only the newest `entries` are kept.
    #[must_use]
    pub fn keeping(self, entries: usize) -> Journal {
        Journal {
            keep: entries,
            ..self
        }
    }

    /// Tells `listener` of every entry from now on, also of those that are not kept.
    ///
    /// It is called in the order of the entries, by the task that writes one, while others wait to write theirs: it should
    /// only hand the entry on. It must not use the journal itself.
    pub fn listen(&self, listener: impl Fn(&Entry) + Send + Sync + 'static) {
        self.listen_with(Arc::new(listener));
    }

    pub(crate) fn listen_with(&self, listener: Listener) {
        self.pages().listeners.push(listener);
    }

    /// Writes one line.
    pub fn write(&self, record: Record) {
        let mut pages = self.pages();
        let entry = Entry {
            at: (self.clock)(),
            record,
        };
        for listener in &pages.listeners {
            listener(&entry);
        }
        pages.entries.push_back(entry);
        let mut oldest = None;
        if pages.entries.len() > self.keep {
            oldest = pages.entries.pop_front();
            pages.before += 1;
        }
        // It has a good deal to give back, for which nobody else need wait.
        drop(pages);
        drop(oldest);
    }

    /// The lines with this number and those after it, as far as they are kept, oldest first, each with its number. Numbers
    /// begin with 0 and never come twice.
    #[must_use]
    pub fn numbered_from(&self, number: u64, most: usize) -> Vec<(u64, Entry)> {
        let pages = self.pages();
        let skip = usize::try_from(number.saturating_sub(pages.before)).unwrap_or(usize::MAX);
        let kept = pages.entries.iter().skip(skip).take(most).cloned();
        let first = number.max(pages.before);
        (first..).zip(kept).collect()
    }

    /// The number that the next line will have.
    #[must_use]
    pub fn next_number(&self) -> u64 {
        let pages = self.pages();
        pages.before + pages.entries.len() as u64
    }

    /// Forgets all lines.
    pub fn clear(&self) {
        let mut pages = self.pages();
        pages.before += pages.entries.len() as u64;
        pages.entries.clear();
    }

    /// All lines that are kept, oldest first.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.entries_from(0)
    }

    /// The lines that are kept, without the oldest `skip` of them.
    #[must_use]
    pub fn entries_from(&self, skip: usize) -> Vec<Entry> {
        self.pages().entries.iter().skip(skip).cloned().collect()
    }

    /// How many lines are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pages().entries.len()
    }

    /// Whether nothing has happened yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        // What a thread that died was doing leaves whole entries.
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn refused(host: usize) -> Record {
        Record::Refused(Refused {
            host: host.to_string(),
        })
    }

    fn hosts(entries: &[Entry]) -> Vec<String> {
        let host = |entry: &Entry| match &entry.record {
            Record::Refused(refused) => refused.host.clone(),
            _ => String::new(),
        };
        entries.iter().map(host).collect()
    }

    #[rstest::rstest]
    #[case::everything(Journal::new(Arc::new(|| Timestamp::UNIX_EPOCH)), &["0", "1", "2", "3"])]
    #[case::the_newest(Journal::new(Arc::new(|| Timestamp::UNIX_EPOCH)).keeping(2), &["2", "3"])]
    #[case::nothing(Journal::new(Arc::new(|| Timestamp::UNIX_EPOCH)).keeping(0), &[])]
    fn the_newest_are_kept_and_all_are_heard(#[case] journal: Journal, #[case] kept: &[&str]) {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = Arc::clone(&heard);
        journal.listen(move |entry| ear.lock().unwrap().push(entry.clone()));
        for host in 0..4 {
            journal.write(refused(host));
        }
        assert_eq!(hosts(&journal.entries()), kept);
        assert_eq!((journal.len(), journal.is_empty()), (kept.len(), kept.is_empty()));
        assert_eq!(hosts(&heard.lock().unwrap()), ["0", "1", "2", "3"]);
    }
}
