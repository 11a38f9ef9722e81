use proptest::prelude::*;
use rstest::rstest;

use super::*;

/// The plainest matcher there is: every way a star can stand is tried, with a table so that it ends.
fn reference(pattern: &str, text: &str) -> bool {
    let pattern: Vec<u16> = pattern.encode_utf16().collect();
    let text: Vec<u16> = text.encode_utf16().collect();
    // table[p][t]: pattern[p..] matches text[t..]
    let mut table = vec![vec![false; text.len() + 1]; pattern.len() + 1];
    table[pattern.len()][text.len()] = true;
    for p in (0..pattern.len()).rev() {
        for t in (0..=text.len()).rev() {
            table[p][t] = match char::from_u32(u32::from(pattern[p])) {
                Some('*') => table[p + 1][t] || (t < text.len() && table[p][t + 1]),
                Some('?') => t < text.len() && table[p + 1][t + 1],
                _ => t < text.len() && text[t] == pattern[p] && table[p + 1][t + 1],
            };
        }
    }
    table[0][0]
}

#[rstest]
#[case::literal("main", "main", true)]
#[case::literal_is_whole("main", "maint", false)]
#[case::case_counts("Main", "main", false)]
#[case::empty("", "", true)]
#[case::empty_is_not_all("", "a", false)]
#[case::star_takes_nothing("a*b", "ab", true)]
#[case::star_spans_separators(
    "project_path:g/*:ref:main",
    "project_path:g/a/b:ref_type:branch:ref:main",
    true
)]
#[case::one("v?", "v1", true)]
#[case::one_needs_one("v?", "v", false)]
#[case::one_is_a_character_not_a_byte("v?", "vé", true)]
#[case::beyond_the_basic_plane_counts_two("?", "\u{10400}", false)]
#[case::beyond_the_basic_plane_is_two("??", "\u{10400}", true)]
#[case::beyond_the_basic_plane_inside("a??b", "a\u{10400}b", true)]
#[case::beyond_the_basic_plane_half("a?b", "a\u{10400}b", false)]
#[case::beyond_the_basic_plane_star_takes_half("a*?b", "a\u{10400}b", true)]
#[case::beyond_the_basic_plane_literal("\u{10400}?", "\u{10400}x", true)]
#[case::beyond_the_basic_plane_twice("\u{10400}?", "\u{10400}\u{10428}", false)]
#[case::prefix_and_suffix_may_not_overlap("aba*ba", "aba", false)]
#[case::leftmost_is_enough("*ab*b", "abb", true)]
#[case::stars_only("***", "anything", true)]
#[case::gap_in_the_middle("*a?c*", "xxabcxx", true)]
#[case::gap_at_the_end("*a?", "xxab", true)]
#[case::gap_alone_in_the_middle("a*?*c", "ac", false)]
fn matches_whole_texts(#[case] pattern: &str, #[case] text: &str, #[case] expected: bool) {
    assert_eq!(Pattern::parse(pattern).matches(text), expected);
    assert_eq!(reference(pattern, text), expected);
}

#[test]
fn normalises() {
    assert_eq!(Pattern::parse("a**b"), Pattern::parse("a*b"));
    assert_eq!(Pattern::parse("a**b").to_string(), "a*b");
    assert!(Pattern::parse("**").is_everything());
    assert!(Pattern::parse("a").is_literal());
    let literal_star = Pattern::from_tokens([Token::Text("a".into()), Token::Text("*".into())]);
    assert!(literal_star.is_literal() && literal_star.matches("a*") && !literal_star.matches("ab"));
}

/// Work that would take a backtracking matcher longer than the universe has left.
#[test]
fn hostile_patterns_end() {
    let text = "a".repeat(2_000);
    for pattern in [
        "a*".repeat(100) + "b",
        "?*".repeat(100) + "b",
        "*a?a".repeat(400) + "b",
    ] {
        assert!(!Pattern::parse(&pattern).matches(&text));
    }
    assert!(Pattern::parse(&"a*".repeat(100)).matches(&text));
    let gapped = format!("*{}?{}b*", "a".repeat(900), "a".repeat(900));
    assert!(!Pattern::parse(&gapped).matches(&text));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]
    #[test]
    fn agrees_with_the_reference(pattern in "[ab*?é😀]{0,12}", text in "[abé😀]{0,16}") {
        prop_assert_eq!(Pattern::parse(&pattern).matches(&text), reference(&pattern, &text));
    }

    #[test]
    fn agrees_with_the_reference_on_long_segments(
        pattern in "\\*?[ab?]{60,140}\\*[ab?]{0,70}\\*?",
        before in "[ab]{0,20}",
        after in "[ab]{0,20}",
        fill in prop::bool::ANY,
    ) {
        // a text made from the pattern, so that matches are common
        let fill = if fill { "a" } else { "b" };
        let text = before + &pattern.replace('*', "ab").replace('?', fill) + &after;
        prop_assert_eq!(Pattern::parse(&pattern).matches(&text), reference(&pattern, &text));
    }

    #[test]
    fn text_and_pattern_round_trip(pattern in "[ab*?]{0,12}") {
        let once = Pattern::parse(&pattern);
        prop_assert_eq!(Pattern::parse(&once.to_string()), once);
    }
}
