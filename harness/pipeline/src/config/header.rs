//! The header of a file: a document in front, separated by `---`, with `spec:`.

/// A file's text in two: the header, and the rest with as many empty lines in front, so that its lines keep their
/// numbers.
pub(super) fn split(text: &str) -> Option<(&str, String)> {
    let divider = dividers(text).find(|(start, _)| has_content(&text[..*start]))?;
    let (start, end) = divider;
    let header = &text[..start];
    if !is_header(header) {
        return None;
    }
    let lines = text[..end].matches('\n').count();
    Some((header, format!("{}{}", "\n".repeat(lines), &text[end..])))
}

/// Where a line begins a document, and where the text after it starts.
fn dividers(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        let rest = line.strip_prefix("---")?;
        (rest.trim().is_empty() && !rest.is_empty()).then_some((start, start + line.len()))
    })
}

fn has_content(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#') && line != "---"
    })
}

fn is_header(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("spec:"))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_rest_keeps_its_lines() {
        let (header, rest) = split("spec:\n  inputs:\n    a:\n---\nj: 1\n").expect("a header");
        assert_eq!(header, "spec:\n  inputs:\n    a:\n");
        assert_eq!(rest, "\n\n\n\nj: 1\n");
    }

    #[test]
    fn only_a_document_with_a_spec_is_a_header() {
        assert!(split("j: 1\n---\nk: 2\n").is_none());
        assert!(split("---\nj: 1\n").is_none());
        assert!(split("spec:\n").is_none());
        assert!(split("---\nspec:\n---\nk: 2\n").is_some());
    }
}
