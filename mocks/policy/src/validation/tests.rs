mod notes;
mod permissions;
mod quotas;
mod shared_provider;
mod trust;

use super::{NoteCode, PolicyKind, ValidationRules};
use crate::error::ParseError;
use crate::policy::Policy;

fn validate(kind: PolicyKind, text: &str) -> Result<Vec<NoteCode>, ParseError> {
    let rules = ValidationRules::default();
    let notes = Policy::parse(text).unwrap().validate(kind, &rules)?;
    Ok(notes.into_iter().map(|note| note.code).collect())
}

fn message(kind: PolicyKind, text: &str) -> String {
    validate(kind, text).map_or_else(|error| error.message().to_owned(), |_| String::new())
}

/// A trust policy of one statement of these elements.
fn trust(elements: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", {elements}}}}}"#)
}

const GITLAB: &str = r#""Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"}"#;
const WEB: &str = r#""Action": "sts:AssumeRoleWithWebIdentity""#;
