//! The operations of STS.

use super::{
    assume_role, decode_authorization_message, get_access_key_info, get_caller_identity,
    get_federation_token, get_session_token, web_identity,
};
use crate::aws::Aws;
use crate::cause::Cause;
use crate::event::Call;
use crate::query::{ApiError, Failure};
use crate::request::ApiRequest;

/// The namespace of STS's answers.
pub(crate) const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

const VERSION: &str = "2011-06-15";

/// Operations that STS has (its published service model) and this mock has not.
const NOT_MOCKED: [&str; 4] = [
    "AssumeRoleWithSAML",
    "AssumeRoot",
    "GetDelegatedAccessToken",
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
        "AssumeRole" => Some(assume_role::assume_role(aws, request, call)),
        "AssumeRoleWithWebIdentity" => Some(web_identity::assume_role(aws, request, call).await),
        "DecodeAuthorizationMessage" => Some(decode_authorization_message::serve(aws, request, call)),
        "GetAccessKeyInfo" => Some(get_access_key_info::serve(aws, request, call)),
        "GetCallerIdentity" => Some(get_caller_identity::serve(aws, request, call)),
        "GetFederationToken" => Some(get_federation_token::serve(aws, request, call)),
        "GetSessionToken" => Some(get_session_token::serve(aws, request, call)),
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
