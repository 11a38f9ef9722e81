//! The constraints of tags, which STS and IAM have in common.

use std::sync::LazyLock;

use regex::Regex;

use super::constraint::{Constraint, Pattern};

/// Of the keys of tags.
pub(crate) const TAG_KEY: Constraint = Constraint {
    min: 1,
    max: 128,
    pattern: Some(Pattern {
        text: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+",
        matches: is_tag_character,
    }),
    sensitive: false,
};
/// Of the values of tags.
pub(crate) const TAG_VALUE: Constraint = Constraint {
    min: 0,
    max: 256,
    pattern: Some(Pattern {
        text: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*",
        matches: is_tag_character,
    }),
    sensitive: false,
};
/// At most so many tags, and so many transitive keys.
pub(crate) const MOST_TAGS: usize = 50;

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
