//! GetAccessKeyInfo: which account an access key belongs to, whether the key is in force or not.
//!
//! Source: GetAccessKeyInfo, STS API Reference.

use serde::Serialize;

use super::signer::signer;
use super::{NAMESPACE, error, permission};
use crate::aws::Aws;
use crate::cause::Cause;
use crate::event::Call;
use crate::identifier::account_of_access_key_id;
use crate::query::{Constraint, Failure, Pattern, QueryResult, Violations, result_document};
use crate::request::ApiRequest;

const ACCESS_KEY_ID: Constraint = Constraint {
    min: 16,
    max: 128,
    pattern: Some(Pattern {
        text: r"[\w]*",
        matches: |character| character.is_ascii_alphanumeric() || character == '_',
    }),
    sensitive: false,
};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetAccessKeyInfoResult {
    account: String,
}

impl QueryResult for GetAccessKeyInfoResult {
    const RESPONSE: &'static str = "GetAccessKeyInfoResponse";
    const RESULT: &'static str = "GetAccessKeyInfoResult";
}

/// Serves the operation: signature, constraints, permission, key (the order is assumed).
pub(super) fn serve(aws: &Aws, request: &ApiRequest<'_>, call: &mut Call) -> Result<String, Failure> {
    let signer = signer(aws, request, call)?;
    let key_id = request.parameters.get("AccessKeyId");
    if let Some(key_id) = key_id {
        call.parameters.insert("AccessKeyId", key_id.to_owned());
    }
    let mut violations = Violations::default();
    violations.required("accessKeyId", key_id, ACCESS_KEY_ID);
    violations.into_result()?;
    permission::check(aws, &signer, "sts:GetAccessKeyInfo", request, call)?;
    let account = owner(aws, key_id.unwrap_or_default())?;
    let result = GetAccessKeyInfoResult { account };
    Ok(result_document(&result, NAMESPACE, request.request_id))
}

/// The account of a key: of a long-term key as configured, else the one that the id carries. AWS answers from the id
/// alone, too: an id with other characters at its end, which no key has, gets the account ("AWS Access Key ID formats",
/// awsteele.com).
fn owner(aws: &Aws, key_id: &str) -> Result<String, Failure> {
    if let Some(key) = aws.access_keys.get(key_id) {
        return Ok(key.account.clone());
    }
    let why = match account_of_access_key_id(key_id) {
        Some(account) if aws.directory.account(&account).is_some() => return Ok(account),
        Some(account) => format!("its id is one of account {account}, which is not there"),
        None => "it is not configured, and its id carries no account".to_owned(),
    };
    Err(error::unknown_access_key(key_id).because(Cause::UnknownKeyOwner {
        access_key_id: key_id.to_owned(),
        why,
    }))
}
