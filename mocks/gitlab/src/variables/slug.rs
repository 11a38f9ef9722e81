//! Names made fit for URLs.

/// Lower-case ASCII letters and digits, everything else `-`, at most 63 of them, no `-` at either end.
///
/// Source: `Gitlab::Utils.slugify`.
pub(super) fn slug(text: &str) -> String {
    let fit = |c: char| {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            c
        } else {
            '-'
        }
    };
    let cut: String = text
        .chars()
        .flat_map(char::to_lowercase)
        .map(fit)
        .take(63)
        .collect();
    cut.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::blank("assume role", "assume-role")]
    #[case::path("my-group/My_Project", "my-group-my-project")]
    #[case::ends("-[a]-", "a")]
    #[case::cut_then_trimmed(&format!("{}/tail", "x".repeat(62)), &"x".repeat(62))]
    #[case::long(&"y".repeat(70), &"y".repeat(63))]
    #[case::nothing("///", "")]
    fn slugs(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(slug(text), expected);
    }
}
