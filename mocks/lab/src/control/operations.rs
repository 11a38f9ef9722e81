//! The operations, each with its description.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Json, Problem, method_not_allowed, not_found};
use super::model::{
    ClockRequest, FaultOf, FaultRequest, Faults, Health, Line, Lines, Rotated, RotationRequest, Time, Token,
    TokenRequest,
};
use super::{Shared, guard, stream};
use crate::fault::FaultKind;
use crate::world::World;

/// The most lines of the journal in one answer.
const MOST_LINES: usize = 1_000;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "trustcheck control plane",
        description = "What a world that is up can be told: to mint a token, to replace keys, to have faults, to move its clock, to \
                       show its journal, to export and to reset itself. Not a part of any protocol that it mocks."
    ),
    modifiers(&Bearer),
    security(("token" = []))
)]
struct Description;

/// How clients show that they may.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// The control plane's OpenAPI document, as `/openapi.json` shows it.
#[must_use]
pub fn openapi() -> Value {
    let document = described().split_for_parts().1;
    serde_json::to_value(document).unwrap_or_default()
}

fn described() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(health))
        .routes(routes!(description))
        .routes(routes!(mint))
        .routes(routes!(rotate_keys))
        .routes(routes!(list_faults, set_fault, clear_faults))
        .routes(routes!(tell_time, move_clock))
        .routes(routes!(read_journal))
        .routes(routes!(follow_journal))
        .routes(routes!(export_world))
        .routes(routes!(reset))
}

pub(super) fn router(shared: &Arc<Shared>) -> Router {
    let (router, _) = described().split_for_parts();
    router
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(Arc::clone(shared), guard::guard))
        .with_state(Arc::clone(shared))
}

/// Whether the control plane answers
#[utoipa::path(get, path = "/v1/health", security(()), responses((status = 200, body = Health)))]
async fn health() -> Json<Health> {
    Json(StatusCode::OK, Health { status: "ok" })
}

/// This description
#[utoipa::path(get, path = "/openapi.json", security(()), responses((status = 200, body = Object)))]
async fn description() -> Json<Value> {
    Json(StatusCode::OK, openapi())
}

/// Mint a token
#[utoipa::path(
    post, path = "/v1/tokens", request_body = TokenRequest,
    responses((status = 201, body = Token), (status = 400, body = Problem), (status = 401, body = Problem))
)]
async fn mint(State(shared): State<Arc<Shared>>, body: Bytes) -> Result<Json<Token>, Problem> {
    let mut request: TokenRequest = parsed(&body)?;
    let minted = match request.claims.take() {
        None => shared.world.mint(&request.order(&shared.world)?)?,
        Some(claims) => {
            let TokenRequest {
                gitlab,
                project: None,
                branch: None,
                tag: None,
                source: None,
                merge_request_into: None,
                user: None,
                environment: None,
                aud: None,
                claims: _,
            } = request
            else {
                return Err(Problem::bad(
                    "`claims` are signed as they are; only `gitlab` may be beside them",
                ));
            };
            shared.world.sign(gitlab.as_deref(), claims)?
        }
    };
    let token = Token {
        token: minted.jwt,
        kid: minted.kid,
        claims: minted.claims,
    };
    Ok(Json(StatusCode::CREATED, token))
}

/// Replace the key that signs a GitLab's CI tokens
#[utoipa::path(
    post, path = "/v1/keys/rotate", request_body = RotationRequest,
    responses(
        (status = 200, body = Rotated), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 409, body = Problem, description = "STS is to keep the old key set, and a fault keeps it from fetching it"),
        (status = 500, body = Problem, description = "there is no new key")
    )
)]
async fn rotate_keys(State(shared): State<Arc<Shared>>, body: Bytes) -> Result<Json<Rotated>, Problem> {
    let request: RotationRequest = parsed(&body)?;
    let number = number_of(&shared.world, request.gitlab.as_deref())?;
    let kid = || {
        shared
            .world
            .gitlabs()
            .get(number)
            .map(|gitlab| gitlab.keys().ci().kid().to_owned())
    };
    let old_kid = kid().unwrap_or_default();
    shared.world.rotate_keys(number, request.old_key).await?;
    let rotated = Rotated {
        gitlab: url_of(&shared.world, number),
        old_kid,
        new_kid: kid().unwrap_or_default(),
    };
    Ok(Json(StatusCode::OK, rotated))
}

/// What is wrong
#[utoipa::path(
    get, path = "/v1/faults",
    responses((status = 200, body = Faults), (status = 401, body = Problem))
)]
async fn list_faults(State(shared): State<Arc<Shared>>) -> Json<Faults> {
    Json(StatusCode::OK, faults(&shared.world))
}

/// Have something be wrong, in place of a fault of the same kind
#[utoipa::path(
    put, path = "/v1/faults", request_body = FaultRequest,
    responses((status = 200, body = Faults), (status = 400, body = Problem), (status = 401, body = Problem))
)]
async fn set_fault(State(shared): State<Arc<Shared>>, body: Bytes) -> Result<Json<Faults>, Problem> {
    let request: FaultRequest = parsed(&body)?;
    let number = number_of(&shared.world, request.gitlab.as_deref())?;
    shared.world.set_fault(number, request.fault)?;
    Ok(Json(StatusCode::OK, faults(&shared.world)))
}

/// Have nothing be wrong, or nothing of one kind
#[utoipa::path(
    delete, path = "/v1/faults",
    params(
        ("gitlab" = Option<String>, Query, description = "The URL of the GitLab; all of them where there is none"),
        ("kind" = Option<String>, Query, description = "The fault's kind, such as `jwks`; all of them where there is none")
    ),
    responses((status = 200, body = Faults), (status = 400, body = Problem), (status = 401, body = Problem))
)]
async fn clear_faults(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Result<Json<Faults>, Problem> {
    let [gitlab, kind] = parameters(query.as_deref(), ["gitlab", "kind"])?;
    let kind: Option<FaultKind> = match kind {
        Some(kind) => Some(kind.parse().map_err(|_| {
            Problem::bad(format!(
                "there is no kind `{kind}`; there are {}",
                FaultKind::NAMES.join(", ")
            ))
        })?),
        None => None,
    };
    let numbers = match gitlab {
        Some(url) => vec![number_of(&shared.world, Some(&url))?],
        None => (0..shared.world.gitlabs().len()).collect(),
    };
    for number in numbers {
        shared.world.clear_faults(number, kind)?;
    }
    Ok(Json(StatusCode::OK, faults(&shared.world)))
}

/// The world's time
#[utoipa::path(get, path = "/v1/clock", responses((status = 200, body = Time), (status = 401, body = Problem)))]
async fn tell_time(State(shared): State<Arc<Shared>>) -> Json<Time> {
    let now = shared.world.clock().now();
    Json(StatusCode::OK, Time { now })
}

/// Move the world's clock
#[utoipa::path(
    post, path = "/v1/clock", request_body = ClockRequest,
    responses((status = 200, body = Time), (status = 400, body = Problem), (status = 401, body = Problem))
)]
async fn move_clock(State(shared): State<Arc<Shared>>, body: Bytes) -> Result<Json<Time>, Problem> {
    let request: ClockRequest = parsed(&body)?;
    shared.world.advance(request.advance);
    let now = shared.world.clock().now();
    Ok(Json(StatusCode::OK, Time { now }))
}

/// What has happened
#[utoipa::path(
    get, path = "/v1/journal",
    params(
        ("from" = Option<u64>, Query, description = "The number of the first entry; 0 where there is none"),
        ("limit" = Option<u64>, Query, description = "How many entries at most; 1000 where there is none, and no more")
    ),
    responses((status = 200, body = Lines), (status = 400, body = Problem), (status = 401, body = Problem))
)]
async fn read_journal(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Result<Json<Lines>, Problem> {
    let [from, limit] = parameters(query.as_deref(), ["from", "limit"])?;
    let (from, limit) = (count("from", from)?.unwrap_or(0), count("limit", limit)?);
    let most = limit.map_or(MOST_LINES, |limit| {
        usize::try_from(limit).unwrap_or(MOST_LINES).min(MOST_LINES)
    });
    let entries = shared.world.journal().numbered_from(from, most);
    let next = entries.last().map_or_else(
        || from.min(shared.world.journal().next_number()),
        |(number, _)| number + 1,
    );
    let entries = entries
        .iter()
        .map(|(number, entry)| Line::new(*number, entry))
        .collect();
    Ok(Json(StatusCode::OK, Lines { entries, next }))
}

/// What happens, as it happens: server-sent events `entry`, whose data is a line of the journal and whose id its number
#[utoipa::path(
    get, path = "/v1/journal/stream",
    params(
        ("from" = Option<u64>, Query, description = "The number of the first entry; the next one where there is none"),
        ("Last-Event-ID" = Option<u64>, Header, description = "The number of the last entry that was seen")
    ),
    responses(
        (status = 200, content_type = "text/event-stream", body = String),
        (status = 400, body = Problem), (status = 401, body = Problem)
    )
)]
async fn follow_journal(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    let [from] = parameters(query.as_deref(), ["from"])?;
    let seen = headers
        .get("last-event-id")
        .map(|id| id.to_str().unwrap_or("?").to_owned());
    let from = match count("Last-Event-ID", seen)? {
        Some(seen) => seen.saturating_add(1),
        None => count("from", from)?.unwrap_or_else(|| shared.world.journal().next_number()),
    };
    Ok(stream::answer(&shared, from))
}

/// The world as it is now, in the form of a world file
#[utoipa::path(get, path = "/v1/world", responses((status = 200, body = Object), (status = 401, body = Problem)))]
async fn export_world(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(StatusCode::OK, shared.world.export())
}

/// Make the world what it was when it booted
#[utoipa::path(post, path = "/v1/reset", responses((status = 204), (status = 401, body = Problem)))]
async fn reset(State(shared): State<Arc<Shared>>) -> Response<Body> {
    shared.world.reset();
    StatusCode::NO_CONTENT.into_response()
}

/// A request's body; nothing counts as an empty object.
fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let body = if body.trim_ascii().is_empty() { b"{}" } else { body };
    serde_json::from_slice(body)
        .map_err(|error| Problem::bad(format!("the body is not as described: {error}")))
}

/// The values of a query's parameters; others are refused.
fn parameters<const N: usize>(query: Option<&str>, names: [&str; N]) -> Result<[Option<String>; N], Problem> {
    let mut found = [const { None }; N];
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match names.iter().position(|known| *known == name) {
            Some(at) => found[at] = Some(value.into_owned()),
            None => {
                return Err(Problem::bad(format!(
                    "there is no parameter `{name}`; there are {}",
                    names.join(", ")
                )));
            }
        }
    }
    Ok(found)
}

fn count(name: &str, text: Option<String>) -> Result<Option<u64>, Problem> {
    match text {
        None => Ok(None),
        Some(text) => match text.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Problem::bad(format!("`{name}` is a number from 0 on"))),
        },
    }
}

fn number_of(world: &World, url: Option<&str>) -> Result<usize, Problem> {
    Ok(match url {
        Some(url) => world.gitlab_at(url)?,
        None => 0,
    })
}

fn url_of(world: &World, number: usize) -> String {
    world
        .gitlabs()
        .get(number)
        .map_or_else(String::new, |gitlab| gitlab.url().to_string())
}

fn faults(world: &World) -> Faults {
    let of = |number: usize| {
        let gitlab = url_of(world, number);
        world.faults(number).into_iter().map(move |fault| FaultOf {
            gitlab: gitlab.clone(),
            fault,
        })
    };
    Faults {
        faults: (0..world.gitlabs().len()).flat_map(of).collect(),
    }
}
