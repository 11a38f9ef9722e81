//! AWS as a whole: what its services share.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::access_key::AccessKey;
use crate::accounts::{self, Account, Directory, IamSettings};
use crate::cause::Cause;
use crate::clock::Clock;
use crate::event::EventSink;
use crate::identifier::Identifiers;
use crate::issuer::Issuers;
use crate::network::Network;
use crate::session::Seal;

/// What an AWS is made of.
#[derive(Clone)]
#[non_exhaustive]
pub struct AwsConfig {
    /// The accounts there are.
    pub accounts: Vec<Account>,
    /// Long-term access keys.
    pub access_keys: Vec<AccessKey>,
    /// The world's clock, by which tokens and sessions live.
    pub clock: Clock,
    /// The host's clock, by which clients sign requests and make certificates.
    pub host_clock: Clock,
    /// Where calls are reported.
    pub events: EventSink,
    /// How issuers are reached.
    pub network: Network,
    /// What seals sessions. Instances with the same key honour each other's credentials.
    pub seed_key: [u8; 32],
    /// Where request ids, access key ids and the unique ids of what is made begin.
    pub id_seed: u64,
    /// How IAM behaves.
    pub iam: IamSettings,
}

impl AwsConfig {
    /// An AWS without accounts and keys, that reports to nobody and reaches nothing.
    pub fn new(clock: Clock, host_clock: Clock, seed_key: [u8; 32], id_seed: u64) -> Self {
        AwsConfig {
            accounts: Vec::new(),
            access_keys: Vec::new(),
            clock,
            host_clock,
            events: Arc::new(|_| {}),
            network: Network::unreachable(),
            seed_key,
            id_seed,
            iam: IamSettings::default(),
        }
    }
}

impl fmt::Debug for AwsConfig {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("AwsConfig")
            .field("accounts", &self.accounts)
            .field("access_keys", &self.access_keys)
            .field("network", &self.network)
            .field("id_seed", &self.id_seed)
            .finish_non_exhaustive()
    }
}

/// A mock AWS. Cheap to make; everything that costs is made when it is first needed.
pub struct Aws {
    pub(crate) clock: Clock,
    pub(crate) host_clock: Clock,
    pub(crate) events: EventSink,
    pub(crate) directory: Directory,
    pub(crate) access_keys: HashMap<String, AccessKey>,
    pub(crate) issuers: Issuers,
    pub(crate) identifiers: Identifiers,
    pub(crate) seal: Seal,
    pub(crate) iam: IamSettings,
    /// When this AWS was made, by the world's clock: the date of all that was there at the beginning.
    pub(crate) began: Timestamp,
}

impl Aws {
    /// An AWS.
    #[must_use]
    pub fn new(config: AwsConfig) -> Arc<Aws> {
        let AwsConfig {
            accounts,
            access_keys,
            clock,
            host_clock,
            events,
            network,
            seed_key,
            id_seed,
            iam,
        } = config;
        Arc::new(Aws {
            directory: Directory::new(accounts, Arc::clone(&clock), iam.propagation),
            iam,
            began: clock(),
            access_keys: access_keys
                .into_iter()
                .map(|key| (key.access_key_id.clone(), key))
                .collect(),
            issuers: Issuers::new(
                network,
                Arc::clone(&clock),
                Arc::clone(&host_clock),
                Arc::clone(&events),
            ),
            identifiers: Identifiers::new(id_seed),
            seal: Seal::new(&seed_key),
            clock,
            host_clock,
            events,
        })
    }

    /// An account as it is seen now.
    #[must_use]
    pub fn account(&self, id: &str) -> Option<Arc<Account>> {
        self.directory.account(id)
    }

    /// All accounts as they are seen now, by id.
    #[must_use]
    pub fn accounts(&self) -> Vec<Arc<Account>> {
        self.directory.accounts()
    }

    /// Has STS forget the keys of all issuers, as if it had asked for none yet.
    pub fn forget_issuer_keys(&self) {
        self.issuers.forget();
    }

    /// Has STS go on with its copy of an issuer's keys until that is an hour old, as AWS may for a time that it does not
    /// state: a token that names a key which is not in it gets the error for a key that cannot be retrieved. Otherwise this
    /// STS asks the issuer again.
    ///
    /// # Errors
    /// Where STS has no fresh copy and cannot fetch one; why.
    pub async fn hold_issuer_keys(&self, issuer: &str) -> Result<(), Cause> {
        self.issuers.hold(issuer).await
    }

    /// What IAM keeps, as the value of `aws:` in a world file: a world that is booted with it has the same providers, roles
    /// and policies. Ids, dates and the versions of policies that do not count are left out.
    #[must_use]
    pub fn export(&self) -> serde_json::Value {
        accounts::exported(&self.accounts(), &self.iam)
    }

    /// Changes an account in one step, seen at once; it is made if there is none with this id. The change sees
    /// the accounts as they were before, and may not change another one (that would wait for ever).
    pub fn update_account<T>(&self, id: &str, change: impl FnOnce(&mut Account) -> T) -> T {
        self.directory.update(id, change)
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Aws")
            .field("directory", &self.directory)
            .finish_non_exhaustive()
    }
}
