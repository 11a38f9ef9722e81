//! References to variables in a text, as GitLab's own expanders find them.

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text without a reference.
    Text(&'a str),
    /// `$NAME`, `${NAME}` or `%NAME%`.
    Reference { name: &'a str, written: &'a str },
    /// `$$`, `%%` or `${}`.
    Escape(&'a str),
}

/// The pieces of a text. With `escapes`, `$$`, `%%` and `${}` are pieces of their own; without, they are text, and the
/// second `$` of `$$A` begins a reference.
pub(crate) fn pieces(text: &str, escapes: bool) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    while let Some(offset) = text[at..].find(['$', '%']) {
        let start = at + offset;
        let rest = &text[start..];
        let piece = escape(rest).filter(|_| escapes).or_else(|| reference(rest));
        let Some(piece) = piece else {
            at = start + 1;
            continue;
        };
        if plain < start {
            pieces.push(Piece::Text(&text[plain..start]));
        }
        at = start + written(piece).len();
        plain = at;
        pieces.push(piece);
    }
    if plain < text.len() {
        pieces.push(Piece::Text(&text[plain..]));
    }
    pieces
}

fn written(piece: Piece<'_>) -> &str {
    match piece {
        Piece::Text(text) | Piece::Escape(text) | Piece::Reference { written: text, .. } => text,
    }
}

fn escape(text: &str) -> Option<Piece<'_>> {
    ["$$", "%%", "${}"]
        .iter()
        .find(|escape| text.starts_with(**escape))
        .map(|escape| Piece::Escape(&text[..escape.len()]))
}

fn reference(text: &str) -> Option<Piece<'_>> {
    let (open, close) = if text.starts_with("${") {
        ("${", "}")
    } else if text.starts_with('%') {
        ("%", "%")
    } else {
        ("$", "")
    };
    let rest = &text[open.len()..];
    let length = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    let name = &rest[..length];
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !rest[length..].starts_with(close)
    {
        return None;
    }
    Some(Piece::Reference {
        name,
        written: &text[..open.len() + length + close.len()],
    })
}
