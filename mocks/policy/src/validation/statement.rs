//! What holds for the statements of every kind of policy.

use std::collections::HashSet;

use super::malformed;

use crate::document::Statement;
use crate::error::{Fault, ParseError};
use crate::operator::Comparison;
use crate::policy::Policy;

/// `Sid`s: letters and digits, each once.
pub(super) fn check_sids(policy: &Policy) -> Result<(), ParseError> {
    let mut seen = HashSet::new();
    for sid in policy
        .statements()
        .iter()
        .filter_map(|statement| statement.sid.as_ref())
    {
        if !sid.value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let fault = malformed(
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
            );
            let detail = format!(
                "the `Sid` `{}` has characters other than letters and digits",
                sid.value
            );
            return Err(ParseError::new(fault, sid.span.clone(), detail));
        }
        if !sid.value.is_empty() && !seen.insert(sid.value.as_str()) {
            let fault = malformed("Statement IDs (SID) in a single policy must be unique.");
            let detail = format!("the `Sid` `{}` is there twice", sid.value);
            return Err(ParseError::new(fault, sid.span.clone(), detail));
        }
    }
    Ok(())
}

/// Which values are checked for their operator's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    /// All of them: policies that IAM stores.
    Stored,
    /// Binary values only: session policies.
    Session,
}

/// Condition keys have a vendor, and values are of their operator's type.
///
/// Recorded AWS behaviour: IAM refuses to store numbers, dates, addresses, ARNs and binary values that are none, while a
/// session policy may have them all but the binary ones. The text is recorded for dates and inferred for the others.
pub(super) fn check_conditions(statement: &Statement, values: Values) -> Result<(), ParseError> {
    for condition in statement.conditions() {
        if !condition.key.contains(':') {
            let fault =
                malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
            let detail = format!("the condition key `{}` has no prefix", condition.key);
            let help = format!(
                "write it with the issuer or service it belongs to, e.g. `gitlab.com:{}`",
                condition.key
            );
            return Err(ParseError::new(fault, condition.key_span.clone(), detail).with_help(help));
        }
        let comparison = condition.operator.comparison;
        if values == Values::Session && comparison != Comparison::BinaryEquals {
            continue;
        }
        if let Some(value) = condition.values.iter().find(|value| !value.is_valid()) {
            let wanted = comparison.value_type().unwrap_or("another value");
            let detail = format!(
                "`{}` is not {wanted}, which `{}` needs",
                value.text, condition.operator
            );
            return Err(ParseError::new(Fault::LegacyParsing, value.span.clone(), detail));
        }
    }
    Ok(())
}
