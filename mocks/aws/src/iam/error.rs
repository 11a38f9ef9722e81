//! The errors of IAM: one constructor for each, so that code, status and text cannot drift apart.
//!
//! Texts are recorded AWS behaviour of February 2026 unless said otherwise; statuses are those of the published service model.

use std::borrow::Cow;

use http::StatusCode;

use crate::query::ApiError;

type Text = Cow<'static, str>;

pub(super) fn no_such_entity(message: impl Into<Text>) -> ApiError {
    ApiError::sender(StatusCode::NOT_FOUND, "NoSuchEntity", message)
}

pub(super) fn already_exists(message: impl Into<Text>) -> ApiError {
    ApiError::sender(StatusCode::CONFLICT, "EntityAlreadyExists", message)
}

pub(super) fn delete_conflict(message: impl Into<Text>) -> ApiError {
    ApiError::sender(StatusCode::CONFLICT, "DeleteConflict", message)
}

pub(super) fn limit_exceeded(message: impl Into<Text>) -> ApiError {
    ApiError::sender(StatusCode::CONFLICT, "LimitExceeded", message)
}

pub(super) fn invalid_input(message: impl Into<Text>) -> ApiError {
    ApiError::sender(StatusCode::BAD_REQUEST, "InvalidInput", message)
}

pub(super) fn malformed_document(message: impl Into<Text>) -> ApiError {
    ApiError::sender(StatusCode::BAD_REQUEST, "MalformedPolicyDocument", message)
}

/// As the AWS console shows it ("Could not connect to openid configuration of provider", GitLab documentation,
/// "Configure OpenID Connect in AWS", Troubleshooting).
pub(super) fn idp_communication(issuer: &str) -> ApiError {
    ApiError::sender(
        StatusCode::BAD_REQUEST,
        "OpenIdIdpCommunicationError",
        format!("Could not connect to openid configuration of provider: {issuer}"),
    )
}

pub(super) fn no_such_role(name: &str) -> ApiError {
    no_such_entity(format!("The role with name {name} cannot be found."))
}

pub(super) fn no_such_role_policy(name: &str) -> ApiError {
    no_such_entity(format!("The role policy with name {name} cannot be found."))
}

pub(super) fn no_such_policy(arn: &str) -> ApiError {
    no_such_entity(format!("Policy {arn} was not found."))
}

pub(super) fn not_attachable(arn: &str) -> ApiError {
    no_such_entity(format!("Policy {arn} does not exist or is not attachable."))
}

pub(super) fn no_such_version(arn: &str, version: &str) -> ApiError {
    no_such_entity(format!(
        "Policy {arn} version {version} does not exist or is not attachable."
    ))
}

pub(super) fn no_such_boundary(arn: &str) -> ApiError {
    no_such_entity(format!("Scope ARN: {arn} does not exist or is not attachable."))
}

pub(super) fn no_such_provider(arn: &str) -> ApiError {
    no_such_entity(format!("OpenIDConnect Provider not found for arn {arn}"))
}

/// As recorded of deleting alone.
pub(super) fn no_provider_to_delete(arn: &str) -> ApiError {
    no_such_entity(format!("OpenId connect Provider {arn} cannot be found."))
}

/// The text is not recorded.
pub(super) fn no_such_alias(alias: &str) -> ApiError {
    no_such_entity(format!("The account alias with name {alias} cannot be found."))
}

pub(super) fn no_such_user(name: &str) -> ApiError {
    no_such_entity(format!("The user with name {name} cannot be found."))
}

/// As clients report it.
pub(super) fn no_such_instance_profile(name: &str) -> ApiError {
    no_such_entity(format!("Instance Profile {name} cannot be found."))
}

pub(super) fn invalid_arn(arn: &str) -> ApiError {
    ApiError::validation(format!("ARN {arn} is not valid."))
}

pub(super) fn duplicate_tag_keys() -> ApiError {
    invalid_input("Duplicate tag keys found.")
}

pub(super) fn duplicate_tag_keys_of_role() -> ApiError {
    invalid_input("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
}

pub(super) fn too_many_tags() -> ApiError {
    limit_exceeded("The number of tags has reached the maximum limit.")
}

/// As clients report the quotas that are not recorded.
pub(super) fn quota(name: &str, limit: usize) -> ApiError {
    limit_exceeded(format!("Cannot exceed quota for {name}: {limit}"))
}

/// As clients report it.
pub(super) fn inline_policies_too_large(role: &str, limit: usize) -> ApiError {
    limit_exceeded(format!(
        "Maximum policy size of {limit} bytes exceeded for role {role}"
    ))
}

/// A marker that no answer had. The text is assumed.
pub(super) fn invalid_marker() -> ApiError {
    ApiError::validation("Invalid Marker.")
}

/// As clients report it: a session has no user.
pub(super) fn must_specify_user() -> ApiError {
    ApiError::validation("Must specify userName when calling with non-User credentials")
}
