//! The constraints that several operations share, from the published service model.

use std::sync::LazyLock;

use regex::Regex;

use crate::query::{Constraint, Pattern};

/// Of ARNs: roles and managed policies.
pub(super) const ARN: Constraint = Constraint {
    min: 20,
    max: 2048,
    pattern: Some(ANY_TEXT),
    sensitive: false,
};
/// Of names of sessions.
pub(super) const SESSION_NAME: Constraint = Constraint {
    min: 2,
    max: 64,
    pattern: Some(NAME),
    sensitive: false,
};
/// Of inline session policies.
pub(super) const POLICY: Constraint = Constraint {
    min: 1,
    max: 2048,
    pattern: Some(POLICY_TEXT),
    sensitive: false,
};
/// Of the keys of tags.
pub(super) const TAG_KEY: Constraint = Constraint {
    min: 1,
    max: 128,
    pattern: Some(Pattern {
        text: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+",
        matches: is_tag_character,
    }),
    sensitive: false,
};
/// Of the values of tags.
pub(super) const TAG_VALUE: Constraint = Constraint {
    min: 0,
    max: 256,
    pattern: Some(Pattern {
        text: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*",
        matches: is_tag_character,
    }),
    sensitive: false,
};
/// At most so many tags, and so many transitive keys.
pub(super) const MOST_TAGS: usize = 50;

const ANY_TEXT: Pattern = Pattern {
    text: r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+",
    matches: |character| {
        matches!(character,
            '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{A0}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}'
            | '\u{10000}'..)
    },
};

/// Of role session names and source identities.
pub(super) const NAME: Pattern = Pattern {
    text: r"[\w+=,.@-]*",
    matches: is_name_character,
};

const POLICY_TEXT: Pattern = Pattern {
    text: r"[\u0009\u000A\u000D\u0020-\u00FF]+",
    matches: |character| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{FF}'),
};

pub(super) fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_+=,.@-".contains(character)
}

/// Letters, blanks and numbers of any script, by their Unicode categories, and some signs.
fn is_tag_character(character: char) -> bool {
    static OTHERS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\p{L}|\p{Z}|\p{N}").expect("a constant that the tests compile"));
    character.is_ascii_alphanumeric()
        || "_.:/=+-@ ".contains(character)
        || (!character.is_ascii() && OTHERS.is_match(character.encode_utf8(&mut [0; 4])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::letter('a', true)]
    #[case::umlaut('ö', true)]
    #[case::kanji('日', true)]
    #[case::digit('7', true)]
    #[case::roman('Ⅷ', true)]
    #[case::fraction('½', true)]
    #[case::blank(' ', true)]
    #[case::wide_blank('\u{3000}', true)]
    #[case::colon(':', true)]
    #[case::hash('#', false)]
    #[case::tab('\t', false)]
    #[case::mark('\u{301}', false)]
    #[case::circled('Ⓐ', false)]
    fn characters_of_tags(#[case] character: char, #[case] allowed: bool) {
        assert_eq!(is_tag_character(character), allowed);
    }
}
