//! Matching by UTF-16 units, for the one case where characters and units differ: a `?` and a text with characters beyond the
//! basic plane.
//!
//! Recorded AWS behaviour: `?` does not match `𐐀` (U+10400) and `??` does, as in Java, whose characters are UTF-16 units.

use super::Token;

/// One place of a pattern.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Unit(u16),
    AnyOne,
    AnyRun,
}

/// Whether the whole text matches. Goes back to the last star only, so the time is at most the product of the lengths.
pub(super) fn matches(tokens: &[Token], text: &str) -> bool {
    let pattern: Vec<Place> = tokens
        .iter()
        .flat_map(|token| match token {
            Token::Text(text) => text.encode_utf16().map(Place::Unit).collect(),
            Token::AnyOne => vec![Place::AnyOne],
            Token::AnyRun => vec![Place::AnyRun],
        })
        .collect();
    let text: Vec<u16> = text.encode_utf16().collect();
    let (mut p, mut t) = (0, 0);
    // after the last star: the pattern's place, and the first unit not yet given to the star
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(Place::AnyRun) => {
                p += 1;
                star = Some((p, t));
            }
            Some(Place::AnyOne) => (p, t) = (p + 1, t + 1),
            Some(Place::Unit(unit)) if *unit == text[t] => (p, t) = (p + 1, t + 1),
            _ => {
                let Some((place, taken)) = star else { return false };
                star = Some((place, taken + 1));
                (p, t) = (place, taken + 1);
            }
        }
    }
    pattern[p..].iter().all(|place| *place == Place::AnyRun)
}
