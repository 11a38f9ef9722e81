//! How decisions of related policies relate.

use iam_policy::{Context, ContextValue, Effect, Policy, Principal, Request, decide, evaluate};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::generate::{
    Asked, MULTI_VALUED, NEGATIONS, PROVIDER, SINGLE_VALUED, asked, comparison, context, denying, document,
    operator, policy, read, set_prefix, statement, text, values,
};

proptest! {
    #[test]
    fn the_short_decision_is_the_long_one(policy in policy(), asked in asked()) {
        let policy = read(&policy);
        let decision = evaluate(&policy, &asked.request());
        prop_assert_eq!(decide(&policy, &asked.request()), decision.effect);
    }

    /// The outcome follows from the statements' traces, and those from the elements'.
    #[test]
    fn the_trace_bears_the_decision(policy in policy(), asked in asked()) {
        let decision = evaluate(&read(&policy), &asked.request());
        for statement in &decision.statements {
            let elements = statement.elements().all(|element| element.matched);
            let conditions = statement.conditions.iter().all(|condition| condition.matched);
            prop_assert_eq!(statement.matched, elements && conditions);
        }
        let matched = |effect: &str| {
            let mut matched = decision.statements.iter().filter(|statement| statement.matched);
            matched.any(|statement| serde_json::to_value(statement.effect).unwrap() == effect)
        };
        let expected = match (matched("deny"), matched("allow")) {
            (true, _) => Effect::ExplicitDeny,
            (false, true) => Effect::Allow,
            (false, false) => Effect::ImplicitDeny,
        };
        prop_assert_eq!(decision.effect, expected);
    }

    #[test]
    fn another_deny_never_allows(policy in policy(), deny in denying(), asked in asked()) {
        let before = effect(&policy, &asked);
        let after = effect(&with(&policy, deny), &asked);
        prop_assert!(after == before || after == Effect::ExplicitDeny);
    }

    #[test]
    fn another_statement_never_lifts_a_deny(policy in policy(), more in statement(), asked in asked()) {
        let before = effect(&policy, &asked);
        let after = effect(&with(&policy, more), &asked);
        if before == Effect::ExplicitDeny {
            prop_assert_eq!(after, Effect::ExplicitDeny);
        }
        if before == Effect::Allow {
            prop_assert_ne!(after, Effect::ImplicitDeny);
        }
    }

    #[test]
    fn the_order_of_statements_does_not_count(
        statements in vec(statement(), 2..5).prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle())),
        asked in asked(),
    ) {
        let (written, shuffled) = statements;
        let version = Some("2012-10-17");
        prop_assert_eq!(effect(&document(version, written), &asked), effect(&document(version, shuffled), &asked));
    }

    #[test]
    fn if_exists_is_the_operator_itself_where_the_key_is(
        prefix in set_prefix(),
        comparison in comparison(),
        values in values(),
        effect in select(vec!["Allow", "Deny"]),
        context in context(),
        one in text(),
        many in vec(text(), 1..3),
        multivalued: bool,
    ) {
        let (key, value) = match multivalued {
            true => (MULTI_VALUED, ContextValue::Many(many)),
            false => (SINGLE_VALUED[0], ContextValue::One(one)),
        };
        let context = context.with(key, value);
        let plain = format!("{prefix}{comparison}");
        let optional = format!("{plain}IfExists");
        prop_assert_eq!(
            under(effect, &plain, key, &values, &context),
            under(effect, &optional, key, &values, &context)
        );
    }

    #[test]
    fn if_exists_holds_where_the_key_is_not(comparison in comparison(), values in values()) {
        let operator = format!("{comparison}IfExists");
        prop_assert!(under("Allow", &operator, SINGLE_VALUED[0], &values, &Context::new()));
    }

    /// `Null` tells absent from present, and nothing else.
    #[test]
    fn null_is_whether_the_key_is_absent(context in context(), key in select(SINGLE_VALUED.to_vec())) {
        let absent = context.get(key).is_none();
        prop_assert_eq!(under("Allow", "Null", key, &json!("true"), &context), absent);
        prop_assert_eq!(under("Allow", "Null", key, &json!("false"), &context), !absent);
    }

    /// For the comparisons that have one, the negated operator is the other way round on a text, but for ARNs that are none.
    #[test]
    fn a_negated_operator_is_the_negation(
        pair in select(NEGATIONS.to_vec()),
        values in values(),
        context in context(),
        value in prop_oneof![text(), Just("arn:aws:sns:eu-west-1:123456789012:topic".to_owned())],
    ) {
        let (plain, negated) = pair;
        let (values, value) = usable(plain, values, value);
        let context = context.with(SINGLE_VALUED[0], value);
        prop_assert_ne!(
            under("Allow", plain, SINGLE_VALUED[0], &values, &context),
            under("Allow", negated, SINGLE_VALUED[0], &values, &context)
        );
    }

    #[test]
    fn names_of_keys_ignore_case(policy in policy(), asked in asked()) {
        let mut shouted = asked.clone();
        shouted.context = asked
            .context
            .iter()
            .map(|(key, value)| (key.to_uppercase(), value.clone()))
            .collect();
        prop_assert_eq!(effect(&policy, &asked), effect(&policy, &shouted));
    }

    /// One more key that no policy asks for changes nothing.
    #[test]
    fn other_keys_do_not_count(policy in policy(), asked in asked(), value in text()) {
        let mut more = asked.clone();
        more.context.insert("aws:RequestedRegion", value);
        prop_assert_eq!(effect(&policy, &asked), effect(&policy, &more));
    }

    /// The values of a positive operator are alternatives: one more only makes it easier to meet.
    #[test]
    fn more_values_are_more_alternatives(
        operator in operator().prop_filter("positive", |name| !name.contains("Not") && !name.contains("Arn")),
        values in vec(text(), 1..4),
        more in text(),
        context in context(),
    ) {
        let mut longer = values.clone();
        longer.push(more);
        let key = SINGLE_VALUED[0];
        if under("Allow", &operator, key, &json!(values), &context) {
            prop_assert!(under("Allow", &operator, key, &json!(longer), &context));
        }
    }
}

fn effect(policy: &Value, asked: &Asked) -> Effect {
    decide(&read(policy), &asked.request())
}

fn with(policy: &Value, statement: Value) -> Value {
    let mut statements = match &policy["Statement"] {
        Value::Array(statements) => statements.clone(),
        one => vec![one.clone()],
    };
    statements.push(statement);
    let mut policy = policy.clone();
    policy["Statement"] = Value::Array(statements);
    policy
}

/// What an ARN operator can use: a value that is no ARN makes the condition fail as a whole, negated or not.
fn usable(operator: &str, values: Value, value: String) -> (Value, String) {
    match (operator.starts_with("Arn"), value.starts_with("arn:")) {
        (false, _) => (values, value),
        (true, true) => (json!("arn:aws:sns:*:123456789012:t*"), value),
        (true, false) => (
            json!("arn:aws:sns:*:123456789012:t*"),
            format!("arn:aws:sns:eu-west-1::{value}"),
        ),
    }
}

/// Whether a statement with this one condition matches.
fn under(effect: &str, operator: &str, key: &str, values: &Value, context: &Context) -> bool {
    let condition = json!({operator: {key: values}});
    let document = json!({"Version": "2012-10-17", "Statement": {
        "Effect": effect,
        "Principal": {"Federated": PROVIDER},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }});
    let policy = Policy::parse(&document.to_string()).unwrap();
    let request = Request {
        principal: &Principal::Federated(PROVIDER.to_owned()),
        action: "sts:AssumeRoleWithWebIdentity",
        resource: None,
        context,
    };
    decide(&policy, &request) != Effect::ImplicitDeny
}
