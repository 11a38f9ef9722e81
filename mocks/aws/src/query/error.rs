//! An error as it goes over the wire, and the reason for it, which does not.

use std::borrow::Cow;

use http::StatusCode;
use serde::Serialize;

use super::response::{document, xml_text};
use crate::cause::Cause;

/// An error of the query protocol: nothing but what the client will see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) fault: &'static str,
    pub(crate) code: &'static str,
    pub(crate) message: Cow<'static, str>,
}

impl ApiError {
    /// An error that is the client's fault.
    pub(crate) fn sender(
        status: StatusCode,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        ApiError {
            status,
            fault: "Sender",
            code,
            message: message.into(),
        }
    }

    /// An error that is the service's fault.
    pub(crate) fn receiver(
        status: StatusCode,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        ApiError {
            status,
            fault: "Receiver",
            code,
            message: message.into(),
        }
    }

    /// The failure with this error on the wire and the cause in the journal.
    pub(crate) fn because(self, cause: Cause) -> Failure {
        Failure {
            error: self,
            cause: Box::new(cause),
        }
    }

    /// `ValidationError`, of which parameters that break a constraint are the most common kind.
    pub(crate) fn validation(message: impl Into<Cow<'static, str>>) -> Self {
        ApiError::sender(StatusCode::BAD_REQUEST, "ValidationError", message)
    }

    /// `MalformedInput`: a value that is not of its type at all.
    ///
    /// Code and status are recorded AWS behaviour, on GetSessionToken. The text is not known; this is the one
    /// that the same framework gives for booleans and timestamps, with the type exchanged.
    pub(crate) fn malformed_integer() -> Self {
        ApiError::sender(
            StatusCode::BAD_REQUEST,
            "MalformedInput",
            "integer must follow xsd1.1 definition",
        )
    }

    /// `MalformedInput`: a Boolean that is none. The text is the framework's.
    pub(crate) fn malformed_boolean() -> Self {
        ApiError::sender(
            StatusCode::BAD_REQUEST,
            "MalformedInput",
            "boolean must follow xsd1.1 definition",
        )
    }

    /// `InvalidAction`: no such operation, or not in this version (recorded AWS behaviour).
    pub(crate) fn invalid_action(action: &str, version: &str) -> Self {
        ApiError::sender(
            StatusCode::BAD_REQUEST,
            "InvalidAction",
            format!("Could not find operation {action} for version {version}"),
        )
    }

    /// DIVERGENCE: what a mock has to say that has only some of the services and operations. AWS has no such answer; a
    /// status of 501 is one that the SDKs do not retry.
    pub(crate) fn not_mocked(what: &str) -> Self {
        ApiError::receiver(
            StatusCode::NOT_IMPLEMENTED,
            "NotImplemented",
            format!("{what} is not available in this mock of AWS"),
        )
    }

    /// A body above the limit. What AWS answers is not known; this is the answer of HTTP in AWS's form.
    pub(crate) fn body_too_large() -> Self {
        ApiError::sender(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLarge",
            "Request size exceeded the limit",
        )
    }

    /// A body that did not come in time; as [`body_too_large`](ApiError::body_too_large).
    pub(crate) fn slow_body() -> Self {
        ApiError::sender(
            StatusCode::REQUEST_TIMEOUT,
            "RequestTimeout",
            "The request was not received in time",
        )
    }

    /// A body whose form is broken; as [`body_too_large`](ApiError::body_too_large).
    pub(crate) fn unreadable_body() -> Self {
        ApiError::sender(
            StatusCode::BAD_REQUEST,
            "BadRequest",
            "The body of the request cannot be read",
        )
    }
}

/// An error with its reason.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: ApiError,
    pub(crate) cause: Box<Cause>,
}

/// The XML of an error, in the namespace of the service.
pub(crate) fn error_document(error: &ApiError, namespace: &str, request_id: &str) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct ErrorResponse<'a> {
        #[serde(rename = "@xmlns")]
        xmlns: &'a str,
        error: Error<'a>,
        request_id: &'a str,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Error<'a> {
        r#type: &'a str,
        code: &'a str,
        message: Cow<'a, str>,
    }
    document(
        "ErrorResponse",
        &ErrorResponse {
            xmlns: namespace,
            error: Error {
                r#type: error.fault,
                code: error.code,
                message: xml_text(&error.message),
            },
            request_id,
        },
    )
}
