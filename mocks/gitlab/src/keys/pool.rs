//! Keys that are made once and kept.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::private_dir::{self, PrivateDirError};
use super::slot_file::{self, SlotFileError};
use super::{KeySet, KeySetError};

/// Keys for any number of instances, made once and kept in a directory: making them takes most of a second, reading
/// them well under 2 ms.
///
/// A *slot* holds the keys of one instance and is a file `slot-N.json`, readable by its owner alone. The same slot gives
/// the same keys in every process that uses the directory, so a token minted by one is verified by another. Processes
/// that need a slot at the same time make it once. A slot that is damaged is made anew; one that others may read is
/// refused, since its keys are no longer a secret.
///
/// Within a process a pool reads a slot once, so keep one pool; a clone is the same one.
///
/// Tests should not make keys: `test_key_set` (feature `test-keys`) is a set that is part of this crate's source.
#[derive(Clone)]
pub struct KeyPool {
    /// Nothing for a pool that is kept in memory only.
    dir: Option<PathBuf>,
    generate: fn() -> Result<KeySet, KeySetError>,
    slots: Arc<Mutex<HashMap<usize, Arc<Slot>>>>,
}

/// What this process has read of a slot. Its lock makes the threads of the process wait for one reader.
type Slot = Mutex<Option<Arc<KeySet>>>;

/// Why the pool has no keys to give.
#[derive(Debug, thiserror::Error)]
pub enum KeyPoolError {
    /// The directory or a file in it cannot be used; the message says which and what to do.
    #[error("no keys from the pool: {message}")]
    Directory {
        /// What is wrong, with the path.
        message: String,
        /// What the system said.
        #[source]
        source: Option<std::io::Error>,
    },
    /// The keys could not be made.
    #[error("the keys could not be made")]
    Generation(#[source] KeySetError),
    /// The keys could not be written as text.
    #[error("the keys could not be stored: {0}")]
    Format(String),
}

impl From<PrivateDirError> for KeyPoolError {
    fn from(error: PrivateDirError) -> Self {
        let message = error.to_string();
        let (message, source) = match error {
            PrivateDirError::Io { source, .. } => (format!("{message}: {source}"), Some(source)),
            _ => (message, None),
        };
        KeyPoolError::Directory { message, source }
    }
}

impl KeyPool {
    /// The pool in this directory. Nothing is read or made until [`key_set`](KeyPool::key_set) is called.
    pub fn open(dir: impl AsRef<Path>) -> KeyPool {
        KeyPool::with_generator(dir.as_ref(), KeySet::generate)
    }

    /// A pool without a directory: its keys are made when they are first needed, and gone with it and its clones.
    pub fn in_memory() -> KeyPool {
        KeyPool {
            dir: None,
            generate: KeySet::generate,
            slots: Arc::default(),
        }
    }

    /// A pool that makes its keys otherwise.
    pub(crate) fn with_generator(dir: &Path, generate: fn() -> Result<KeySet, KeySetError>) -> KeyPool {
        KeyPool {
            dir: Some(dir.to_owned()),
            generate,
            slots: Arc::default(),
        }
    }

    /// The keys of a slot, read or made. `progress` is told, in a few words, before anything that takes long.
    ///
    /// # Errors
    /// When the directory cannot be written, or it or the slot is open to others.
    pub fn key_set(&self, slot: usize, progress: &mut dyn FnMut(&str)) -> Result<Arc<KeySet>, KeyPoolError> {
        let entry = {
            // A thread that died left a map that is still whole.
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slots.entry(slot).or_default())
        };
        let mut known = entry.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = &*known {
            return Ok(Arc::clone(keys));
        }
        let keys = self.read_or_make(slot, progress)?;
        *known = Some(Arc::clone(&keys));
        Ok(keys)
    }

    fn read_or_make(&self, slot: usize, progress: &mut dyn FnMut(&str)) -> Result<Arc<KeySet>, KeyPoolError> {
        let Some(dir) = &self.dir else {
            progress("making RSA keys");
            let keys = (self.generate)().map_err(KeyPoolError::Generation)?;
            return Ok(Arc::new(keys));
        };
        let path = dir.join(format!("slot-{slot}.json"));
        // A slot appears whole or not at all, so reading one needs no lock, nor a directory that can be written.
        if let Stored::Keys(keys) = read(&path)? {
            return Ok(keys);
        }
        private_dir::prepare(dir)?;
        let lock_path = dir.join(format!("slot-{slot}.lock"));
        let _lock = private_dir::lock(&lock_path, || {
            progress("waiting for another process that makes the keys");
        })?;
        match read(&path)? {
            Stored::Keys(keys) => return Ok(keys),
            Stored::Nothing => {
                progress(&format!(
                    "making RSA keys (once; they are kept in `{}`)",
                    dir.display()
                ));
            }
            Stored::Damaged(reason) => {
                progress(&format!(
                    "making new RSA keys in place of `{}`: {reason}",
                    path.display()
                ));
            }
        }
        let keys = (self.generate)().map_err(KeyPoolError::Generation)?;
        let bytes = slot_file::render(&keys).map_err(|error| KeyPoolError::Format(error.to_string()))?;
        private_dir::write(&path, &bytes)?;
        Ok(Arc::new(keys))
    }
}

impl fmt::Debug for KeyPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPool")
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}

enum Stored {
    Nothing,
    Damaged(SlotFileError),
    Keys(Arc<KeySet>),
}

fn read(path: &Path) -> Result<Stored, KeyPoolError> {
    let Some(bytes) = private_dir::read(path, slot_file::MAX_LEN)? else {
        return Ok(Stored::Nothing);
    };
    Ok(match slot_file::parse(&bytes) {
        Ok(keys) => Stored::Keys(Arc::new(keys)),
        Err(error) => Stored::Damaged(error),
    })
}
