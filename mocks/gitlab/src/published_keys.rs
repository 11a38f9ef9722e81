//! The keys in use, and the document that shows them.

use std::sync::{Arc, PoisonError, RwLock};

use crate::keys::KeySet;
use crate::web::Document;

/// What an instance signs with and what it shows: the place where keys are exchanged while it runs.
pub(crate) struct PublishedKeys(RwLock<State>);

#[derive(Clone)]
struct State {
    keys: Arc<KeySet>,
    jwks: Document,
}

impl State {
    fn new(keys: Arc<KeySet>) -> State {
        let body = serde_json::to_vec(&serde_json::json!({ "keys": keys.jwks() }));
        let jwks = Document::jwks(body.expect("keys are made of strings"));
        State { keys, jwks }
    }
}

impl PublishedKeys {
    pub(crate) fn new(keys: Arc<KeySet>) -> PublishedKeys {
        PublishedKeys(RwLock::new(State::new(keys)))
    }

    pub(crate) fn replace(&self, keys: Arc<KeySet>) {
        let state = State::new(keys);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    pub(crate) fn keys(&self) -> Arc<KeySet> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).keys)
    }

    pub(crate) fn jwks(&self) -> Document {
        self.0.read().unwrap_or_else(PoisonError::into_inner).jwks.clone()
    }
}
