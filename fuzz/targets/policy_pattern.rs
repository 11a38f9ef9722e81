//! Any pattern against any text: the fast matcher says what the plainest one says.

#![no_main]

use iam_policy::Pattern;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str)| {
    let (pattern, text) = input;
    let pattern_units: Vec<u16> = pattern.encode_utf16().collect();
    let text_units: Vec<u16> = text.encode_utf16().collect();
    let expected = reference(&pattern_units, &text_units);
    assert_eq!(
        Pattern::parse(pattern).matches(text),
        expected,
        "{pattern:?} against {text:?}"
    );
});

/// Row by row: whether the pattern's first characters match the text's first characters.
fn reference(pattern: &[u16], text: &[u16]) -> bool {
    let (star, question) = (u16::from(b'*'), u16::from(b'?'));
    let mut row: Vec<bool> = (0..=text.len()).map(|end| end == 0).collect();
    for &wanted in pattern {
        let mut next = vec![false; row.len()];
        next[0] = row[0] && wanted == star;
        for end in 1..row.len() {
            next[end] = if wanted == star {
                row[end] || next[end - 1]
            } else {
                row[end - 1] && (wanted == question || wanted == text[end - 1])
            };
        }
        row = next;
    }
    row[text.len()]
}
