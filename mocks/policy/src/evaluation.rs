//! Deciding a request by one policy.

use crate::context::ContextValue;
use crate::decision::{ConditionTrace, Decision, Effect, ElementTrace, StatementTrace, ValueTrace};
use crate::diagnosis::Situation;
use crate::document::{
    ActionElement, Condition, PrincipalElement, ResourceElement, Statement, StatementEffect,
};
use crate::matching::{Prepared, grant, value_matches};
use crate::policy::Policy;
use crate::reason::Reason;
use crate::request::Request;

/// Decides a request, without saying why.
///
/// A matching Deny decides, else a matching Allow, else it is denied (IAM user guide, policy evaluation logic). Elements a
/// statement lacks do not restrict it; which ones it must have depends on the kind of policy and is validation's business.
pub fn decide(policy: &Policy, request: &Request<'_>) -> Effect {
    let request = Prepared::new(request);
    let mut effect = Effect::ImplicitDeny;
    for statement in policy.statements() {
        if effect == Effect::Allow && statement.effect.value == StatementEffect::Allow {
            continue;
        }
        if statement.matches(&request) {
            match statement.effect.value {
                StatementEffect::Deny => return Effect::ExplicitDeny,
                StatementEffect::Allow => effect = Effect::Allow,
            }
        }
    }
    effect
}

/// Decides a request and records everything that was compared. Agrees with [`decide`].
pub fn evaluate(policy: &Policy, request: &Request<'_>) -> Decision {
    let prepared = Prepared::new(request);
    let statements: Vec<StatementTrace> = policy
        .statements()
        .iter()
        .map(|statement| trace(&Situation::new(policy, statement, &prepared)))
        .collect();
    let matched = |effect: StatementEffect| -> Vec<&StatementTrace> {
        statements
            .iter()
            .filter(|statement| statement.matched && statement.effect == effect)
            .collect()
    };
    let (denies, allows) = (matched(StatementEffect::Deny), matched(StatementEffect::Allow));
    let (effect, decided) = match (denies.is_empty(), allows.is_empty()) {
        (false, _) => (Effect::ExplicitDeny, denies),
        (true, false) => (Effect::Allow, allows),
        (true, true) => (Effect::ImplicitDeny, Vec::new()),
    };
    let reason = match decided.first() {
        None => Reason::NothingAllows {
            action: request.action.to_owned(),
        },
        Some(first) if effect == Effect::Allow => Reason::AllowedBy {
            statement: first.index,
            sid: first.sid.clone(),
        },
        Some(first) => Reason::DeniedBy {
            statement: first.index,
            sid: first.sid.clone(),
        },
    };
    let deciding = decided.iter().map(|statement| statement.index).collect();
    Decision {
        effect,
        reason,
        principal: request.principal.to_string(),
        action: request.action.to_owned(),
        resource: request.resource.map(str::to_owned),
        deciding,
        statements,
        policy: policy.shared_text(),
    }
}

fn trace(situation: &Situation<'_>) -> StatementTrace {
    let statement: &Statement = situation.statement;
    let principal = statement
        .principal
        .as_ref()
        .map(|element| principal(situation, element));
    let action = statement
        .action
        .as_ref()
        .map(|element| action(situation, element));
    let resource = statement
        .resource
        .as_ref()
        .map(|element| resource(situation, element));
    let conditions: Vec<ConditionTrace> = statement
        .conditions()
        .map(|condition| self::condition(situation, condition))
        .collect();
    let matched = [&principal, &action, &resource]
        .into_iter()
        .flatten()
        .all(|element| element.matched)
        && conditions.iter().all(|condition| condition.matched);
    StatementTrace {
        index: statement.index,
        sid: statement.sid.as_ref().map(|sid| sid.value.clone()),
        effect: statement.effect.value,
        span: statement.span.clone(),
        matched,
        principal,
        action,
        resource,
        conditions,
    }
}

fn principal(situation: &Situation<'_>, element: &PrincipalElement) -> ElementTrace {
    let caller = situation.request.request.principal;
    let matched = element.matches(situation.request);
    let policy_values = element.entries.iter().map(|entry| ValueTrace {
        value: entry.value.clone(),
        span: entry.span.clone(),
        matched: grant(entry, caller).is_some(),
    });
    ElementTrace {
        name: if element.negated {
            "NotPrincipal"
        } else {
            "Principal"
        },
        span: element.span.clone(),
        key_span: element.key_span.clone(),
        policy_values: policy_values.collect(),
        request_value: caller.to_string(),
        matched,
        reason: situation.principal(element, matched),
    }
}

fn action(situation: &Situation<'_>, element: &ActionElement) -> ElementTrace {
    let matched = element.matches(situation.request);
    let policy_values = element.values.iter().map(|value| ValueTrace {
        value: value.text.clone(),
        span: value.span.clone(),
        matched: value.matches(situation.request),
    });
    ElementTrace {
        name: if element.negated { "NotAction" } else { "Action" },
        span: element.span.clone(),
        key_span: element.key_span.clone(),
        policy_values: policy_values.collect(),
        request_value: situation.request.request.action.to_owned(),
        matched,
        reason: situation.action(element, matched),
    }
}

fn resource(situation: &Situation<'_>, element: &ResourceElement) -> ElementTrace {
    let matched = element.matches(situation.request);
    let policy_values = element.values.iter().map(|value| ValueTrace {
        value: value.text.clone(),
        span: value.span.clone(),
        matched: value.matches(situation.request),
    });
    ElementTrace {
        name: if element.negated {
            "NotResource"
        } else {
            "Resource"
        },
        span: element.span.clone(),
        key_span: element.key_span.clone(),
        policy_values: policy_values.collect(),
        request_value: situation.request.resource().to_owned(),
        matched,
        reason: situation.resource(element, matched),
    }
}

fn condition(situation: &Situation<'_>, condition: &Condition) -> ConditionTrace {
    let context = situation.request.request.context;
    let value = context.lookup(&condition.lowered_key);
    let given = value.map_or(&[][..], ContextValue::values);
    let comparison = condition.operator.comparison;
    let policy_values = condition.values.iter().map(|policy| ValueTrace {
        value: policy.text.clone(),
        span: policy.span.clone(),
        matched: given
            .iter()
            .any(|value| value_matches(policy, comparison, value, context)),
    });
    let matched = condition.holds(context, situation.statement.effect.value);
    ConditionTrace {
        key: condition.key.clone(),
        operator: condition.operator.to_string(),
        policy_values: policy_values.collect(),
        request_values: value.map(|value| value.values().to_vec()),
        matched,
        reason: situation.condition(condition, matched),
        span: condition.span.clone(),
        key_span: condition.key_span.clone(),
        operator_span: condition.operator_span.clone(),
    }
}
