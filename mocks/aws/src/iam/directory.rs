//! All accounts of a world.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::account::Account;

/// The accounts, by id. A reader gets a snapshot and holds no lock; a writer copies the one account it changes.
#[derive(Debug, Default)]
pub(crate) struct Directory(RwLock<BTreeMap<String, Arc<Account>>>);

impl Directory {
    pub(crate) fn new(accounts: impl IntoIterator<Item = Account>) -> Self {
        let accounts = accounts
            .into_iter()
            .map(|account| (account.id.clone(), Arc::new(account)));
        Directory(RwLock::new(accounts.collect()))
    }

    pub(crate) fn account(&self, id: &str) -> Option<Arc<Account>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned()
    }

    pub(crate) fn accounts(&self) -> Vec<Arc<Account>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    /// Changes an account, which is made if there is none with this id.
    pub(crate) fn update<T>(&self, id: &str, change: impl FnOnce(&mut Account) -> T) -> T {
        let mut accounts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let account = accounts
            .entry(id.to_owned())
            .or_insert_with(|| Arc::new(Account::new(id)));
        change(Arc::make_mut(account))
    }
}
