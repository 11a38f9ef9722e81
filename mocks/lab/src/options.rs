//! How a world is booted, where its description leaves a choice.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use mock_aws::AccessKey;

use crate::authority::Authority;
use crate::edge::Limits;
use crate::journal::{Entry, Listener};
use crate::reach::Reach;

/// Choices for [`World::boot_with`](crate::World::boot_with). The default is what a test case wants: any free loopback port,
/// no long-term access keys, sessions that no other world honours, and a journal that keeps everything.
///
/// ```
/// use trustcheck_lab::{BootOptions, aws::AccessKey};
///
/// let options = BootOptions::default()
///     .listen("127.0.0.1:4566".parse().unwrap())
///     .access_key(AccessKey::root("123456789012", "test", "test"))
///     .keep(10_000)
///     .on_entry(|entry| println!("{}", entry.at));
/// ```
#[derive(Clone)]
pub struct BootOptions {
    pub(crate) listen: SocketAddr,
    pub(crate) access_keys: Vec<AccessKey>,
    pub(crate) seed_key: Option<[u8; 32]>,
    pub(crate) authority: Option<Arc<Authority>>,
    pub(crate) keep: Option<usize>,
    pub(crate) listeners: Vec<Listener>,
    pub(crate) limits: Limits,
    pub(crate) reach: Reach,
}

impl BootOptions {
    /// Listens at this address; port 0 is any free one. The world answers whoever can reach it, so an address that is not
    /// a loopback address is a choice to be made knowingly. At such an address a host that the world does not have is taken
    /// for the AWS endpoint, since clients may call it by any name.
    #[must_use]
    pub fn listen(self, address: SocketAddr) -> BootOptions {
        BootOptions {
            listen: address,
            ..self
        }
    }

    /// Adds a long-term access key of AWS.
    #[must_use]
    pub fn access_key(mut self, key: AccessKey) -> BootOptions {
        self.access_keys.push(key);
        self
    }

    /// The key that seals sessions: worlds with the same one honour each other's credentials. Without it, it comes from the
    /// seed.
    #[must_use]
    pub fn seed_key(self, key: [u8; 32]) -> BootOptions {
        BootOptions {
            seed_key: Some(key),
            ..self
        }
    }

    /// Takes the certificates from this authority, where many worlds are booted one after the other: each would make its
    /// own otherwise.
    #[must_use]
    pub fn authority(self, authority: Arc<Authority>) -> BootOptions {
        BootOptions {
            authority: Some(authority),
            ..self
        }
    }

    /// Keeps only the newest `entries` of the journal, so that a world that stays up needs no more and more memory.
    #[must_use]
    pub fn keep(self, entries: usize) -> BootOptions {
        BootOptions {
            keep: Some(entries),
            ..self
        }
    }

    /// What clients may take of the world's address.
    #[must_use]
    pub fn limits(self, limits: Limits) -> BootOptions {
        BootOptions { limits, ..self }
    }

    /// What STS may reach outside the world.
    #[must_use]
    pub fn reach(self, reach: Reach) -> BootOptions {
        BootOptions { reach, ..self }
    }

    /// Tells `listener` of every entry of the journal as it is written, see [`Journal::listen`](crate::Journal::listen).
    #[must_use]
    pub fn on_entry(mut self, listener: impl Fn(&Entry) + Send + Sync + 'static) -> BootOptions {
        self.listeners.push(Arc::new(listener));
        self
    }
}

impl Default for BootOptions {
    fn default() -> Self {
        BootOptions {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            access_keys: Vec::new(),
            seed_key: None,
            authority: None,
            keep: None,
            listeners: Vec::new(),
            limits: Limits::default(),
            reach: Reach::default(),
        }
    }
}

/// Without secrets.
impl fmt::Debug for BootOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BootOptions")
            .field("listen", &self.listen)
            .field("access_keys", &self.access_keys)
            .field("keep", &self.keep)
            .field("limits", &self.limits)
            .field("reach", &self.reach)
            .finish_non_exhaustive()
    }
}
