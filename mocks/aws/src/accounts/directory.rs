//! All accounts of a world.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};

use super::account::Account;
use crate::clock::Clock;

/// The accounts, by id. A reader gets a snapshot and holds no lock; a writer changes a copy and puts it in place.
///
/// Where changes take time to be seen, an account has several states: readers get the newest that is old enough, writers
/// the newest.
pub(crate) struct Directory {
    accounts: RwLock<BTreeMap<String, States>>,
    /// Held by the one who writes, so that no change is lost; readers do not wait for it.
    writing: Mutex<()>,
    clock: Clock,
    propagation: SignedDuration,
}

/// The states of an account that somebody may still see, the oldest first, each with the time it began.
#[derive(Debug, Clone)]
struct States(Vec<(Timestamp, Arc<Account>)>);

impl States {
    fn only(account: Account) -> Self {
        States(vec![(Timestamp::MIN, Arc::new(account))])
    }

    fn newest(&self) -> Option<Arc<Account>> {
        self.0.last().map(|(_, account)| Arc::clone(account))
    }

    /// The newest state that began no later than `limit`.
    fn as_of(&self, limit: Timestamp) -> Option<&Arc<Account>> {
        let old_enough = self.0.iter().rev().find(|(since, _)| *since <= limit);
        old_enough.map(|(_, account)| account)
    }
}

impl Directory {
    pub(crate) fn new(
        accounts: impl IntoIterator<Item = Account>,
        clock: Clock,
        propagation: SignedDuration,
    ) -> Self {
        let accounts = accounts
            .into_iter()
            .map(|account| (account.id.clone(), States::only(account)));
        Directory {
            accounts: RwLock::new(accounts.collect()),
            writing: Mutex::new(()),
            clock,
            propagation,
        }
    }

    /// What began no later than this is seen. Without a delay everything is, and no clock is asked.
    fn limit(&self) -> Timestamp {
        if self.propagation.is_zero() {
            return Timestamp::MAX;
        }
        (self.clock)()
            .checked_sub(self.propagation)
            .unwrap_or(Timestamp::MIN)
    }

    /// An account as it is seen.
    pub(crate) fn account(&self, id: &str) -> Option<Arc<Account>> {
        let limit = self.limit();
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        accounts.get(id)?.as_of(limit).cloned()
    }

    /// All accounts as they are seen.
    pub(crate) fn accounts(&self) -> Vec<Arc<Account>> {
        let limit = self.limit();
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        let seen = accounts.values().filter_map(|states| states.as_of(limit));
        seen.cloned().collect()
    }

    /// The ids of all accounts.
    pub(crate) fn ids(&self) -> Vec<String> {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        accounts.keys().cloned().collect()
    }

    /// An account as the last change left it.
    pub(crate) fn newest(&self, id: &str) -> Option<Arc<Account>> {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        accounts.get(id)?.newest()
    }

    /// Changes an account, which is made if there is none with this id, and lets everybody see it at once. The change may
    /// read the directory, which shows the state before it; it may not change it.
    pub(crate) fn update<T>(&self, id: &str, change: impl FnOnce(&mut Account) -> T) -> T {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut account = self.copy(id);
        let result = change(&mut account);
        let mut accounts = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
        accounts.insert(id.to_owned(), States::only(account));
        result
    }

    /// Changes an account as IAM does: nothing changes if it fails, and it takes its time to be seen.
    pub(crate) fn write<T, E>(
        &self,
        id: &str,
        change: impl FnOnce(&mut Account) -> Result<T, E>,
    ) -> Result<T, E> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut account = self.copy(id);
        let result = change(&mut account)?;
        let now = (self.clock)();
        let limit = self.limit();
        let mut accounts = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
        let states = accounts
            .entry(id.to_owned())
            .or_insert_with(|| States(Vec::new()));
        states.0.push((now, Arc::new(account)));
        // what is older than the state that is seen now will not be seen again
        let seen = states.0.iter().rposition(|(since, _)| *since <= limit);
        states.0.drain(..seen.unwrap_or(0));
        Ok(result)
    }

    fn copy(&self, id: &str) -> Account {
        self.newest(id)
            .map_or_else(|| Account::new(id), |account| (*account).clone())
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Directory")
            .field("accounts", &self.accounts)
            .field("propagation", &self.propagation)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    fn directory(propagation: i64) -> (Directory, Arc<AtomicI64>) {
        let now = Arc::new(AtomicI64::new(1_000));
        let clock = Arc::clone(&now);
        let directory = Directory::new(
            [Account::new("1")],
            Arc::new(move || Timestamp::from_second(clock.load(Ordering::Relaxed)).unwrap()),
            SignedDuration::from_secs(propagation),
        );
        (directory, now)
    }

    fn set(directory: &Directory, alias: &str) -> Result<(), &'static str> {
        directory.write("1", |account| {
            account.alias = Some(alias.to_owned());
            Ok(())
        })
    }

    fn seen(directory: &Directory) -> Option<String> {
        directory.account("1").unwrap().alias.clone()
    }

    #[test]
    fn changes_are_seen_at_once() {
        let (directory, _) = directory(0);
        set(&directory, "a").unwrap();
        assert_eq!(seen(&directory).as_deref(), Some("a"));
    }

    #[test]
    fn changes_take_their_time() {
        let (directory, now) = directory(10);
        set(&directory, "a").unwrap();
        now.store(1_005, Ordering::Relaxed);
        set(&directory, "b").unwrap();
        assert_eq!(seen(&directory), None);
        assert_eq!(directory.newest("1").unwrap().alias.as_deref(), Some("b"));
        now.store(1_010, Ordering::Relaxed);
        assert_eq!(seen(&directory).as_deref(), Some("a"));
        now.store(1_015, Ordering::Relaxed);
        assert_eq!(seen(&directory).as_deref(), Some("b"));
        set(&directory, "c").unwrap();
        assert_eq!(seen(&directory).as_deref(), Some("b"));
    }

    #[test]
    fn a_change_that_fails_changes_nothing() {
        let (directory, _) = directory(0);
        let failed: Result<(), _> = directory.write("1", |account| {
            account.alias = Some("a".to_owned());
            Err("no")
        });
        assert_eq!(failed, Err("no"));
        assert_eq!(seen(&directory), None);
    }
}
