//! The network as STS sees it: the world's names, which all lead to its edge, and its certificate authority; with the faults of
//! issuers that are down or slow; and what lies outside the world, as far as STS may reach it.

use std::net::SocketAddr;
use std::sync::Arc;

use jiff::SignedDuration;
use mock_aws::{ISSUER_TIME_LIMIT, Network, Route, Target};
use mock_gitlab::{Instance, Page};
use rustls::RootCertStore;

use crate::authority::Authority;
use crate::clock::WorldClock;
use crate::fault::{Fault, PageFault};
use crate::faults::Faults;
use crate::journal::{FaultMet, Journal, Record};
use crate::names::{Destination, Names};
use crate::reach::Reach;

/// What decides the way to a document.
pub(crate) struct Surroundings {
    pub(crate) names: Names,
    /// Where the world answers.
    pub(crate) edge: SocketAddr,
    pub(crate) gitlabs: Vec<Arc<Instance>>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) clock: Arc<WorldClock>,
    pub(crate) journal: Journal,
    /// What lies outside.
    pub(crate) reach: Reach,
}

/// The network of a world.
pub(crate) fn seen_by_sts(
    surroundings: Surroundings,
    authority: &Authority,
) -> Result<Network, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate().clone())?;
    // One that cannot be read vouches for nobody.
    roots.add_parsable_certificates(surroundings.reach.authorities.iter().cloned());
    Ok(Network::with_routes(
        move |to| surroundings.route(to),
        Arc::new(roots),
    ))
}

impl Surroundings {
    fn route(&self, to: &Target<'_>) -> Option<Route> {
        if !self.names.has_site(to.host) {
            return self.reach.address(to.host, to.port).map(Route::from);
        }
        let mut route = Route::from(self.edge);
        let path = to.path.split_once('?').map_or(to.path, |(path, _)| path);
        let authority = format!("{}:{}", bracketed(to.host), to.port);
        let (gitlab, index, page) = match self.names.find(&authority, path)? {
            Destination::GitLab(index) => (&self.gitlabs[index], index, self.gitlabs[index].page(path)),
            Destination::Published(index) => {
                let gitlab = &self.gitlabs[index];
                (gitlab, index, gitlab.published_page(path))
            }
            Destination::Aws => return Some(route),
        };
        let Some(fault) = self.faults.of_page(index, page) else {
            return Some(route);
        };
        match fault {
            PageFault::Down => route.address = self.faults.closed_port()?,
            PageFault::Slow(delay) => {
                route.latency = delay.get().unsigned_abs();
                // STS waits no longer than its limit
                let waited = route.latency.min(ISSUER_TIME_LIMIT);
                self.clock
                    .advance(SignedDuration::try_from(waited).unwrap_or(SignedDuration::ZERO));
            }
            // seen where the page is answered
            PageFault::Status(_) | PageFault::Truncated | PageFault::Html => return Some(route),
        }
        self.journal.write(Record::Fault(FaultMet {
            gitlab: gitlab.url().to_string(),
            path: path.to_owned(),
            fault: match page {
                Page::Discovery => Fault::Discovery(fault),
                _ => Fault::Jwks(fault),
            },
        }));
        Some(route)
    }
}

/// A host as it stands in an authority.
fn bracketed(host: &str) -> String {
    if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}
