//! What IAM accepts and a person should know of.

use std::fmt;

use serde::Serialize;

use super::PolicyKind;
use crate::document::{Condition, PrincipalType, Statement, StatementEffect, Version};
use crate::operator::{Comparison, Quantifier};
use crate::policy::Policy;
use crate::provider_keys::{condition_key, is_offered, issuer_of};
use crate::span::Span;

/// An observation on a policy that IAM accepts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// What it is.
    pub code: NoteCode,
    /// In one sentence.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// The kinds of observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteCode {
    /// An operator that does not exist, with nothing under it.
    UnknownOperator,
    /// A key for a claim that the provider has no key for: it never exists.
    KeyNotOffered,
    /// A key that begins with `https://`, or with an ARN: it never exists.
    KeyMalformed,
    /// A key of another issuer than any the statement trusts: it never exists.
    OtherIssuersKey,
    /// `*` or `?` under an operator that compares literally.
    WildcardUnderLiteral,
    /// A value that is not of its operator's type: it never matches.
    ValueOfWrongType,
    /// A list without values.
    NoValues,
    /// `${…}` in a version that does not know variables.
    VariableInOldVersion,
    /// A negated or `IfExists` operator or `ForAllValues` that is true when the key is absent.
    TrueWithoutKey,
    /// A principal that no caller of the statement's action can be.
    PrincipalNeverMatches,
    /// Trust in a provider without comparing the subject.
    AnySubject,
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

/// Everything worth a note, in the order of the text.
pub(super) fn notes(policy: &Policy, kind: PolicyKind) -> Vec<Note> {
    let mut notes: Vec<Note> = policy
        .statements()
        .iter()
        .flat_map(|statement| of_statement(policy, kind, statement))
        .collect();
    notes.sort_by_key(|note| note.span.start);
    notes
}

fn of_statement(policy: &Policy, kind: PolicyKind, statement: &Statement) -> Vec<Note> {
    let mut notes = Vec::new();
    let blocks = statement.condition.iter().flat_map(|element| &element.blocks);
    for block in blocks.filter(|block| block.operator.is_none()) {
        let message = format!(
            "`{}` is no condition operator; it does nothing here",
            block.name.value
        );
        notes.push(Note {
            code: NoteCode::UnknownOperator,
            message,
            span: block.name.span.clone(),
        });
    }
    for condition in statement.conditions() {
        notes.extend(of_condition(policy, statement, condition));
    }
    if kind == PolicyKind::Trust {
        notes.extend(of_trust(statement));
    }
    notes
}

fn of_condition(policy: &Policy, statement: &Statement, condition: &Condition) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut note = |code, message, span: &Span| {
        notes.push(Note {
            code,
            message,
            span: span.clone(),
        });
    };
    let (key, operator) = (&condition.key, condition.operator);
    if let Some((code, message)) = key_note(statement, key) {
        note(code, message, &condition.key_span);
    }
    if condition.values.is_empty() {
        let effect = if operator.comparison.is_negated() {
            "always holds"
        } else {
            "never holds"
        };
        note(
            NoteCode::NoValues,
            format!("the list of values is empty, so the condition {effect} for a key that is there"),
            &condition.values_span,
        );
    }
    let is_text = matches!(
        operator.comparison.positive(),
        Comparison::StringEquals | Comparison::StringEqualsIgnoreCase
    );
    for value in &condition.values {
        let text = &value.text;
        if !value.is_valid() {
            note(
                NoteCode::ValueOfWrongType,
                format!("`{operator}` cannot read `{text}`, so it never matches"),
                &value.span,
            );
        } else if is_text && text.contains(['*', '?']) && !text.contains("${") {
            note(
                NoteCode::WildcardUnderLiteral,
                format!("`{operator}` compares literally: `*` and `?` in `{text}` are ordinary characters"),
                &value.span,
            );
        }
        if text.contains("${") && policy.document().version == Version::V2008 {
            note(
                NoteCode::VariableInOldVersion,
                format!("variables exist in version 2012-10-17 only; `{text}` is text like any other"),
                &value.span,
            );
        }
    }
    let lax = operator.if_exists
        || operator.quantifier == Some(Quantifier::ForAllValues)
        || (operator.quantifier.is_none() && operator.comparison.is_negated());
    if lax && statement.effect.value == StatementEffect::Allow {
        note(
            NoteCode::TrueWithoutKey,
            format!("`{operator}` is true when the request has no `{key}`, so it does not make sure of it"),
            &condition.operator_span,
        );
    }
    notes
}

/// What is amiss with a key, as far as the trusted issuers tell.
fn key_note(statement: &Statement, key: &str) -> Option<(NoteCode, String)> {
    if key.starts_with("https://") || key.starts_with("http://") || key.starts_with("arn:") {
        let message = format!("condition keys begin with the issuer's host: `{key}` never exists");
        return Some((NoteCode::KeyMalformed, message));
    }
    let issuers: Vec<&str> = statement
        .principal
        .iter()
        .flat_map(|element| &element.entries)
        .filter(|entry| entry.kind == Some(PrincipalType::Federated))
        .filter_map(|entry| issuer_of(&entry.value))
        .collect();
    let (issuer, claim) = key.rsplit_once(':')?;
    if issuers.is_empty() || !issuer.contains('.') {
        return None;
    }
    let Some(trusted) = issuers
        .iter()
        .find(|trusted| trusted.eq_ignore_ascii_case(issuer))
    else {
        let message =
            format!("the statement does not trust `{issuer}`, so `{key}` never exists in its requests");
        return Some((NoteCode::OtherIssuersKey, message));
    };
    (!is_offered(trusted, claim)).then(|| {
        (
            NoteCode::KeyNotOffered,
            format!("AWS has no condition key for the claim `{claim}` of `{issuer}`: `{key}` never exists"),
        )
    })
}

fn of_trust(statement: &Statement) -> Vec<Note> {
    let mut notes = Vec::new();
    let covers = |action: &str| {
        let values = statement.action.iter().flat_map(|element| &element.values);
        values.into_iter().any(|value| value.pattern.matches(action))
    };
    let web = covers("sts:assumerolewithwebidentity");
    let entries = || statement.principal.iter().flat_map(|element| &element.entries);
    let allows = statement.effect.value == StatementEffect::Allow;
    for entry in entries().filter(|entry| entry.kind != Some(PrincipalType::Federated)) {
        if web && !covers("sts:assumerole") {
            let message = format!(
                "`sts:AssumeRoleWithWebIdentity` is called by web identities, which `{}` does not stand for",
                entry.value
            );
            notes.push(Note {
                code: NoteCode::PrincipalNeverMatches,
                message,
                span: entry.span.clone(),
            });
        }
    }
    for entry in entries().filter(|entry| entry.kind == Some(PrincipalType::Federated)) {
        let Some(issuer) = issuer_of(&entry.value) else {
            continue;
        };
        if !web {
            continue;
        }
        let subject = condition_key(issuer, "sub");
        let compared = statement
            .conditions()
            .any(|condition| condition.key.eq_ignore_ascii_case(&subject));
        if allows && !compared {
            let message = format!(
                "no condition compares `{subject}`, so every token of `{issuer}` with the right audience is let in"
            );
            notes.push(Note {
                code: NoteCode::AnySubject,
                message,
                span: entry.span.clone(),
            });
        }
    }
    notes
}
