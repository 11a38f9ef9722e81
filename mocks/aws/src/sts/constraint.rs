//! The constraints that several operations share, from the published service model.

use crate::query::{Constraint, Pattern};

pub(super) use crate::query::{MOST_TAGS, TAG_KEY, TAG_VALUE};

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
