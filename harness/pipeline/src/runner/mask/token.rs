//! Tokens of GitLab itself, known by their prefix, that no variable needs to hold.

use super::matcher::Matcher;
use super::{Piece, push_bytes};

/// Personal access tokens.
const PREFIX: &[u8] = b"glpat-";

#[derive(Clone, Debug)]
pub(super) struct Token {
    prefix: Matcher,
    /// After the prefix: whether anything of the token has been swallowed.
    inside: Option<bool>,
}

impl Default for Token {
    fn default() -> Self {
        Self {
            prefix: Matcher::new(PREFIX.to_vec()),
            inside: None,
        }
    }
}

impl Token {
    pub(super) fn filter(&mut self, input: Vec<Piece>) -> Vec<Piece> {
        let mut pieces = Vec::with_capacity(input.len());
        for piece in input {
            match piece {
                Piece::Mask => {
                    self.end(&mut pieces);
                    pieces.push(Piece::Mask);
                }
                Piece::Bytes(bytes) => bytes.iter().for_each(|byte| self.take(*byte, &mut pieces)),
            }
        }
        pieces
    }

    fn take(&mut self, byte: u8, pieces: &mut Vec<Piece>) {
        if self.inside.is_some() {
            if is_token(byte) {
                self.inside = Some(true);
                return;
            }
            self.end(pieces);
        }
        if self.prefix.take(byte, pieces) {
            push_bytes(pieces, self.prefix.sequence());
            self.inside = Some(false);
        }
    }

    pub(super) fn end(&mut self, pieces: &mut Vec<Piece>) {
        if self.inside.take() == Some(true) {
            pieces.push(Piece::Mask);
        }
        self.prefix.release(pieces);
    }
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._=".contains(&byte)
}
