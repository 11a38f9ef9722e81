//! A body that does not come for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::limits::Limits;

/// A body with a deadline that each part of it moves on.
///
/// Its error, where a client is too slow, is an [`io::Error`] of the kind `TimedOut`.
struct Hurried {
    body: Incoming,
    deadline: Instant,
    rate: u32,
    timer: Option<Pin<Box<Sleep>>>,
}

/// The body under these limits.
pub(super) fn hurried(body: Incoming, limits: &Limits) -> Body {
    if body.is_end_stream() {
        return Body::empty();
    }
    Body::new(Hurried {
        body,
        deadline: Instant::now() + limits.body,
        rate: limits.body_rate.max(1),
        timer: None,
    })
}

impl HttpBody for Hurried {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            if let Some(Ok(data)) = frame.as_ref().map(|frame| frame.as_ref().map(Frame::data_ref)) {
                let bytes = data.map_or(0, Bytes::len);
                this.deadline += Duration::from_secs_f64(bytes as f64 / f64::from(this.rate));
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let deadline = this.deadline;
        let timer = this.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        ready!(timer.as_mut().poll(cx));
        let late = io::Error::new(io::ErrorKind::TimedOut, "the body of the request took too long");
        Poll::Ready(Some(Err(late.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
