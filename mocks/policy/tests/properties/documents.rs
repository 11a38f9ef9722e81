//! Reading and printing.

use iam_policy::{Policy, PolicyKind, ValidationRules, decide, evaluate};
use proptest::prelude::*;
use serde_json::Value;

use crate::generate::{asked, policy, read};

proptest! {
    #[test]
    fn printing_and_reading_gives_the_same(document in policy(), asked in asked()) {
        let policy = read(&document);
        let printed = policy.to_json();
        let again = read(&printed);
        prop_assert_eq!(&again.to_json(), &printed);
        prop_assert_eq!(decide(&policy, &asked.request()), decide(&again, &asked.request()));
    }

    /// White space says nothing: not to the decision, not to the quota.
    #[test]
    fn white_space_does_not_count(document in policy(), asked in asked()) {
        let (dense, airy) = (read(&document), spread(&document));
        prop_assert_eq!(dense.size(), airy.size());
        let (short, long) = (evaluate(&dense, &asked.request()), evaluate(&airy, &asked.request()));
        prop_assert_eq!(short.effect, long.effect);
        let codes = |decision: &iam_policy::Decision| decision.reasons().iter().map(|it| it.code()).collect::<Vec<_>>();
        prop_assert_eq!(codes(&short), codes(&long));
    }

    /// What IAM accepts does not hang on the layout either.
    #[test]
    fn validation_ignores_white_space(document in policy()) {
        let (dense, airy) = (read(&document), spread(&document));
        for kind in [PolicyKind::Trust, PolicyKind::Identity, PolicyKind::Resource, PolicyKind::Session, PolicyKind::Boundary] {
            let rules = ValidationRules::default();
            match (dense.validate(kind, &rules), airy.validate(kind, &rules)) {
                (Ok(short), Ok(long)) => prop_assert_eq!(short.len(), long.len()),
                (Err(short), Err(long)) => prop_assert_eq!(short.message(), long.message()),
                (short, long) => prop_assert!(false, "{short:?} but {long:?}"),
            }
        }
    }

    /// Every span of a trace holds what the trace says stands there.
    #[test]
    fn spans_point_at_what_they_name(document in policy(), asked in asked()) {
        let policy = spread(&document);
        let decision = evaluate(&policy, &asked.request());
        let slice = |span: &iam_policy::Span| policy.text().get(span.clone()).unwrap_or_default();
        for statement in &decision.statements {
            let object = slice(&statement.span).starts_with('{') && slice(&statement.span).ends_with('}');
            prop_assert!(object);
            for element in statement.elements() {
                prop_assert_eq!(literal(slice(&element.key_span)), element.name);
                for value in &element.policy_values {
                    prop_assert_eq!(literal(slice(&value.span)), value.value.clone());
                }
            }
            for condition in &statement.conditions {
                prop_assert_eq!(literal(slice(&condition.key_span)), condition.key.clone());
                prop_assert_eq!(literal(slice(&condition.operator_span)), condition.operator.clone());
                prop_assert!(slice(&condition.span).starts_with(slice(&condition.key_span)));
                for value in &condition.policy_values {
                    prop_assert_eq!(literal(slice(&value.span)), value.value.clone());
                }
            }
        }
    }
}

fn spread(document: &Value) -> Policy {
    Policy::parse(&format!("\n {document:#}\r\n\t")).unwrap()
}

/// A JSON string, number or Boolean as a text.
fn literal(json: &str) -> String {
    match serde_json::from_str(json) {
        Ok(Value::String(text)) => text,
        Ok(_) => json.to_owned(),
        Err(error) => panic!("{error}: {json}"),
    }
}
