//! An issuer on loopback: TLS, a discovery document, keys, and whatever a test puts in their place.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use mock_aws::Network;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::keys::{EC_256, EC_384, EC_521, RSA_A};

/// The name that the issuer has in its world.
pub(crate) const HOST: &str = "gitlab.example.com";

/// What certificate the issuer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CertificateKind {
    /// One of the trusted authority.
    Trusted,
    /// One of an authority that nobody trusts, the authority's certificate sent along.
    Private,
    /// One that signed itself.
    SelfSigned,
    /// One of the trusted authority, for another name.
    OtherName,
}

#[derive(Default)]
struct Shared {
    /// Status, `Location` if any, and body by path.
    documents: HashMap<String, (u16, Option<String>, Vec<u8>)>,
    requests: Vec<String>,
    connections: usize,
}

pub(crate) struct TestIssuer {
    pub(crate) url: String,
    pub(crate) network: Network,
    pub(crate) address: SocketAddr,
    pub(crate) roots: Arc<RootCertStore>,
    /// SHA-1 of the last certificate that is sent.
    pub(crate) thumbprint: String,
    shared: Arc<Mutex<Shared>>,
    server: tokio::task::JoinHandle<()>,
}

impl TestIssuer {
    /// An issuer at `https://gitlab.example.com`, with keys `a` (RSA), `p256`, `p384` and `p521`.
    pub(crate) async fn start() -> Self {
        Self::start_with(&format!("https://{HOST}"), CertificateKind::Trusted).await
    }

    /// An issuer with another URL or another certificate.
    pub(crate) async fn start_with(url: &str, kind: CertificateKind) -> Self {
        let authority = url.split('/').nth(2).unwrap();
        let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
        let (host, port) = (host.to_owned(), port.parse::<u16>().unwrap());
        let certificate_authority = |name: &str| {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.distinguished_name.push(rcgen::DnType::CommonName, name);
            CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
        };
        let (trusted, private) = (certificate_authority("trusted"), certificate_authority("private"));
        let key = KeyPair::generate().unwrap();
        let name = if kind == CertificateKind::OtherName {
            "other.example.com".to_owned()
        } else {
            host.clone()
        };
        let params = CertificateParams::new(vec![name]).unwrap();
        let chain: Vec<CertificateDer<'static>> = match kind {
            CertificateKind::Trusted | CertificateKind::OtherName => {
                vec![params.signed_by(&key, &trusted).unwrap().der().clone()]
            }
            CertificateKind::Private => {
                vec![
                    params.signed_by(&key, &private).unwrap().der().clone(),
                    private.der().clone(),
                ]
            }
            CertificateKind::SelfSigned => vec![params.self_signed(&key).unwrap().der().clone()],
        };
        let mut roots = RootCertStore::empty();
        roots.add(trusted.der().clone()).unwrap();
        let roots = Arc::new(roots);
        let thumbprint = hex::encode(aws_lc_rs::digest::digest(
            &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY,
            chain.last().unwrap(),
        ));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let server = tokio::spawn(serve(
            listener,
            TlsAcceptor::from(Arc::new(config)),
            Arc::clone(&shared),
        ));
        let issuer = TestIssuer {
            url: url.to_owned(),
            network: Network::new(
                move |asked, at| (asked == host && at == port).then_some(address),
                Arc::clone(&roots),
            ),
            address,
            roots,
            thumbprint,
            shared,
            server,
        };
        let path = url
            .splitn(4, '/')
            .nth(3)
            .map(|path| format!("/{path}"))
            .unwrap_or_default();
        let path = path.trim_end_matches('/');
        issuer.publish(
            &format!("{path}/.well-known/openid-configuration"),
            &json!({ "issuer": url, "jwks_uri": format!("{}/keys", url.trim_end_matches('/')) }),
        );
        issuer.publish(
            &format!("{path}/keys"),
            &json!({ "keys": [EC_256.jwk("p256"), RSA_A.jwk("a"), EC_384.jwk("p384"), EC_521.jwk("p521")] }),
        );
        issuer
    }

    pub(crate) fn publish(&self, path: &str, document: &Value) {
        self.publish_raw(path, 200, document.to_string().as_bytes());
    }

    pub(crate) fn publish_raw(&self, path: &str, status: u16, body: &[u8]) {
        self.shared
            .lock()
            .unwrap()
            .documents
            .insert(path.to_owned(), (status, None, body.to_vec()));
    }

    pub(crate) fn redirect(&self, path: &str, location: &str) {
        let document = (302, Some(location.to_owned()), Vec::new());
        self.shared
            .lock()
            .unwrap()
            .documents
            .insert(path.to_owned(), document);
    }

    /// Publishes a set of keys in the place of the usual one.
    pub(crate) fn publish_keys(&self, keys: &[Value]) {
        self.publish("/keys", &json!({ "keys": keys }));
    }

    /// The paths that were asked for, in order.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.shared.lock().unwrap().requests.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.lock().unwrap().connections
    }

    /// Stops answering.
    pub(crate) async fn stop(&mut self) {
        self.server.abort();
        let _ = (&mut self.server).await;
    }
}

impl Drop for TestIssuer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, tls: TlsAcceptor, shared: Arc<Mutex<Shared>>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        let (tls, shared) = (tls.clone(), Arc::clone(&shared));
        shared.lock().unwrap().connections += 1;
        tokio::spawn(async move {
            let Ok(stream) = tls.accept(stream).await else {
                return;
            };
            let service = service_fn(move |request: Request<Incoming>| {
                let shared = Arc::clone(&shared);
                async move {
                    let mut shared = shared.lock().unwrap();
                    let path = request.uri().path().to_owned();
                    let document = shared.documents.get(&path).cloned();
                    shared.requests.push(path);
                    let (status, location, body) = document.unwrap_or((404, None, Vec::new()));
                    let mut response = Response::builder().status(status);
                    if let Some(location) = location {
                        response = response.header("location", location);
                    }
                    response.body(Full::new(Bytes::from(body)))
                }
            });
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
