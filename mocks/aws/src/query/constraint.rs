//! The constraints of the API model, and AWS's sentences for breaking them.

use super::error::{ApiError, Failure};
use super::parameters::Parameters;
use crate::cause::Cause;

/// A pattern of the API model: its text, which error messages repeat, and what it means.
#[derive(Clone, Copy)]
pub(crate) struct Pattern {
    pub(crate) text: &'static str,
    pub(crate) matches: fn(char) -> bool,
}

/// Constraints of a text.
#[derive(Clone, Copy)]
pub(crate) struct Constraint {
    /// The least length, in UTF-16 code units, as Java counts.
    pub(crate) min: usize,
    /// The greatest length, in the same unit.
    pub(crate) max: usize,
    /// What each character has to match.
    pub(crate) pattern: Option<Pattern>,
    /// Whether the model marks it as sensitive: its value is not repeated.
    pub(crate) sensitive: bool,
}

/// The constraints that a call breaks, all of which go into one message.
#[derive(Debug, Default)]
pub(crate) struct Violations(Vec<String>);

impl Violations {
    /// Checks a required text. Its name in messages is the member's name in the model, `roleArn`.
    pub(crate) fn required(&mut self, member: &str, value: Option<&str>, constraint: Constraint) {
        match value {
            Some(value) => self.text(member, value, constraint),
            None => self.add("null", member, "Member must not be null"),
        }
    }

    /// Checks an optional text.
    pub(crate) fn optional(&mut self, member: &str, value: Option<&str>, constraint: Constraint) {
        if let Some(value) = value {
            self.text(member, value, constraint);
        }
    }

    fn text(&mut self, member: &str, value: &str, constraint: Constraint) {
        let shown = if constraint.sensitive {
            String::new()
        } else {
            format!("'{value}'")
        };
        let length = value.encode_utf16().count();
        if let Some(pattern) = constraint.pattern
            && !value.chars().all(pattern.matches)
        {
            let demand = format!("Member must satisfy regular expression pattern: {}", pattern.text);
            self.add_text(value, member, &demand, constraint);
        }
        if length > constraint.max {
            let demand = format!("Member must have length less than or equal to {}", constraint.max);
            self.add_text(value, member, &demand, constraint);
        }
        if length < constraint.min {
            let demand = format!(
                "Member must have length greater than or equal to {}",
                constraint.min
            );
            self.add(&shown, member, &demand);
        }
    }

    /// Checks an integer.
    pub(crate) fn range(&mut self, member: &str, value: Option<i32>, min: i32, max: i32) {
        let Some(value) = value else { return };
        if value < min {
            let demand = format!("Member must have value greater than or equal to {min}");
            self.add(&format!("'{value}'"), member, &demand);
        }
        if value > max {
            let demand = format!("Member must have value less than or equal to {max}");
            self.add(&format!("'{value}'"), member, &demand);
        }
    }

    /// Checks the length of a list, whose members are shown as Java prints a list.
    pub(crate) fn list(&mut self, member: &str, values: &[&str], max: usize) {
        if values.len() > max {
            let demand = format!("Member must have length less than or equal to {max}");
            self.add(&format!("'[{}]'", values.join(", ")), member, &demand);
        }
    }

    /// Checks each text of a list. One that breaks the constraint is answered with all the constraint's demands, in the
    /// order recorded of IAM's `tagKeys`.
    pub(crate) fn texts(&mut self, member: &str, values: &[&str], constraint: Constraint) {
        let fits = |value: &&str| {
            let length = value.encode_utf16().count();
            (constraint.min..=constraint.max).contains(&length)
                && constraint
                    .pattern
                    .is_none_or(|pattern| value.chars().all(pattern.matches))
        };
        if values.iter().all(fits) {
            return;
        }
        let mut demands = vec![
            format!("Member must have length less than or equal to {}", constraint.max),
            format!(
                "Member must have length greater than or equal to {}",
                constraint.min
            ),
        ];
        if let Some(pattern) = constraint.pattern {
            demands.push(format!(
                "Member must satisfy regular expression pattern: {}",
                pattern.text
            ));
        }
        demands.push("Member must not be null".to_owned());
        let demand = format!("Member must satisfy constraint: [{}]", demands.join(", "));
        self.add(&format!("'[{}]'", values.join(", ")), member, &demand);
    }

    fn add_text(&mut self, value: &str, member: &str, demand: &str, constraint: Constraint) {
        let shown = if constraint.sensitive {
            String::new()
        } else {
            format!("'{value}'")
        };
        self.add(&shown, member, demand);
    }

    fn add(&mut self, shown: &str, member: &str, demand: &str) {
        let blank = if shown.is_empty() { "" } else { " " };
        self.0.push(format!(
            "Value{blank}{shown} at '{member}' failed to satisfy constraint: {demand}"
        ));
    }

    /// All of them in AWS's one message.
    pub(crate) fn into_result(self) -> Result<(), Failure> {
        let count = self.0.len();
        if count == 0 {
            return Ok(());
        }
        let plural = if count == 1 { "" } else { "s" };
        let message = format!("{count} validation error{plural} detected: {}", self.0.join("; "));
        Err(ApiError::validation(message).because(Cause::InvalidParameters { problems: self.0 }))
    }
}

impl Parameters {
    /// An integer parameter. Leading zeros and a plus sign are fine, blanks, fractions and exponents are not
    /// (recorded AWS behaviour).
    pub(crate) fn integer(&self, name: &str) -> Result<Option<i32>, Failure> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| {
            ApiError::malformed_integer().because(Cause::NotAnInteger {
                parameter: name.into(),
                value: text.into(),
            })
        })
    }
}
