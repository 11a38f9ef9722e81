//! The order of the checks.

use super::input::Input;
use super::issue::{Grant, issue};
use super::{duration, inheritance, trust};
use crate::authentication::Signer;
use crate::aws::Aws;
use crate::cause::Cause;
use crate::event::Call;
use crate::query::Failure;
use crate::request::ApiRequest;
use crate::session::Identity;
use crate::sts::packed_size::PackedSize;
use crate::sts::role_lookup::{self, role_arn};
use crate::sts::session_tags::SessionTags;
use crate::sts::signer::signer;
use crate::sts::{error, session_policy};

/// What a session policy takes at least, in percent: a small one is recorded with 16 in all.
const PACKED_POLICY: usize = 14;

/// Serves the operation.
///
/// Recorded AWS behaviour: the signature comes first, then the constraints, all in one message; a role that does not
/// exist is answered as one that does not trust the caller; the role's own limit of the duration comes before that of a
/// chain. The rest is assumed: what needs only the request and the calling session comes before the role, and the limits
/// of the role are for those whom it trusts.
pub(in crate::sts) fn assume_role(
    aws: &Aws,
    request: &ApiRequest<'_>,
    call: &mut Call,
) -> Result<String, Failure> {
    let signer = signer(aws, request, call)?;
    let input = Input::read(&request.parameters, call)?;
    let role_arn = role_arn(input.role_arn)?;
    check_kind(&signer, input.role_arn)?;
    let calling = signer.session.as_ref();
    let tags = input.tags.for_session(calling)?;
    let all_tags = inheritance::tags(&tags, calling);
    let source_identity = inheritance::source_identity(input.source_identity, calling)?;
    input.mfa.check()?;

    let not_authorized = |cause: Cause| {
        error::caller_not_authorized(&signer.caller.arn, "sts:AssumeRole", Some(input.role_arn), None)
            .because(cause)
    };
    let account = role_lookup::account(aws, &role_arn).map_err(not_authorized)?;
    let role = role_lookup::role(&account, &role_arn).map_err(not_authorized)?;
    let asked = trust::Asked {
        signer: &signer,
        account: &account,
        role,
        session_name: input.session_name,
        external_id: input.external_id,
        tags: &tags,
        all_tags: &all_tags,
        source_identity: source_identity.as_deref(),
    };
    trust::check(aws, &asked, request, call)?;

    let maximum = role.max_session_duration;
    duration::check(input.duration, &role.arn(&account.id), maximum, calling.is_some())?;
    session_policy::check(input.policy)?;
    let packed_size = packed_size(&input, &all_tags)?;
    let grant = Grant {
        account: &account,
        role,
        tags: all_tags,
        source_identity,
        packed_size,
    };
    Ok(issue(aws, request.request_id, &input, grant, call))
}

/// Refuses callers that cannot assume roles at all: root users, and federated users, who can call nothing of STS but
/// GetCallerIdentity ("Compare AWS STS credentials", IAM User Guide; the text for them is assumed).
fn check_kind(signer: &Signer, role_arn: &str) -> Result<(), Failure> {
    let caller = signer.caller.arn.clone();
    if signer.is_root() {
        return Err(error::root_assumes_role().because(Cause::RootAssumesRole { caller }));
    }
    match signer.session.as_ref().map(|session| &session.identity) {
        Some(Identity::FederatedUser { .. }) => {
            let error = error::caller_not_authorized(&caller, "sts:AssumeRole", Some(role_arn), None);
            Err(error.because(Cause::WrongKindOfCredentials {
                caller,
                operation: "AssumeRole".to_owned(),
                origin: Some("GetFederationToken".to_owned()),
            }))
        }
        _ => Ok(()),
    }
}

/// `PackedPolicySize`, in percent. It is left out of the answer if there are neither policies nor tags (recorded AWS
/// behaviour). What tags alone come to is not recorded.
fn packed_size(input: &Input<'_>, tags: &SessionTags) -> Result<Option<usize>, Failure> {
    let has_policy = input.policy.is_some() || !input.policy_arns.is_empty();
    if !has_policy && tags.is_empty() {
        return Ok(None);
    }
    let size = PackedSize::of(input.policy, &input.policy_arns, tags)?;
    let base = if has_policy { PACKED_POLICY } else { 1 };
    size.total(base).map(Some)
}
