//! The form of principals.

use super::malformed;
use crate::document::{PrincipalEntry, PrincipalType};
use crate::error::ParseError;
use crate::request::account_of;

/// A principal of a trust policy.
///
/// Whether it exists is the service's business, not the language's. The scalar `"*"` is refused although `{"AWS": "*"}` is
/// not (recorded AWS behaviour; its text is inferred).
pub(super) fn check_trusted(entry: &PrincipalEntry) -> Result<(), ParseError> {
    match entry.kind {
        None => Err(invalid(
            entry,
            "*",
            "\"*\"",
            "the scalar \"*\" is not allowed in a trust policy",
        )
        .with_help("write {\"AWS\": \"*\"}, or name a provider under \"Federated\"")),
        Some(PrincipalType::Federated) => check_federated(entry),
        Some(_) => check_named(entry),
    }
}

/// A principal of a resource policy.
pub(super) fn check_named(entry: &PrincipalEntry) -> Result<(), ParseError> {
    let value = entry.value.as_str();
    match entry.kind {
        None | Some(PrincipalType::Federated) => Ok(()),
        Some(PrincipalType::Aws) if is_aws_principal(value) => Ok(()),
        Some(PrincipalType::Service) if is_domain(value) => Ok(()),
        Some(PrincipalType::CanonicalUser) if !value.is_empty() => Ok(()),
        // the type is printed in upper case
        Some(kind) => {
            let kind = kind.name().to_ascii_uppercase();
            let shown = format!("\"{kind}\":\"{value}\"");
            let detail = if value.contains('*') {
                format!("`{value}` has a wildcard: a principal has to be named in full")
            } else {
                format!("`{value}` is no principal of this type")
            };
            Err(invalid(entry, value, &shown, &detail))
        }
    }
}

fn invalid(entry: &PrincipalEntry, _value: &str, shown: &str, detail: &str) -> ParseError {
    ParseError::new(
        malformed(format!("Invalid principal in policy: {shown}")),
        entry.span.clone(),
        detail,
    )
}

/// The ARN of a SAML or OIDC provider, or a domain.
fn check_federated(entry: &PrincipalEntry) -> Result<(), ParseError> {
    let value = entry.value.as_str();
    let resource = value
        .starts_with("arn:")
        .then(|| value.splitn(6, ':').nth(5))
        .flatten();
    let provider = resource.is_some_and(|resource| {
        resource.starts_with("oidc-provider/") || resource.starts_with("saml-provider/")
    });
    if (provider && !value.contains(['*', '?'])) || is_domain(value) {
        return Ok(());
    }
    let message = "Federated principals must be valid domain names or SAML metadata ARNs";
    let detail = format!("`{value}` is neither the ARN of a provider nor a domain");
    let issuer = value.strip_prefix("https://").unwrap_or(value);
    let error = ParseError::new(malformed(message), entry.span.clone(), detail);
    if is_domain(issuer.split('/').next().unwrap_or(issuer)) {
        let arn = format!("arn:aws:iam::111122223333:oidc-provider/{issuer}");
        return Err(error.with_help(format!("write the ARN of the provider, e.g. `{arn}`")));
    }
    Err(error)
}

fn is_domain(value: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    value.contains('.') && value.split('.').all(label)
}

/// Everybody, an account, an ARN of somebody, or the unique id of somebody deleted.
fn is_aws_principal(value: &str) -> bool {
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_unique_id = value.len() >= 16
        && value.starts_with('A')
        && value
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if value == "*" || is_account(value) || is_unique_id {
        return true;
    }
    let service = value.split(':').nth(2);
    let resource = value.splitn(6, ':').nth(5).unwrap_or_default();
    let named = match service {
        Some("iam") => resource == "root" || ["user/", "role/"].iter().any(|kind| resource.starts_with(kind)),
        Some("sts") => ["assumed-role/", "federated-user/"]
            .iter()
            .any(|kind| resource.starts_with(kind)),
        _ => false,
    };
    named && account_of(value).is_some_and(is_account) && !value.contains(['*', '?'])
}
