//! Keys for tests.

use std::sync::{Arc, LazyLock};

use crate::keys::{KeySet, parse_slot};

/// A set of keys that is part of this crate's source, so that no test has to make one. They are no secret: never let
/// anything trust them but a test.
///
/// # Panics
/// Never: the keys are checked by this crate's own tests.
pub fn test_key_set() -> Arc<KeySet> {
    static KEYS: LazyLock<Arc<KeySet>> = LazyLock::new(|| {
        let text = include_bytes!("../test-keys/slot.json");
        Arc::new(parse_slot(text).expect("the keys in the source are good"))
    });
    Arc::clone(&KEYS)
}
