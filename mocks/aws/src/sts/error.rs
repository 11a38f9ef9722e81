//! The errors of STS: one constructor for each, so that code, status and text cannot drift apart.
//!
//! Texts are recorded AWS behaviour of September 2026 unless said otherwise.

use http::StatusCode;

use crate::query::ApiError;

fn access_denied(message: &'static str) -> ApiError {
    ApiError::sender(StatusCode::FORBIDDEN, "AccessDenied", message)
}

fn invalid_identity_token(message: impl Into<std::borrow::Cow<'static, str>>) -> ApiError {
    ApiError::sender(StatusCode::BAD_REQUEST, "InvalidIdentityToken", message)
}

/// No such role, no trust, an explicit deny: AWS does not say which.
pub(crate) fn not_authorized() -> ApiError {
    access_denied("Not authorized to perform sts:AssumeRoleWithWebIdentity")
}

/// As clients report it.
pub(crate) fn not_authorized_to_tag() -> ApiError {
    access_denied("Not authorized to perform sts:TagSession")
}

/// By analogy with the text for tags; the exact text is not known.
pub(crate) fn not_authorized_to_set_source_identity() -> ApiError {
    access_denied("Not authorized to perform sts:SetSourceIdentity")
}

/// `ProviderId` names neither of the two providers it is for.
pub(crate) fn unrecognized_provider() -> ApiError {
    access_denied(
        "Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens",
    )
}

/// `ProviderId` is `www.amazon.com`, and the token is a JWT.
pub(crate) fn not_an_amazon_token() -> ApiError {
    invalid_identity_token("Provided Token is not a Login With Amazon token")
}

/// `ProviderId` is `graph.facebook.com`, and the token is a JWT.
pub(crate) fn rejected_by_facebook() -> ApiError {
    ApiError::sender(
        StatusCode::FORBIDDEN,
        "IDPRejectedClaim",
        "graph.facebook.com rejected OAuth token with response \"Bad signature\" and code 190",
    )
}

/// As clients report it; the URL is the token's `iss`.
pub(crate) fn no_provider(issuer: &str) -> ApiError {
    invalid_identity_token(format!(
        "No OpenIDConnect provider found in your account for {issuer}"
    ))
}

/// As clients report it; recorded for an unknown `crit`.
pub(crate) fn not_a_jwt() -> ApiError {
    invalid_identity_token(
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    )
}

pub(crate) fn missing_claim(claim: &str) -> ApiError {
    invalid_identity_token(format!("Missing a required claim: {claim}"))
}

pub(crate) fn empty_claim(claim: &str) -> ApiError {
    invalid_identity_token(format!("Claim is not allowed to be empty: {claim}"))
}

pub(crate) fn several_audiences() -> ApiError {
    invalid_identity_token(
        "Token audience contains more than one audience while authorized party is not present",
    )
}

/// A bad signature or an audience that is not registered: AWS does not say which. Until some time in 2026 a wrong
/// audience had a text of its own, `Incorrect token audience`.
pub(crate) fn not_validated() -> ApiError {
    invalid_identity_token(
        "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation \
         for requirements.",
    )
}

/// No usable key, or the issuer is out of reach. There are two blanks after the comma.
pub(crate) fn no_verification_key() -> ApiError {
    invalid_identity_token(
        "Couldn't retrieve verification key from your identity provider,  please reference \
         AssumeRoleWithWebIdentity documentation for requirements",
    )
}

/// As clients report it.
pub(crate) fn thumbprint_mismatch() -> ApiError {
    invalid_identity_token("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint")
}

pub(crate) fn invalid_timestamp() -> ApiError {
    invalid_identity_token("Invalid timestamp in token claims.")
}

pub(crate) fn token_from_the_future(issued: i64) -> ApiError {
    invalid_identity_token(format!("Token issued in the future: {issued}"))
}

/// `latest` is the time with the leeway added: that is what AWS calls current here.
pub(crate) fn token_not_yet_valid(latest: i64, not_before: i64) -> ApiError {
    invalid_identity_token(format!(
        "Token not yet valid: current date/time {latest} must be after or equal to the not-before date/time \
         {not_before}"
    ))
}

/// `earliest` is the time with the leeway taken off: that is what AWS calls current here.
pub(crate) fn token_expired(earliest: i64, expiration: i64) -> ApiError {
    ApiError::sender(
        StatusCode::BAD_REQUEST,
        "ExpiredTokenException",
        format!(
            "Token expired: current date/time {earliest} must be before the expiration date/time {expiration}"
        ),
    )
}

pub(crate) fn malformed_principal_tags() -> ApiError {
    invalid_identity_token("principal_tags passed in claim is not in correct format.")
}

/// By analogy with the text for `principal_tags`; not recorded.
pub(crate) fn malformed_transitive_tag_keys() -> ApiError {
    invalid_identity_token("transitive_tag_keys passed in claim is not in correct format.")
}

/// By analogy with the text for `principal_tags`; not recorded.
pub(crate) fn malformed_source_identity() -> ApiError {
    invalid_identity_token("source_identity passed in claim is not in correct format.")
}

pub(crate) fn role_not_in_claim() -> ApiError {
    invalid_identity_token("The target role ARN is not present in the roles claim of the identity token")
}

pub(crate) fn no_role_in_claim() -> ApiError {
    invalid_identity_token("The roles claim contains no valid role ARNs")
}

/// Not recorded.
pub(crate) fn malformed_roles_claim() -> ApiError {
    invalid_identity_token("The roles claim is not in a supported format")
}

/// What AWS answers to a `sub` of `null`.
pub(crate) fn unknown_error() -> ApiError {
    ApiError::receiver(
        StatusCode::INTERNAL_SERVER_ERROR,
        "InternalFailure",
        "Unknown error validating third-party token",
    )
}

pub(crate) fn invalid_arn(arn: &str) -> ApiError {
    ApiError::validation(format!("{arn} is invalid"))
}

/// As clients report it.
pub(crate) fn not_the_arn_of_a_role() -> ApiError {
    ApiError::validation("Request ARN is invalid")
}

/// As clients report it, also of this very operation.
pub(crate) fn duration_above_role_maximum() -> ApiError {
    ApiError::validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
}

/// A caller that may not do what it asks for, with AWS's words for the reason if it gives one ("Troubleshoot access
/// denied error messages", IAM User Guide).
pub(crate) fn caller_not_authorized(
    caller: &str,
    action: &str,
    resource: Option<&str>,
    context: Option<&str>,
) -> ApiError {
    let resource = resource
        .map(|resource| format!(" on resource: {resource}"))
        .unwrap_or_default();
    let context = context.map(|context| format!(" {context}")).unwrap_or_default();
    ApiError::sender(
        StatusCode::FORBIDDEN,
        "AccessDenied",
        format!("User: {caller} is not authorized to perform: {action}{resource}{context}"),
    )
}

/// As clients report it.
pub(crate) fn root_assumes_role() -> ApiError {
    access_denied("Roles may not be assumed by root accounts.")
}

/// GetSessionToken or GetFederationToken, called with temporary credentials. As clients report it.
pub(crate) fn session_credentials(operation: &str) -> ApiError {
    ApiError::sender(
        StatusCode::FORBIDDEN,
        "AccessDenied",
        format!("Cannot call {operation} with session credentials"),
    )
}

pub(crate) fn duration_above_chaining_limit() -> ApiError {
    ApiError::validation(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    )
}

pub(crate) fn source_identity_fixed() -> ApiError {
    ApiError::validation("The source identity is already set for this assume role session")
}

pub(crate) fn transitive_tag_conflict() -> ApiError {
    ApiError::sender(
        StatusCode::BAD_REQUEST,
        "InvalidParameterValue",
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from \
         the calling session.",
    )
}

/// As clients report it, with two blanks after the first sentence.
pub(crate) fn unknown_mfa_device() -> ApiError {
    access_denied(
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is \
         valid and associated with this user.",
    )
}

/// Only one of device and code was sent. The text is not recorded.
pub(crate) fn half_an_mfa_code() -> ApiError {
    access_denied(
        "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
    )
}

/// An access key that nobody owns. Neither code nor text is known.
pub(crate) fn unknown_access_key(access_key_id: &str) -> ApiError {
    ApiError::validation(format!("The access key {access_key_id} does not exist"))
}

/// As clients report it.
pub(crate) fn invalid_authorization_message() -> ApiError {
    ApiError::sender(
        StatusCode::BAD_REQUEST,
        "InvalidAuthorizationMessageException",
        "Message is not valid",
    )
}

/// A session policy that cannot be read. The text is the one IAM gives for the same fault; that of STS is not known.
pub(crate) fn malformed_session_policy(text: &str) -> ApiError {
    ApiError::sender(
        StatusCode::BAD_REQUEST,
        "MalformedPolicyDocument",
        text.to_owned(),
    )
}

/// As recorded of AssumeRole; that AssumeRoleWithWebIdentity has the same is an assumption.
pub(crate) fn transitive_key_without_tag() -> ApiError {
    ApiError::sender(
        StatusCode::BAD_REQUEST,
        "InvalidParameterValue",
        "The specified transitive tag key must be included in the requested tags.",
    )
}

/// As recorded of AssumeRole; that AssumeRoleWithWebIdentity has the same is an assumption.
pub(crate) fn duplicate_tag_keys() -> ApiError {
    ApiError::sender(
        StatusCode::BAD_REQUEST,
        "InvalidParameterValue",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    )
}

/// As clients report it.
pub(crate) fn packed_policy_too_large(percent: usize) -> ApiError {
    ApiError::sender(
        StatusCode::BAD_REQUEST,
        "PackedPolicyTooLarge",
        format!("Packed policy consumes {percent}% of allotted space, please use smaller policy."),
    )
}

/// As clients report it.
pub(crate) fn packed_tags_too_large(percent: usize) -> ApiError {
    ApiError::sender(
        StatusCode::BAD_REQUEST,
        "PackedPolicyTooLarge",
        format!("Packed size of session tags consumes {percent}% of allotted space."),
    )
}
