//! One masked value.

use super::matcher::Matcher;
use super::{Piece, push_bytes};

#[derive(Clone, Debug)]
pub(super) struct Phrase(Matcher);

impl Phrase {
    pub(super) fn new(value: Vec<u8>) -> Self {
        Self(Matcher::new(value))
    }

    pub(super) fn filter(&mut self, input: Vec<Piece>) -> Vec<Piece> {
        let mut pieces = Vec::with_capacity(input.len());
        for piece in input {
            match piece {
                // No value reaches across one that is masked already.
                Piece::Mask => {
                    self.0.release(&mut pieces);
                    pieces.push(Piece::Mask);
                }
                Piece::Bytes(bytes) => self.bytes(&bytes, &mut pieces),
            }
        }
        pieces
    }

    fn bytes(&mut self, bytes: &[u8], pieces: &mut Vec<Piece>) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (plain, candidate) = rest.split_at(self.0.skip(rest));
            push_bytes(pieces, plain);
            let Some((byte, after)) = candidate.split_first() else {
                break;
            };
            if self.0.take(*byte, pieces) {
                pieces.push(Piece::Mask);
            }
            rest = after;
        }
    }

    pub(super) fn end(&mut self, pieces: &mut Vec<Piece>) {
        self.0.release(pieces);
    }
}
