//! The roles claim, by which an identity provider limits the roles that a token may be used for.

use serde_json::{Map, Value};

use crate::accounts::RoleArn;
use crate::cause::Cause;
use crate::query::Failure;
use crate::sts::error;

const CLAIM: &str = "https://aws.amazon.com/roles";

/// Whether the token's roles claim names the role: `false` without the claim, an error if there is one that does
/// not. A text with `;` between ARNs or a list; white space around an ARN and entries that are none are ignored;
/// `null` is as good as absent (recorded AWS behaviour).
pub(super) fn role_authorized_by_idp(claims: &Map<String, Value>, role_arn: &str) -> Result<bool, Failure> {
    let entries: Vec<&str> = match claims.get(CLAIM) {
        None | Some(Value::Null) => return Ok(false),
        Some(Value::String(text)) => text.split(';').collect(),
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
        Some(other) => {
            return Err(error::malformed_roles_claim().because(Cause::MalformedAwsClaim {
                claim: CLAIM.into(),
                why: format!("it is {other}, and has to be text or a list of texts"),
            }));
        }
    };
    let roles: Vec<&str> = entries
        .into_iter()
        .map(str::trim)
        .filter(|entry| RoleArn::parse(entry).is_ok())
        .collect();
    if roles.contains(&role_arn) {
        return Ok(true);
    }
    let error = if roles.is_empty() {
        error::no_role_in_claim()
    } else {
        error::role_not_in_claim()
    };
    Err(error.because(Cause::RoleNotInRolesClaim {
        role_arn: role_arn.to_owned(),
        roles: roles.into_iter().map(str::to_owned).collect(),
    }))
}
