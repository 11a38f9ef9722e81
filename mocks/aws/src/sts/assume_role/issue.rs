//! Handing out the credentials.

use std::collections::BTreeMap;

use serde::Serialize;

use super::input::Input;
use crate::accounts::{Account, Role};
use crate::aws::Aws;
use crate::event::Call;
use crate::query::{QueryResult, result_document};
use crate::session::{Identity, Session};
use crate::sts::NAMESPACE;
use crate::sts::credentials::{AssumedRoleUser, Credentials};
use crate::sts::session_tags::SessionTags;

/// What was granted.
pub(super) struct Grant<'a> {
    pub(super) account: &'a Account,
    pub(super) role: &'a Role,
    pub(super) tags: SessionTags,
    pub(super) source_identity: Option<String>,
    pub(super) packed_size: Option<usize>,
}

/// In the order recorded; where `PackedPolicySize` stands is not.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AssumeRoleResult<'a> {
    assumed_role_user: AssumedRoleUser,
    credentials: Credentials,
    #[serde(skip_serializing_if = "Option::is_none")]
    packed_policy_size: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<&'a str>,
}

impl QueryResult for AssumeRoleResult<'_> {
    const RESPONSE: &'static str = "AssumeRoleResponse";
    const RESULT: &'static str = "AssumeRoleResult";
}

/// Makes the session and writes the answer.
pub(super) fn issue(
    aws: &Aws,
    request_id: &str,
    input: &Input<'_>,
    grant: Grant<'_>,
    call: &mut Call,
) -> String {
    let issued = call.at.as_second();
    let session = Session {
        access_key_id: aws.identifiers.temporary_access_key_id(&grant.account.id),
        account: grant.account.id.clone(),
        identity: Identity::Role {
            name: grant.role.name.clone(),
            id: grant.role.id.clone(),
            session_name: input.session_name.to_owned(),
        },
        issued,
        expires: issued.saturating_add(i64::from(input.duration)),
        provider: None,
        federated_keys: BTreeMap::new(),
        tags: grant.tags.tags,
        transitive_tag_keys: grant.tags.transitive,
        source_identity: grant.source_identity,
        policy: input.policy.map(str::to_owned),
        policy_arns: input.policy_arns.iter().map(|arn| (*arn).to_owned()).collect(),
    };
    let result = AssumeRoleResult {
        assumed_role_user: AssumedRoleUser::of(&session),
        credentials: Credentials::issue(aws, &session, 0, call),
        packed_policy_size: grant.packed_size,
        source_identity: session.source_identity.as_deref(),
    };
    result_document(&result, NAMESPACE, request_id)
}
