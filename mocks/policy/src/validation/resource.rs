//! The form of resources, and policies of resources.

use super::statement::{self, Values};
use super::{action, malformed, principal};
use crate::document::{ResourceElement, ResourcePattern};
use crate::error::{Fault, ParseError};
use crate::policy::Policy;

/// What a resource in IAM may begin with.
const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

const PARTITIONS: [&str; 7] = [
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
];

/// A policy on a resource. Each service has checks of its own on top, and its own code for a refusal.
pub(super) fn check(policy: &Policy) -> Result<(), ParseError> {
    for statement in policy.statements() {
        let Some(element) = &statement.principal else {
            let detail = "the statement does not say whom it is about";
            return Err(ParseError::new(
                malformed("Missing required field Principal"),
                statement.span.clone(),
                detail,
            ));
        };
        element.entries.iter().try_for_each(principal::check_named)?;
        match &statement.action {
            Some(element) => action::check(element)?,
            None => {
                let message = "Policy statement must contain actions.";
                let detail = "the statement has no `Action`";
                return Err(ParseError::new(
                    malformed(message),
                    statement.span.clone(),
                    detail,
                ));
            }
        }
        if statement.resource.is_none() {
            let message = "Policy statement must contain resources.";
            return Err(ParseError::new(
                malformed(message),
                statement.span.clone(),
                "the statement has no `Resource`",
            ));
        }
        statement::check_conditions(statement, Values::Stored)?;
    }
    Ok(())
}

/// `*` or an ARN.
pub(super) fn check_form(element: &ResourceElement) -> Result<(), ParseError> {
    element.values.iter().try_for_each(check_one)
}

fn check_one(resource: &ResourcePattern) -> Result<(), ParseError> {
    let text = resource.text.as_str();
    let refuse = |message: String, detail: String| {
        Err(ParseError::new(malformed(message), resource.span.clone(), detail))
    };
    // a variable may stand for any part, so only what comes before the first one is known
    let known = text.split("${").next().unwrap_or(text);
    let is_whole = known.len() == text.len();
    if text == "*" || (!is_whole && known.is_empty()) {
        return Ok(());
    }
    if !known.contains(':') {
        let message = format!("Resource {text} must be in ARN format or \"*\".");
        return refuse(message, format!("`{text}` is neither \"*\" nor an ARN"));
    }
    let parts: Vec<&str> = known.splitn(6, ':').collect();
    let [prefix, partition, ..] = parts.as_slice() else {
        return Ok(());
    };
    // Of a text that is no ARN AWS prints the ARN it reads into it: the first part for `arn`, a star for each that lacks.
    if *prefix != "arn" || (is_whole && parts.len() == 6 && !is_partition(partition)) {
        let part = |index: usize| parts.get(index).copied().unwrap_or("*");
        let read = format!("arn:{}:{}:{}:{}:{}", part(1), part(2), part(3), part(4), part(5));
        let message = format!("Partition \"{partition}\" is not valid for resource \"{read}\".");
        return refuse(message, format!("`{partition}` is no partition of AWS"));
    }
    if !is_whole {
        return Ok(());
    }
    let [_, _, service, region, _, path] = parts.as_slice() else {
        let detail = format!("`{text}` has less than the six parts of an ARN");
        return Err(ParseError::new(
            Fault::LegacyParsing,
            resource.span.clone(),
            detail,
        ));
    };
    if service.contains(['*', '?']) && *path != "*" {
        let message = "Resource vendor must be fully qualified and cannot contain regexes.".to_owned();
        return refuse(message, format!("the service `{service}` has a wildcard"));
    }
    match *service {
        "iam" if !region.is_empty() && *region != "*" => {
            let message = format!("IAM resource {text} cannot contain region information.");
            refuse(message, "IAM is global: its ARNs have no region".to_owned())
        }
        "s3" if !region.is_empty() && *region != "*" => {
            let message = format!("Resource {text} can not contain region information.");
            refuse(message, "the ARNs of buckets have no region".to_owned())
        }
        "iam" if !is_iam_path(path) => {
            let list = IAM_PATHS.join(", ");
            let message = format!("IAM resource path must either be \"*\", root, or start with {list}.");
            refuse(message, format!("`{path}` is no resource of IAM"))
        }
        _ => Ok(()),
    }
}

fn is_partition(text: &str) -> bool {
    text == "*" || PARTITIONS.contains(&text)
}

fn is_iam_path(path: &str) -> bool {
    path == "*" || path == "root" || IAM_PATHS.iter().any(|kind| path.starts_with(kind))
}
