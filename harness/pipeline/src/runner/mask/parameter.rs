//! Values of query parameters that carry credentials, such as those of presigned URLs.

use super::{Piece, push_bytes};

/// The parameters, in lower case.
const SENSITIVE: [&[u8]; 6] = [
    b"private_token",
    b"authenticity_token",
    b"rss_token",
    b"x-amz-signature",
    b"x-amz-credential",
    b"x-amz-security-token",
];

/// No name is longer.
const LONGEST: usize = 20;

#[derive(Clone, Debug, Default)]
pub(super) struct Parameters(State);

#[derive(Clone, Debug, Default)]
enum State {
    #[default]
    Text,
    /// After `?` or `&`.
    Name(Vec<u8>),
    /// After the `=` of a sensitive one: what follows is swallowed.
    Value,
}

impl Parameters {
    pub(super) fn filter(&mut self, input: Vec<Piece>) -> Vec<Piece> {
        let mut pieces = Vec::with_capacity(input.len());
        for piece in input {
            match piece {
                Piece::Bytes(bytes) => bytes.iter().for_each(|byte| self.take(*byte, &mut pieces)),
                Piece::Mask if matches!(self.0, State::Value) => {}
                Piece::Mask => {
                    self.0 = State::Text;
                    pieces.push(Piece::Mask);
                }
            }
        }
        pieces
    }

    fn take(&mut self, byte: u8, pieces: &mut Vec<Piece>) {
        if matches!(self.0, State::Value) {
            if !ends_value(byte) {
                return;
            }
            self.end(pieces);
        }
        push_bytes(pieces, &[byte]);
        match (&mut self.0, byte) {
            (_, b'?' | b'&') => self.0 = State::Name(Vec::new()),
            (State::Name(name), b'=') => {
                let is_sensitive = SENSITIVE
                    .iter()
                    .any(|sensitive| name.eq_ignore_ascii_case(sensitive));
                self.0 = if is_sensitive { State::Value } else { State::Text };
            }
            (State::Name(name), _) if name.len() < LONGEST => name.push(byte),
            _ => self.0 = State::Text,
        }
    }

    pub(super) fn end(&mut self, pieces: &mut Vec<Piece>) {
        if matches!(std::mem::take(&mut self.0), State::Value) {
            pieces.push(Piece::Mask);
        }
    }
}

fn ends_value(byte: u8) -> bool {
    matches!(byte, b'?' | b'&' | b' ') || byte.is_ascii_control()
}
