//! The world's front door: one port that answers TLS for every name of the world, plain HTTP, and `CONNECT` as a proxy.
//!
//! What a connection is shows in its first byte: 0x16 begins a TLS handshake (RFC 8446 §5.1), anything else is HTTP. So
//! one address serves `AWS_ENDPOINT_URL`, `HTTPS_PROXY`, and the way by which STS reaches the issuers. A proxy request
//! for a host that the world does not have is refused and journalled: nothing goes out.

mod body;
mod chunks;
mod crowd;
mod guard;
mod head;
mod limits;

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONNECTION, HOST};
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use mock_aws::Aws;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::limits::Limits;

use self::crowd::{Crowd, Place};
use self::guard::Guard;
use self::head::Refusal;
use crate::journal::{Journal, Record, Refused, TurnedAway};
use crate::names::{Destination, Names};
use crate::site::{HangUp, Site};

/// How long to wait for descriptors where the process has none left.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(10);

/// How much of their answers clients may leave unread in the kernel's memory, each of them, in bytes.
const UNREAD: u32 = 128 * 1024;

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// The first byte of a TLS handshake record.
const TLS_HANDSHAKE: u8 = 0x16;

/// Listens at an address. Has to be called within a runtime.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    // Connections have it from their listener.
    socket.set_send_buffer_size(UNREAD)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// What stands behind the front door.
pub(crate) struct Edge {
    pub(crate) names: Names,
    pub(crate) gitlabs: Vec<Site>,
    /// The published copies of the documents of those with a custom issuer.
    pub(crate) published: Vec<Option<Site>>,
    pub(crate) aws: Arc<Aws>,
    pub(crate) tls: TlsAcceptor,
    pub(crate) journal: Journal,
    /// Whether others than this host can reach the listener, by names that nobody here knows.
    pub(crate) is_open: bool,
    pub(crate) limits: Arc<Limits>,
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
        let crowd = Crowd::new(self.limits.connections);
        let accept = async {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => {
                        let place = crowd.enter().await;
                        let connection = Arc::clone(&self).connection(stream, Arc::clone(&place));
                        self.spawn(place, connection);
                    }
                    Err(_) => {
                        crowd.send_one_away();
                        tokio::time::sleep(OUT_OF_DESCRIPTORS).await;
                    }
                }
            }
        };
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = accept => {}
        }
    }

    /// Runs a connection to its end, until another needs its place, or to the world's end.
    fn spawn(self: &Arc<Self>, place: Arc<Place>, connection: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = place.sent_away() => {}
                () = connection => {}
            }
        });
    }

    /// Ten thousand of these may wait for a first byte, so what comes after it is put on the heap only then.
    async fn connection(self: Arc<Self>, stream: TcpStream, place: Arc<Place>) {
        let _ = stream.set_nodelay(true);
        let mut first = [0_u8];
        match timeout(self.limits.head, stream.peek(&mut first)).await {
            Ok(Ok(1)) if first[0] == TLS_HANDSHAKE => Box::pin(self.secure(stream, place)).await,
            Ok(Ok(1)) => Box::pin(self.plain(stream, place)).await,
            _ => {}
        }
    }

    async fn secure(
        self: Arc<Self>,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        place: Arc<Place>,
    ) {
        // A failed handshake is the client's to report; there is nobody to answer.
        if let Ok(Ok(stream)) = timeout(self.limits.head, self.tls.accept(stream)).await {
            Box::pin(self.plain(stream, place)).await;
        }
    }

    async fn plain(
        self: Arc<Self>,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        place: Arc<Place>,
    ) {
        let refused = Arc::new(OnceLock::new());
        let stream = Guard::new(stream, Arc::clone(&self.limits), Arc::clone(&refused));
        let service = service_fn(move |request| {
            // Now and not later: the guard may have looked at the next request by then.
            let refusal = refused.get().copied();
            let (edge, place) = (Arc::clone(&self), Arc::clone(&place));
            async move {
                place.works();
                let answer = edge.answer(request, refusal, &place).await;
                place.waits();
                answer
            }
        });
        // Its error is a client that went away.
        let _ = http1::Builder::new()
            // The guard's business.
            .header_read_timeout(None)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades()
            .await;
    }

    async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        refused: Option<Refusal>,
        place: &Arc<Place>,
    ) -> Result<Response<Body>, HangUp> {
        if let Some(refusal) = refused {
            return Ok(self.turn_away(refusal));
        }
        if request.method() == Method::CONNECT {
            return Ok(self.connect(request, place));
        }
        let mut request = request.map(|body| body::hurried(body, &self.limits));
        let is_proxied = to_origin_form(&mut request);
        let authority = request
            .headers()
            .get(HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default();
        let found = self.names.find(authority, request.uri().path());
        match found {
            Some(Destination::GitLab(index)) => return self.gitlabs[index].answer(request).await,
            Some(Destination::Published(index)) => {
                if let Some(site) = &self.published[index] {
                    return site.answer(request).await;
                }
            }
            Some(Destination::Aws) => {}
            None if !is_proxied && (self.is_open || authority.is_empty()) => {}
            None => {
                let authority = authority.to_owned();
                return Ok(self.refuse(authority));
            }
        }
        Ok(self.aws.answer(request).await)
    }

    /// `CONNECT host:port`: a tunnel whose other end is this same edge.
    fn connect(self: Arc<Self>, request: Request<Incoming>, place: &Arc<Place>) -> Response<Body> {
        let authority = request
            .uri()
            .authority()
            .map(ToString::to_string)
            .unwrap_or_default();
        if self.names.find(&authority, "").is_none() {
            // What follows may be meant for the tunnel.
            return closing(self.refuse(authority));
        }
        let speaks_plain_http = authority.ends_with(":80");
        let (edge, inside) = (Arc::clone(&self), Arc::clone(place));
        // Boxed, because the connection inside the tunnel is served by this very function.
        let tunnel: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
            if let Ok(upgraded) = hyper::upgrade::on(request).await {
                let stream = TokioIo::new(upgraded);
                if speaks_plain_http {
                    edge.plain(stream, inside).await;
                } else {
                    edge.secure(stream, inside).await;
                }
            }
        });
        self.spawn(Arc::clone(place), tunnel);
        Response::new(Body::empty())
    }

    /// The answer to what is no request, or does not become one: its status, no body, and the end of the connection.
    fn turn_away(&self, refusal: Refusal) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = refusal.status;
        self.journal.write(Record::TurnedAway(TurnedAway {
            status: refusal.status.as_u16(),
            why: refusal.why,
        }));
        closing(response)
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

/// The answer as the last one of its connection.
fn closing(mut response: Response<Body>) -> Response<Body> {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
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
