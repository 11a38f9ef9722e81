//! Answers: JSON, and what went wrong as JSON.

use axum::body::Body;
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::happening::HappeningError;
use crate::token_order::MintError;

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// In a sentence, for a person.
    pub(crate) error: String,
    #[serde(skip)]
    #[schema(ignore)]
    status: u16,
}

/// JSON with a status.
pub(crate) struct Json<T>(pub(crate) StatusCode, pub(crate) T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response<Body> {
        let Ok(text) = serde_json::to_vec(&self.1) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = self.0;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

impl Problem {
    pub(crate) fn new(status: StatusCode, error: impl Into<String>) -> Problem {
        Problem {
            error: error.into(),
            status: status.as_u16(),
        }
    }

    /// The request is not one.
    pub(crate) fn bad(error: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = Json(status, self).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

impl From<MintError> for Problem {
    fn from(error: MintError) -> Problem {
        Problem::bad(error.to_string())
    }
}

impl From<HappeningError> for Problem {
    fn from(error: HappeningError) -> Problem {
        let status = match error {
            HappeningError::GitLab(_) => StatusCode::BAD_REQUEST,
            // it has a fault that stands in the way
            HappeningError::Sts(_) => StatusCode::CONFLICT,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Problem::new(status, error.to_string())
    }
}

/// There is no such path.
pub(crate) async fn not_found() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "there is no such path; /openapi.json describes those there are",
    )
}

/// The path has no such method. Which it has, the router says itself.
pub(crate) async fn method_not_allowed() -> Response<Body> {
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "the path has no such method");
    let mut response = problem.into_response();
    response.headers_mut().remove(ALLOW);
    response
}
