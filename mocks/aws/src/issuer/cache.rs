//! Fetching the keys of issuers, and keeping them.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use super::certificate::ChainTrust;
use super::client::{Connection, HttpsClient};
use super::discovery;
use super::key_set::{KeyProblem, KeySet};
use super::url::HttpsUrl;
use crate::cause::Cause;
use crate::clock::Clock;
use crate::event::{Event, EventSink, IssuerFetch};
use crate::network::Network;
use crate::token::Algorithm;

/// How long keys are kept, by the world's clock. AWS keeps them for a time that it does not state; an hour is an
/// assumption.
const KEPT: SignedDuration = SignedDuration::from_hours(1);

/// How many times an unknown `kid` may make STS fetch again at once, and how long it takes until it may do so
/// once more, by the world's clock. AWS's rule is not known; there has to be one, or a flood of bad tokens would
/// become a flood of requests to the issuer.
const REFETCHES: u32 = 10;
const REFETCH_EVERY: SignedDuration = SignedDuration::from_secs(30);

/// The issuers STS has asked. Only issuers with an OIDC provider are ever asked, so their number is bounded.
pub(crate) struct Issuers {
    client: HttpsClient,
    clock: Clock,
    events: EventSink,
    known: RwLock<HashMap<String, Arc<Issuer>>>,
}

/// What is known of an issuer.
#[derive(Debug, Default)]
struct Issuer {
    published: RwLock<Option<Arc<Published>>>,
    /// Held while fetching, so that calls that come meanwhile wait for the one fetch.
    fetching: tokio::sync::Mutex<()>,
    /// Set while no unknown `kid` is reason enough to ask again, until the copy is too old.
    is_held: AtomicBool,
    allowance: Mutex<Option<Allowance>>,
}

/// What an issuer published when it was last asked.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) keys: KeySet,
    /// On what grounds its certificate was taken.
    pub(crate) trust: ChainTrust,
    /// What it was asked for last, for messages.
    pub(crate) url: String,
    at: Timestamp,
}

/// What is left of the refetches.
#[derive(Debug, Clone, Copy)]
struct Allowance {
    left: u32,
    counted: Timestamp,
}

/// Why the keys could not be had.
pub(crate) type FetchFailure = Cause;

impl Issuers {
    pub(crate) fn new(network: Network, clock: Clock, host_clock: Clock, events: EventSink) -> Self {
        Issuers {
            client: HttpsClient::new(network, host_clock),
            clock,
            events,
            known: RwLock::default(),
        }
    }

    /// The thumbprint that IAM takes for a provider that is made without one: of the certificate at the top of the chain that
    /// the issuer shows.
    pub(crate) async fn thumbprint(&self, issuer: &str) -> Result<String, FetchFailure> {
        let unreachable = |why: String| Cause::IssuerUnreachable {
            url: issuer.to_owned(),
            why,
        };
        let url = HttpsUrl::parse(issuer).map_err(|why| unreachable(why.to_string()))?;
        self.client.thumbprint(&url).await.map_err(unreachable)
    }

    /// What the issuer publishes, from the cache if it is fresh and has a key for the token.
    pub(crate) async fn published(
        &self,
        issuer: &str,
        algorithm: Algorithm,
        kid: Option<&str>,
    ) -> Result<Arc<Published>, FetchFailure> {
        let now = (self.clock)();
        let entry = self.entry(issuer);
        let settles = |published: &Published| {
            let absent = !entry.is_held.load(Ordering::Relaxed)
                && matches!(
                    published.keys.find(algorithm, kid),
                    Err(KeyProblem::Unknown { .. } | KeyProblem::NoKid { .. })
                );
            published.is_fresh(now) && !absent
        };
        let before = entry.published();
        if let Some(published) = before.as_ref().filter(|published| settles(published)) {
            return Ok(Arc::clone(published));
        }
        let _fetching = entry.fetching.lock().await;
        // another call may have fetched while this one waited
        let current = entry.published();
        if let Some(published) = current {
            let newer = !before.is_some_and(|before| Arc::ptr_eq(&before, &published));
            if settles(&published) || (published.is_fresh(now) && (newer || !entry.may_refetch(now))) {
                return Ok(published);
            }
        }
        let published = Arc::new(self.fetch(issuer, now).await?);
        entry.store(&published);
        Ok(published)
    }

    /// Has STS know of no issuer's keys, as if it had asked for none yet.
    pub(crate) fn forget(&self) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Has STS go on with its copy of the issuer's keys until that is an hour old, whatever keys tokens name. Fetches the
    /// copy where there is no fresh one.
    pub(crate) async fn hold(&self, issuer: &str) -> Result<(), FetchFailure> {
        let now = (self.clock)();
        let entry = self.entry(issuer);
        let _fetching = entry.fetching.lock().await;
        if !entry.published().is_some_and(|published| published.is_fresh(now)) {
            entry.store(&Arc::new(self.fetch(issuer, now).await?));
        }
        entry.is_held.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn entry(&self, issuer: &str) -> Arc<Issuer> {
        if let Some(entry) = self
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(issuer)
        {
            return Arc::clone(entry);
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(issuer.to_owned()).or_default())
    }

    async fn fetch(&self, issuer: &str, now: Timestamp) -> Result<Published, FetchFailure> {
        let mut connection = None;
        let discovery_url = discovery::location(issuer);
        let location = HttpsUrl::parse(&discovery_url).map_err(|why| Cause::IssuerUnreachable {
            url: discovery_url.clone(),
            why,
        })?;
        let (document, trust) = self
            .document(&discovery_url, &location, &mut connection, now)
            .await?;
        let (jwks_url, location) = discovery::jwks_uri(&discovery_url, &document, issuer)?;
        let (document, jwks_trust) = self.document(&jwks_url, &location, &mut connection, now).await?;
        let keys = KeySet::read(&document).map_err(|why| Cause::IssuerAnswer {
            url: jwks_url.clone(),
            why,
        })?;
        // the two may be on different hosts: the weaker ground counts
        let (trust, url) = match (trust, jwks_trust) {
            (ChainTrust::Authority, trust) => (trust, jwks_url),
            (trust, _) => (trust, discovery_url),
        };
        Ok(Published {
            keys,
            trust,
            url,
            at: now,
        })
    }

    /// One document; reports the fetch.
    async fn document(
        &self,
        url: &str,
        location: &HttpsUrl,
        connection: &mut Option<Connection>,
        now: Timestamp,
    ) -> Result<(hyper::body::Bytes, ChainTrust), FetchFailure> {
        let fetched = self.client.get(location, connection).await;
        let status = fetched.as_ref().ok().map(|fetched| fetched.status.as_u16());
        let outcome = match fetched {
            Ok(fetched) if fetched.status == StatusCode::OK => Ok((fetched.body, fetched.trust)),
            Ok(fetched) => Err(Cause::IssuerAnswer {
                url: url.to_owned(),
                why: format!("the status is {} and not 200", fetched.status.as_u16()),
            }),
            Err(why) => Err(Cause::IssuerUnreachable {
                url: url.to_owned(),
                why,
            }),
        };
        (self.events)(Event::IssuerFetch(IssuerFetch {
            at: now,
            url: url.to_owned(),
            status,
            problem: outcome.as_ref().err().cloned(),
        }));
        outcome
    }
}

impl Issuer {
    fn published(&self) -> Option<Arc<Published>> {
        self.published
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Keeps what was fetched in place of what was known.
    fn store(&self, published: &Arc<Published>) {
        *self.published.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(published));
        self.is_held.store(false, Ordering::Relaxed);
    }

    /// Whether an unknown key is reason enough to ask again; counts the refetch.
    fn may_refetch(&self, now: Timestamp) -> bool {
        let mut allowance = self.allowance.lock().unwrap_or_else(PoisonError::into_inner);
        let mut current = allowance.unwrap_or(Allowance {
            left: REFETCHES,
            counted: now,
        });
        let earned = now.duration_since(current.counted).as_secs() / REFETCH_EVERY.as_secs();
        if earned > 0 {
            current.left = current
                .left
                .saturating_add(u32::try_from(earned).unwrap_or(REFETCHES))
                .min(REFETCHES);
            current.counted = now;
        }
        let may = current.left > 0;
        current.left = current.left.saturating_sub(1);
        *allowance = Some(current);
        may
    }
}

impl Published {
    /// Fresh while younger than [`KEPT`]. A clock that was set back makes it stale, too.
    fn is_fresh(&self, now: Timestamp) -> bool {
        let age = now.duration_since(self.at);
        !age.is_negative() && age < KEPT
    }
}

impl fmt::Debug for Issuers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Issuers")
            .field("client", &self.client)
            .field("known", &self.known)
            .finish_non_exhaustive()
    }
}
