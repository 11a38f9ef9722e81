//! How STS reaches an issuer: names to addresses, and the certificate authorities it trusts.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::RootCertStore;

type Names = dyn Fn(&str, u16) -> Option<SocketAddr> + Send + Sync;

/// The network as AWS sees it.
#[derive(Clone)]
pub struct Network {
    names: Arc<Names>,
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
        Network {
            names: Arc::new(names),
            roots,
        }
    }

    /// A network in which nothing can be reached.
    #[must_use]
    pub fn unreachable() -> Self {
        Network::new(|_, _| None, Arc::new(RootCertStore::empty()))
    }

    pub(crate) fn address(&self, host: &str, port: u16) -> Option<SocketAddr> {
        (self.names)(host, port)
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
