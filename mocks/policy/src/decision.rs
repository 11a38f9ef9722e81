//! A decision as a value: what was compared with what, and why it came out so.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::document::StatementEffect;
use crate::reason::Reason;
use crate::span::Span;

/// The outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A statement allows it and none denies it.
    Allow,
    /// No statement allows it.
    ImplicitDeny,
    /// A statement denies it.
    ExplicitDeny,
}

/// A decision with its whole trace. Owned, and complete without the policy it was made from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    /// The outcome.
    pub effect: Effect,
    /// Why, in short.
    #[serde(serialize_with = "explained")]
    pub reason: Reason,
    /// The caller.
    pub principal: String,
    /// The action asked for.
    pub action: String,
    /// The resource asked for.
    pub resource: Option<String>,
    /// The statements that decided, by index; none for an implicit deny.
    pub deciding: Vec<usize>,
    /// Every statement, in the order written.
    pub statements: Vec<StatementTrace>,
    /// The policy's text, which all spans point into.
    #[serde(serialize_with = "text")]
    pub policy: Arc<str>,
}

/// How a statement came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatementTrace {
    /// Its place, counted from 0.
    pub index: usize,
    /// `Sid`
    pub sid: Option<String>,
    /// `Effect`
    pub effect: StatementEffect,
    /// The statement.
    pub span: Span,
    /// Whether it matched.
    pub matched: bool,
    /// `Principal` or `NotPrincipal`, if there.
    pub principal: Option<ElementTrace>,
    /// `Action` or `NotAction`, if there.
    pub action: Option<ElementTrace>,
    /// `Resource` or `NotResource`, if there.
    pub resource: Option<ElementTrace>,
    /// Every condition, in the order written.
    pub conditions: Vec<ConditionTrace>,
}

/// How an element came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ElementTrace {
    /// `Principal`, `NotAction` …
    pub name: &'static str,
    /// The element's value.
    pub span: Span,
    /// The element's name.
    pub key_span: Span,
    /// The values written, each with whether it matched.
    pub policy_values: Vec<ValueTrace>,
    /// What they were compared with.
    pub request_value: String,
    /// Whether the element matched.
    pub matched: bool,
    /// Why.
    #[serde(serialize_with = "explained")]
    pub reason: Reason,
}

/// How a condition came out: one key under one operator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConditionTrace {
    /// The key as written.
    pub key: String,
    /// The operator as written.
    pub operator: String,
    /// The policy's values, each with whether it matched (under a negated operator: whether it was met with).
    pub policy_values: Vec<ValueTrace>,
    /// The request's values; `None` if the request has no such key.
    pub request_values: Option<Vec<String>>,
    /// Whether the condition held.
    pub matched: bool,
    /// Why.
    #[serde(serialize_with = "explained")]
    pub reason: Reason,
    /// From the key to the end of its values.
    pub span: Span,
    /// The key.
    pub key_span: Span,
    /// The operator.
    pub operator_span: Span,
}

/// One value of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueTrace {
    /// As written.
    pub value: String,
    /// Where, with the quotes.
    pub span: Span,
    /// Whether it matched any value of the request, before negation.
    pub matched: bool,
}

impl Effect {
    /// Whether the request goes through.
    pub fn is_allowed(self) -> bool {
        self == Self::Allow
    }
}

impl Decision {
    /// The conditions that kept an Allow statement from matching although its principal, action and resource did.
    pub fn failed(&self) -> impl Iterator<Item = &ConditionTrace> {
        self.statements
            .iter()
            .filter(|statement| {
                statement.effect == StatementEffect::Allow && statement.elements().all(|it| it.matched)
            })
            .flat_map(|statement| &statement.conditions)
            .filter(|condition| !condition.matched)
    }

    /// Every reason for the outcome, the most telling first: for an allow or an explicit deny the statement that decided, for
    /// an implicit deny what kept the nearest Allow statements from matching.
    pub fn reasons(&self) -> Vec<&Reason> {
        if self.effect != Effect::ImplicitDeny {
            return vec![&self.reason];
        }
        let mut allows: Vec<&StatementTrace> = self
            .statements
            .iter()
            .filter(|statement| statement.effect == StatementEffect::Allow)
            .collect();
        allows.sort_by_key(|statement| statement.shortfall());
        let mut reasons: Vec<&Reason> = Vec::new();
        for reason in allows.into_iter().flat_map(StatementTrace::failures) {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        if reasons.is_empty() {
            vec![&self.reason]
        } else {
            reasons
        }
    }

    /// The outcome and its first reason, in one sentence for a person.
    pub fn summary(&self) -> String {
        match self.effect {
            Effect::Allow => format!("allowed: {}", self.reason),
            Effect::ExplicitDeny => format!("denied: {}", self.reason),
            Effect::ImplicitDeny => match self.reasons().as_slice() {
                [] => format!("not allowed: {}", self.reason),
                [first, ..] => format!("not allowed: {first}"),
            },
        }
    }
}

impl StatementTrace {
    /// The traces of principal, action and resource, as far as the statement has them.
    pub fn elements(&self) -> impl Iterator<Item = &ElementTrace> {
        self.principal.iter().chain(&self.action).chain(&self.resource)
    }

    /// Why the statement did not match, element by element.
    pub fn failures(&self) -> impl Iterator<Item = &Reason> {
        let elements = self
            .elements()
            .filter(|element| !element.matched)
            .map(|element| &element.reason);
        let conditions = self.conditions.iter().filter(|condition| !condition.matched);
        elements.chain(conditions.map(|condition| &condition.reason))
    }

    /// How far it was from matching: another action is further off than another caller, that than another resource, and
    /// that than a condition.
    fn shortfall(&self) -> (bool, bool, bool, usize) {
        let missed =
            |element: &Option<ElementTrace>| element.as_ref().is_some_and(|element| !element.matched);
        let conditions = self
            .conditions
            .iter()
            .filter(|condition| !condition.matched)
            .count();
        (
            missed(&self.action),
            missed(&self.principal),
            missed(&self.resource),
            conditions,
        )
    }
}

/// A reason with its sentence and its edit beside the code and its details.
fn explained<S: Serializer>(reason: &Reason, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Explained<'a> {
        #[serde(flatten)]
        reason: &'a Reason,
        message: String,
        suggestion: Option<crate::edit::Edit>,
    }
    Explained {
        reason,
        message: reason.to_string(),
        suggestion: reason.suggestion(),
    }
    .serialize(serializer)
}

fn text<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}
