//! The tags of a session.

use std::collections::{BTreeMap, BTreeSet};

/// Tags, and the keys of those that go on to the sessions assumed from this one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SessionTags {
    pub(super) tags: BTreeMap<String, String>,
    pub(super) transitive: Vec<String>,
}

impl SessionTags {
    pub(super) fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }

    /// The keys without regard to case, which is how they are compared.
    pub(super) fn lowered_keys(&self) -> BTreeSet<String> {
        self.tags.keys().map(|key| key.to_lowercase()).collect()
    }
}
