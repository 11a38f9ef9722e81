//! Handing out the credentials.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::input::Input;
use crate::accounts::{Account, OidcProvider, Role};
use crate::aws::Aws;
use crate::event::Call;
use crate::query::{QueryResult, result_document, xml_text};
use crate::session::{Identity, Session};
use crate::sts::NAMESPACE;
use crate::sts::credentials::{AssumedRoleUser, Credentials};
use crate::sts::session_tags::SessionTags;

/// What was granted.
pub(super) struct Grant<'a> {
    pub(super) account: &'a Account,
    pub(super) provider: &'a OidcProvider,
    pub(super) role: &'a Role,
    pub(super) audience: &'a str,
    pub(super) subject: &'a str,
    pub(super) federated_keys: BTreeMap<String, Vec<String>>,
    pub(super) tags: SessionTags,
    pub(super) source_identity: Option<String>,
    /// In seconds. The token's own expiration does not shorten it (recorded AWS behaviour).
    pub(super) duration: u32,
    pub(super) packed_size: usize,
}

/// In the order of the example in the STS API Reference; the order on the wire is not recorded. `Provider` is the ARN
/// of the provider (recorded), although the reference says the issuer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AssumeRoleWithWebIdentityResult<'a> {
    audience: Cow<'a, str>,
    assumed_role_user: AssumedRoleUser,
    provider: String,
    credentials: Credentials,
    subject_from_web_identity_token: Cow<'a, str>,
    packed_policy_size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<&'a str>,
}

impl QueryResult for AssumeRoleWithWebIdentityResult<'_> {
    const RESPONSE: &'static str = "AssumeRoleWithWebIdentityResponse";
    const RESULT: &'static str = "AssumeRoleWithWebIdentityResult";
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
    let provider = grant.provider.arn(&grant.account.id);
    let session = Session {
        access_key_id: aws.identifiers.temporary_access_key_id(&grant.account.id),
        account: grant.account.id.clone(),
        identity: Identity::Role {
            name: grant.role.name.clone(),
            id: grant.role.id.clone(),
            session_name: input.session_name.to_owned(),
        },
        issued,
        expires: issued.saturating_add(i64::from(grant.duration)),
        provider: Some(provider.clone()),
        federated_keys: grant.federated_keys,
        tags: grant.tags.tags,
        transitive_tag_keys: grant.tags.transitive,
        source_identity: grant.source_identity,
        policy: input.policy.map(str::to_owned),
        policy_arns: input.policy_arns.iter().map(|arn| (*arn).to_owned()).collect(),
    };
    let result = AssumeRoleWithWebIdentityResult {
        audience: xml_text(grant.audience),
        assumed_role_user: AssumedRoleUser::of(&session),
        provider,
        credentials: Credentials::issue(aws, &session, input.minimum_token_size, call),
        subject_from_web_identity_token: xml_text(grant.subject),
        packed_policy_size: grant.packed_size,
        source_identity: session.source_identity.as_deref(),
    };
    result_document(&result, NAMESPACE, request_id)
}
