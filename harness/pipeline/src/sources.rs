//! The files that a configuration is made of.

use located_yaml::{Node, Value};

use crate::Span;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The name that it is shown by.
    pub name: String,
    /// Its text, with its inputs filled in.
    pub text: String,
    start: usize,
}

/// All files of a configuration, one behind the other: a span counts from the start of the first one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// The file that a span lies in, and the bytes within it.
    #[must_use]
    pub fn locate(&self, span: &Span) -> Option<(&SourceFile, Span)> {
        let number = self
            .files
            .partition_point(|file| file.start <= span.start)
            .checked_sub(1)?;
        let file = self.files.get(number)?;
        let within = |at: usize| at.saturating_sub(file.start).min(file.text.len());
        Some((file, within(span.start)..within(span.end)))
    }

    /// The files, in the order in which they were read.
    pub fn files(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter()
    }

    /// Adds a file, and returns where its spans start.
    pub(crate) fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> usize {
        let start = self
            .files
            .last()
            .map_or(0, |last| last.start + last.text.len() + 1);
        self.files.push(SourceFile {
            name: name.into(),
            text: text.into(),
            start,
        });
        start
    }
}

/// Moves all places of a tree.
pub(crate) fn shift(node: &mut Node, by: usize) {
    if by == 0 {
        return;
    }
    move_span(&mut node.span, by);
    if let Some(site) = &mut node.alias_site {
        move_span(site, by);
    }
    match &mut node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::Sequence(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Value::Mapping(entries) => {
            for entry in entries {
                shift(&mut entry.key, by);
                shift(&mut entry.value, by);
            }
        }
    }
}

pub(crate) fn move_span(span: &mut Span, by: usize) {
    span.start += by;
    span.end += by;
}

#[cfg(test)]
mod tests {
    use super::Sources;

    #[test]
    fn spans_find_their_file() {
        let mut sources = Sources::default();
        assert_eq!(sources.add("a", "one"), 0);
        assert_eq!(sources.add("b", "two"), 4);
        let at = |span| {
            sources
                .locate(&span)
                .map(|(file, span)| (file.name.as_str(), span))
        };
        assert_eq!(at(1..2), Some(("a", 1..2)));
        assert_eq!(at(3..3), Some(("a", 3..3)));
        assert_eq!(at(4..6), Some(("b", 0..2)));
        assert_eq!(at(90..91), Some(("b", 3..3)));
        assert_eq!(Sources::default().locate(&(0..1)), None);
    }
}
