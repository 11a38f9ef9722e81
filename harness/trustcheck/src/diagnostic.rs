//! A mistake in a file, or an expectation that was not met: the place, what is wrong, and what to do.

use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use camino::{Utf8Path, Utf8PathBuf};

/// A file's text and the name it is shown by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    path: Arc<Utf8Path>,
    text: Arc<str>,
}

impl Source {
    /// The text of `path`.
    #[must_use]
    pub fn new(path: impl Into<Utf8PathBuf>, text: impl Into<Arc<str>>) -> Source {
        Source {
            path: path.into().into(),
            text: text.into(),
        }
    }

    /// The name the file is shown by.
    #[must_use]
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// `path:line:column` of a byte offset; both count from 1, columns in characters.
    #[must_use]
    pub fn position(&self, offset: usize) -> String {
        let before = &self.text[..self.text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        format!("{}:{line}:{column}", self.path)
    }
}

/// One mistake, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file.
    pub source: Source,
    /// The bytes of the file that it is about.
    pub span: Range<usize>,
    /// What is wrong, in one line.
    pub message: String,
    /// A few words beside the caret.
    pub label: String,
    /// What to write instead, or what to know.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A mistake without a label or help.
    #[must_use]
    pub fn new(source: &Source, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            source: source.clone(),
            span,
            message: message.into(),
            label: String::new(),
            help: None,
        }
    }

    /// The same, with words beside the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = label.into();
        self
    }

    /// The same, with what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// `path:line:column`.
    #[must_use]
    pub fn at(&self) -> String {
        self.source.position(self.span.start)
    }

    /// The mistake as a person reads it: message, place, the line with a caret, help.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let text = self.source.text();
        let start = text.floor_char_boundary(self.span.start);
        // Only the first line is marked: a caret under a whole mapping shows nothing.
        let first_line_end = text[start..]
            .find('\n')
            .map_or(text.len(), |newline| start + newline);
        let end = text.ceil_char_boundary(self.span.end.clamp(start, first_line_end.max(start)));
        let mut annotation = AnnotationKind::Primary.span(start..end);
        if !self.label.is_empty() {
            annotation = annotation.label(self.label.as_str());
        }
        let mut group = Level::ERROR.primary_title(self.message.as_str()).element(
            Snippet::source(text)
                .path(self.source.path().as_str())
                .annotation(annotation),
        );
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }
}

/// The known word nearest to a mistyped one, if any is near enough to be meant.
#[must_use]
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|word| {
            (
                strsim::damerau_levenshtein(&typed.to_lowercase(), &word.to_lowercase()),
                word,
            )
        })
        .filter(|(distance, word)| *distance <= (word.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_points_at_its_place() {
        let source = Source::new("scenarios/x.yml", "name: a\nexpct:\n  job: failed\n");
        let diagnostic = Diagnostic::new(&source, 8..13, "unknown key `expct`")
            .label("not a key of a scenario")
            .help("did you mean `expect`?");
        assert_eq!(diagnostic.at(), "scenarios/x.yml:2:1");
        let text = diagnostic.render(false);
        assert!(text.contains("--> scenarios/x.yml:2:1"), "{text}");
        assert!(text.contains("^^^^^ not a key of a scenario"), "{text}");
        assert!(text.contains("did you mean `expect`?"), "{text}");
    }

    #[rstest::rstest]
    #[case("expct", Some("expect"))]
    #[case("Expect", Some("expect"))]
    #[case("wrold", Some("world"))]
    #[case("xyzzy", None)]
    fn near_words_are_suggested(#[case] typed: &str, #[case] expected: Option<&str>) {
        assert_eq!(nearest(typed, ["name", "world", "expect"]), expected);
    }

    #[rstest::rstest]
    #[case::empty_file("", 0..0)]
    #[case::past_the_end("a", 5..9)]
    #[case::inside_a_character("é", 1..1)]
    #[case::many_lines("a:\n  b\n  c\n", 0..11)]
    fn odd_spans_are_rendered(#[case] text: &str, #[case] span: Range<usize>) {
        assert!(
            !Diagnostic::new(&Source::new("f", text), span, "m")
                .render(false)
                .is_empty()
        );
    }
}
