//! The names of condition operators.
//!
//! Source: IAM user guide, "Condition operators" and "Creating a condition with multiple keys or values".

use std::fmt;

/// A condition operator: an optional set prefix, a comparison, and an optional `IfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operator {
    /// `ForAnyValue:`, `ForAllValues:` or neither.
    pub quantifier: Option<Quantifier>,
    /// What is compared and how.
    pub comparison: Comparison,
    /// True when the key is absent.
    pub if_exists: bool,
}

/// The set prefix of an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// `ForAnyValue:`
    ForAnyValue,
    /// `ForAllValues:`
    ForAllValues,
}

/// The comparison itself, without prefix and `IfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are AWS's own and say it all")]
pub enum Comparison {
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnNotEquals,
    ArnLike,
    ArnNotLike,
    Null,
}

use Comparison as C;

/// Every comparison with its name.
pub(crate) const COMPARISONS: [(&str, Comparison); 27] = [
    ("StringEquals", C::StringEquals),
    ("StringNotEquals", C::StringNotEquals),
    ("StringEqualsIgnoreCase", C::StringEqualsIgnoreCase),
    ("StringNotEqualsIgnoreCase", C::StringNotEqualsIgnoreCase),
    ("StringLike", C::StringLike),
    ("StringNotLike", C::StringNotLike),
    ("NumericEquals", C::NumericEquals),
    ("NumericNotEquals", C::NumericNotEquals),
    ("NumericLessThan", C::NumericLessThan),
    ("NumericLessThanEquals", C::NumericLessThanEquals),
    ("NumericGreaterThan", C::NumericGreaterThan),
    ("NumericGreaterThanEquals", C::NumericGreaterThanEquals),
    ("DateEquals", C::DateEquals),
    ("DateNotEquals", C::DateNotEquals),
    ("DateLessThan", C::DateLessThan),
    ("DateLessThanEquals", C::DateLessThanEquals),
    ("DateGreaterThan", C::DateGreaterThan),
    ("DateGreaterThanEquals", C::DateGreaterThanEquals),
    ("Bool", C::Bool),
    ("BinaryEquals", C::BinaryEquals),
    ("IpAddress", C::IpAddress),
    ("NotIpAddress", C::NotIpAddress),
    ("ArnEquals", C::ArnEquals),
    ("ArnNotEquals", C::ArnNotEquals),
    ("ArnLike", C::ArnLike),
    ("ArnNotLike", C::ArnNotLike),
    ("Null", C::Null),
];

impl Operator {
    /// Reads an operator as policies write it; `None` if there is no such operator.
    ///
    /// Case-sensitive. `Null` has no `IfExists` form (IAM user guide) and no set form.
    pub fn parse(text: &str) -> Option<Self> {
        let (quantifier, rest) = match text.split_once(':') {
            None => (None, text),
            Some(("ForAnyValue", rest)) => (Some(Quantifier::ForAnyValue), rest),
            Some(("ForAllValues", rest)) => (Some(Quantifier::ForAllValues), rest),
            Some(_) => return None,
        };
        let (name, if_exists) = match rest.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (rest, false),
        };
        let (_, comparison) = *COMPARISONS.iter().find(|(known, _)| *known == name)?;
        if comparison == C::Null && (if_exists || quantifier.is_some()) {
            return None;
        }
        Some(Self {
            quantifier,
            comparison,
            if_exists,
        })
    }

    /// The known operator whose name is nearest to a text that is none: for "did you mean".
    pub fn nearest(text: &str) -> Option<Self> {
        let (prefix, rest) = text.rsplit_once(':').unwrap_or(("", text));
        let quantifier = match prefix.to_ascii_lowercase().as_str() {
            "" => None,
            "foranyvalue" | "foranyvalues" | "forany" => Some(Quantifier::ForAnyValue),
            "forallvalues" | "forallvalue" | "forall" => Some(Quantifier::ForAllValues),
            _ => return None,
        };
        let lowered = rest.to_ascii_lowercase();
        let (name, if_exists) = match lowered.strip_suffix("ifexists") {
            Some(name) => (name, true),
            None => (lowered.as_str(), false),
        };
        let (distance, comparison) = COMPARISONS
            .iter()
            .map(|(known, comparison)| {
                (
                    crate::distance::distance(&known.to_ascii_lowercase(), name),
                    *comparison,
                )
            })
            .min_by_key(|(distance, _)| *distance)?;
        let plain = comparison != C::Null || (quantifier.is_none() && !if_exists);
        (distance <= 3 && plain).then_some(Self {
            quantifier,
            comparison,
            if_exists,
        })
    }
}

impl Comparison {
    /// The name as policies write it.
    pub fn name(self) -> &'static str {
        COMPARISONS
            .iter()
            .find(|(_, comparison)| *comparison == self)
            .map_or("", |(name, _)| name)
    }

    /// Whether it is true when the values do **not** match.
    pub fn is_negated(self) -> bool {
        self.positive() != self
    }

    /// The comparison that this one negates, or itself.
    pub fn positive(self) -> Self {
        match self {
            C::StringNotEquals => C::StringEquals,
            C::StringNotEqualsIgnoreCase => C::StringEqualsIgnoreCase,
            C::StringNotLike => C::StringLike,
            C::NumericNotEquals => C::NumericEquals,
            C::DateNotEquals => C::DateEquals,
            C::NotIpAddress => C::IpAddress,
            C::ArnNotEquals => C::ArnEquals,
            C::ArnNotLike => C::ArnLike,
            other => other,
        }
    }

    /// What the values have to be, in words, where not every text will do.
    pub fn value_type(self) -> Option<&'static str> {
        match self.positive() {
            C::StringEquals | C::StringEqualsIgnoreCase | C::StringLike | C::Bool | C::Null => None,
            C::BinaryEquals => Some("a value in base64"),
            C::IpAddress => Some("an IP address or a range such as `203.0.113.0/24`"),
            C::ArnEquals | C::ArnLike => Some("an ARN of six parts"),
            other if other.is_date() => Some("a date such as `2026-09-12T00:00:00Z`, or seconds since 1970"),
            _ => Some("a number"),
        }
    }

    /// Whether it compares dates.
    pub fn is_date(self) -> bool {
        self.name().starts_with("Date")
    }

    /// Whether `*` and `?` in the policy's values are wildcards.
    pub fn takes_wildcards(self) -> bool {
        matches!(self.positive(), C::StringLike | C::ArnEquals | C::ArnLike)
    }

    /// Whether `${...}` in the policy's values is a variable (IAM user guide: string, ARN and Boolean operators).
    pub fn takes_variables(self) -> bool {
        matches!(
            self.positive(),
            C::StringEquals | C::StringEqualsIgnoreCase | C::StringLike | C::ArnEquals | C::ArnLike | C::Bool
        )
    }
}

impl fmt::Display for Quantifier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::ForAnyValue => "ForAnyValue",
            Self::ForAllValues => "ForAllValues",
        })
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(quantifier) = self.quantifier {
            write!(out, "{quantifier}:")?;
        }
        out.write_str(self.comparison.name())?;
        out.write_str(if self.if_exists { "IfExists" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn every_name_reads_back() {
        for (name, comparison) in COMPARISONS {
            assert_eq!(comparison.name(), name);
            for prefix in ["", "ForAnyValue:", "ForAllValues:"] {
                for suffix in ["", "IfExists"] {
                    let text = format!("{prefix}{name}{suffix}");
                    match Operator::parse(&text) {
                        Some(operator) => assert_eq!(operator.to_string(), text),
                        None => assert!(comparison == C::Null && text != "Null"),
                    }
                }
            }
        }
    }

    #[rstest]
    #[case::case_counts("stringequals")]
    #[case::unknown("StringMatches")]
    #[case::unknown_prefix("ForSomeValue:StringEquals")]
    #[case::null_if_exists("NullIfExists")]
    #[case::set_null("ForAnyValue:Null")]
    #[case::blank("StringEquals ")]
    #[case::empty("")]
    fn knows_no_others(#[case] text: &str) {
        assert_eq!(Operator::parse(text), None);
    }

    #[rstest]
    #[case::case("stringlike", "StringLike")]
    #[case::spelling("StringEqual", "StringEquals")]
    #[case::prefix("ForAnyValues:StringLike", "ForAnyValue:StringLike")]
    #[case::suffix("stringequalsifexists", "StringEqualsIfExists")]
    fn suggests_the_nearest(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(
            Operator::nearest(text)
                .map(|operator| operator.to_string())
                .as_deref(),
            Some(expected)
        );
    }

    #[test]
    fn suggests_nothing_for_what_is_far() {
        assert_eq!(Operator::nearest("Regex"), None);
    }
}
