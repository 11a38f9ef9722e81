//! The operations of STS.

use super::{get_caller_identity, web_identity};
use crate::aws::Aws;
use crate::cause::Cause;
use crate::endpoint::ApiRequest;
use crate::event::Call;
use crate::query::{ApiError, Failure};

/// The namespace of STS's answers.
pub(crate) const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

const VERSION: &str = "2011-06-15";

/// Operations that STS has (its published service model) and this mock has not.
const NOT_MOCKED: [&str; 9] = [
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoot",
    "DecodeAuthorizationMessage",
    "GetAccessKeyInfo",
    "GetDelegatedAccessToken",
    "GetFederationToken",
    "GetSessionToken",
    "GetWebIdentityToken",
];

/// Serves an operation; `None` if STS has none of this name in this version. Names are case-sensitive (assumed).
pub(crate) async fn serve(
    aws: &Aws,
    request: &ApiRequest<'_>,
    action: &str,
    version: &str,
    call: &mut Call,
) -> Option<Result<String, Failure>> {
    if version != VERSION {
        return None;
    }
    match action {
        "AssumeRoleWithWebIdentity" => Some(web_identity::assume_role(aws, request, call).await),
        "GetCallerIdentity" => Some(get_caller_identity::serve(aws, request, call)),
        other if NOT_MOCKED.contains(&other) => {
            Some(Err(ApiError::not_mocked(&format!("The operation {other}"))
                .because(Cause::OperationNotMocked {
                    service: "sts".into(),
                    action: other.into(),
                })))
        }
        _ => None,
    }
}
