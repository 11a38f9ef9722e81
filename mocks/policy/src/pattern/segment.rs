//! The part of a pattern between two stars.

use super::Token;

/// A run of literal characters and `?`s; matches texts of one length only.
#[derive(Debug, Clone)]
pub(super) enum Segment {
    /// No `?` in it; may be empty.
    Literal(String),
    /// With a `?`.
    Gapped(Gapped),
}

/// Places that take one character each; `None` takes any.
#[derive(Debug, Clone)]
pub(super) struct Gapped {
    places: Vec<Option<char>>,
    /// Bit i of a character's mask: it may stand at place i. Sorted by character; `gaps` holds the bits of the `?`s,
    /// which any other character may take.
    masks: Vec<(char, Vec<u64>)>,
    gaps: Vec<u64>,
}

impl Segment {
    /// Compiles tokens that hold no star.
    pub(super) fn new(tokens: &[Token]) -> Self {
        match tokens {
            [] => Self::Literal(String::new()),
            [Token::Text(text)] => Self::Literal(text.clone()),
            _ => Self::Gapped(Gapped::new(tokens)),
        }
    }

    /// Whether the segment is the whole text.
    pub(super) fn is_whole(&self, text: &str) -> bool {
        match self {
            Self::Literal(literal) => literal == text,
            Self::Gapped(_) => self.strip_from_start(text).is_some_and(str::is_empty),
        }
    }

    /// What is left of a text that begins with the segment.
    pub(super) fn strip_from_start<'a>(&self, text: &'a str) -> Option<&'a str> {
        match self {
            Self::Literal(literal) => text.strip_prefix(literal.as_str()),
            Self::Gapped(gapped) => {
                let mut rest = text.chars();
                let fits = gapped.places.iter().all(|place| fits(*place, rest.next()));
                fits.then_some(rest.as_str())
            }
        }
    }

    /// What is left of a text that ends with the segment.
    pub(super) fn strip_from_end<'a>(&self, text: &'a str) -> Option<&'a str> {
        match self {
            Self::Literal(literal) => text.strip_suffix(literal.as_str()),
            Self::Gapped(gapped) => {
                let mut rest = text.chars();
                let fits = gapped
                    .places
                    .iter()
                    .rev()
                    .all(|place| fits(*place, rest.next_back()));
                fits.then_some(rest.as_str())
            }
        }
    }

    /// Where the leftmost occurrence of the segment ends, as a byte offset.
    pub(super) fn find_end(&self, text: &str) -> Option<usize> {
        match self {
            Self::Literal(literal) => text.find(literal.as_str()).map(|start| start + literal.len()),
            Self::Gapped(gapped) => gapped.find_end(text),
        }
    }
}

fn fits(place: Option<char>, character: Option<char>) -> bool {
    match (place, character) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(wanted), Some(character)) => wanted == character,
    }
}

impl Gapped {
    fn new(tokens: &[Token]) -> Self {
        let mut places = Vec::new();
        for token in tokens {
            match token {
                Token::Text(text) => places.extend(text.chars().map(Some)),
                Token::AnyOne | Token::AnyRun => places.push(None),
            }
        }
        let words = places.len().div_ceil(64);
        let mut gaps = vec![0; words];
        for place in (0..places.len()).filter(|place| places[*place].is_none()) {
            gaps[place / 64] |= 1 << (place % 64);
        }
        let mut masks: Vec<(char, Vec<u64>)> = Vec::new();
        for (place, character) in places.iter().enumerate() {
            let Some(character) = *character else { continue };
            let at = masks
                .binary_search_by_key(&character, |(known, _)| *known)
                .unwrap_or_else(|at| {
                    masks.insert(at, (character, gaps.clone()));
                    at
                });
            masks[at].1[place / 64] |= 1 << (place % 64);
        }
        Self { places, masks, gaps }
    }

    /// The shift-and algorithm: bit i of `state` says that the last i + 1 characters read fit the first i + 1 places.
    fn find_end(&self, text: &str) -> Option<usize> {
        let mut state = vec![0_u64; self.gaps.len()];
        let last = self.places.len() - 1;
        for (at, character) in text.char_indices() {
            let mask = match self.masks.binary_search_by_key(&character, |(known, _)| *known) {
                Ok(index) => &self.masks[index].1,
                Err(_) => &self.gaps,
            };
            let mut carry = 1;
            for (word, mask) in state.iter_mut().zip(mask) {
                let out = *word >> 63;
                *word = ((*word << 1) | carry) & mask;
                carry = out;
            }
            if state[last / 64] >> (last % 64) & 1 == 1 {
                return Some(at + character.len_utf8());
            }
        }
        None
    }
}
