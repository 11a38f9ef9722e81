//! The keys in use, and the document that shows them.

use std::sync::{Arc, PoisonError, RwLock};

use crate::document::Document;
use crate::keys::{Jwk, KeySet};

/// What becomes of a CI key that is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OldKey {
    /// The key set goes on showing it, so that tokens that it signed stay good. GitLab's documented repair does not do
    /// this; a careful administrator does.
    Kept,
    /// The key set shows the new one only.
    Dropped,
}

/// Whether an instance has a CI key, and shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CiKeyState {
    /// It signs with it and shows it.
    #[default]
    Published,
    /// It signs with it, but the key set lacks it: published by hand before the key was replaced, or cut by a proxy.
    Unpublished,
    /// It has none: the key set lacks it, and jobs get no ID tokens (`Gitlab::Ci::Jwt::NoSigningKeyError`).
    Lost,
}

/// What an instance signs with and what it shows: the place where keys are exchanged while it runs.
pub(crate) struct PublishedKeys(RwLock<State>);

struct State {
    keys: Arc<KeySet>,
    /// CI keys that sign no more, newest first.
    retired: Vec<Jwk>,
    ci: CiKeyState,
    jwks: Document,
}

impl State {
    fn new(keys: Arc<KeySet>, retired: Vec<Jwk>, ci: CiKeyState) -> State {
        let [login, own, cloud_connector] = keys.jwks();
        let mut shown = vec![login];
        if ci == CiKeyState::Published {
            shown.push(own);
            shown.extend(&retired);
        }
        shown.push(cloud_connector);
        let body = serde_json::to_vec(&serde_json::json!({ "keys": shown }));
        let jwks = Document::jwks(body.expect("keys are made of strings"));
        State {
            keys,
            retired,
            ci,
            jwks,
        }
    }
}

impl PublishedKeys {
    pub(crate) fn new(keys: Arc<KeySet>) -> PublishedKeys {
        PublishedKeys(RwLock::new(State::new(keys, Vec::new(), CiKeyState::default())))
    }

    /// Shows and signs with these keys only.
    pub(crate) fn replace(&self, keys: Arc<KeySet>) {
        self.change(|state| State::new(keys, Vec::new(), state.ci));
    }

    /// Takes the CI key of another set.
    pub(crate) fn replace_ci_key(&self, of: &KeySet, old: OldKey) {
        self.change(|state| {
            let retired = match old {
                OldKey::Kept => [&[state.keys.ci().jwk().clone()], state.retired.as_slice()].concat(),
                OldKey::Dropped => Vec::new(),
            };
            State::new(Arc::new(state.keys.with_ci_key_of(of)), retired, state.ci)
        });
    }

    pub(crate) fn set_ci_key_state(&self, ci: CiKeyState) {
        self.change(|state| State::new(Arc::clone(&state.keys), state.retired.clone(), ci));
    }

    pub(crate) fn ci_key_state(&self) -> CiKeyState {
        self.0.read().unwrap_or_else(PoisonError::into_inner).ci
    }

    pub(crate) fn keys(&self) -> Arc<KeySet> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).keys)
    }

    pub(crate) fn jwks(&self) -> Document {
        self.0.read().unwrap_or_else(PoisonError::into_inner).jwks.clone()
    }

    fn change(&self, change: impl FnOnce(&State) -> State) {
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *state = change(&state);
    }
}
