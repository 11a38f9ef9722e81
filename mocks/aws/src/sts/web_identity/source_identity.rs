//! The source identity in the token ("Monitor and control actions taken with assumed roles", IAM User Guide).

use serde_json::{Map, Value};

use crate::cause::Cause;
use crate::query::Failure;
use crate::sts::constraint::is_name_character;
use crate::sts::error;

const CLAIM: &str = "https://aws.amazon.com/source_identity";

/// Reads the source identity: 2 to 64 characters of those that session names have. `null` counts as absent.
pub(super) fn read(claims: &Map<String, Value>) -> Result<Option<String>, Failure> {
    let text = match claims.get(CLAIM) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text,
        Some(other) => return Err(malformed(&format!("it is {other}, and has to be text"))),
    };
    if !(2..=64).contains(&text.len()) || !text.chars().all(is_name_character) {
        return Err(malformed("it has to be 2 to 64 letters, digits and `_+=,.@-`"));
    }
    Ok(Some(text.clone()))
}

fn malformed(why: &str) -> Failure {
    error::malformed_source_identity().because(Cause::MalformedAwsClaim {
        claim: CLAIM.into(),
        why: why.into(),
    })
}
