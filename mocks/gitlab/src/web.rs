//! The pages of an instance: the discovery document, the key set, and a 404 for everything else.
//!
//! Assumed, where nothing is documented: like every Rails application, GitLab answers `HEAD`, gives each document a weak
//! `ETag` made from its content, and answers `304` when `If-None-Match` names it; the root redirects to the sign-in page;
//! all other paths and methods get a `404` page.
//
// DIVERGENCE: the other endpoints that the discovery document names (authorization, token, userinfo …) are not there, as
// no CI token is verified through them, and headers that no verifier looks at (`X-Frame-Options`, request ids …) are left
// out.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH, LOCATION, USER_AGENT};
use axum::http::{HeaderValue, Method, Response, StatusCode};
use sha2::{Digest as _, Sha256};

use crate::discovery::{DISCOVERY_PATH, JWKS_PATH};
use crate::event::{Event, Page};
use crate::instance::Instance;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
/// What Rails says where a controller says nothing.
const REVALIDATE: HeaderValue = HeaderValue::from_static("max-age=0, private, must-revalidate");
/// `JwksController#keys`: a verifier may keep the keys for a day.
const ONE_DAY: HeaderValue = HeaderValue::from_static("max-age=86400, public, must-revalidate, no-transform");

const NOT_FOUND: &str = "<!DOCTYPE html>\n<html>\n<head>\n  <title>The page you're looking for could not be found (404)</title>\n\
</head>\n<body>\n  <h1>404</h1>\n  <h3>The page could not be found or you don't have permission to view it.</h3>\n</body>\n</html>\n";

/// A document that is ready to be served.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    body: Bytes,
    etag: HeaderValue,
    cache_control: Option<HeaderValue>,
}

impl Document {
    pub(crate) fn discovery(body: Vec<u8>) -> Document {
        Document::new(body, Some(REVALIDATE))
    }

    pub(crate) fn jwks(body: Vec<u8>) -> Document {
        Document::new(body, Some(ONE_DAY))
    }

    /// Published by hand on some web space, which says nothing about caching.
    pub(crate) fn published_copy(body: Vec<u8>) -> Document {
        Document::new(body, None)
    }

    fn without_cache_control(self) -> Document {
        Document {
            cache_control: None,
            ..self
        }
    }

    fn new(body: Vec<u8>, cache_control: Option<HeaderValue>) -> Document {
        // As Rack::ETag: the first half of the hexadecimal SHA-256.
        let hash = hex::encode(&Sha256::digest(&body)[..16]);
        let etag =
            HeaderValue::try_from(format!("W/\"{hash}\"")).expect("hexadecimal digits fit into a header");
        Document {
            body: body.into(),
            etag,
            cache_control,
        }
    }

    fn answer(&self, request: &HeaderMap) -> Response<Body> {
        let fresh = request
            .get_all(IF_NONE_MATCH)
            .iter()
            .any(|value| names_etag(value, &self.etag));
        let mut response = if fresh {
            Response::new(Body::empty())
        } else {
            Response::new(Body::from(self.body.clone()))
        };
        let headers = response.headers_mut();
        if let Some(cache_control) = &self.cache_control {
            headers.insert(CACHE_CONTROL, cache_control.clone());
        }
        headers.insert(ETAG, self.etag.clone());
        if fresh {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            headers.insert(CONTENT_TYPE, JSON);
        }
        response
    }
}

/// RFC 9110 §13.1.2, by weak comparison: whether an `If-None-Match` value is `*` or lists the tag.
fn names_etag(value: &HeaderValue, etag: &HeaderValue) -> bool {
    let opaque = |tag: &[u8]| tag.strip_prefix(b"W/").unwrap_or(tag).to_vec();
    let wanted = opaque(etag.as_bytes());
    value
        .as_bytes()
        .split(|b| *b == b',')
        .map(<[u8]>::trim_ascii)
        .any(|tag| tag == b"*" || opaque(tag) == wanted)
}

/// A web site: the instance itself, or a place where copies of its documents are published.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) instance: Arc<Instance>,
    /// The path the documents are below: empty, or without a slash at its end.
    pub(crate) root: String,
    pub(crate) discovery: Document,
    /// Where the front page leads, if there is one.
    pub(crate) front_page: Option<String>,
    pub(crate) is_copy: bool,
}

/// The site's pages.
pub(crate) fn router(site: Site) -> Router {
    Router::new().fallback(answer).with_state(Arc::new(site))
}

async fn answer(State(site): State<Arc<Site>>, request: Request) -> Response<Body> {
    let path = request.uri().path();
    let (page, response) = site.page(path, &request);
    site.instance.events().tell(|| Event::Answered {
        method: request.method().to_string(),
        path: path.to_owned(),
        page,
        status: response.status().as_u16(),
        user_agent: request
            .headers()
            .get(USER_AGENT)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
    });
    response
}

impl Site {
    fn page(&self, path: &str, request: &Request) -> (Page, Response<Body>) {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        match (path.strip_prefix(&self.root), &self.front_page) {
            (Some(DISCOVERY_PATH), _) if reads => (Page::Discovery, self.discovery.answer(request.headers())),
            (Some(JWKS_PATH), _) if reads => {
                let jwks = self.instance.jwks();
                let jwks = if self.is_copy {
                    jwks.without_cache_control()
                } else {
                    jwks
                };
                (Page::Jwks, jwks.answer(request.headers()))
            }
            (Some("" | "/"), Some(location)) if reads => (Page::Other, redirect(location)),
            _ => (Page::Other, not_found()),
        }
    }
}

fn redirect(location: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

fn not_found() -> Response<Body> {
    let mut response = Response::new(Body::from(NOT_FOUND));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response.headers_mut().insert(CONTENT_TYPE, HTML);
    response
}
