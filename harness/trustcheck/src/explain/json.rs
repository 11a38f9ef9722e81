//! Mistakes in JSON files, with their places.

use crate::diagnostic::{Diagnostic, Source};

/// What the JSON reader says, as a mistake at its place.
pub(super) fn mistake(source: &Source, error: &serde_json::Error) -> Diagnostic {
    let text = source.text();
    let line_start = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum::<usize>();
    let at = text.floor_char_boundary((line_start + error.column().saturating_sub(1)).min(text.len()));
    let next = text[at..]
        .chars()
        .next()
        .filter(|next| *next != '\n')
        .map_or(0, char::len_utf8);
    Diagnostic::new(source, at..at + next, format!("not valid JSON: {}", words(error)))
}

/// What the JSON reader says, without the place.
pub(super) fn words(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    said.strip_suffix(&place).unwrap_or(&said).to_owned()
}

/// Where `part`, which is a slice of `whole`, begins in it.
pub(super) fn offset_in(whole: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[rstest::rstest]
    #[case::missing_comma("{\n  \"a\": 1\n  \"b\": 2\n}\n", "f:3:3", "expected `,` or `}`")]
    #[case::breaks_off("{\n  \"a\": ", "f:2:7", "EOF while parsing a value")]
    #[case::trailing_comma("{\"a\": 1,}", "f:1:9", "trailing comma")]
    #[case::empty("", "f:1:1", "EOF while parsing a value")]
    #[case::no_json("é", "f:1:1", "expected value")]
    #[case::after_wide_characters("{\"é\" 1}", "f:1:6", "expected `:`")]
    fn the_place_is_told(#[case] text: &str, #[case] at: &str, #[case] message: &str) {
        let error = serde_json::from_str::<Value>(text).unwrap_err();
        let mistake = mistake(&Source::new("f", text), &error);
        assert_eq!(
            (mistake.at().as_str(), mistake.message),
            (at, format!("not valid JSON: {message}"))
        );
    }
}
