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
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION, USER_AGENT};
use axum::http::{HeaderValue, Method, Response, StatusCode};

use crate::base_url::BaseUrl;
use crate::discovery::{self, DISCOVERY_PATH, JWKS_PATH};
use crate::document::Document;
use crate::event::{Event, Page};
use crate::instance::Instance;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

const NOT_FOUND: &str = "<!DOCTYPE html>\n<html>\n<head>\n  <title>The page you're looking for could not be found (404)</title>\n\
</head>\n<body>\n  <h1>404</h1>\n  <h3>The page could not be found or you don't have permission to view it.</h3>\n</body>\n</html>\n";

impl Instance {
    /// Its pages: the discovery document and the key set, below the path of its URL. The caller serves them, with TLS or,
    /// where the URL says `http`, without.
    pub fn router(self: &Arc<Self>) -> Router {
        router(Site {
            instance: Arc::clone(self),
            root: self.url().path().to_owned(),
            discovery: self.discovery().clone(),
            front_page: Some(format!("{}/users/sign_in", self.url())),
            is_copy: false,
        })
    }

    /// With a custom issuer: where it is, and the pages that its owner published there, copies of the discovery document
    /// (with `issuer` and `jwks_uri` changed) and of the key set. Without this copy no verifier can check a token.
    pub fn published_copy(self: &Arc<Self>) -> Option<(BaseUrl, Router)> {
        let at = self.custom_issuer()?.clone();
        let discovery = Document::published_copy(discovery::published_copy(self.url(), self.issuer(), &at));
        let root = at.path().to_owned();
        let site = Site {
            instance: Arc::clone(self),
            root,
            discovery,
            front_page: None,
            is_copy: true,
        };
        Some((at, router(site)))
    }
}

/// A web site: the instance itself, or a place where copies of its documents are published.
#[derive(Clone)]
struct Site {
    instance: Arc<Instance>,
    /// The path the documents are below: empty, or without a slash at its end.
    root: String,
    discovery: Document,
    /// Where the front page leads, if there is one.
    front_page: Option<String>,
    is_copy: bool,
}

/// The site's pages.
fn router(site: Site) -> Router {
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
