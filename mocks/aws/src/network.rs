//! How STS reaches an issuer: names to addresses, and the certificate authorities it trusts.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;

type Routes = dyn Fn(&Target<'_>) -> Option<Route> + Send + Sync;

/// What STS wants to fetch from an issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    /// The host of the URL, an IPv6 address without its brackets.
    pub host: &'a str,
    /// Its port, 443 where it names none.
    pub port: u16,
    /// Its path and query.
    pub path: &'a str,
}

/// How it is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The address that answers there.
    pub address: SocketAddr,
    /// How long the answer takes on the world's clock: STS gives up as it does on an answer that really takes so long, but
    /// nobody waits.
    pub latency: Duration,
}

/// A way without delay.
impl From<SocketAddr> for Route {
    fn from(address: SocketAddr) -> Route {
        Route {
            address,
            latency: Duration::ZERO,
        }
    }
}

/// The network as AWS sees it.
#[derive(Clone)]
pub struct Network {
    routes: Arc<Routes>,
    roots: Arc<RootCertStore>,
}

impl Network {
    /// A network in which `names` maps a host and a port of an issuer's URL to the address that answers there
    /// (`None`: there is no such host), and in which certificates of `roots` are trusted, as those of public
    /// certificate authorities are by AWS.
    pub fn new(
        names: impl Fn(&str, u16) -> Option<SocketAddr> + Send + Sync + 'static,
        roots: Arc<RootCertStore>,
    ) -> Self {
        Network::with_routes(move |to| names(to.host, to.port).map(Route::from), roots)
    }

    /// A network in which `routes` knows the way to each document of an issuer, at the time it is asked for (`None`: there
    /// is no such host).
    pub fn with_routes(
        routes: impl Fn(&Target<'_>) -> Option<Route> + Send + Sync + 'static,
        roots: Arc<RootCertStore>,
    ) -> Self {
        Network {
            routes: Arc::new(routes),
            roots,
        }
    }

    /// A network in which nothing can be reached.
    #[must_use]
    pub fn unreachable() -> Self {
        Network::new(|_, _| None, Arc::new(RootCertStore::empty()))
    }

    pub(crate) fn route(&self, to: &Target<'_>) -> Option<Route> {
        (self.routes)(to)
    }

    pub(crate) fn roots(&self) -> &Arc<RootCertStore> {
        &self.roots
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Network")
            .field("roots", &self.roots.len())
            .finish_non_exhaustive()
    }
}
