//! Letter case as AWS folds it.

use std::borrow::Cow;

/// Lower-cases as Java's `toLowerCase` does in the root locale, which is what the `IgnoreCase` operators compare.
///
/// Recorded AWS behaviour: `K` (U+212A) equals `k`, `ẞ` equals `ß`, `ΟΣ` equals `ος` (final sigma), yet `I` is not `ı`,
/// `i` is not `İ`, `s` is not `ſ` and `ß` is not `SS`. Rust's lower-casing follows the same Unicode tables.
pub(crate) fn lower(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Cow::Owned(text.to_ascii_lowercase());
        }
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.to_lowercase())
}

/// Whether a text equals one that is lower-cased already, ignoring case.
pub(crate) fn equals_lowered(text: &str, lowered: &str) -> bool {
    if text.is_ascii() {
        return text.eq_ignore_ascii_case(lowered);
    }
    lower(text) == lowered
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::ascii("GitLab", "gitlab", true)]
    #[case::kelvin("\u{212a}", "k", true)]
    #[case::capital_sharp_s("ẞ", "ß", true)]
    #[case::accent("É", "é", true)]
    #[case::final_sigma("ΟΣ", "ος", true)]
    #[case::dotless("I", "ı", false)]
    #[case::dotted("İ", "i", false)]
    #[case::long_s("ſ", "s", false)]
    #[case::two_s("SS", "ß", false)]
    fn folds_as_java_does(#[case] a: &str, #[case] b: &str, #[case] equal: bool) {
        assert_eq!(equals_lowered(a, &lower(b)), equal);
        assert_eq!(equals_lowered(b, &lower(a)), equal);
    }
}
