//! How the services of the query protocol word the refusal of a signature.

use http::StatusCode;

use super::error::{ApiError, Failure};
use crate::sigv4::{Refusal, RefusalKind};

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your \
                        AWS Secret Access Key and signing method. Consult the service documentation for details.";

/// The error for a refusal. Sources: "Common errors", IAM and STS API references; "Troubleshoot Signature Version 4
/// signing", IAM User Guide; the sentences for an expired and a missing token as clients report them.
pub(crate) fn refused(refusal: Refusal) -> Failure {
    let forbidden = |code, message: String| ApiError::sender(StatusCode::FORBIDDEN, code, message);
    let error = match refusal.kind {
        RefusalKind::Unsigned => forbidden(
            "MissingAuthenticationToken",
            "Request is missing Authentication Token".into(),
        ),
        RefusalKind::Incomplete(message) => {
            ApiError::sender(StatusCode::BAD_REQUEST, "IncompleteSignature", message)
        }
        RefusalKind::DoesNotMatch(message) => forbidden("SignatureDoesNotMatch", message),
        RefusalKind::WrongSignature => forbidden("SignatureDoesNotMatch", MISMATCH.into()),
        RefusalKind::InvalidToken => forbidden(
            "InvalidClientTokenId",
            "The security token included in the request is invalid.".into(),
        ),
        RefusalKind::ExpiredToken => forbidden(
            "ExpiredToken",
            "The security token included in the request is expired".into(),
        ),
    };
    Failure {
        error,
        cause: refusal.cause,
    }
}
