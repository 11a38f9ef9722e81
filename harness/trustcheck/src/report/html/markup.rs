//! HTML in the making. Only literals of the program go in as they are; all else is escaped, by type.

use std::fmt::{self, Display, Write};

/// A piece of HTML.
#[derive(Debug, Default)]
pub(super) struct Markup(String);

impl Markup {
    /// Adds what the program itself has written.
    pub(super) fn raw(&mut self, literal: &'static str) -> &mut Markup {
        self.0.push_str(literal);
        self
    }

    /// Adds a text, escaped for elements and for attributes in quotes.
    pub(super) fn text(&mut self, text: impl Display) -> &mut Markup {
        // Writing to a string cannot fail.
        let _ = write!(Escape(&mut self.0), "{text}");
        self
    }

    /// Adds a text, with what stands between backticks as code.
    pub(super) fn prose(&mut self, text: &str) -> &mut Markup {
        let mut parts = text.split('`').peekable();
        let mut is_code = false;
        while let Some(part) = parts.next() {
            // A backtick without a second one is a character like any other.
            match (is_code, parts.peek()) {
                (true, Some(_)) => self.raw("<code>").text(part).raw("</code>"),
                (true, None) => self.raw("`").text(part),
                (false, _) => self.text(part),
            };
            is_code = !is_code;
        }
        self
    }

    /// Adds another piece.
    pub(super) fn add(&mut self, other: &Markup) -> &mut Markup {
        self.0.push_str(&other.0);
        self
    }

    /// The HTML.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Escapes what is written through it.
struct Escape<'a>(&'a mut String);

impl Write for Escape<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\n' | '\t' => self.0.push(c),
                // Browsers have no use for other control characters; their pictures show that they are there.
                '\0'..='\x1f' => self
                    .0
                    .push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}')),
                '\x7f'..='\u{9f}' => self.0.push('\u{fffd}'),
                _ => self.0.push(c),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case(
        "</script><script>alert(1)</script>",
        "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
    )]
    #[case("\" onclick='x' &amp;", "&quot; onclick=&#39;x&#39; &amp;amp;")]
    #[case("a\0b\x1b[31m\r\nc\td", "a␀b␛[31m␍\nc\td")]
    fn texts_are_texts(#[case] text: &str, #[case] expected: &str) {
        let mut markup = Markup::default();
        assert_eq!(markup.text(text).as_str(), expected);
    }
}
