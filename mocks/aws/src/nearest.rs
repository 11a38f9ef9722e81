//! The name that was probably meant.

/// The candidate that is most similar to a name, if any is similar enough to have been meant: at most a third of
/// its characters differ, other than in case.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let wanted = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, candidate)| {
            *distance <= candidate.chars().count().max(wanted.chars().count()) / 3
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let names = [
            "https://gitlab.com",
            "https://gitlab.example.com",
            "https://github.com",
        ];
        assert_eq!(
            nearest("https://gitlab.com/", names).as_deref(),
            Some("https://gitlab.com")
        );
        assert_eq!(
            nearest("HTTPS://GITLAB.COM", names).as_deref(),
            Some("https://gitlab.com")
        );
        assert_eq!(nearest("something else entirely", names), None);
        assert_eq!(nearest("x", []), None);
    }
}
