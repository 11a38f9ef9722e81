//! A connection as the HTTP server behind it sees it: requests that are whole and well-formed, one after another.
//!
//! The guard follows the messages that come in. It holds a head back until it is whole and judged; one that is refused is
//! replaced by a plain request, and the refusal is laid aside for whoever answers that. So a refusal takes its turn after
//! the answers to the requests before it. It also sees to it that no client holds a connection without end: neither one
//! that is slow to send, nor one that does not read, nor one that keeps sending when all is said.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::chunks::Chunks;
use super::head::{Framing, Refusal, Scan, judge};
use super::limits::Limits;

/// What is put in the place of a request that is refused.
const IN_ITS_PLACE: &[u8] = b"GET / HTTP/1.1\r\nhost: -\r\nconnection: close\r\n\r\n";

/// How much is read at once.
const READ: usize = 8 * 1024;

/// A connection with a guard.
#[derive(Debug)]
pub(super) struct Guard<S> {
    stream: S,
    limits: Arc<Limits>,
    refused: Arc<OnceLock<Refusal>>,
    reading: Reading,
    scan: Scan,
    /// What has been read and not handed on, from `start`.
    buffer: Vec<u8>,
    start: usize,
    /// Until when the next head has to be there.
    deadline: Instant,
    timer: Option<Pin<Box<Sleep>>>,
    /// Runs while the client takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
    /// Runs once everything is said.
    lingering: Option<Pin<Box<Sleep>>>,
}

#[derive(Debug, Clone, Copy)]
enum Reading {
    /// A head, which is not whole yet.
    Head,
    /// A head is handed on: so many bytes of it are left.
    HandingOn(usize, Framing),
    /// A body: so many bytes of it are left.
    Body(u64),
    Chunked(Chunks),
    /// What is read is not HTTP any more.
    Tunnel,
    /// The request in place of the refused one: so many bytes of it are left.
    Refused(usize),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Guard<S> {
    pub(super) fn new(stream: S, limits: Arc<Limits>, refused: Arc<OnceLock<Refusal>>) -> Guard<S> {
        let deadline = Instant::now() + limits.head;
        Guard {
            stream,
            limits,
            refused,
            reading: Reading::Head,
            scan: Scan::default(),
            buffer: Vec::new(),
            start: 0,
            deadline,
            timer: None,
            stalled: None,
            lingering: None,
        }
    }

    fn held(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Hands on up to `most` bytes of what is held. How many.
    fn hand_on(&mut self, most: usize, out: &mut ReadBuf<'_>) -> usize {
        let count = most.min(self.held().len()).min(out.remaining());
        out.put_slice(&self.buffer[self.start..self.start + count]);
        self.drop_held(count);
        count
    }

    fn drop_held(&mut self, count: usize) {
        self.start += count;
        if self.start == self.buffer.len() {
            self.start = 0;
            if self.buffer.capacity() > READ {
                // A connection at rest keeps no room for its largest request.
                self.buffer = Vec::new();
            } else {
                self.buffer.clear();
            }
        }
    }

    /// Reads more. `false`: the client has said all it will say.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let mut room = [MaybeUninit::uninit(); READ];
        let mut read = ReadBuf::uninit(&mut room);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut read))?;
        self.buffer.extend_from_slice(read.filled());
        Poll::Ready(Ok(!read.filled().is_empty()))
    }

    /// Reads until a head is whole, or is not to become so. `false`: there will be none.
    fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        loop {
            match self.scan.end(&self.buffer[self.start..]) {
                Ok(Some(2)) => {
                    self.drop_held(2);
                    self.scan = Scan::default();
                    continue;
                }
                Ok(Some(length)) if length <= self.limits.head_bytes => {
                    let head = &self.buffer[self.start..self.start + length];
                    match judge(head, self.limits.headers) {
                        Ok(framing) => self.reading = Reading::HandingOn(length, framing),
                        Err(refusal) => self.refuse(refusal),
                    }
                    return Poll::Ready(Ok(true));
                }
                Ok(None) if self.held().len() <= self.limits.head_bytes => {}
                Ok(_) => {
                    self.refuse(Refusal::LARGE_HEAD);
                    return Poll::Ready(Ok(true));
                }
                Err(refusal) => {
                    self.refuse(refusal);
                    return Poll::Ready(Ok(true));
                }
            }
            let was_silent = self.held().is_empty();
            match self.poll_more(cx) {
                Poll::Ready(Ok(true)) => {
                    if was_silent {
                        self.deadline = Instant::now() + self.limits.head;
                    }
                }
                Poll::Ready(other) => return Poll::Ready(other),
                Poll::Pending => {
                    let deadline = self.deadline;
                    let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
                    if timer.deadline() != deadline {
                        timer.as_mut().reset(deadline);
                    }
                    ready!(timer.as_mut().poll(cx));
                    if was_silent {
                        // Between two requests there is nobody to tell.
                        return Poll::Ready(Ok(false));
                    }
                    self.refuse(Refusal::SLOW_HEAD);
                    return Poll::Ready(Ok(true));
                }
            }
        }
    }

    fn refuse(&mut self, refusal: Refusal) {
        // The first refusal is the last, as the connection ends with it.
        let _ = self.refused.set(refusal);
        self.reading = Reading::Refused(IN_ITS_PLACE.len());
        self.buffer = Vec::new();
        self.start = 0;
    }

    /// A message has ended; the next one may come.
    fn next_message(&mut self) {
        self.reading = Reading::Head;
        self.scan = Scan::default();
        self.deadline = Instant::now()
            + if self.held().is_empty() {
                self.limits.idle
            } else {
                self.limits.head
            };
    }

    /// Fails where the client takes nothing for too long.
    fn hurried<T>(&mut self, written: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let write = self.limits.write;
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + write)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Guard<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if out.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        loop {
            match this.reading {
                Reading::Head => {
                    if !ready!(this.poll_head(cx))? {
                        return Poll::Ready(Ok(()));
                    }
                }
                Reading::HandingOn(left, framing) => {
                    let left = left - this.hand_on(left, out);
                    this.reading = match framing {
                        _ if left > 0 => Reading::HandingOn(left, framing),
                        Framing::Length(length) => Reading::Body(length),
                        Framing::Chunked => Reading::Chunked(Chunks::new()),
                        Framing::Tunnel => Reading::Tunnel,
                    };
                    return Poll::Ready(Ok(()));
                }
                Reading::Body(0) => this.next_message(),
                Reading::Body(left) => {
                    if this.held().is_empty() && !ready!(this.poll_more(cx))? {
                        return Poll::Ready(Ok(()));
                    }
                    let count = this.hand_on(usize::try_from(left).unwrap_or(usize::MAX), out);
                    this.reading = Reading::Body(left - count as u64);
                    return Poll::Ready(Ok(()));
                }
                Reading::Chunked(mut chunks) => {
                    if this.held().is_empty() && !ready!(this.poll_more(cx))? {
                        return Poll::Ready(Ok(()));
                    }
                    let shown = this.held().len().min(out.remaining());
                    let (count, ended) = chunks.take(&this.held()[..shown]);
                    this.hand_on(count, out);
                    if ended {
                        this.next_message();
                    } else {
                        this.reading = Reading::Chunked(chunks);
                    }
                    return Poll::Ready(Ok(()));
                }
                Reading::Tunnel => {
                    if this.held().is_empty() {
                        return Pin::new(&mut this.stream).poll_read(cx, out);
                    }
                    this.hand_on(usize::MAX, out);
                    return Poll::Ready(Ok(()));
                }
                // The server has all it needs; it closes the connection by itself.
                Reading::Refused(0) => return Poll::Pending,
                Reading::Refused(left) => {
                    let rest = &IN_ITS_PLACE[IN_ITS_PLACE.len() - left..];
                    let count = rest.len().min(out.remaining());
                    out.put_slice(&rest[..count]);
                    this.reading = Reading::Refused(left - count);
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Guard<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.hurried(written, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, pieces);
        this.hurried(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(cx);
        this.hurried(flushed, cx)
    }

    /// Says the end, and then reads what the client still sends: a connection closed over unread bytes is reset, and the
    /// reset may overtake the last answer (RFC 9112 §9.6).
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.lingering.is_none() {
            let shut = Pin::new(&mut this.stream).poll_shutdown(cx);
            ready!(this.hurried(shut, cx))?;
            this.buffer = Vec::new();
            this.start = 0;
        }
        let linger = this.limits.linger;
        let lingering = this
            .lingering
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + linger)));
        let mut room = [MaybeUninit::uninit(); READ];
        while Instant::now() < lingering.deadline() {
            let mut read = ReadBuf::uninit(&mut room);
            match Pin::new(&mut this.stream).poll_read(cx, &mut read) {
                Poll::Ready(Ok(())) if !read.filled().is_empty() => {}
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => {
                    ready!(lingering.as_mut().poll(cx));
                    return Poll::Ready(Ok(()));
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}
