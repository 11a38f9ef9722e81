//! Policies of identities and sessions.

use super::statement::{self, Values};
use super::{ValidationRules, action, malformed, resource};
use crate::document::Version;
use crate::error::ParseError;
use crate::policy::Policy;

/// The checks, in this order; AWS's own order between faults of one document is not known.
pub(super) fn check(policy: &Policy, rules: &ValidationRules, values: Values) -> Result<(), ParseError> {
    let document = policy.document();
    if rules.managed && document.version != Version::V2012 {
        let message = "Policy document must be version 2012-10-17 or greater.";
        let span = document
            .version_span
            .clone()
            .unwrap_or(document.span.start..document.span.start + 1);
        let detail = "a managed policy has to be of version 2012-10-17";
        return Err(
            ParseError::new(malformed(message), span, detail).with_help("add \"Version\": \"2012-10-17\"")
        );
    }
    for statement in policy.statements() {
        if let Some(principal) = &statement.principal {
            let message = "Policy document should not specify a principal.";
            let detail = "the policy belongs to an identity, which is the principal";
            return Err(
                ParseError::new(malformed(message), principal.key_span.clone(), detail)
                    .with_help("leave the element out"),
            );
        }
        let Some(actions) = statement
            .action
            .as_ref()
            .filter(|element| !element.values.is_empty())
        else {
            let message = "Policy statement must contain actions.";
            return Err(ParseError::new(
                malformed(message),
                statement.span.clone(),
                "the statement has no `Action`",
            ));
        };
        action::check(actions)?;
        let Some(resources) = statement
            .resource
            .as_ref()
            .filter(|element| !element.values.is_empty())
        else {
            let message = "Policy statement must contain resources.";
            return Err(ParseError::new(
                malformed(message),
                statement.span.clone(),
                "the statement has no `Resource`",
            )
            .with_help("add \"Resource\": \"*\" or an ARN"));
        };
        resource::check_form(resources)?;
        statement::check_conditions(statement, values)?;
    }
    statement::check_sids(policy)
}
