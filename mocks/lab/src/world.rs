//! One world: booted for one case, and gone with it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use mock_aws::iam::Account;
use mock_aws::{Aws, AwsConfig, Network};
use mock_gitlab::{EventSink, Instance, KeyPool, Settings};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rustls::{RootCertStore, ServerConfig};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::authority::Authority;
use crate::clock::{WorldClock, host_now};
use crate::edge::Edge;
use crate::journal::{Journal, Record};
use crate::names::Names;
use crate::options::BootOptions;

/// What to boot.
#[derive(Debug, Clone)]
pub struct WorldSpec {
    /// The GitLab instances. The first is the one whose pipelines run.
    pub gitlabs: Vec<Settings>,
    /// The AWS accounts.
    pub accounts: Vec<Account>,
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
    gitlabs: Vec<Arc<Instance>>,
    pub(crate) journal: Journal,
    clock: Arc<WorldClock>,
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
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let edge = listener.local_addr().map_err(refused)?;
        let authority =
            Arc::new(Authority::new().map_err(|error| BootError::Certificates(error.to_string()))?);

        let mut gitlabs = Vec::new();
        for (slot, settings) in spec.gitlabs.into_iter().enumerate() {
            let written = journal.clone();
            let events = EventSink::new(move |event| written.write(Record::Gitlab(event)));
            let keys = keys.key_set(slot, &mut |_| {})?;
            gitlabs.push(Arc::new(Instance::new(settings, keys, random.random(), events)?));
        }
        let names = Names::new(gitlabs.iter().map(|gitlab| gitlab.url().host().to_owned()));

        let written = journal.clone();
        let from_seed = random.random();
        let mut config = AwsConfig::new(
            clock.reader(),
            Arc::new(host_now),
            options.seed_key.unwrap_or(from_seed),
            random.random(),
        );
        config.accounts = spec.accounts;
        config.access_keys = options.access_keys;
        config.events = Arc::new(move |event| written.write(Record::Aws(event)));
        config.network = network(&names, near(edge), &authority)?;
        let aws = Aws::new(config);

        let tls = ServerConfig::builder()
            .with_no_client_auth()
            .with_cert_resolver(authority.clone());
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let front = Arc::new(Edge {
            names,
            gitlabs: gitlabs.iter().map(Instance::router).collect::<Vec<Router>>(),
            aws: aws.router(),
            tls: TlsAcceptor::from(Arc::new(tls)),
            journal: journal.clone(),
            is_open: !edge.ip().is_loopback(),
            stop: stop.clone(),
            tasks: tasks.clone(),
        });
        tasks.spawn(Arc::clone(&front).serve(listener));
        Ok(World {
            gitlabs,
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

/// The network as STS sees it: the world's names, which all lead to its edge, and its certificate authority.
fn network(names: &Names, edge: SocketAddr, authority: &Authority) -> Result<Network, BootError> {
    let mut roots = RootCertStore::empty();
    roots
        .add(authority.certificate().clone())
        .map_err(|error| BootError::Certificates(error.to_string()))?;
    let names = names.clone();
    Ok(Network::new(
        move |host, _port| names.find(host).map(|_| edge),
        Arc::new(roots),
    ))
}
