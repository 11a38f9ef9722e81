//! The known word that was probably meant.

/// The candidate nearest to a word, if any is near enough to be meant.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = match word.chars().count() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::osa_distance(&word.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The help line for a word that is not known.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case::transposed("sciprt", Some("script"))]
    #[case::missing("befor_script", Some("before_script"))]
    #[case::dash("id-tokens", Some("id_tokens"))]
    #[case::plural("variable", Some("variables"))]
    #[case::case("Image", Some("image"))]
    #[case::far("deploy", None)]
    #[case::too_short_to_tell("is", None)]
    fn finds_the_nearest(#[case] word: &str, #[case] expected: Option<&str>) {
        let known = ["script", "before_script", "id_tokens", "variables", "image", "if"];
        assert_eq!(super::nearest(word, known), expected);
    }
}
