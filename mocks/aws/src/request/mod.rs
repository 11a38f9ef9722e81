//! A request, read: where it comes from, which service and region it is for, its parameters.

mod route;

use std::net::{IpAddr, Ipv4Addr};

use http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, Method};

use crate::query::Parameters;
use crate::sigv4::HttpRequest;

pub(crate) use route::GLOBAL_REGION;
use route::{Route, route};

/// Where a request comes from. Listeners put it into the extensions of a request; without it a request counts as
/// coming from 127.0.0.1 over TLS, as it would reach AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// The address (`aws:SourceIp`).
    pub ip: IpAddr,
    /// Whether the connection is one of TLS (`aws:SecureTransport`).
    pub tls: bool,
}

/// A request with its parameters, before anything is known of its sender.
#[derive(Debug)]
pub(crate) struct ApiRequest<'a> {
    pub(crate) http: HttpRequest<'a>,
    pub(crate) parameters: Parameters,
    pub(crate) route: Route,
    pub(crate) peer: Peer,
    pub(crate) request_id: &'a str,
    /// There was a body that is not read, as its type is not that of a form.
    pub(crate) body_ignored: bool,
}

impl<'a> ApiRequest<'a> {
    pub(crate) fn read(parts: &'a Parts, body: &'a [u8], request_id: &'a str) -> Self {
        let query = parts.uri.query().unwrap_or_default();
        // HTTP/2 has no `Host` header
        let host =
            header(&parts.headers, &HOST).or_else(|| parts.uri.authority().map(http::uri::Authority::as_str));
        let is_form = parts.method != Method::GET
            && header(&parts.headers, &CONTENT_TYPE).is_some_and(|kind| {
                kind.split(';').next().is_some_and(|kind| {
                    kind.trim()
                        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
                })
            });
        let parameters = Parameters::read(query, if is_form { body } else { &[] });
        let http = HttpRequest {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query,
            headers: &parts.headers,
            host,
            body,
        };
        ApiRequest {
            route: route(&http, &parameters),
            peer: parts.extensions.get().copied().unwrap_or(Peer {
                ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
                tls: true,
            }),
            body_ignored: !is_form && !body.is_empty(),
            parameters,
            request_id,
            http,
        }
    }

    /// `User-Agent`.
    pub(crate) fn user_agent(&self) -> Option<&str> {
        header(self.http.headers, &USER_AGENT)
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &http::HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
