//! A small HTTPS client: one GET, no redirects, five seconds.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;

use http::header::{ACCEPT, HOST, USER_AGENT};
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::certificate::{CertificateJudge, ChainTrust, thumbprint};
use super::url::HttpsUrl;
use crate::clock::Clock;
use crate::network::{Network, Target};

/// How long an issuer may take for one document ("InvalidIdentityToken", AWS re:Post: about five seconds).
pub const ISSUER_TIME_LIMIT: Duration = Duration::from_secs(5);

/// As what STS introduces itself to issuers. What AWS sends is not known.
pub const ISSUER_USER_AGENT: &str = "AWS Security Token Service";

/// How large a document may be. AWS's limit is not known; 200 keys of 8192 bits are below 400 kB.
const SIZE_LIMIT: usize = 1 << 20;

/// The cryptography of all clients.
static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| Arc::new(aws_lc_rs::default_provider()));

/// A client for one world.
pub(crate) struct HttpsClient {
    network: Network,
    /// Certificates are valid by the host's clock: that is the one they are made by.
    clock: Clock,
    tls: OnceLock<Tls>,
}

/// What connections share; made when the first one is.
struct Tls {
    provider: Arc<CryptoProvider>,
    authorities: Option<Arc<WebPkiServerVerifier>>,
}

/// A connection that is kept for the next document.
pub(crate) struct Connection {
    authority: String,
    address: SocketAddr,
    sender: SendRequest<Empty<Bytes>>,
    trust: ChainTrust,
    /// Of the certificate at the top of its chain.
    thumbprint: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    pub(crate) trust: ChainTrust,
}

impl HttpsClient {
    pub(crate) fn new(network: Network, clock: Clock) -> Self {
        HttpsClient {
            network,
            clock,
            tls: OnceLock::new(),
        }
    }

    /// Fetches a document, over the given connection if it leads to the same host. The error says what happened.
    pub(crate) async fn get(
        &self,
        url: &HttpsUrl,
        connection: &mut Option<Connection>,
    ) -> Result<Fetched, String> {
        let address = self.address(url)?;
        Self::hurried(self.get_unhurried(url, address, connection)).await
    }

    /// The thumbprint of an issuer: of the certificate at the top of the chain that it shows, whoever stands behind it.
    pub(crate) async fn thumbprint(&self, url: &HttpsUrl) -> Result<String, String> {
        let address = self.address(url)?;
        let connection = Self::hurried(self.connect(url, address)).await?;
        Ok(connection.thumbprint)
    }

    /// Where a document is to be had, unless it would take too long.
    fn address(&self, url: &HttpsUrl) -> Result<SocketAddr, String> {
        let target = Target {
            host: &url.host,
            port: url.port,
            path: &url.path,
        };
        let route = self
            .network
            .route(&target)
            .ok_or_else(|| format!("there is no host `{}` with port {}", url.host, url.port))?;
        if route.latency >= ISSUER_TIME_LIMIT {
            return Err(too_slow());
        }
        Ok(route.address)
    }

    /// What comes of it within the time limit.
    async fn hurried<T>(answer: impl Future<Output = Result<T, String>>) -> Result<T, String> {
        tokio::time::timeout(ISSUER_TIME_LIMIT, answer)
            .await
            .unwrap_or_else(|_| Err(too_slow()))
    }

    async fn get_unhurried(
        &self,
        url: &HttpsUrl,
        address: SocketAddr,
        connection: &mut Option<Connection>,
    ) -> Result<Fetched, String> {
        let leads_there = |open: &Connection| open.authority == url.authority && open.address == address;
        let reusable = connection
            .take()
            .filter(|open| leads_there(open) && !open.sender.is_closed());
        let mut open = match reusable {
            Some(open) => open,
            None => self.connect(url, address).await?,
        };
        let request = Request::get(&url.path)
            .header(HOST, &url.authority)
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, ISSUER_USER_AGENT)
            .body(Empty::new())
            .map_err(|error| format!("not a URL to ask: {error}"))?;
        open.sender
            .ready()
            .await
            .map_err(|error| format!("the connection broke: {error}"))?;
        let response = open
            .sender
            .send_request(request)
            .await
            .map_err(|error| format!("no answer of HTTP: {error}"))?;
        let status = response.status();
        let body = Limited::new(response.into_body(), SIZE_LIMIT)
            .collect()
            .await
            .map_err(|error| format!("the answer broke off or is larger than {SIZE_LIMIT} bytes: {error}"))?
            .to_bytes();
        let trust = open.trust.clone();
        *connection = Some(open);
        Ok(Fetched { status, body, trust })
    }

    async fn connect(&self, url: &HttpsUrl, address: SocketAddr) -> Result<Connection, String> {
        let name = ServerName::try_from(url.host.clone()).map_err(|_| "not the name of a host".to_owned())?;
        let stream = TcpStream::connect(address)
            .await
            .map_err(|error| format!("no connection: {error}"))?;
        // latency only: without it each small request could wait for an acknowledgement
        let _ = stream.set_nodelay(true);
        let (config, judge) = self.tls_config()?;
        let tls = TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
            .map_err(|error| format!("no TLS: {error}"))?;
        let trust = judge.trust().ok_or("no certificate")?;
        let (_, session) = tls.get_ref();
        let top = session.peer_certificates().and_then(<[_]>::last);
        let thumbprint = thumbprint(top.ok_or("no certificate")?);
        let (sender, connection) = http1::handshake(TokioIo::new(tls))
            .await
            .map_err(|error| format!("no HTTP: {error}"))?;
        // ends when the sender is dropped
        tokio::spawn(connection);
        Ok(Connection {
            authority: url.authority.clone(),
            address,
            sender,
            trust,
            thumbprint,
        })
    }

    /// A configuration for one connection, and the judge that will know on what grounds it was trusted.
    fn tls_config(&self) -> Result<(ClientConfig, Arc<CertificateJudge>), String> {
        let tls = self.tls.get_or_init(|| {
            let provider = Arc::clone(&PROVIDER);
            let roots = Arc::clone(self.network.roots());
            // fails only when there is no authority to trust
            let authorities = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider))
                .build()
                .ok();
            Tls {
                provider,
                authorities,
            }
        });
        let judge = Arc::new(CertificateJudge::new(
            tls.authorities.clone(),
            Arc::clone(&tls.provider),
        ));
        let time = Arc::new(CertificateTime(Arc::clone(&self.clock)));
        let mut config = ClientConfig::builder_with_details(Arc::clone(&tls.provider), time)
            .with_safe_default_protocol_versions()
            .map_err(|error| format!("no TLS: {error}"))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&judge) as _)
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        Ok((config, judge))
    }
}

fn too_slow() -> String {
    format!("no answer within {} s", ISSUER_TIME_LIMIT.as_secs())
}

impl fmt::Debug for HttpsClient {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("HttpsClient")
            .field("network", &self.network)
            .finish_non_exhaustive()
    }
}

/// The clock that certificates are judged by.
struct CertificateTime(Clock);

impl TimeProvider for CertificateTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from((self.0)().as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

impl fmt::Debug for CertificateTime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("CertificateTime")
    }
}
