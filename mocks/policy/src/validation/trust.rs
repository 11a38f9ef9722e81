//! Trust policies.

use super::statement::{self, Values};
use super::{ValidationRules, malformed, principal, shared_provider};
use crate::document::{ActionElement, Statement, StatementEffect};
use crate::error::ParseError;
use crate::policy::Policy;

/// What the actions of a trust policy may begin with.
///
/// `sts:*` and other wildcards that reach beyond these are refused, and so is `STS:assumerolewithwebidentity`: the check
/// counts case although evaluation does not (recorded AWS behaviour). That the list is exactly this is inferred from the
/// actions documented for trust policies.
const FAMILY: [&str; 4] = [
    "sts:AssumeRole",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
];

/// The checks, in this order; AWS's own order between faults of one document is not known.
pub(super) fn check(policy: &Policy, rules: &ValidationRules) -> Result<(), ParseError> {
    for statement in policy.statements() {
        check_elements(statement)?;
        statement::check_conditions(statement, Values::Stored)?;
    }
    statement::check_sids(policy)?;
    if rules.shared_provider_control {
        policy.statements().iter().try_for_each(shared_provider::check)?;
    }
    Ok(())
}

fn check_elements(statement: &Statement) -> Result<(), ParseError> {
    if let Some(resource) = &statement.resource {
        let (message, name) = if resource.negated {
            ("AssumeRole policy must not contain resources.", "NotResource")
        } else {
            ("Has prohibited field Resource", "Resource")
        };
        let detail = format!("a trust policy has no `{name}`: the role it belongs to is the resource");
        return Err(
            ParseError::new(malformed(message), resource.key_span.clone(), detail)
                .with_help("leave the element out"),
        );
    }
    let Some(principal) = &statement.principal else {
        let detail = "the statement does not say whom the role trusts";
        return Err(ParseError::new(
            malformed("Missing required field Principal"),
            statement.span.clone(),
            detail,
        )
        .with_help(
            "add \"Principal\": {\"Federated\": \"arn:aws:iam::111122223333:oidc-provider/gitlab.com\"}",
        ));
    };
    if principal.negated {
        let message = match statement.effect.value {
            StatementEffect::Allow => "Allow with NotPrincipal is not allowed.",
            StatementEffect::Deny => "Has prohibited field NotPrincipal",
        };
        let detail = "a trust policy names whom it is about in `Principal`";
        return Err(ParseError::new(
            malformed(message),
            principal.key_span.clone(),
            detail,
        ));
    }
    if principal.entries.is_empty() {
        let message = "Missing required field Principal cannot be empty!";
        return Err(ParseError::new(
            malformed(message),
            principal.span.clone(),
            "`Principal` names nobody",
        ));
    }
    match &statement.action {
        None => {
            let detail = "the statement has no `Action`";
            Err(ParseError::new(
                malformed("Missing required field Action"),
                statement.span.clone(),
                detail,
            )
            .with_help("add \"Action\": \"sts:AssumeRoleWithWebIdentity\""))
        }
        Some(action) => check_action(action),
    }?;
    principal.entries.iter().try_for_each(principal::check_trusted)
}

fn check_action(element: &ActionElement) -> Result<(), ParseError> {
    let message = "AssumeRole policy may only specify STS AssumeRole actions.";
    if element.negated {
        let detail = "`NotAction` covers other actions than those of assuming a role";
        return Err(ParseError::new(
            malformed(message),
            element.key_span.clone(),
            detail,
        ));
    }
    let outside = element
        .values
        .iter()
        .find(|value| !FAMILY.iter().any(|prefix| value.text.starts_with(prefix)));
    match outside {
        None => Ok(()),
        Some(value) => {
            let detail = format!(
                "`{}` is, or covers, an action that is not one of assuming a role",
                value.text
            );
            Err(ParseError::new(malformed(message), value.span.clone(), detail)
                .with_help("write \"sts:AssumeRoleWithWebIdentity\""))
        }
    }
}
