//! `decision:` — how a policy decided, and which conditions kept it from allowing.

use iam_policy::{ConditionTrace, Decision, Effect, Reason};
use located_yaml::Node;

use super::{Expectation, Unmet, cannot_fail, has_conditions};
use crate::observation::Observation;
use crate::reader::{Located, Reader};

#[derive(Debug)]
struct Decided {
    effect: Option<Located<Effect>>,
    action: Option<Located<String>>,
    failed: Vec<FailedCondition>,
    span: std::ops::Range<usize>,
}

/// A condition that kept a statement from matching.
#[derive(Debug)]
struct FailedCondition {
    key: Option<Located<String>>,
    operator: Option<Located<String>>,
    reason: Option<Located<String>>,
    span: std::ops::Range<usize>,
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Box<dyn Expectation>> {
    let mut fields = reader.fields(node, "`decision`")?;
    has_conditions(&fields, "`decision`", reader);
    let effects = [
        ("allow", Effect::Allow),
        ("implicit-deny", Effect::ImplicitDeny),
        ("explicit-deny", Effect::ExplicitDeny),
    ];
    let effect = fields
        .take("effect")
        .and_then(|node| reader.choice(node, "`effect`", &effects));
    let action = fields
        .take("action")
        .and_then(|node| reader.some_text(node, "`action`"));
    let failed = fields.take("failed").map(|node| {
        let failed = reader.one_or_many(node, failed_condition);
        if node.as_sequence().is_some_and(<[Node]>::is_empty) {
            cannot_fail(&node.span, "`failed` names no condition", reader);
        }
        failed
    });
    fields.finish(reader);
    Some(Box::new(Decided {
        effect,
        action,
        failed: failed.unwrap_or_default(),
        span: node.span.clone(),
    }))
}

fn failed_condition(reader: &mut Reader<'_>, node: &Node) -> Option<FailedCondition> {
    let mut fields = reader.fields(node, "`failed`")?;
    has_conditions(&fields, "`failed`", reader);
    let mut text = |key: &'static str| fields.take(key).and_then(|node| reader.some_text(node, key));
    let (key, operator, reason) = (text("key"), text("operator"), text("reason"));
    fields.finish(reader);
    if let Some(reason) = &reason {
        reader.known_name(reason, "reason", Reason::CODES);
    }
    Some(FailedCondition {
        key,
        operator,
        reason,
        span: node.span.clone(),
    })
}

impl Expectation for Decided {
    /// One decision has to meet all that is expected; of several, the nearest is shown.
    fn judge(&self, seen: &Observation) -> Vec<Unmet> {
        let nearest = seen
            .calls()
            .filter_map(|call| call.decision.as_deref())
            .map(|decision| self.compare(decision))
            .min_by_key(Vec::len);
        nearest.unwrap_or_else(|| {
            vec![Unmet {
                span: self.span.clone(),
                expected: "a policy's decision".to_owned(),
                actual: "no policy was evaluated".to_owned(),
            }]
        })
    }
}

impl Decided {
    fn compare(&self, decision: &Decision) -> Vec<Unmet> {
        let mut unmet = Vec::new();
        if let Some(effect) = &self.effect
            && decision.effect != effect.value
        {
            unmet.push(Unmet {
                span: effect.span.clone(),
                expected: format!("decision {}", word(effect.value)),
                actual: format!("decision {}: {}", word(decision.effect), decision.summary()),
            });
        }
        if let Some(action) = &self.action
            && !decision.action.eq_ignore_ascii_case(&action.value)
        {
            unmet.push(Unmet {
                span: action.span.clone(),
                expected: format!("a decision on {}", action.value),
                actual: format!("a decision on {}", decision.action),
            });
        }
        for condition in &self.failed {
            if !decision.failed().any(|failed| condition.is(failed)) {
                let failed: Vec<String> = decision.failed().map(shown).collect();
                unmet.push(Unmet {
                    span: condition.span.clone(),
                    expected: format!("the condition {} did not hold", condition.words()),
                    actual: match failed.as_slice() {
                        [] => "no condition failed".to_owned(),
                        _ => format!("these did not: {}", failed.join("; ")),
                    },
                });
            }
        }
        unmet
    }
}

impl FailedCondition {
    fn is(&self, trace: &ConditionTrace) -> bool {
        let same = |expected: &Option<Located<String>>, actual: &str| {
            expected
                .as_ref()
                .is_none_or(|expected| expected.value.eq_ignore_ascii_case(actual))
        };
        same(&self.key, &trace.key)
            && same(&self.operator, &trace.operator)
            && same(&self.reason, trace.reason.code())
    }

    fn words(&self) -> String {
        let parts = [
            ("", &self.operator),
            ("", &self.key),
            ("because of ", &self.reason),
        ];
        parts
            .iter()
            .filter_map(|(before, text)| text.as_ref().map(|text| format!("{before}{}", text.value)))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

fn shown(trace: &ConditionTrace) -> String {
    format!("{} {} ({})", trace.operator, trace.key, trace.reason.code())
}

fn word(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "allow",
        Effect::ImplicitDeny => "implicit-deny",
        Effect::ExplicitDeny => "explicit-deny",
    }
}
