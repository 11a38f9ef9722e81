//! A document that a web server has ready, with what it says about caching.

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH};
use axum::http::{HeaderValue, Response, StatusCode};
use sha2::{Digest as _, Sha256};

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
/// What Rails says where a controller says nothing.
const REVALIDATE: HeaderValue = HeaderValue::from_static("max-age=0, private, must-revalidate");
/// `JwksController#keys`: a verifier may keep the keys for a day.
const ONE_DAY: HeaderValue = HeaderValue::from_static("max-age=86400, public, must-revalidate, no-transform");

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

    pub(crate) fn without_cache_control(self) -> Document {
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

    pub(crate) fn answer(&self, request: &HeaderMap) -> Response<Body> {
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
