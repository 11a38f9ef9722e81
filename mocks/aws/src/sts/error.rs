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

/// A session policy that cannot be read. The text is the one IAM gives for the same fault; that of STS is not known.
pub(crate) fn malformed_session_policy(text: &str) -> ApiError {
    ApiError::sender(
        StatusCode::BAD_REQUEST,
        "MalformedPolicyDocument",
        text.to_owned(),
    )
}

/// As recorded of AssumeRole; that this operation has the same is an assumption.
pub(crate) fn transitive_key_without_tag() -> ApiError {
    ApiError::sender(
        StatusCode::BAD_REQUEST,
        "InvalidParameterValue",
        "The specified transitive tag key must be included in the requested tags.",
    )
}

/// As recorded of AssumeRole; that this operation has the same is an assumption.
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
