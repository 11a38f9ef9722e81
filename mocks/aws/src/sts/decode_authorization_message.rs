//! DecodeAuthorizationMessage: what an encoded message about a refused call says. Nothing in this AWS encodes messages,
//! so that no message is valid.

use super::error;
use super::permission;
use super::signer::signer;
use crate::aws::Aws;
use crate::cause::Cause;
use crate::event::Call;
use crate::query::{Constraint, Failure, Violations};
use crate::request::ApiRequest;

const ENCODED_MESSAGE: Constraint = Constraint {
    min: 1,
    max: 10_240,
    pattern: None,
    sensitive: false,
};

/// Serves the operation: signature, constraints, permission, message (the order is assumed).
pub(super) fn serve(aws: &Aws, request: &ApiRequest<'_>, call: &mut Call) -> Result<String, Failure> {
    let signer = signer(aws, request, call)?;
    let mut violations = Violations::default();
    let message = request.parameters.get("EncodedMessage");
    violations.required("encodedMessage", message, ENCODED_MESSAGE);
    violations.into_result()?;
    permission::check(aws, &signer, "sts:DecodeAuthorizationMessage", request, call)?;
    Err(error::invalid_authorization_message().because(Cause::InvalidAuthorizationMessage))
}
