//! One world: booted for one case, and gone with it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use jiff::Timestamp;
use mock_aws::accounts::{Account, IamSettings};
use mock_aws::{Aws, AwsConfig};
use mock_gitlab::{EventSink, Instance, KeyPool, KeySet, Settings};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::authority::Authority;
use crate::certificates::Certificates;
use crate::clock::{WorldClock, host_now};
use crate::edge::{self, Edge};
use crate::faults::Faults;
use crate::journal::{Journal, Record};
use crate::names::{Destination, Names};
use crate::network::{self, Surroundings};
use crate::options::BootOptions;
use crate::site::Site;
use crate::tls;

/// What to boot.
#[derive(Debug, Clone)]
pub struct WorldSpec {
    /// The GitLab instances. The first is the one whose pipelines run.
    pub gitlabs: Vec<Settings>,
    /// The AWS accounts.
    pub accounts: Vec<Account>,
    /// How IAM behaves.
    pub iam: IamSettings,
}

impl WorldSpec {
    /// GitLab instances and AWS accounts, with an IAM like today's.
    #[must_use]
    pub fn new(gitlabs: Vec<Settings>, accounts: Vec<Account>) -> WorldSpec {
        WorldSpec {
            gitlabs,
            accounts,
            iam: IamSettings::default(),
        }
    }
}

/// Why a world did not boot.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BootError {
    /// The address could not be had.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's word for it.
        source: std::io::Error,
    },
    /// The issuers' keys could not be had.
    #[error(transparent)]
    Keys(#[from] mock_gitlab::KeyPoolError),
    /// The certificate authority could not be made.
    #[error("cannot make the world's certificates: {0}")]
    Certificates(String),
    /// A GitLab that no GitLab could be.
    #[error(transparent)]
    GitLab(#[from] mock_gitlab::InstanceError),
}

/// A running world.
#[derive(Debug)]
pub struct World {
    pub(crate) gitlabs: Vec<Arc<Instance>>,
    /// What they were made from, in the same order.
    pub(crate) settings: Vec<Settings>,
    /// The keys they had at first.
    pub(crate) first_keys: Vec<Arc<KeySet>>,
    /// The accounts there were at first.
    pub(crate) first_accounts: Vec<Account>,
    pub(crate) aws: Arc<Aws>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) keys: KeyPool,
    /// How often the CI key of each GitLab was replaced.
    pub(crate) rotations: Vec<AtomicUsize>,
    pub(crate) journal: Journal,
    pub(crate) clock: Arc<WorldClock>,
    authority: Arc<Authority>,
    edge: SocketAddr,
    pub(crate) front: Arc<Edge>,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl World {
    /// Boots a world for a test case: [`boot_with`](World::boot_with) and the default options.
    ///
    /// # Errors
    /// As `boot_with`.
    pub async fn boot(spec: WorldSpec, keys: &KeyPool, seed: u64) -> Result<World, BootError> {
        World::boot_with(spec, keys, seed, BootOptions::default()).await
    }

    /// Boots a world inside the current tokio runtime. All that is random in it comes from `seed`, but for the keys,
    /// which come from the pool, and the certificate authority's. When it returns, everything answers.
    ///
    /// # Errors
    /// Where the address, the keys or the certificates cannot be had, or a GitLab's settings contradict themselves.
    pub async fn boot_with(
        spec: WorldSpec,
        keys: &KeyPool,
        seed: u64,
        options: BootOptions,
    ) -> Result<World, BootError> {
        let mut random = StdRng::seed_from_u64(seed);
        let clock = Arc::new(WorldClock::default());
        let journal = Journal::new(clock.reader()).keeping(options.keep.unwrap_or(usize::MAX));
        for listener in options.listeners {
            journal.listen_with(listener);
        }
        let address = options.listen;
        let refused = |source| BootError::Listen { address, source };
        let listener = edge::listen(address).map_err(refused)?;
        let edge = listener.local_addr().map_err(refused)?;
        let authority = match options.authority {
            Some(authority) => authority,
            None => Arc::new(Authority::new().map_err(|error| BootError::Certificates(error.to_string()))?),
        };

        let settings = spec.gitlabs.clone();
        let first_accounts = spec.accounts.clone();
        let mut gitlabs = Vec::new();
        for (slot, settings) in spec.gitlabs.into_iter().enumerate() {
            let written = journal.clone();
            let events = EventSink::new(move |event| written.write(Record::Gitlab(event)));
            let keys = keys.key_set(slot, &mut |_| {})?;
            gitlabs.push(Arc::new(Instance::new(settings, keys, random.random(), events)?));
        }
        let faults = Arc::new(Faults::none(gitlabs.len()));
        let published: Vec<_> = gitlabs.iter().map(Instance::published_copy).collect();
        let own = gitlabs
            .iter()
            .enumerate()
            .map(|(index, gitlab)| (gitlab.url(), Destination::GitLab(index)));
        let copies = published.iter().enumerate().filter_map(|(index, copy)| {
            let (url, _) = copy.as_ref()?;
            Some((url, Destination::Published(index)))
        });
        let names = Names::new(own.chain(copies));

        let written = journal.clone();
        let from_seed = random.random();
        let mut config = AwsConfig::new(
            clock.reader(),
            Arc::new(host_now),
            options.seed_key.unwrap_or(from_seed),
            random.random(),
        );
        config.accounts = spec.accounts;
        config.iam = spec.iam;
        config.access_keys = options.access_keys;
        config.events = Arc::new(move |event| written.write(Record::Aws(event)));
        config.network = network::seen_by_sts(
            Surroundings {
                names: names.clone(),
                edge: near(edge),
                gitlabs: gitlabs.clone(),
                faults: Arc::clone(&faults),
                clock: Arc::clone(&clock),
                journal: journal.clone(),
                reach: options.reach,
            },
            &authority,
        )
        .map_err(|error| BootError::Certificates(error.to_string()))?;
        let aws = Aws::new(config);

        let tls = tls::server(Arc::new(Certificates {
            authority: Arc::clone(&authority),
            names: names.clone(),
            faults: Arc::clone(&faults),
            journal: journal.clone(),
        }))
        .map_err(|error| BootError::Certificates(error.to_string()))?;
        let site = |index, gitlab: &Arc<Instance>, router, is_copy| Site {
            instance: Arc::clone(gitlab),
            router,
            index,
            is_copy,
            faults: Arc::clone(&faults),
            journal: journal.clone(),
        };
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let front = Arc::new(Edge {
            names,
            gitlabs: gitlabs
                .iter()
                .enumerate()
                .map(|(index, gitlab)| site(index, gitlab, gitlab.router(), false))
                .collect(),
            published: published
                .into_iter()
                .zip(&gitlabs)
                .enumerate()
                .map(|(index, (copy, gitlab))| Some(site(index, gitlab, copy?.1, true)))
                .collect(),
            aws: Arc::clone(&aws),
            tls: TlsAcceptor::from(Arc::new(tls)),
            journal: journal.clone(),
            limits: Arc::new(options.limits),
            is_open: !edge.ip().is_loopback(),
            stop: stop.clone(),
            tasks: tasks.clone(),
        });
        tasks.spawn(Arc::clone(&front).serve(listener));
        Ok(World {
            settings,
            first_keys: gitlabs.iter().map(|gitlab| gitlab.keys()).collect(),
            first_accounts,
            rotations: gitlabs.iter().map(|_| AtomicUsize::new(0)).collect(),
            keys: keys.clone(),
            gitlabs,
            aws,
            faults,
            journal,
            clock,
            authority,
            edge,
            front,
            stop,
            tasks,
        })
    }

    /// The GitLab instances, in the order of the spec.
    #[must_use]
    pub fn gitlabs(&self) -> &[Arc<Instance>] {
        &self.gitlabs
    }

    /// The AWS.
    #[must_use]
    pub fn aws(&self) -> &Arc<Aws> {
        &self.aws
    }

    /// What has happened so far.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The world's clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<WorldClock> {
        &self.clock
    }

    /// The time by the clock of a GitLab: the world's, unless a [`Fault::Clock`](crate::Fault::Clock) has it ahead or behind.
    #[must_use]
    pub fn time_at(&self, gitlab: usize) -> Timestamp {
        let now = self.clock.now();
        now.saturating_add(self.faults.of_clock(gitlab)).unwrap_or(now)
    }

    /// The certificate authority that signs for every name of the world.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Where the world answers, as this host reaches it: the AWS endpoint over plain HTTP or TLS, every name of the world
    /// over TLS, and an HTTP proxy.
    #[must_use]
    pub fn edge(&self) -> SocketAddr {
        near(self.edge)
    }

    /// Stops the world and waits until its port and connections are closed.
    pub async fn shutdown(self) {
        self.stop().await;
    }

    /// The same for a world that others still hold: it answers no more.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The address under which this host reaches a listener: that of a listener on all addresses is none to connect to.
fn near(listener: SocketAddr) -> SocketAddr {
    let ip = match listener.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listener.port())
}
