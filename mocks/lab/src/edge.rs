//! The world's front door: one port that answers TLS for every name of the world, plain HTTP, and `CONNECT` as a proxy.
//!
//! What a connection is shows in its first byte: 0x16 begins a TLS handshake (RFC 8446 §5.1), anything else is HTTP. So
//! one address serves `AWS_ENDPOINT_URL`, `HTTPS_PROXY`, and the way by which STS reaches the issuers. A proxy request
//! for a host that the world does not have is refused and journalled: nothing goes out.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::HOST;
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::journal::{Journal, Record, Refused};
use crate::names::{Destination, Names, host_of};
use crate::site::{HangUp, Site};

/// How long a client may take for its first byte, its handshake, and the head of each request.
const PATIENCE: Duration = Duration::from_secs(10);

/// The first byte of a TLS handshake record.
const TLS_HANDSHAKE: u8 = 0x16;

/// What stands behind the front door.
pub(crate) struct Edge {
    pub(crate) names: Names,
    pub(crate) gitlabs: Vec<Site>,
    pub(crate) aws: Router,
    pub(crate) tls: TlsAcceptor,
    pub(crate) journal: Journal,
    /// Whether others than this host can reach the listener, by names that nobody here knows.
    pub(crate) is_open: bool,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl fmt::Debug for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edge")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

impl Edge {
    /// Accepts connections until the world stops.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener) {
        loop {
            let accepted = tokio::select! {
                () = self.stop.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    let edge = Arc::clone(&self);
                    self.spawn(async move { edge.connection(stream).await });
                }
                // Out of descriptors: let some be closed before the next try.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }

    /// Runs a connection to its end or the world's.
    fn spawn(self: &Arc<Self>, connection: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = connection => {}
            }
        });
    }

    async fn connection(self: Arc<Self>, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let mut first = [0_u8];
        match timeout(PATIENCE, stream.peek(&mut first)).await {
            Ok(Ok(1)) if first[0] == TLS_HANDSHAKE => self.secure(stream).await,
            Ok(Ok(1)) => self.plain(stream).await,
            _ => {}
        }
    }

    async fn secure(self: Arc<Self>, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        // A failed handshake is the client's to report; there is nobody to answer.
        if let Ok(Ok(stream)) = timeout(PATIENCE, self.tls.accept(stream)).await {
            self.plain(stream).await;
        }
    }

    async fn plain(self: Arc<Self>, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let service = service_fn(move |request| Arc::clone(&self).answer(request));
        // Its error is a client that went away or spoke no HTTP, which hyper has answered.
        let _ = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades()
            .await;
    }

    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Body>, HangUp> {
        if request.method() == Method::CONNECT {
            return Ok(self.connect(request));
        }
        let mut request = request.map(Body::new);
        let is_proxied = to_origin_form(&mut request);
        let authority = request
            .headers()
            .get(HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default();
        let router = match self.names.find(host_of(authority)) {
            Some(Destination::GitLab(index)) => return self.gitlabs[index].answer(request).await,
            Some(Destination::Aws) => self.aws.clone(),
            None if self.is_open && !is_proxied => self.aws.clone(),
            None => {
                let authority = authority.to_owned();
                return Ok(self.refuse(authority));
            }
        };
        match router.oneshot(request).await {
            Ok(response) => Ok(response),
            Err(never) => match never {},
        }
    }

    /// `CONNECT host:port`: a tunnel whose other end is this same edge.
    fn connect(self: Arc<Self>, request: Request<Incoming>) -> Response<Body> {
        let authority = request
            .uri()
            .authority()
            .map(ToString::to_string)
            .unwrap_or_default();
        if self.names.find(host_of(&authority)).is_none() {
            return self.refuse(authority);
        }
        let speaks_plain_http = authority.ends_with(":80");
        let edge = Arc::clone(&self);
        // Boxed, because the connection inside the tunnel is served by this very function.
        let tunnel: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
            if let Ok(upgraded) = hyper::upgrade::on(request).await {
                let stream = TokioIo::new(upgraded);
                if speaks_plain_http {
                    edge.plain(stream).await;
                } else {
                    edge.secure(stream).await;
                }
            }
        });
        self.spawn(tunnel);
        Response::new(Body::empty())
    }

    /// The answer for a host that does not exist here, as a proxy without a way to it gives it.
    fn refuse(&self, host: String) -> Response<Body> {
        let text = format!("trustcheck: this world has no host `{host}`\n");
        self.journal.write(Record::Refused(Refused { host }));
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        response
            .headers_mut()
            .insert("content-type", HeaderValue::from_static("text/plain"));
        response
    }
}

/// Turns a proxy's absolute-form request into the origin-form that the server behind expects (RFC 9112 §3.2.2: the
/// request target's authority replaces the Host header). Whether it was one.
fn to_origin_form(request: &mut Request<Body>) -> bool {
    let Some(authority) = request.uri().authority().cloned() else {
        return false;
    };
    let target = request
        .uri()
        .path_and_query()
        .cloned()
        .unwrap_or_else(|| PathAndQuery::from_static("/"));
    if let Ok(host) = HeaderValue::from_str(authority.as_str()) {
        request.headers_mut().insert(HOST, host);
    }
    *request.uri_mut() = Uri::from(target);
    true
}
