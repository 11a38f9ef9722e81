//! `*` and `?` patterns.
//!
//! `*` stands for any run of characters, also an empty one and across `/` and `:`; `?` for exactly one character
//! (IAM user guide, `StringLike`). A pattern is split at its stars into segments once; matching then looks for each
//! segment in turn, leftmost first, and never goes back. A segment without `?` is found by the standard library's
//! linear search, one with `?` by a bit-parallel automaton, so no pattern makes the time grow out of hand.

use std::fmt;

mod segment;
#[cfg(test)]
mod tests;
mod units;

use segment::Segment;

/// One element of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// These characters, literally.
    Text(String),
    /// `?`: exactly one character, counted in UTF-16 units.
    AnyOne,
    /// `*`: any run of characters, also none.
    AnyRun,
}

/// A pattern, ready to be matched.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// Normal form: no empty text, no two texts or two stars next to each other.
    tokens: Vec<Token>,
    /// The parts between the stars. A pattern of n stars has n + 1, of which the outer ones may be empty.
    segments: Vec<Segment>,
    /// Whether there is a `?`.
    gapped: bool,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.tokens == other.tokens
    }
}

impl Eq for Pattern {}

impl Pattern {
    /// Reads a pattern in which every `*` and `?` is a wildcard.
    pub fn parse(text: &str) -> Self {
        Self::from_tokens(tokens_of(text))
    }

    /// Builds a pattern from its elements.
    pub fn from_tokens(tokens: impl IntoIterator<Item = Token>) -> Self {
        let mut normal: Vec<Token> = Vec::new();
        for token in tokens {
            match (normal.last_mut(), token) {
                (_, Token::Text(text)) if text.is_empty() => {}
                (Some(Token::Text(before)), Token::Text(text)) => before.push_str(&text),
                (Some(Token::AnyRun), Token::AnyRun) => {}
                (_, token) => normal.push(token),
            }
        }
        let segments = normal
            .split(|token| *token == Token::AnyRun)
            .map(Segment::new)
            .collect();
        let gapped = normal.contains(&Token::AnyOne);
        Self {
            tokens: normal,
            segments,
            gapped,
        }
    }

    /// The pattern's elements, in normal form.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Whether the pattern has no wildcard.
    pub fn is_literal(&self) -> bool {
        self.tokens.iter().all(|token| matches!(token, Token::Text(_)))
    }

    /// Whether the pattern matches every text.
    pub fn is_everything(&self) -> bool {
        self.tokens == [Token::AnyRun]
    }

    /// Whether the whole text matches. Case-sensitive.
    pub fn matches(&self, text: &str) -> bool {
        if self.gapped && text.bytes().any(|byte| byte >= BEYOND_BASIC_PLANE) {
            return units::matches(&self.tokens, text);
        }
        let [first, middle @ .., last] = self.segments.as_slice() else {
            return match self.segments.as_slice() {
                [only] => only.is_whole(text),
                _ => text.is_empty(),
            };
        };
        let Some(rest) = first.strip_from_start(text) else {
            return false;
        };
        let Some(mut rest) = last.strip_from_end(rest) else {
            return false;
        };
        for segment in middle {
            match segment.find_end(rest) {
                Some(end) => rest = &rest[end..],
                None => return false,
            }
        }
        true
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tokens.iter().try_for_each(|token| match token {
            Token::Text(text) => out.write_str(text),
            Token::AnyOne => out.write_str("?"),
            Token::AnyRun => out.write_str("*"),
        })
    }
}

/// The first byte of a character that takes two UTF-16 units is at least this.
const BEYOND_BASIC_PLANE: u8 = 0xf0;

/// Splits a text at its wildcards.
pub(crate) fn tokens_of(text: &str) -> impl Iterator<Item = Token> {
    text.split_inclusive(['*', '?']).flat_map(|piece| {
        let (text, wildcard) = match piece.as_bytes().last() {
            Some(b'*') => (&piece[..piece.len() - 1], Some(Token::AnyRun)),
            Some(b'?') => (&piece[..piece.len() - 1], Some(Token::AnyOne)),
            _ => (piece, None),
        };
        std::iter::once(Token::Text(text.to_owned())).chain(wildcard)
    })
}
