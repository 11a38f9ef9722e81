//! Policy documents in parameters: what IAM checks before it keeps one.

use iam_policy::document::{PrincipalEntry, PrincipalType};
use iam_policy::{Fault, ParseError, Policy, PolicyKind, ValidationRules, account_of};

use super::asked::Asked;
use super::error;
use crate::accounts::RoleArn;
use crate::cause::Cause;
use crate::query::{ApiError, Failure};

/// A document of an identity policy. `fault_of_json` is what the operation answers to what is no JSON at all.
pub(super) fn identity(text: &str, managed: bool, fault_of_json: Fault) -> Result<Policy, Failure> {
    let rules = ValidationRules {
        managed,
        ..ValidationRules::default()
    };
    read(text, PolicyKind::Identity, &rules, fault_of_json)
}

/// A trust policy: the language's rules, the control of shared providers, and that those it names exist.
///
/// Whether IAM demands that an OIDC provider exists is not known; here it does not, as providers and roles are made in either
/// order.
pub(super) fn trust(asked: &Asked<'_>, text: &str) -> Result<Policy, Failure> {
    let rules = ValidationRules {
        shared_provider_control: asked.aws.iam.shared_provider_control,
        ..ValidationRules::default()
    };
    let policy = read(text, PolicyKind::Trust, &rules, Fault::InvalidJson)?;
    for statement in policy.statements() {
        let entries = statement.principal.iter().flat_map(|element| &element.entries);
        for entry in entries {
            check_principal(asked, entry)?;
        }
    }
    Ok(policy)
}

fn read(
    text: &str,
    kind: PolicyKind,
    rules: &ValidationRules,
    fault_of_json: Fault,
) -> Result<Policy, Failure> {
    let read = Policy::parse(text).and_then(|policy| policy.validate(kind, rules).map(|_| policy));
    read.map_err(|mut error| {
        if error.fault == Fault::InvalidJson {
            error.fault = fault_of_json;
        }
        refused(&error, text)
    })
}

fn refused(error: &ParseError, text: &str) -> Failure {
    let before = text.get(..error.span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let cause = Cause::RefusedDocument {
        why: format!("{} (line {line})", error.detail),
        help: error.help.clone(),
    };
    let message = error.message().to_owned();
    let wire: ApiError = match &error.fault {
        Fault::LimitExceeded(_) => error::limit_exceeded(message),
        _ => error::malformed_document(message),
    };
    wire.because(cause)
}

/// Refuses roles and users that do not exist.
///
/// DIVERGENCE: of accounts that this AWS has not nothing is known, and what they are said to have is taken to exist.
fn check_principal(asked: &Asked<'_>, entry: &PrincipalEntry) -> Result<(), Failure> {
    if entry.kind != Some(PrincipalType::Aws) {
        return Ok(());
    }
    let arn = entry.value.as_str();
    let Some(account) = account_of(arn).and_then(|id| asked.aws.directory.newest(id)) else {
        return Ok(());
    };
    let exists = match RoleArn::parse(arn) {
        Ok(role) => account.role(&role.path, &role.name).is_some(),
        Err(_) if arn.contains(":user/") => asked.aws.access_keys.values().any(|key| key.arn == arn),
        Err(_) => true,
    };
    if exists {
        return Ok(());
    }
    let cause = Cause::RefusedDocument {
        why: format!("the principal `{arn}` does not exist"),
        help: None,
    };
    Err(error::malformed_document(format!("Invalid principal in policy: \"AWS\":\"{arn}\"")).because(cause))
}
