//! All accounts of a world.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::account::Account;

/// The accounts, by id. A reader gets a snapshot and holds no lock; a writer changes a copy and puts it in place.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    accounts: RwLock<BTreeMap<String, Arc<Account>>>,
    /// Held by the one who writes, so that no change is lost; readers do not wait for it.
    writing: Mutex<()>,
}

impl Directory {
    pub(crate) fn new(accounts: impl IntoIterator<Item = Account>) -> Self {
        let accounts = accounts
            .into_iter()
            .map(|account| (account.id.clone(), Arc::new(account)));
        Directory {
            accounts: RwLock::new(accounts.collect()),
            writing: Mutex::new(()),
        }
    }

    pub(crate) fn account(&self, id: &str) -> Option<Arc<Account>> {
        self.accounts
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned()
    }

    pub(crate) fn accounts(&self) -> Vec<Arc<Account>> {
        self.accounts
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    /// Changes an account, which is made if there is none with this id. The change may read the directory, which
    /// shows the state before it; it may not change it.
    pub(crate) fn update<T>(&self, id: &str, change: impl FnOnce(&mut Account) -> T) -> T {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut account = self
            .account(id)
            .map_or_else(|| Account::new(id), |account| (*account).clone());
        let result = change(&mut account);
        let mut accounts = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
        accounts.insert(id.to_owned(), Arc::new(account));
        result
    }
}
