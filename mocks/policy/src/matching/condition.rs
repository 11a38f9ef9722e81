//! Whether a condition holds.

use crate::context::{Context, ContextValue};
use crate::document::{Condition, ConditionValue, StatementEffect};
use crate::operand::{MalformedArn, Operand, is_readable};
use crate::operator::{Comparison, Quantifier};

impl Condition {
    /// Whether the condition holds in a statement of this effect. The effect only matters for a policy value that should
    /// be an ARN and is none: then a Deny holds and an Allow does not.
    pub(crate) fn holds(&self, context: &Context, effect: StatementEffect) -> bool {
        self.outcome(context).unwrap_or(effect == StatementEffect::Deny)
    }

    /// Whether the condition holds.
    ///
    /// Absent keys (IAM user guide; recorded AWS behaviour): false, but true for negated operators, `...IfExists` and
    /// `ForAllValues:`; `ForAnyValue:` stays false with a negated operator too. An operator without a set prefix never
    /// matches a multi-valued key, negated or `IfExists` or not (recorded AWS behaviour with `aws:TagKeys`).
    ///
    /// DIVERGENCE: `ForAnyValue:...IfExists` is false on an absent key, though the IAM user guide says of `IfExists` without
    /// exception that an absent key makes it true. Those who tested it (iam.cloudcopilot.io on
    /// `ForAnyValue:StringNotEqualsIfExists`) found that the suffix is looked at inside the loop over the values, which is
    /// empty.
    ///
    /// An empty list of values holds on no key that is there, not even negated (inferred from IAM Access Analyzer's check
    /// for empty arrays).
    fn outcome(&self, context: &Context) -> Result<bool, MalformedArn> {
        let value = context.lookup(&self.lowered_key);
        let operator = self.operator;
        if operator.comparison == Comparison::Null {
            let absent = value.is_none();
            return Ok(self
                .values
                .iter()
                .any(|value| value.operand == Operand::Absent(absent)));
        }
        let Some(value) = value else {
            return Ok(match operator.quantifier {
                None => operator.if_exists || (operator.comparison.is_negated() && !self.values.is_empty()),
                Some(Quantifier::ForAnyValue) => false,
                Some(Quantifier::ForAllValues) => true,
            });
        };
        match operator.quantifier {
            None => match value {
                ContextValue::One(value) => self.accepts(value, context),
                ContextValue::Many(_) => Ok(false),
            },
            Some(quantifier) => {
                // every value is looked at only as far as it can still change the outcome
                let decides = quantifier == Quantifier::ForAnyValue;
                for value in value.values() {
                    if self.accepts(value, context)? == decides {
                        return Ok(decides);
                    }
                }
                Ok(!decides)
            }
        }
    }

    /// Whether one value of the request satisfies the condition: it meets any of the policy's values, or under a negated
    /// operator none of them.
    ///
    /// What is no address or ARN satisfies no operator for those, negated or not; what is no number or date is simply
    /// unequal to each (recorded AWS behaviour).
    fn accepts(&self, value: &str, context: &Context) -> Result<bool, MalformedArn> {
        let comparison = self.operator.comparison;
        let strict = matches!(
            comparison.positive(),
            Comparison::IpAddress | Comparison::ArnEquals | Comparison::ArnLike
        );
        if self.values.is_empty() || (strict && !is_readable(comparison, value)) {
            return Ok(false);
        }
        for policy in &self.values {
            if policy.operand.matches(comparison, value, context)? {
                return Ok(!comparison.is_negated());
            }
        }
        Ok(comparison.is_negated())
    }
}

/// Whether a policy's value meets a request's, before negation.
pub(crate) fn value_matches(
    policy: &ConditionValue,
    comparison: Comparison,
    value: &str,
    context: &Context,
) -> bool {
    policy.operand.matches(comparison, value, context) == Ok(true)
}
