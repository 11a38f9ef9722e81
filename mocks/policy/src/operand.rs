//! A policy's value under an operator, compiled once; and the test of one request value against it.

mod arn;
mod date;
mod decimal;
mod network;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

pub(crate) use arn::ArnPattern;
pub(crate) use date::Instant;
pub(crate) use decimal::Decimal;
pub(crate) use network::Network;

use crate::context::Context;
use crate::letter_case::{equals_lowered, lower};
use crate::operator::Comparison;
use crate::template::{Syntax, Template};

/// A policy's value as its operator reads it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    /// `StringEquals`, `StringLike`: the template says which characters are wildcards.
    Text(Template),
    /// `StringEqualsIgnoreCase`: the value lower-cased.
    CaselessText(String),
    /// `StringEqualsIgnoreCase` with variables.
    CaselessTemplate(Template),
    /// `Numeric...`
    Number(Decimal),
    /// `Date...`
    Date(Instant),
    /// `Bool`
    Boolean(bool),
    /// `Bool` with variables.
    BooleanTemplate(Template),
    /// `BinaryEquals`
    Bytes(Vec<u8>),
    /// `IpAddress`
    Network(Network),
    /// `ArnEquals`, `ArnLike`
    Arn(ArnPattern),
    /// `Null`: whether the key has to be absent.
    Absent(bool),
    /// The value is not of the operator's type; it matches nothing.
    Invalid,
}

/// The policy's value is not an ARN although its operator compares ARNs.
///
/// Recorded AWS behaviour: such a value neither matches nor fails to match; the condition then does not hold in an Allow
/// statement and holds in a Deny. IAM refuses it when a policy is stored, but takes it in a session policy, and a variable
/// may turn out to be none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MalformedArn;

impl Operand {
    /// Compiles a value.
    pub(crate) fn parse(comparison: Comparison, text: &str, variables: bool) -> Self {
        use Comparison as C;
        let syntax = Syntax {
            wildcards: comparison.takes_wildcards(),
            variables: variables && comparison.takes_variables(),
        };
        match comparison.positive() {
            C::StringEquals | C::StringLike => Self::Text(Template::parse(text, syntax)),
            C::StringEqualsIgnoreCase => match Template::parse(text, syntax) {
                Template::Fixed(pattern) => Self::CaselessText(lower(&pattern.to_string()).into_owned()),
                template => Self::CaselessTemplate(template),
            },
            C::Bool => match Template::parse(text, syntax) {
                Template::Fixed(pattern) => Self::Boolean(boolean(&pattern.to_string())),
                template => Self::BooleanTemplate(template),
            },
            C::Null => Self::Absent(boolean(text)),
            C::BinaryEquals => bytes(text).map_or(Self::Invalid, Self::Bytes),
            C::IpAddress => Network::parse(text).map_or(Self::Invalid, Self::Network),
            C::ArnEquals | C::ArnLike => Self::Arn(ArnPattern::parse(text, syntax)),
            comparison if comparison.is_date() => Instant::parse(text).map_or(Self::Invalid, Self::Date),
            _ => Decimal::parse(text).map_or(Self::Invalid, Self::Number),
        }
    }

    /// Whether a request's value matches, before any negation. The comparison is the operator's own, as several share
    /// one kind of operand.
    ///
    /// A request value that is not of the operator's type matches nothing.
    pub(crate) fn matches(
        &self,
        comparison: Comparison,
        value: &str,
        context: &Context,
    ) -> Result<bool, MalformedArn> {
        Ok(match self {
            Self::Text(template) => template.matches(value, context),
            Self::CaselessText(lowered) => equals_lowered(value, lowered),
            Self::CaselessTemplate(template) => template
                .text(context)
                .is_some_and(|wanted| lower(&wanted) == lower(value)),
            Self::Number(number) => {
                Decimal::parse(value).is_some_and(|value| is_ordered(comparison, value.cmp(number)))
            }
            Self::Date(date) => {
                Instant::parse(value).is_some_and(|value| is_ordered(comparison, value.cmp(date)))
            }
            Self::Boolean(wanted) => boolean(value) == *wanted,
            Self::BooleanTemplate(template) => template
                .text(context)
                .is_some_and(|wanted| boolean(value) == boolean(&wanted)),
            Self::Bytes(wanted) => bytes(value).is_some_and(|value| value == *wanted),
            Self::Network(network) => {
                network::address(value).is_some_and(|address| network.contains(address))
            }
            Self::Arn(pattern) => return pattern.matches(value, context),
            Self::Absent(_) | Self::Invalid => false,
        })
    }

    /// The value, if it has variables.
    pub(crate) fn template(&self) -> Option<&Template> {
        match self {
            Self::Text(template)
            | Self::CaselessTemplate(template)
            | Self::BooleanTemplate(template)
            | Self::Arn(ArnPattern::Variable(template)) => Some(template),
            _ => None,
        }
    }

    /// Whether the value is of the type its operator compares.
    pub(crate) fn is_valid(&self) -> bool {
        !matches!(self, Self::Invalid | Self::Arn(ArnPattern::Malformed))
    }
}

/// Whether a comparison can read a request's value at all.
pub(crate) fn is_readable(comparison: Comparison, value: &str) -> bool {
    use Comparison as C;
    match comparison.positive() {
        C::IpAddress => network::address(value).is_some(),
        C::ArnEquals | C::ArnLike => arn::is_arn(value),
        C::BinaryEquals => bytes(value).is_some(),
        C::StringEquals | C::StringEqualsIgnoreCase | C::StringLike | C::Bool | C::Null => true,
        comparison if comparison.is_date() => Instant::parse(value).is_some(),
        _ => Decimal::parse(value).is_some(),
    }
}

fn is_ordered(comparison: Comparison, order: Ordering) -> bool {
    use Comparison as C;
    match comparison {
        C::NumericLessThan | C::DateLessThan => order.is_lt(),
        C::NumericLessThanEquals | C::DateLessThanEquals => order.is_le(),
        C::NumericGreaterThan | C::DateGreaterThan => order.is_gt(),
        C::NumericGreaterThanEquals | C::DateGreaterThanEquals => order.is_ge(),
        _ => order.is_eq(),
    }
}

/// `true` in any case is true and everything else is false, on both sides (recorded AWS behaviour; as Java's
/// `parseBoolean`).
fn boolean(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}

/// Binary values are base64 on both sides: the policy's, and the request's, which is kept as text here.
///
/// Recorded AWS behaviour: padding and the unused bits count, so each value has one way to be written.
fn bytes(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}
