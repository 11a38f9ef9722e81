//! A GitLab's pages as they are answered here: as its router answers them, or with the fault that they have.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, USER_AGENT};
use axum::http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Frame;
use mock_aws::ISSUER_USER_AGENT;
use mock_gitlab::{Event, Instance, Page};
use serde_json::{Map, Value};
use tower::ServiceExt;

use crate::fault::{Fault, PageFault};
use crate::faults::Faults;
use crate::journal::{FaultMet, Journal, Record};

/// No page of the mock is longer, in bytes.
const LONGEST_PAGE: usize = 1 << 20;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// What a proxy shows that wants its users to sign in.
const SIGN_IN_PAGE: &str = "<!DOCTYPE html>\n<html>\n<head>\n  <title>Sign in</title>\n</head>\n<body>\n  \
<h1>Sign in to continue</h1>\n</body>\n</html>\n";

/// The request is not answered: its connection is to be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection is cut without an answer")]
pub(crate) struct HangUp;

/// One GitLab behind the front door.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) instance: Arc<Instance>,
    pub(crate) router: Router,
    /// Its number among the world's GitLabs.
    pub(crate) index: usize,
    /// Whether these are the pages that its owner published at its custom issuer.
    pub(crate) is_copy: bool,
    pub(crate) faults: Arc<Faults>,
    pub(crate) journal: Journal,
}

impl Site {
    /// Answers a request.
    pub(crate) async fn answer(&self, request: Request<Body>) -> Result<Response<Body>, HangUp> {
        let path = request.uri().path();
        let page = if self.is_copy {
            self.instance.published_page(path)
        } else {
            self.instance.page(path)
        };
        let Some(fault) = self.faults.of_page(self.index, page) else {
            return Ok(self.document(page, request).await);
        };
        let is_sts = request
            .headers()
            .get(USER_AGENT)
            .is_some_and(|agent| agent == ISSUER_USER_AGENT);
        // How slow a page is, STS has been told by the network, and the journal then.
        if !(is_sts && matches!(fault, PageFault::Slow(_))) {
            self.journal.write(Record::Fault(FaultMet {
                gitlab: self.instance.url().to_string(),
                path: request.uri().path().to_owned(),
                fault: match page {
                    Page::Discovery => Fault::Discovery(fault),
                    _ => Fault::Jwks(fault),
                },
            }));
        }
        match fault {
            PageFault::Down => Err(HangUp),
            PageFault::Slow(delay) => {
                if !is_sts {
                    tokio::time::sleep(delay.get().unsigned_abs()).await;
                }
                Ok(self.document(page, request).await)
            }
            PageFault::Status(status) => {
                let status = StatusCode::from_u16(status.get()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let reason = status.canonical_reason().unwrap_or("Error");
                let text = format!(
                    "<html>\n<head><title>{0} {reason}</title></head>\n<body><h1>{0} {reason}</h1></body>\n</html>\n",
                    status.as_u16()
                );
                Ok(self.page_in_place(page, &request, status, text))
            }
            PageFault::Html => {
                Ok(self.page_in_place(page, &request, StatusCode::OK, SIGN_IN_PAGE.to_owned()))
            }
            PageFault::Truncated => {
                let mut response = self.document(page, without_condition(request)).await;
                let body = std::mem::take(response.body_mut());
                let whole = to_bytes(body, LONGEST_PAGE).await.unwrap_or_default();
                response
                    .headers_mut()
                    .insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
                *response.body_mut() = Body::new(Half::Begin(whole.slice(..whole.len() / 2)));
                Ok(response)
            }
        }
    }

    /// The page as GitLab gives it; the discovery document with what its faults have it say.
    async fn document(&self, page: Page, request: Request<Body>) -> Response<Body> {
        let faults = match page {
            Page::Discovery => self.faults.of_discovery(self.index),
            _ => Vec::new(),
        };
        if faults.is_empty() {
            return self.route(request).await;
        }
        let path = request.uri().path().to_owned();
        let mut response = self.route(without_condition(request)).await;
        let body = std::mem::take(response.body_mut());
        let text = to_bytes(body, LONGEST_PAGE).await.unwrap_or_default();
        let mut document: Map<String, Value> = serde_json::from_slice(&text).unwrap_or_default();
        for fault in faults {
            let (name, value) = match &fault {
                Fault::Issuer(issuer) => ("issuer", issuer),
                Fault::JwksUri(uri) => ("jwks_uri", uri),
                _ => continue,
            };
            document.insert(name.to_owned(), value.as_str().into());
            self.journal.write(Record::Fault(FaultMet {
                gitlab: self.instance.url().to_string(),
                path: path.clone(),
                fault,
            }));
        }
        response.headers_mut().remove(ETAG);
        response.headers_mut().remove(CONTENT_LENGTH);
        *response.body_mut() = Body::from(Value::from(document).to_string());
        response
    }

    async fn route(&self, request: Request<Body>) -> Response<Body> {
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// A page of a proxy in GitLab's place.
    fn page_in_place(
        &self,
        page: Page,
        request: &Request<Body>,
        status: StatusCode,
        text: String,
    ) -> Response<Body> {
        self.journal.write(Record::Gitlab(Event::Answered {
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            page,
            status: status.as_u16(),
            user_agent: request
                .headers()
                .get(USER_AGENT)
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
        }));
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HTML);
        response
    }
}

/// The same request, which is not content with what the client has already.
fn without_condition(mut request: Request<Body>) -> Request<Body> {
    request.headers_mut().remove(IF_NONE_MATCH);
    request
}

/// The first half of a body, and then an error, at which the connection is cut.
enum Half {
    Begin(Bytes),
    /// The half is on its way: the server writes it while it has to wait.
    Pause,
    End,
}

impl hyper::body::Body for Half {
    type Data = Bytes;
    type Error = HangUp;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HangUp>>> {
        match std::mem::replace(&mut *self, Half::End) {
            Half::Begin(half) => {
                *self = Half::Pause;
                Poll::Ready(Some(Ok(Frame::data(half))))
            }
            Half::Pause => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Half::End => Poll::Ready(Some(Err(HangUp))),
        }
    }
}
