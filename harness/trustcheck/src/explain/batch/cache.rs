//! Parsed policies, so that a policy that many lines hold is parsed once.

use std::collections::HashMap;

use iam_policy::Policy;
use serde_json::value::RawValue;

use crate::explain::{json, percent};

/// So many policies are kept, of so many bytes of text in all. What is parsed takes some times its text.
const MOST_POLICIES: usize = 512;
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Policies by what the lines hold: the JSON of an object or a string.
#[derive(Debug, Default)]
pub(super) struct Policies {
    parsed: HashMap<Box<str>, Policy>,
    bytes: usize,
}

impl Policies {
    /// The policy, parsed now or before. When the limits are reached all are forgotten: lines that repeat their
    /// policies fill it again at once, and lines that do not gain nothing from a better choice.
    pub(super) fn of(&mut self, raw: &RawValue) -> Result<Policy, String> {
        let text = raw.get();
        if let Some(policy) = self.parsed.get(text) {
            return Ok(policy.clone());
        }
        let policy = parse(text)?;
        if self.parsed.len() >= MOST_POLICIES || self.bytes + text.len() > MOST_BYTES {
            self.parsed = HashMap::new();
            self.bytes = 0;
        }
        self.bytes += text.len();
        self.parsed.insert(text.into(), policy.clone());
        Ok(policy)
    }
}

fn parse(json: &str) -> Result<Policy, String> {
    if json.starts_with('{') {
        return document(json);
    }
    if !json.starts_with('"') {
        return Err("`policy` is an object, or a string with the document".to_owned());
    }
    let text: String =
        serde_json::from_str(json).map_err(|error| format!("`policy`: {}", json::words(&error)))?;
    if text.trim_start().starts_with('%') {
        let decoded =
            percent::decode(text.trim()).ok_or("`policy` is not URL-encoded text, as its first `%` says")?;
        return document(&decoded);
    }
    document(&text)
}

fn document(text: &str) -> Result<Policy, String> {
    Policy::parse(text).map_err(|error| {
        let before = &text[..text.floor_char_boundary(error.span.start)];
        let line = before.matches('\n').count() + 1;
        let column = before
            .chars()
            .rev()
            .take_while(|character| *character != '\n')
            .count()
            + 1;
        let help = error
            .help
            .as_ref()
            .map(|help| format!("; {help}"))
            .unwrap_or_default();
        format!("the policy, line {line}, column {column}: {error}{help}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(index: usize, padding: usize) -> Box<RawValue> {
        let padding = " ".repeat(padding);
        let text = format!(r#"{{"Statement":{padding}[], "Id": "{index}"}}"#);
        RawValue::from_string(text).unwrap()
    }

    #[rstest::rstest]
    #[case::many(3 * MOST_POLICIES, 0)]
    #[case::large(64, 100_000)]
    fn the_limits_are_kept(#[case] count: usize, #[case] padding: usize) {
        let mut policies = Policies::default();
        for index in 0..count {
            policies.of(&raw(index, padding)).unwrap();
            assert!(policies.parsed.len() <= MOST_POLICIES && policies.bytes <= MOST_BYTES);
            let held: usize = policies.parsed.keys().map(|key| key.len()).sum();
            assert_eq!(held, policies.bytes);
        }
        let before = policies.parsed.len();
        policies.of(&raw(count - 1, padding)).unwrap();
        assert_eq!(policies.parsed.len(), before, "what was parsed is parsed again");
    }
}
