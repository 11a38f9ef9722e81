//! The journal as server-sent events (HTML Standard, "Server-sent events").

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Response};
use hyper::body::Frame;
use tokio::sync::mpsc;

use super::Shared;
use super::model::Line;

/// How long nothing is sent before a comment shows that the stream is alive.
const SILENCE: Duration = Duration::from_secs(15);

/// How many events wait for a slow reader before the stream waits, too.
const WAITING: usize = 16;

/// The entries with the number `from` and after it, as they come.
pub(crate) fn answer(shared: &Arc<Shared>, from: u64) -> Response<Body> {
    let (sender, receiver) = mpsc::channel(WAITING);
    let shared = Arc::clone(shared);
    shared.tasks.clone().spawn(async move {
        let stop = shared.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            () = send(&shared, from, &sender) => {}
        }
    });
    let mut response = Response::new(Body::new(Events(receiver)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Sends until the reader has gone away.
async fn send(shared: &Shared, from: u64, sender: &mpsc::Sender<Bytes>) {
    let mut next = from;
    loop {
        // Before looking, so that what is written meanwhile is not missed.
        let written = shared.written.notified();
        tokio::pin!(written);
        written.as_mut().enable();
        let entries = shared.world.journal().numbered_from(next, WAITING);
        for (number, entry) in &entries {
            next = number + 1;
            let data = serde_json::to_string(&Line::new(*number, entry)).unwrap_or_default();
            let event = format!("id: {number}\nevent: entry\ndata: {data}\n\n");
            if sender.send(event.into()).await.is_err() {
                return;
            }
        }
        if !entries.is_empty() {
            continue;
        }
        tokio::select! {
            () = written => {}
            () = sender.closed() => return,
            () = tokio::time::sleep(SILENCE) => {
                if sender.send(Bytes::from_static(b": nothing new\n\n")).await.is_err() {
                    return;
                }
            }
        }
    }
}

struct Events(mpsc::Receiver<Bytes>);

impl hyper::body::Body for Events {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0
            .poll_recv(context)
            .map(|event| event.map(|event| Ok(Frame::data(event))))
    }
}
