//! Why a condition holds or does not.

use super::Situation;
use super::operator_edit::change_operator;
use super::text::nearest_edit;
use crate::context::ContextValue;
use crate::document::{Condition, StatementEffect};
use crate::matching::value_matches;
use crate::operand::{MalformedArn, Operand, is_readable};
use crate::operator::{Comparison, Operator, Quantifier};
use crate::reason::Reason;

impl Situation<'_> {
    /// The reason for a condition's outcome.
    pub(crate) fn condition(&self, condition: &Condition, holds: bool) -> Reason {
        let value = self.request.request.context.lookup(&condition.lowered_key);
        if condition.operator.comparison == Comparison::Null {
            return self.null(condition, value.is_none(), holds);
        }
        match (value, holds) {
            (None, true) => self.true_without_key(condition),
            (None, false) => self.absence(condition).unwrap_or_else(|| Reason::KeyAbsent {
                key: condition.key.clone(),
                claim: None,
            }),
            (Some(value), true) => self.held(condition, value),
            (Some(value), false) => self.failed(condition, value),
        }
    }

    fn null(&self, condition: &Condition, absent: bool, holds: bool) -> Reason {
        let key = condition.key.clone();
        if holds {
            return Reason::NullHolds { key, absent };
        }
        if let Some(wrong) = wrong_type(condition) {
            return wrong;
        }
        let absence = if absent {
            self.absence(condition).map(Box::new)
        } else {
            None
        };
        Reason::NullFails { key, absent, absence }
    }

    fn true_without_key(&self, condition: &Condition) -> Reason {
        let (key, operator) = (condition.key.clone(), condition.operator.to_string());
        let absence = self.absence(condition).map(Box::new);
        if condition.operator.quantifier == Some(Quantifier::ForAllValues) {
            Reason::ForAllValuesOnAbsentKey {
                key,
                operator,
                absence,
            }
        } else if condition.operator.if_exists {
            Reason::IfExistsOnAbsentKey {
                key,
                operator,
                absence,
            }
        } else {
            Reason::NegatedOnAbsentKey {
                key,
                operator,
                absence,
            }
        }
    }

    fn held(&self, condition: &Condition, value: &ContextValue) -> Reason {
        let (key, operator) = (condition.key.clone(), condition.operator);
        let request = value.values().first().cloned().unwrap_or_default();

        if let Some(malformed) = self.malformed_arn(condition, value) {
            return malformed;
        }
        if operator.quantifier.is_some() && !value.is_multivalued() {
            let wanted = Operator {
                quantifier: None,
                ..operator
            };
            let edit = change_operator(self.policy.text(), self.statement, condition, wanted);
            return Reason::SetOperatorOnSingleValue {
                key,
                operator: operator.to_string(),
                request,
                edit,
            };
        }
        if operator.comparison.is_negated() {
            return Reason::NoneMatches { key, request };
        }
        match self.meeting(condition, value) {
            Some((request, value)) => Reason::ValueMatches { key, request, value },
            None => Reason::NoneMatches { key, request },
        }
    }

    fn failed(&self, condition: &Condition, value: &ContextValue) -> Reason {
        let (key, operator) = (condition.key.clone(), condition.operator);
        if operator.quantifier.is_none() && value.is_multivalued() {
            let quantifier = if operator.comparison.is_negated() {
                Quantifier::ForAllValues
            } else {
                Quantifier::ForAnyValue
            };
            let wanted = Operator {
                quantifier: Some(quantifier),
                ..operator
            };
            let edit = change_operator(self.policy.text(), self.statement, condition, wanted);
            let request = value.values().to_vec();
            return Reason::PlainOperatorOnManyValues {
                key,
                operator: operator.to_string(),
                request,
                edit,
            };
        }
        if condition.values.is_empty() {
            return Reason::NoValues { key };
        }
        if let Some(malformed) = self.malformed_arn(condition, value) {
            return malformed;
        }
        if operator.comparison.is_negated() {
            return match self.meeting(condition, value) {
                Some((request, value)) => Reason::ForbiddenValue {
                    key,
                    operator: operator.to_string(),
                    request,
                    value,
                },
                None => request_of_wrong_type(condition, value),
            };
        }
        if let Some(unresolved) = self.unresolved(condition) {
            return unresolved;
        }
        let left_over: Vec<&String> = value
            .values()
            .iter()
            .filter(|value| !self.covered(condition, value))
            .collect();
        if operator.quantifier == Some(Quantifier::ForAllValues) && value.values().len() > 1 {
            return Reason::NotAllCovered {
                key,
                left_over: left_over.into_iter().cloned().collect(),
            };
        }
        match left_over.as_slice() {
            [request] => self.mismatch(condition, request),
            _ => self.values_differ(condition, value.values().to_vec(), None),
        }
    }

    /// One value of the request, met by none of the policy's.
    fn mismatch(&self, condition: &Condition, request: &str) -> Reason {
        use Comparison as C;
        if let Some(wrong) = wrong_type(condition) {
            return wrong;
        }
        let comparison = condition.operator.comparison;
        if !is_readable(comparison, request) {
            return wrong_type_of(condition, request);
        }
        let (key, request_text) = (condition.key.clone(), request.to_owned());
        let values = || {
            condition
                .values
                .iter()
                .map(|value| value.text.clone())
                .collect::<Vec<_>>()
        };
        if let Some(relation) = relation(comparison) {
            let (relation, values) = (relation.to_owned(), values());
            return Reason::ComparisonFails {
                key,
                request: request_text,
                relation,
                values,
            };
        }
        match comparison {
            C::IpAddress => Reason::AddressOutside {
                key,
                request: request_text,
                values: values(),
            },
            C::ArnEquals | C::ArnLike => arn_part(condition, request)
                .unwrap_or_else(|| self.values_differ(condition, vec![request_text], None)),
            C::StringEquals | C::StringEqualsIgnoreCase | C::StringLike => self.text(condition, request),
            _ => self.values_differ(condition, vec![request_text], nearest_edit(condition, request)),
        }
    }

    /// The first pair of request value and policy value that match.
    fn meeting(&self, condition: &Condition, value: &ContextValue) -> Option<(String, String)> {
        let context = self.request.request.context;
        let comparison = condition.operator.comparison;
        value.values().iter().find_map(|request| {
            let met = condition
                .values
                .iter()
                .find(|policy| value_matches(policy, comparison, request, context))?;
            Some((request.clone(), met.text.clone()))
        })
    }

    fn covered(&self, condition: &Condition, request: &str) -> bool {
        let context = self.request.request.context;
        let comparison = condition.operator.comparison;
        condition
            .values
            .iter()
            .any(|policy| value_matches(policy, comparison, request, context))
    }

    fn unresolved(&self, condition: &Condition) -> Option<Reason> {
        let context = self.request.request.context;
        condition.values.iter().find_map(|policy| {
            let variable = policy.operand.template()?.resolve(context).err()?;
            Some(Reason::VariableWithoutValue {
                value: policy.text.clone(),
                variable: variable.0.to_owned(),
            })
        })
    }

    /// A policy value that had to be an ARN and is none, if it was come upon before one that matched.
    fn malformed_arn(&self, condition: &Condition, value: &ContextValue) -> Option<Reason> {
        let context = self.request.request.context;
        let comparison = condition.operator.comparison;
        value.values().iter().find_map(|request| {
            for policy in &condition.values {
                match policy.operand.matches(comparison, request, context) {
                    Ok(true) => return None,
                    Ok(false) => {}
                    Err(MalformedArn) => {
                        return Some(Reason::MalformedArn {
                            key: condition.key.clone(),
                            value: policy.text.clone(),
                            denies: self.statement.effect.value == StatementEffect::Deny,
                        });
                    }
                }
            }
            None
        })
    }

    /// The reason of last resort.
    pub(super) fn values_differ(
        &self,
        condition: &Condition,
        request: Vec<String>,
        edit: Option<crate::edit::Edit>,
    ) -> Reason {
        Reason::ValuesDiffer {
            key: condition.key.clone(),
            operator: condition.operator.to_string(),
            values: condition.values.iter().map(|value| value.text.clone()).collect(),
            request,
            edit,
        }
    }
}

/// Values of the request that are not of the operator's type.
fn request_of_wrong_type(condition: &Condition, value: &ContextValue) -> Reason {
    let unreadable = value
        .values()
        .iter()
        .find(|value| !is_readable(condition.operator.comparison, value));
    wrong_type_of(
        condition,
        unreadable.or(value.values().first()).map_or("", String::as_str),
    )
}

fn wrong_type_of(condition: &Condition, request: &str) -> Reason {
    Reason::RequestOfWrongType {
        key: condition.key.clone(),
        operator: condition.operator.to_string(),
        request: request.to_owned(),
        wanted: condition
            .operator
            .comparison
            .value_type()
            .unwrap_or("another value")
            .to_owned(),
    }
}

/// The first policy value that its operator cannot read.
fn wrong_type(condition: &Condition) -> Option<Reason> {
    let invalid = condition
        .values
        .iter()
        .find(|value| value.operand == Operand::Invalid)?;
    Some(Reason::ValueOfWrongType {
        key: condition.key.clone(),
        operator: condition.operator.to_string(),
        value: invalid.text.clone(),
        wanted: condition
            .operator
            .comparison
            .value_type()
            .unwrap_or("another value")
            .to_owned(),
    })
}

fn relation(comparison: Comparison) -> Option<&'static str> {
    use Comparison as C;
    match comparison {
        C::NumericEquals | C::DateEquals => Some("equal to"),
        C::NumericLessThan => Some("less than"),
        C::NumericLessThanEquals => Some("less than or equal to"),
        C::NumericGreaterThan => Some("greater than"),
        C::NumericGreaterThanEquals => Some("greater than or equal to"),
        C::DateLessThan => Some("before"),
        C::DateLessThanEquals => Some("at or before"),
        C::DateGreaterThan => Some("after"),
        C::DateGreaterThanEquals => Some("at or after"),
        _ => None,
    }
}

/// The part in which the nearest policy value, the one that matches furthest, differs.
fn arn_part(condition: &Condition, request: &str) -> Option<Reason> {
    const NAMES: [&str; 6] = ["prefix", "partition", "service", "region", "account", "resource"];
    let (part, value) = condition
        .values
        .iter()
        .filter_map(|value| match &value.operand {
            Operand::Arn(pattern) => Some((pattern.first_difference(request)?, value)),
            _ => None,
        })
        .max_by_key(|(part, _)| *part)?;
    Some(Reason::ArnPartDiffers {
        key: condition.key.clone(),
        part: (*NAMES.get(part)?).to_owned(),
        value: value.text.clone(),
        request: request.to_owned(),
    })
}
