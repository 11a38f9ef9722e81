//! GetSessionToken: temporary credentials of the same user. Needs a long-term key and no permission.
//!
//! Source: GetSessionToken, STS API Reference.

use std::collections::BTreeMap;

use serde::Serialize;

use super::credentials::Credentials;
use super::mfa::MfaCode;
use super::signer::signer;
use super::{NAMESPACE, long_term};
use crate::aws::Aws;
use crate::event::Call;
use crate::query::{Failure, QueryResult, Violations, result_document};
use crate::request::ApiRequest;
use crate::session::{Identity, Session};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetSessionTokenResult {
    credentials: Credentials,
}

impl QueryResult for GetSessionTokenResult {
    const RESPONSE: &'static str = "GetSessionTokenResponse";
    const RESULT: &'static str = "GetSessionTokenResult";
}

/// Serves the operation: signature, constraints, kind of credentials, code (the order is assumed).
pub(super) fn serve(aws: &Aws, request: &ApiRequest<'_>, call: &mut Call) -> Result<String, Failure> {
    let signer = signer(aws, request, call)?;
    if let Some(duration) = request.parameters.get("DurationSeconds") {
        call.parameters.insert("DurationSeconds", duration.to_owned());
    }
    let mfa = MfaCode::read(&request.parameters, call);
    let asked = request.parameters.integer("DurationSeconds")?;
    let mut violations = Violations::default();
    violations.range("durationSeconds", asked, 900, long_term::LONGEST);
    mfa.constrain(&mut violations);
    violations.into_result()?;
    long_term::check(&signer, "GetSessionToken")?;
    mfa.check()?;

    let issued = call.at.as_second();
    let caller = &signer.caller;
    let session = Session {
        access_key_id: aws.identifiers.temporary_access_key_id(&caller.account),
        account: caller.account.clone(),
        identity: Identity::User {
            arn: caller.arn.clone(),
            user_id: caller.user_id.clone(),
        },
        issued,
        expires: issued.saturating_add(i64::from(long_term::duration(&signer, asked))),
        provider: None,
        federated_keys: BTreeMap::new(),
        tags: BTreeMap::new(),
        transitive_tag_keys: Vec::new(),
        source_identity: None,
        policy: None,
        policy_arns: Vec::new(),
    };
    let result = GetSessionTokenResult {
        credentials: Credentials::issue(aws, &session, 0, call),
    };
    Ok(result_document(&result, NAMESPACE, request.request_id))
}
