//! GetFederationToken: temporary credentials for somebody whom a user vouches for. Needs a long-term key.
//!
//! Source: GetFederationToken, STS API Reference. The permission that a user needs for it is not asked for here, since
//! a long-term key is taken for an administrator's.

use std::collections::BTreeMap;

use serde::Serialize;

use super::constraint::{ARN, NAME, POLICY};
use super::credentials::Credentials;
use super::packed_size::PackedSize;
use super::request_tags::RequestTags;
use super::signer::signer;
use super::{NAMESPACE, long_term, session_policy};
use crate::aws::Aws;
use crate::event::Call;
use crate::query::{Constraint, Failure, Parameters, QueryResult, Violations, result_document};
use crate::request::ApiRequest;
use crate::session::{Identity, Session};

const USER_NAME: Constraint = Constraint {
    min: 2,
    max: 32,
    pattern: Some(NAME),
    sensitive: false,
};

/// The parameters, within their constraints.
struct Input<'a> {
    name: &'a str,
    policy: Option<&'a str>,
    policy_arns: Vec<&'a str>,
    duration: Option<i32>,
    tags: RequestTags<'a>,
}

/// In the order of the example in the STS API Reference.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetFederationTokenResult {
    credentials: Credentials,
    federated_user: FederatedUser,
    packed_policy_size: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FederatedUser {
    arn: String,
    federated_user_id: String,
}

impl QueryResult for GetFederationTokenResult {
    const RESPONSE: &'static str = "GetFederationTokenResponse";
    const RESULT: &'static str = "GetFederationTokenResult";
}

impl<'a> Input<'a> {
    /// Reads the parameters and notes those worth showing.
    fn read(parameters: &'a Parameters, call: &mut Call) -> Result<Self, Failure> {
        for name in ["Name", "DurationSeconds", "Policy"] {
            if let Some(value) = parameters.get(name) {
                call.parameters.insert(name, value.to_owned());
            }
        }
        let policy_arns = parameters.list("PolicyArns", Some("arn"));
        if !policy_arns.is_empty() {
            call.parameters.insert("PolicyArns", policy_arns.join(" "));
        }
        let tags = RequestTags::read_tags(parameters, call);
        let duration = parameters.integer("DurationSeconds")?;
        let (name, policy) = (parameters.get("Name"), parameters.get("Policy"));
        let mut violations = Violations::default();
        violations.required("name", name, USER_NAME);
        violations.optional("policy", policy, POLICY);
        violations.list("policyArns", &policy_arns, 10);
        for (index, arn) in policy_arns.iter().enumerate() {
            violations.required(&format!("policyArns.{}.member.arn", index + 1), Some(arn), ARN);
        }
        violations.range("durationSeconds", duration, 900, long_term::LONGEST);
        tags.constrain(&mut violations);
        violations.into_result()?;
        Ok(Input {
            name: name.unwrap_or_default(),
            policy,
            policy_arns,
            duration,
            tags,
        })
    }
}

/// Serves the operation: signature, constraints, kind of credentials, tags, policy (the order is assumed).
pub(super) fn serve(aws: &Aws, request: &ApiRequest<'_>, call: &mut Call) -> Result<String, Failure> {
    let signer = signer(aws, request, call)?;
    let input = Input::read(&request.parameters, call)?;
    long_term::check(&signer, "GetFederationToken")?;
    let tags = input.tags.for_session(None)?;
    session_policy::check(input.policy)?;
    // without policies and tags it is 0 (recorded AWS behaviour)
    let packed_policy_size = PackedSize::of(input.policy, &input.policy_arns, &tags)?.total(0)?;

    let issued = call.at.as_second();
    let caller = &signer.caller;
    let session = Session {
        access_key_id: aws.identifiers.temporary_access_key_id(&caller.account),
        account: caller.account.clone(),
        identity: Identity::FederatedUser {
            name: input.name.to_owned(),
        },
        issued,
        expires: issued.saturating_add(i64::from(long_term::duration(&signer, input.duration))),
        provider: None,
        federated_keys: BTreeMap::new(),
        tags: tags.tags,
        transitive_tag_keys: Vec::new(),
        source_identity: None,
        policy: input.policy.map(str::to_owned),
        policy_arns: input.policy_arns.iter().map(|arn| (*arn).to_owned()).collect(),
    };
    let result = GetFederationTokenResult {
        credentials: Credentials::issue(aws, &session, 0, call),
        federated_user: FederatedUser {
            arn: session.arn(),
            federated_user_id: session.user_id(),
        },
        packed_policy_size,
    };
    Ok(result_document(&result, NAMESPACE, request.request_id))
}
