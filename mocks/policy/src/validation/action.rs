//! The form of actions.

use super::malformed;
use crate::document::{ActionElement, ActionPattern};
use crate::error::ParseError;

/// `*`, or a vendor, one colon and a name. Neither has to exist, and the name may hold anything (recorded AWS behaviour).
pub(super) fn check(element: &ActionElement) -> Result<(), ParseError> {
    element.values.iter().try_for_each(check_one)
}

fn check_one(action: &ActionPattern) -> Result<(), ParseError> {
    let refuse = |message: String, detail: String| {
        Err(ParseError::new(malformed(message), action.span.clone(), detail))
    };
    if action.text == "*" {
        return Ok(());
    }
    let Some((vendor, name)) = action.text.split_once(':') else {
        let message = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.".to_owned();
        return refuse(
            message,
            format!("the action `{}` has no service before its name", action.text),
        );
    };
    if name.contains(':') {
        let message = "Actions/Condition can contain only one colon.".to_owned();
        return refuse(
            message,
            format!("the action `{}` has more than one colon", action.text),
        );
    }
    if vendor.is_empty()
        || !vendor
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        let message = format!("Vendor {vendor} is not valid");
        return refuse(message, format!("`{vendor}` is no name of a service"));
    }
    Ok(())
}
