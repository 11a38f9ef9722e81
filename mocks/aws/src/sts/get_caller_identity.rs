//! GetCallerIdentity: who am I. Needs a good signature and no permission; even an explicit deny has no effect on it.
//!
//! Source: GetCallerIdentity, STS API Reference.

use serde::Serialize;

use super::NAMESPACE;
use super::signer::signer;
use crate::aws::Aws;
use crate::event::Call;
use crate::query::{Failure, QueryResult, result_document};
use crate::request::ApiRequest;

/// In the order recorded.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetCallerIdentityResult<'a> {
    arn: &'a str,
    user_id: &'a str,
    account: &'a str,
}

impl QueryResult for GetCallerIdentityResult<'_> {
    const RESPONSE: &'static str = "GetCallerIdentityResponse";
    const RESULT: &'static str = "GetCallerIdentityResult";
}

pub(super) fn serve(aws: &Aws, request: &ApiRequest<'_>, call: &mut Call) -> Result<String, Failure> {
    let caller = signer(aws, request, call)?.caller;
    let result = GetCallerIdentityResult {
        arn: &caller.arn,
        user_id: &caller.user_id,
        account: &caller.account,
    };
    Ok(result_document(&result, NAMESPACE, request.request_id))
}
