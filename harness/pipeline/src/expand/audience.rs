//! GitLab's expander for `aud` and other fields of its own: once, without recursion.

use crate::expand::reference::{Piece, pieces};

/// Expands the references in a text: an undefined name becomes nothing, so that `aud: $MISSING` is an empty audience.
///
/// There is no escape: `$$A` is a `$` and the value of `A`. `lookup` gives the value of a defined name, for a file
/// variable its content. References in the values stay as they are.
#[must_use]
pub fn expand<'v>(text: &str, mut lookup: impl FnMut(&str) -> Option<&'v str>) -> String {
    pieces(text, false)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) | Piece::Escape(text) => text,
            Piece::Reference { name, .. } => lookup(name).unwrap_or_default(),
        })
        .collect()
}

/// Expands the references to names that are defined, and leaves the others as they are written.
#[must_use]
pub(crate) fn expand_existing<'v>(text: &str, lookup: impl Fn(&str) -> Option<&'v str>) -> String {
    pieces(text, false)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) | Piece::Escape(text) => text,
            Piece::Reference { name, written } => lookup(name).unwrap_or(written),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case::plain("https://gitlab.com", "https://gitlab.com")]
    #[case::dollar("$A", "1")]
    #[case::braces("x${A}y", "x1y")]
    #[case::percent("%A%", "1")]
    #[case::undefined("[$MISSING]", "[]")]
    #[case::undefined_percent("%MISSING%", "")]
    #[case::dollars_do_not_escape("$$A", "$1")]
    #[case::percents_do_not_escape("%%A%%", "%1%")]
    #[case::empty_braces_stay("${}", "${}")]
    #[case::open_brace_stays("${A", "${A")]
    #[case::default_syntax_stays("${A:-x}", "${A:-x}")]
    #[case::digit_first_stays("$1A", "$1A")]
    #[case::longest_name("$AB", "")]
    #[case::name_ends_at_a_dash("$A-x", "1-x")]
    #[case::values_are_not_expanded("$REF", "$A")]
    #[case::percent_sign_alone("100%", "100%")]
    #[case::dollar_alone("5$", "5$")]
    #[case::other_script("$Aé", "1é")]
    fn expands(#[case] text: &str, #[case] expected: &str) {
        let lookup = |name: &str| match name {
            "A" => Some("1"),
            "REF" => Some("$A"),
            _ => None,
        };
        assert_eq!(super::expand(text, lookup), expected);
    }
}
