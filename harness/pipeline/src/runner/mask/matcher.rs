//! A sequence of bytes in a stream.

use super::{Piece, push_bytes};

/// Finds a sequence (Knuth, Morris and Pratt), holding back what may be its start.
#[derive(Clone, Debug)]
pub(super) struct Matcher {
    sequence: Vec<u8>,
    /// For each length of a partial match, the longest shorter one that ends it.
    shorter: Vec<usize>,
    matched: usize,
}

impl Matcher {
    /// The sequence must not be empty.
    pub(super) fn new(sequence: Vec<u8>) -> Self {
        let mut shorter = vec![0; sequence.len()];
        let mut length = 0;
        for at in 1..sequence.len() {
            while length > 0 && sequence[at] != sequence[length] {
                length = shorter[length - 1];
            }
            if sequence[at] == sequence[length] {
                length += 1;
            }
            shorter[at] = length;
        }
        Self {
            sequence,
            shorter,
            matched: 0,
        }
    }

    pub(super) fn sequence(&self) -> &[u8] {
        &self.sequence
    }

    /// Takes a byte. What cannot belong to a match any more is passed on; true if a match is complete.
    pub(super) fn take(&mut self, byte: u8, pieces: &mut Vec<Piece>) -> bool {
        while self.matched > 0 && self.sequence[self.matched] != byte {
            let shorter = self.shorter[self.matched - 1];
            push_bytes(pieces, &self.sequence[..self.matched - shorter]);
            self.matched = shorter;
        }
        if self.sequence[self.matched] != byte {
            push_bytes(pieces, &[byte]);
            return false;
        }
        self.matched += 1;
        let complete = self.matched == self.sequence.len();
        if complete {
            self.matched = 0;
        }
        complete
    }

    /// How many bytes at the start can be passed on without a closer look.
    pub(super) fn skip(&self, bytes: &[u8]) -> usize {
        if self.matched > 0 {
            return 0;
        }
        bytes
            .iter()
            .position(|byte| *byte == self.sequence[0])
            .unwrap_or(bytes.len())
    }

    /// Passes on what is held back.
    pub(super) fn release(&mut self, pieces: &mut Vec<Piece>) {
        push_bytes(pieces, &self.sequence[..self.matched]);
        self.matched = 0;
    }
}
