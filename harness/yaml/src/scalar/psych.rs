//! YAML 1.1 scalars as Ruby's Psych reads them in safe mode, which is how GitLab loads its pipeline files.
//!
//! The order of the tests and their quirks are those of `Psych::ScalarScanner#tokenize` (Psych 4 and 5): `yes` and `on`
//! are booleans but `y` is not; `017` is octal while `018` is text; `22:30` is 81000; `1,000` is 1000; `1e3` is text.
//! Dates and times would need a class that safe mode refuses.

use crate::{Node, Style, Value};

/// A scalar as Psych reads it.
#[derive(Clone, Debug, PartialEq)]
pub enum Psych<'a> {
    /// `nil`
    Null,
    /// `true`, `yes`, `on` and their opposites, in any case.
    Bool(bool),
    /// A whole number of any size, as `Integer#to_s` prints it.
    Int(String),
    /// A number with a point, infinity or not a number.
    Float(f64),
    /// A `:symbol`; the text is without the colon.
    Symbol(&'a str),
    /// Text.
    Str(&'a str),
}

/// A class that safe mode does not load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("tried to load unspecified class: {class}")]
pub struct Disallowed {
    /// `Date` or `Time`.
    pub class: &'static str,
}

/// Reads a scalar or an empty node; `None` for a list or a mapping.
///
/// # Errors
/// A plain scalar that looks like a date or a time.
pub fn resolve(node: &Node) -> Result<Option<Psych<'_>>, Disallowed> {
    let scalar = match &node.value {
        Value::Null => {
            return Ok(Some(if node.tag.is_some() {
                Psych::Str("")
            } else {
                Psych::Null
            }));
        }
        Value::Scalar(scalar) => scalar,
        Value::Sequence(_) | Value::Mapping(_) => return Ok(None),
    };
    let keeps_text = scalar.style != Style::Plain
        || matches!(node.tag.as_deref(), Some("!" | "!str" | "tag:yaml.org,2002:str"));
    if keeps_text {
        Ok(Some(Psych::Str(&scalar.text)))
    } else {
        plain(&scalar.text).map(Some)
    }
}

/// Reads the text of a plain scalar.
///
/// # Errors
/// A text that looks like a date or a time.
pub fn plain(text: &str) -> Result<Psych<'_>, Disallowed> {
    if text.is_empty() {
        return Ok(Psych::Null);
    }
    if looks_like_text(text) {
        return Ok(word(text));
    }
    if is_time(text) {
        return Err(Disallowed { class: "Time" });
    }
    if is_date(text) {
        return Err(Disallowed { class: "Date" });
    }
    if let Some(float) = special_float(text) {
        return Ok(Psych::Float(float));
    }
    if let Some(symbol) = text.strip_prefix(':').filter(|symbol| !symbol.is_empty()) {
        let quoted = symbol.len() > 1 && symbol.starts_with(['"', '\'']) && symbol.ends_with(['"', '\'']);
        return Ok(Psych::Symbol(if quoted {
            &symbol[1..symbol.len() - 1]
        } else {
            symbol
        }));
    }
    Ok(sexagesimal(text)
        .or_else(|| float(text).map(Psych::Float))
        .or_else(|| integer(text).map(Psych::Int))
        .unwrap_or(Psych::Str(text)))
}

/// The first test: an optional first character that is no digit, point, colon or dash, then one that only text has.
fn looks_like_text(text: &str) -> bool {
    let of_text = |c: char| c.is_alphabetic() || " \t\r\n\u{b}\u{c}_!@#$%^&*(){}<>|/\\~;=".contains(c);
    let mut characters = text.chars();
    let Some(first) = characters.next() else {
        return false;
    };
    let optional = !first.is_ascii_digit() && !".:-".contains(first);
    of_text(first) || (optional && characters.next().is_some_and(of_text)) || text.contains('\n')
}

/// Null and booleans among what looks like text; only up to five characters are compared.
fn word(text: &str) -> Psych<'_> {
    if text == "~" {
        return Psych::Null;
    }
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["null"]) {
        Psych::Null
    } else if is(&["yes", "true", "on"]) {
        Psych::Bool(true)
    } else if is(&["no", "false", "off"]) {
        Psych::Bool(false)
    } else {
        Psych::Str(text)
    }
}

fn special_float(text: &str) -> Option<f64> {
    match text.to_ascii_lowercase().as_str() {
        ".inf" | "+.inf" => Some(f64::INFINITY),
        "-.inf" => Some(f64::NEG_INFINITY),
        ".nan" => Some(f64::NAN),
        _ => None,
    }
}

/// `^\d{4}-(?:1[012]|0\d|\d)-(?:[12]\d|3[01]|0\d|\d)$`
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let within =
        |part: &str, most: u8| digits(part, 1, 2) && part.parse::<u8>().is_ok_and(|number| number <= most);
    digits(year, 4, 4) && within(month, 12) && within(day, 31)
}

/// A date, `T` or spaces, `h:mm:ss`, an optional fraction, and an optional zone.
fn is_time(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let Some(at) = text.find(['T', 't', ' ', '\t']) else {
        return false;
    };
    let (date, clock) = (&text[..at], text[at + 1..].trim_start());
    let mut parts = date.split('-');
    let shaped = [(4, 4), (1, 2), (1, 2)]
        .into_iter()
        .all(|(least, most)| parts.next().is_some_and(|part| digits(part, least, most)));
    if !shaped || parts.next().is_some() {
        return false;
    }
    let zone = clock
        .find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.')
        .unwrap_or(clock.len());
    let (clock, zone) = (&clock[..zone], clock[zone..].trim_start());
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = clock.split(':');
    let shaped = [(1, 2), (2, 2), (2, 2)]
        .into_iter()
        .all(|(least, most)| parts.next().is_some_and(|part| digits(part, least, most)));
    let zone_shaped = zone.is_empty()
        || zone == "Z"
        || zone
            .strip_prefix(['-', '+'])
            .is_some_and(|offset| match offset.split_once(':') {
                Some((hours, minutes)) => {
                    digits(hours, 1, 2) && (minutes.is_empty() || digits(minutes, 2, 2))
                }
                None => digits(offset, 1, 4),
            });
    shaped && parts.next().is_none() && fraction.bytes().all(|byte| byte.is_ascii_digit()) && zone_shaped
}

fn digits(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `1:30` and `1:02:03`, with a fraction too. The first place always counts 3600 and the second 60, so that `22:30` is 81000.
fn sexagesimal(text: &str) -> Option<Psych<'_>> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let parts: Vec<&str> = whole.split(':').collect();
    let (first, rest) = parts.split_first()?;
    let unsigned = first.strip_prefix(['-', '+']).unwrap_or(first);
    let first_fits = unsigned.starts_with(|c: char| c.is_ascii_digit())
        && unsigned.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let sixty = |part: &&str| digits(part, 1, 2) && (part.len() == 1 || part.as_bytes()[0] <= b'5');
    let fraction_fits = fraction.is_none_or(|f| f.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_'));
    if !first_fits || !(1..=2).contains(&rest.len()) || !rest.iter().all(sixty) || !fraction_fits {
        return None;
    }
    let weights = [3600_i128, 60, 1];
    let numbers = parts
        .iter()
        .map(|part| part.replace('_', "").parse::<i128>().ok());
    let total = numbers.zip(weights).try_fold(0_i128, |sum, (number, weight)| {
        number?.checked_mul(weight)?.checked_add(sum)
    })?;
    match fraction {
        None => Some(Psych::Int(total.to_string())),
        Some(fraction) => {
            let weight = if rest.len() == 1 { 60.0 } else { 1.0 };
            let part: f64 = format!("0.{}0", fraction.replace('_', "")).parse().ok()?;
            // The sum is far below 2^53 for anything that stands for a time.
            total
                .to_string()
                .parse::<f64>()
                .ok()
                .map(|total| Psych::Float(total + part * weight))
        }
    }
}

/// A number with a point; the exponent needs its sign.
fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.')?;
    let whole_fits = whole.is_empty()
        || (whole.as_bytes()[0].is_ascii_digit()
            && whole
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'_' || byte == b','));
    let exponent_fits = exponent.is_none_or(|exponent| {
        exponent
            .strip_prefix(['-', '+'])
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    });
    let fits = whole_fits && exponent_fits && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !fits || unsigned == "." {
        return None;
    }
    text.replace(['_', ','], "").parse().ok()
}

/// A whole number in base 2, 8, 10 or 16; `_` and `,` may group digits.
fn integer(text: &str) -> Option<String> {
    let negative = text.starts_with('-');
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let grouped = |digits: &str, radix: u32| -> Option<String> {
        let bare: String = digits.chars().filter(|c| *c != '_' && *c != ',').collect();
        (!bare.is_empty() && bare.chars().all(|digit| digit.is_digit(radix))).then_some(bare)
    };
    let decimal = if let Some(rest) = unsigned.strip_prefix("0b") {
        to_decimal(&grouped(rest, 2)?, 2)
    } else if let Some(rest) = unsigned.strip_prefix("0x") {
        to_decimal(&grouped(rest, 16)?, 16)
    } else if unsigned == "0" {
        unsigned.to_owned()
    } else if let Some(rest) = unsigned.strip_prefix('0') {
        to_decimal(&grouped(rest, 8)?, 8)
    } else {
        let pairs_of_separators = unsigned
            .as_bytes()
            .windows(2)
            .any(|pair| !pair[0].is_ascii_digit() && !pair[1].is_ascii_digit());
        let ends_with_digit = unsigned.ends_with(|c: char| c.is_ascii_digit());
        let starts_with_digit = unsigned.starts_with(|c: char| c.is_ascii_digit());
        if pairs_of_separators || !ends_with_digit || !starts_with_digit {
            return None;
        }
        grouped(unsigned, 10)?
    };
    Some(if negative && decimal != "0" {
        format!("-{decimal}")
    } else {
        decimal
    })
}

/// Digits of another base, of any length, in base 10.
fn to_decimal(digits: &str, radix: u32) -> String {
    // Nine decimal digits a limb, the lowest first.
    let mut limbs: Vec<u32> = vec![0];
    for digit in digits.chars().filter_map(|digit| digit.to_digit(radix)) {
        let mut carry = u64::from(digit);
        for limb in &mut limbs {
            let value = u64::from(*limb) * u64::from(radix) + carry;
            *limb = u32::try_from(value % 1_000_000_000).unwrap_or(0);
            carry = value / 1_000_000_000;
        }
        if carry > 0 {
            limbs.push(u32::try_from(carry).unwrap_or(0));
        }
    }
    let joined: String = limbs.iter().rev().map(|limb| format!("{limb:09}")).collect();
    let trimmed = joined.trim_start_matches('0');
    if trimmed.is_empty() {
        "0".to_owned()
    } else {
        trimmed.to_owned()
    }
}

#[cfg(test)]
mod tests;
