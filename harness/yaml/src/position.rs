//! Lines and columns.

/// The starts of a text's lines, to look many offsets up.
#[derive(Clone, Debug)]
pub struct LineIndex<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> LineIndex<'t> {
    /// Indexes a text. Lines end with `\n`, `\r\n` or `\r`.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let starts = std::iter::once(0).chain(bytes.iter().enumerate().filter_map(|(at, byte)| match byte {
            b'\n' => Some(at + 1),
            b'\r' if bytes.get(at + 1) != Some(&b'\n') => Some(at + 1),
            _ => None,
        }));
        Self {
            text,
            starts: starts.collect(),
        }
    }

    /// The line and the column of a byte offset, both from 1, the column in characters.
    ///
    /// An offset past the end is the end; one inside a character is that character's start.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let offset = self.text.floor_char_boundary(offset.min(self.text.len()));
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self
            .text
            .get(start..offset)
            .map_or(0, |before| before.chars().count());
        (line, column + 1)
    }

    /// The text of a line (from 1) without its line break, and the byte offset at which it starts.
    #[must_use]
    pub fn line(&self, line: usize) -> Option<(usize, &'t str)> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        Some((start, self.text.get(start..end)?.trim_end_matches(['\n', '\r'])))
    }
}

/// The line and the column of one byte offset, both from 1, the column in characters. For many offsets make a [`LineIndex`].
#[must_use]
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    LineIndex::new(text).position(offset)
}

#[cfg(test)]
mod tests {
    use super::{LineIndex, position};
    use rstest::rstest;

    #[rstest]
    #[case::start("ab", 0, (1, 1))]
    #[case::end("ab", 2, (1, 3))]
    #[case::past_the_end("ab", 9, (1, 3))]
    #[case::second_line("a\nbc", 3, (2, 2))]
    #[case::the_line_break_belongs_to_its_line("a\nb", 1, (1, 2))]
    #[case::carriage_return_line_feed("a\r\nb", 3, (2, 1))]
    #[case::carriage_return("a\rb", 2, (2, 1))]
    #[case::characters_not_bytes("äö x", 5, (1, 4))]
    #[case::inside_a_character("ä", 1, (1, 1))]
    #[case::empty("", 0, (1, 1))]
    fn counts_lines_and_characters(
        #[case] text: &str,
        #[case] offset: usize,
        #[case] expected: (usize, usize),
    ) {
        assert_eq!(position(text, offset), expected);
    }

    #[test]
    fn gives_a_line_without_its_break() {
        let index = LineIndex::new("one\r\ntwo\n");
        assert_eq!(index.line(1), Some((0, "one")));
        assert_eq!(index.line(2), Some((5, "two")));
        assert_eq!(index.line(3), Some((9, "")));
        assert_eq!(index.line(4), None);
        assert_eq!(index.line(0), None);
    }
}
