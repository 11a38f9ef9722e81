//! The control plane: what a world can do, for programs in any language, over HTTP with JSON.
//!
//! It has a listener of its own, never the one on which the world answers: no client of the protocols can take it for a
//! part of them, and a world without it has no such way in. Described by an OpenAPI document, [`openapi`], which is made from the
//! same handlers that answer.
//!
//! Who may use it: programs that know the token. Browsers are refused by the `Host` and `Origin` that they send, so that no
//! web page can reach it by a name that leads to loopback (DNS rebinding).

mod answer;
mod guard;
mod model;
mod operations;
mod stream;

use std::cell::LazyCell;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::world::World;

pub use operations::openapi;

/// How long a client may take for the head of a request, and for its body.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many connections there may be at a time; more wait.
const MOST_CONNECTIONS: usize = 1_024;

/// A world's control plane. It is closed when this is dropped.
#[derive(Debug)]
pub struct Control {
    address: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// What handlers share.
#[derive(Debug)]
pub(crate) struct Shared {
    world: Arc<World>,
    /// What `Authorization: Bearer` has to say.
    token: String,
    /// Told of each entry of the journal.
    written: Arc<Notify>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Control {
    /// Opens a world's control plane at this address, port 0 being any free one, for those who know `token`.
    ///
    /// # Errors
    /// Where the address cannot be had.
    pub async fn open(world: Arc<World>, listen: SocketAddr, token: String) -> io::Result<Control> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let written = Arc::new(Notify::new());
        let tell = Arc::clone(&written);
        world.journal().listen(move |_| tell.notify_waiters());
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let shared = Arc::new(Shared {
            world,
            token,
            written,
            stop: stop.clone(),
            tasks: tasks.clone(),
        });
        tasks.spawn(serve(listener, shared));
        Ok(Control { address, stop, tasks })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes it, and waits until its port and connections are closed.
    pub async fn close(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let Shared { stop, tasks, .. } = &*shared;
    // Made for the first client: it brings the whole description along, which a world that nobody controls need not hold.
    let router = LazyCell::new(|| operations::router(&shared));
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = accept(&listener, &places) => accepted,
        };
        match accepted {
            Ok((stream, place)) => {
                let (stop, router) = (stop.clone(), Router::clone(&router));
                tasks.spawn(async move {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = connection(stream, router) => {}
                    }
                    drop(place);
                });
            }
            // Out of descriptors: let some be closed before the next try.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places)
        .acquire_owned()
        .await
        .map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, place))
}

async fn connection(stream: TcpStream, router: Router) {
    let _ = stream.set_nodelay(true);
    // Its error is a client that went away or spoke no HTTP, which hyper has answered.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .await;
}
