//! Masked values in the log.
//!
//! Three filters stand one behind the other, as in the runner: each masked value is replaced by `[MASKED]` wherever
//! its exact bytes appear, the longest value first; then the values of query parameters that carry credentials
//! (`?X-Amz-Signature=`); then what follows the prefix of a GitLab token (`glpat-`). Parts of a masked value, its
//! base64 form and credentials that the script itself obtains stay readable, as they do in GitLab.
//!
//! DIVERGENCE: the runner misses a value that begins within a broken-off match and straddles two writes; here none is
//! missed, so that the log does not depend on how the output arrives.

mod matcher;
mod parameter;
mod phrase;
mod token;

use parameter::Parameters;
use phrase::Phrase;
use token::Token;

const MASK: &[u8] = b"[MASKED]";

/// A filter for a job's output: bytes in, bytes out, in pieces of any size. It holds back at most as many bytes as the
/// values have.
#[derive(Clone, Debug)]
pub struct Masker {
    phrases: Vec<Phrase>,
    parameters: Parameters,
    token: Token,
}

/// A part of the output between two filters.
#[derive(Debug)]
enum Piece {
    Bytes(Vec<u8>),
    Mask,
}

impl Masker {
    /// A masker of values. White space around a value does not belong to it, and empty ones are ignored.
    #[must_use]
    pub fn new<V: AsRef<[u8]>>(values: impl IntoIterator<Item = V>) -> Self {
        let mut values: Vec<Vec<u8>> = values
            .into_iter()
            .map(|value| value.as_ref().trim_ascii().to_vec())
            .collect();
        values.retain(|value| !value.is_empty());
        values.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| other.cmp(one)));
        values.dedup();
        Self {
            phrases: values.into_iter().map(Phrase::new).collect(),
            parameters: Parameters::default(),
            token: Token::default(),
        }
    }

    /// Takes the next bytes of the output and adds to `out` those that can be shown.
    pub fn write(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut pieces = vec![Piece::Bytes(bytes.to_vec())];
        for phrase in &mut self.phrases {
            pieces = phrase.filter(pieces);
        }
        pieces = self.parameters.filter(pieces);
        pieces = self.token.filter(pieces);
        show(pieces, out);
    }

    /// Ends the output: what was held back is shown.
    pub fn finish(mut self, out: &mut Vec<u8>) {
        let mut pieces = Vec::new();
        for phrase in &mut self.phrases {
            pieces = phrase.filter(pieces);
            phrase.end(&mut pieces);
        }
        pieces = self.parameters.filter(pieces);
        self.parameters.end(&mut pieces);
        pieces = self.token.filter(pieces);
        self.token.end(&mut pieces);
        show(pieces, out);
    }

    /// Masks a whole text at once.
    #[must_use]
    pub fn mask(&self, bytes: &[u8]) -> Vec<u8> {
        let mut masker = self.clone();
        let mut out = Vec::with_capacity(bytes.len());
        masker.write(bytes, &mut out);
        masker.finish(&mut out);
        out
    }
}

fn show(pieces: Vec<Piece>, out: &mut Vec<u8>) {
    for piece in pieces {
        match piece {
            Piece::Bytes(bytes) => out.extend_from_slice(&bytes),
            Piece::Mask => out.extend_from_slice(MASK),
        }
    }
}

fn push_bytes(pieces: &mut Vec<Piece>, bytes: &[u8]) {
    match pieces.last_mut() {
        _ if bytes.is_empty() => {}
        Some(Piece::Bytes(last)) => last.extend_from_slice(bytes),
        _ => pieces.push(Piece::Bytes(bytes.to_vec())),
    }
}

#[cfg(test)]
mod tests;
