//! From a request to an answer, whatever the request is.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;

use axum::body::{Body, Bytes, HttpBody as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::aws::Aws;
use crate::cause::Cause;
use crate::event::{self, Call, Event};
use crate::query::{ApiError, Failure, error_document};
use crate::request::{ApiRequest, GLOBAL_REGION};
use crate::{iam, sts};

/// How large a body may be. The longest call of STS is below 64 kB even with every character escaped.
const BODY_LIMIT: usize = 256 * 1024;

/// The namespace of errors that arise before a service is found (recorded AWS behaviour).
const FAULT_NAMESPACE: &str = "http://webservices.amazon.com/AWSFault/2005-15-09";

/// Where AWS sends those who name no action (recorded AWS behaviour).
const NOWHERE: &str = "https://aws.amazon.com/iam";

/// The services there are, by their signing names.
const SERVICES: [&str; 2] = ["sts", "iam"];

/// An answer on its way to the client.
struct Answer {
    status: StatusCode,
    xml: String,
    location: Option<String>,
}

/// Answers a request.
pub(super) async fn answer(aws: &Aws, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let request_id = aws.identifiers.request_id();
    let mut call = Call {
        at: (aws.clock)(),
        request_id: request_id.clone(),
        service: String::new(),
        action: None,
        parameters: BTreeMap::new(),
        token: None,
        caller: None,
        response: event::Response {
            status: 200,
            code: None,
            message: None,
        },
        issued: None,
        cause: None,
        decision: None,
    };
    let (answer, region) = match whole(body).await {
        Ok(body) => {
            let request = ApiRequest::read(&parts, &body, &request_id);
            call.service.clone_from(&request.route.service);
            call.action = request.parameters.get("Action").map(str::to_owned);
            (dispatch(aws, &request, &mut call).await, request.route.region)
        }
        Err(failure) => (
            failed(failure, FAULT_NAMESPACE, &mut call),
            GLOBAL_REGION.to_owned(),
        ),
    };
    call.response.status = answer.status.as_u16();
    let extended = call.service != "iam";
    (aws.events)(Event::Call(Box::new(call)));
    respond(answer, &request_id, extended.then_some(region.as_str()))
}

/// Reads the body. One that is announced as too large is not waited for.
async fn whole(body: Body) -> Result<Bytes, Failure> {
    let too_large = || ApiError::body_too_large().because(Cause::BodyTooLarge { limit: BODY_LIMIT });
    if body.size_hint().lower() > BODY_LIMIT as u64 {
        return Err(too_large());
    }
    let error = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => return Ok(body.to_bytes()),
        Err(error) => error,
    };
    if error.is::<LengthLimitError>() {
        return Err(too_large());
    }
    Err(if is_late(&*error) {
        ApiError::slow_body().because(Cause::SlowBody)
    } else {
        ApiError::unreadable_body().because(Cause::UnreadableBody {
            problem: error.to_string(),
        })
    })
}

/// Whether somewhere behind the error is a deadline.
fn is_late(error: &(dyn Error + 'static)) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|error| error.kind() == io::ErrorKind::TimedOut) || error.source().is_some_and(is_late)
}

/// Finds the service and lets it answer.
async fn dispatch(aws: &Aws, request: &ApiRequest<'_>, call: &mut Call) -> Answer {
    let service = request.route.service.as_str();
    if !SERVICES.contains(&service) {
        let available = SERVICES.map(str::to_owned).to_vec();
        let failure =
            ApiError::not_mocked(&format!("The service {service}")).because(Cause::ServiceNotMocked {
                service: service.to_owned(),
                available,
            });
        return failed(failure, FAULT_NAMESPACE, call);
    }
    let Some(action) = request.parameters.get("Action") else {
        call.cause = Some(Cause::MissingAction {
            body_ignored: request.body_ignored,
        });
        return redirect(request);
    };
    let version = request
        .parameters
        .get("Version")
        .unwrap_or("NO_VERSION_SPECIFIED");
    let (served, namespace) = match service {
        "iam" => (
            iam::serve(aws, request, action, version, call).await,
            iam::NAMESPACE,
        ),
        _ => (
            sts::serve(aws, request, action, version, call).await,
            sts::NAMESPACE,
        ),
    };
    match served {
        None => {
            let failure = ApiError::invalid_action(action, version).because(Cause::UnknownAction {
                action: action.to_owned(),
                version: version.to_owned(),
            });
            failed(failure, FAULT_NAMESPACE, call)
        }
        Some(Ok(xml)) => Answer {
            status: StatusCode::OK,
            xml,
            location: None,
        },
        Some(Err(failure)) => failed(failure, namespace, call),
    }
}

/// The answer to a failure; its cause goes into the event.
fn failed(failure: Failure, namespace: &str, call: &mut Call) -> Answer {
    let xml = error_document(&failure.error, namespace, &call.request_id);
    call.response.code = Some(failure.error.code.to_owned());
    call.response.message = Some(failure.error.message.into_owned());
    call.cause = Some(*failure.cause);
    Answer {
        status: failure.error.status,
        xml,
        location: None,
    }
}

/// The redirection of a request without an action. A GET keeps its query.
fn redirect(request: &ApiRequest<'_>) -> Answer {
    let query = request.http.query;
    let location = if request.http.method == Method::GET.as_str() && !query.is_empty() {
        format!("{NOWHERE}?{query}")
    } else {
        NOWHERE.to_owned()
    };
    Answer {
        status: StatusCode::FOUND,
        xml: String::new(),
        location: Some(location),
    }
}

/// Writes the answer. `region` is that of an answer with an extended request id, which STS gives and IAM does not.
fn respond(answer: Answer, request_id: &str, region: Option<&str>) -> Response<Body> {
    let mut headers = HeaderMap::with_capacity(6);
    // also of the answer to a HEAD, whose body is not sent
    headers.insert(CONTENT_LENGTH, HeaderValue::from(answer.xml.len()));
    let mut set = |name: &'static str, value: String| {
        // a value that a header cannot hold is left out; only a query that is no header text could be one
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    };
    set("x-amzn-requestid", request_id.to_owned());
    // opaque; recorded AWS values are base64 that begins with a version, the region and a stage
    if let Some(region) = region {
        set(
            "x-amz-sts-extended-request-id",
            STANDARD.encode(format!("1:{region}:S:{request_id}")),
        );
    }
    if let Some(location) = answer.location {
        set("location", location);
    } else {
        set("content-type", "text/xml".to_owned());
    }
    let mut response = Response::new(Body::from(answer.xml));
    *response.status_mut() = answer.status;
    *response.headers_mut() = headers;
    response
}
