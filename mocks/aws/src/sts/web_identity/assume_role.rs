//! The order of the checks.

use super::claims::Claims;
use super::input::Input;
use super::issue::{Grant, issue};
use super::packed_size::packed_size;
use super::roles_claim::role_authorized_by_idp;
use super::{audience, lookup, provider_id, source_identity, trust, verification};
use crate::aws::Aws;
use crate::cause::Cause;
use crate::event::Call;
use crate::query::Failure;
use crate::request::ApiRequest;
use crate::sts::role_lookup::role_arn;
use crate::sts::session_tags::SessionTags;
use crate::sts::{error, session_policy};
use crate::token::Jwt;

/// Serves the operation.
///
/// Known of AWS's order: constraints come before everything else and all in one message; the roles claim comes
/// before the trust policy; a role that does not exist and one that does not trust the token are told apart by
/// nobody, and only a good token gets that far. The rest is assumed: what needs only the request, then what needs
/// the account, then what needs the issuer, and the limits of the role only for those whom it trusts.
///
/// The operation is not signed; a signature that comes with it is ignored.
pub(crate) async fn assume_role(
    aws: &Aws,
    request: &ApiRequest<'_>,
    call: &mut Call,
) -> Result<String, Failure> {
    let now = call.at;
    let input = Input::read(&request.parameters, call)?;
    let role_arn = role_arn(input.role_arn)?;
    provider_id::check(input.provider_id)?;

    let (jwt, decoded) =
        Jwt::decode(input.token).map_err(|why| error::not_a_jwt().because(Cause::NotAJwt { why }))?;
    let token = call.token.insert(decoded);
    let claims = Claims::read(&token.claims)?;

    let account = lookup::account(aws, &role_arn, &claims.issuer)?;
    let provider = lookup::provider(aws, &account, &claims.issuer)?;
    verification::verify(aws, provider, &jwt, &claims).await?;
    claims.check_validity(now)?;
    audience::check(provider, &account, &claims)?;
    let subject = Claims::subject(&token.claims)?;

    let authorized_by_idp = role_authorized_by_idp(&token.claims, input.role_arn)?;
    let tags = SessionTags::read(&token.claims)?;
    let source_identity = source_identity::read(&token.claims)?;
    let role = lookup::role(&account, &role_arn)?;
    let asked = trust::Asked {
        account: &account,
        provider,
        claims: &claims,
        all_claims: &token.claims,
        subject: Some(&subject),
        session_name: input.session_name,
        tags: &tags,
        source_identity: source_identity.as_deref(),
        authorized_by_idp,
    };
    let federated_keys = trust::check(&asked, role, request, now, &mut call.decision)?;

    let duration = input.duration.unwrap_or(3600);
    if duration > role.max_session_duration {
        return Err(
            error::duration_above_role_maximum().because(Cause::DurationAboveRoleMaximum {
                role_arn: role.arn(&account.id),
                requested: duration,
                maximum: role.max_session_duration,
            }),
        );
    }
    session_policy::check(input.policy)?;
    let packed_size = packed_size(&input, &subject, &tags, source_identity.as_deref())?;
    let grant = Grant {
        account: &account,
        provider,
        role,
        audience: claims.audience().0,
        subject: &subject,
        federated_keys,
        tags,
        source_identity,
        duration,
        packed_size,
    };
    Ok(issue(aws, request.request_id, &input, grant, call))
}
