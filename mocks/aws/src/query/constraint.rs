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
pub(crate) struct Violations {
    problems: Vec<String>,
    /// Values are not repeated.
    quiet: bool,
}

impl Violations {
    /// Violations whose messages do not repeat values, as those of IAM do not (recorded AWS behaviour).
    pub(crate) fn without_values() -> Self {
        Violations {
            problems: Vec::new(),
            quiet: true,
        }
    }

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
        let length = characters(value);
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

    /// Checks the form of a whole text, where a pattern says more than which characters it may have.
    pub(crate) fn form(&mut self, member: &str, value: Option<&str>, pattern: &str, fits: fn(&str) -> bool) {
        if let Some(value) = value.filter(|value| !fits(value)) {
            let demand = format!("Member must satisfy regular expression pattern: {pattern}");
            self.add(&format!("'{value}'"), member, &demand);
        }
    }

    /// Checks that a text is one of some words.
    pub(crate) fn choice(&mut self, member: &str, value: Option<&str>, words: &[&str]) {
        if let Some(value) = value.filter(|value| !words.contains(value)) {
            let demand = format!("Member must satisfy enum value set: [{}]", words.join(", "));
            self.add(&format!("'{value}'"), member, &demand);
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
        self.each(member, values, constraint, true);
    }

    /// The same for a list whose members the model does not call required: recorded of IAM's `clientIDList`.
    pub(crate) fn members(&mut self, member: &str, values: &[&str], constraint: Constraint) {
        self.each(member, values, constraint, false);
    }

    fn each(&mut self, member: &str, values: &[&str], constraint: Constraint, required: bool) {
        let fits = |value: &&str| {
            let length = characters(value);
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
        if required {
            demands.push("Member must not be null".to_owned());
        }
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
        let shown = if self.quiet { "" } else { shown };
        let blank = if shown.is_empty() { "" } else { " " };
        self.problems.push(format!(
            "Value{blank}{shown} at '{member}' failed to satisfy constraint: {demand}"
        ));
    }

    /// All of them in AWS's one message.
    pub(crate) fn into_result(self) -> Result<(), Failure> {
        let count = self.problems.len();
        if count == 0 {
            return Ok(());
        }
        let plural = if count == 1 { "" } else { "s" };
        let message = format!(
            "{count} validation error{plural} detected: {}",
            self.problems.join("; ")
        );
        let problems = self.problems;
        Err(ApiError::validation(message).because(Cause::InvalidParameters { problems }))
    }
}

/// How long a text is, as Java counts.
fn characters(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.encode_utf16().count()
    }
}

impl Parameters {
    /// A Boolean parameter: `true` or `false`.
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Failure> {
        match self.get(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(ApiError::malformed_boolean().because(Cause::NotABoolean {
                parameter: name.into(),
                value: other.into(),
            })),
        }
    }

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
