//! Who may use the control plane: not a web page, and nobody without the token.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, HOST, HeaderMap, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;

use super::answer::Problem;
use super::{PATIENCE, Shared};

/// How large a request's body may be, in bytes.
const LARGEST_BODY: usize = 256 * 1024;

/// Paths that need no token: they tell nothing of this world.
const OPEN: [&str; 2] = ["/v1/health", "/openapi.json"];

/// Lets a request in, with its whole body, or answers it.
pub(crate) async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response<Body> {
    match checked(&shared, request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn checked(shared: &Shared, request: Request) -> Result<Request, Problem> {
    not_by_a_web_page(request.headers())?;
    if !OPEN.contains(&request.uri().path()) {
        authorized(request.headers(), &shared.token)?;
    }
    let (parts, body) = request.into_parts();
    let body: Bytes = match tokio::time::timeout(PATIENCE, to_bytes(body, LARGEST_BODY)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the body broke off, or is larger than {LARGEST_BODY} bytes"),
            ));
        }
        Err(_) => {
            return Err(Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "the body did not come in time",
            ));
        }
    };
    Ok(Request::from_parts(parts, Body::from(body)))
}

/// A browser says by which name it was led here, and by whose page.
fn not_by_a_web_page(headers: &HeaderMap) -> Result<(), Problem> {
    let refused = |why: &str| Err(Problem::new(StatusCode::FORBIDDEN, why));
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return refused("one Host is needed");
    };
    let host = host.to_str().unwrap_or_default();
    let named: Option<Authority> = host.parse().ok();
    if !named.is_some_and(|named| is_address(named.host())) {
        return refused(
            "the Host is not localhost or an address: it could be a web page's name for this computer",
        );
    }
    let is_own = |origin: &[u8]| origin == format!("http://{host}").as_bytes();
    if headers
        .get_all(ORIGIN)
        .iter()
        .any(|origin| !is_own(origin.as_bytes()))
    {
        return refused("the request is of a web page of another origin");
    }
    let foreign = |site: &[u8]| site == b"cross-site" || site == b"same-site";
    match headers.get("sec-fetch-site") {
        Some(site) if foreign(site.as_bytes()) => refused("the request is of a web page of another site"),
        _ => Ok(()),
    }
}

/// A name that no name server gives out.
fn is_address(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
}

fn authorized(headers: &HeaderMap, token: &str) -> Result<(), Problem> {
    let given = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "))
        .unwrap_or_default();
    // In the same time, however much of it is right.
    aws_lc_rs::constant_time::verify_slices_are_equal(given, token.as_bytes()).map_err(|_| {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "the token is needed, as `Authorization: Bearer …`; the ready file of `trustcheck serve` has it",
        )
    })
}
