//! How far two texts are apart, for "did you mean" and for the nearest pattern.

/// The number of insertions, deletions and substitutions of characters that turn one text into the other.
///
/// Quadratic: callers bound the lengths. Texts past [`LIMIT`] characters count as unrelated.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > LIMIT || b.len() > LIMIT {
        return a.len().max(b.len());
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

const LIMIT: usize = 256;

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::same("sub", "sub", 0)]
    #[case::substitution("sub", "sud", 1)]
    #[case::insertion("sub", "subj", 1)]
    #[case::deletion("sub", "sb", 1)]
    #[case::from_nothing("", "abc", 3)]
    #[case::textbook("kitten", "sitting", 3)]
    fn counts_edits(#[case] a: &str, #[case] b: &str, #[case] expected: usize) {
        assert_eq!((distance(a, b), distance(b, a)), (expected, expected));
    }
}
