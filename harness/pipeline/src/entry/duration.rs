//! Durations in words, as GitLab's `timeout` takes them: `3h 30m`, `1 hour and 20 minutes`, `90`.
//!
//! DIVERGENCE: GitLab also reads numbers in words (`three hours`); those are refused here. They appear in no
//! documentation of the keyword.

use located_yaml::Node;

use crate::findings::{Findings, Location};
use crate::value;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
/// Seconds of a week.
pub(crate) const WEEK: f64 = 7.0 * DAY;
const MONTH: f64 = 30.0 * DAY;
const YEAR: f64 = 365.25 * DAY;

/// The units of `h:mm:ss` and longer forms, from the right.
const CHRONO: [f64; 6] = [1.0, MINUTE, HOUR, DAY, MONTH, YEAR];

/// Seconds, or `None` if the text is no duration or one of nothing.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let text = text.to_lowercase();
    let seconds = clock(&text).or_else(|| words(&text))?;
    (seconds > 0.0).then_some(seconds)
}

/// The seconds of an attribute, below a limit; `None` if the value is wrong and that was reported.
pub(crate) fn seconds(
    at: &Location,
    attribute: &str,
    node: &Node,
    limit: f64,
    findings: &mut Findings,
) -> Option<u64> {
    let Some(seconds) = value::text(node).and_then(parse) else {
        let error = format!("{attribute} should be a duration");
        findings.entry(at, error, node.site(), None);
        return None;
    };
    if seconds >= limit {
        findings.entry(
            at,
            format_args!("{attribute} should not exceed the limit"),
            node.site(),
            None,
        );
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the limit"
    )]
    Some(seconds as u64)
}

/// `1:30:00`
fn clock(text: &str) -> Option<f64> {
    let text: String = text.split_whitespace().collect();
    if !text.contains(':') {
        return None;
    }
    let parts: Vec<&str> = text.rsplit(':').collect();
    if parts.len() > CHRONO.len() {
        return None;
    }
    parts
        .iter()
        .zip(CHRONO)
        .map(|(part, unit)| number(part).map(|number| number * unit))
        .sum()
}

/// Numbers, each before its unit; a number alone counts seconds, a unit in front counts once.
fn words(text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    let mut pending = None;
    let mut first = true;
    for word in split(text) {
        let word = word.trim_matches(',');
        if let Some(number) = number(word) {
            seconds += pending.replace(number).unwrap_or(0.0);
        } else if let Some(unit) = unit(word) {
            let count = pending.take().or(first.then_some(1.0));
            seconds += count.unwrap_or(0.0) * unit;
        } else if !matches!(word, "and" | "with" | "plus") {
            return None;
        }
        first = false;
    }
    Some(seconds + pending.unwrap_or(0.0))
}

/// Words, with a border between a number and what touches it.
fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let mut start = 0;
        let mut was_number = None;
        for (at, character) in word.char_indices() {
            let is_number = character.is_ascii_digit() || character == '.';
            if was_number.is_some_and(|was| was != is_number) {
                words.push(&word[start..at]);
                start = at;
            }
            was_number = Some(is_number);
        }
        words.push(&word[start..]);
    }
    words
}

fn number(text: &str) -> Option<f64> {
    let shaped = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if shaped { text.parse().ok() } else { None }
}

fn unit(word: &str) -> Option<f64> {
    match word {
        "s" | "sec" | "secs" | "second" | "seconds" => Some(1.0),
        "m" | "min" | "mins" | "minute" | "minutes" => Some(MINUTE),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some(HOUR),
        "d" | "dy" | "day" | "days" => Some(DAY),
        "w" | "wk" | "wks" | "week" | "weeks" => Some(WEEK),
        "mo" | "mos" | "month" | "months" => Some(MONTH),
        "y" | "yr" | "yrs" | "year" | "years" => Some(YEAR),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case::short("3h 30m", Some(12_600.0))]
    #[case::tight("1h30m", Some(5_400.0))]
    #[case::words("1 hour and 20 minutes", Some(4_800.0))]
    #[case::comma("2 weeks, 1 day", Some(1_296_000.0))]
    #[case::number_alone("3600", Some(3_600.0))]
    #[case::fraction("1.5 hours", Some(5_400.0))]
    #[case::unit_alone("hour", Some(3_600.0))]
    #[case::clock("1:30:00", Some(5_400.0))]
    #[case::upper_case("2 Hours", Some(7_200.0))]
    #[case::unknown_word("soon", None)]
    #[case::zero("0", None)]
    #[case::nothing("", None)]
    #[case::negative("-1h", None)]
    fn reads_durations(#[case] text: &str, #[case] expected: Option<f64>) {
        assert_eq!(super::parse(text), expected);
    }
}
