//! The core schema of YAML 1.2 (§10.3.2).

use crate::{Node, Style, Value};

/// A scalar read by the core schema.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Core<'a> {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number that fits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text: everything quoted, and everything else.
    Str(&'a str),
}

/// Reads a scalar or an empty node; `None` for a list or a mapping.
///
/// The tags `!!str`, `!` and any local tag keep the text; the other tags of the schema do not force a type.
#[must_use]
pub fn resolve(node: &Node) -> Option<Core<'_>> {
    let scalar = match &node.value {
        Value::Null => {
            return Some(if node.tag.is_some() {
                Core::Str("")
            } else {
                Core::Null
            });
        }
        Value::Scalar(scalar) => scalar,
        Value::Sequence(_) | Value::Mapping(_) => return None,
    };
    let keeps_text = match node.tag.as_deref() {
        None => scalar.style != Style::Plain,
        Some(tag) => !matches!(
            tag.strip_prefix("tag:yaml.org,2002:"),
            Some("int" | "float" | "bool" | "null")
        ),
    };
    Some(if keeps_text {
        Core::Str(&scalar.text)
    } else {
        plain(&scalar.text)
    })
}

/// Reads the text of a plain scalar.
#[must_use]
pub fn plain(text: &str) -> Core<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Core::Null,
        "true" | "True" | "TRUE" => return Core::Bool(true),
        "false" | "False" | "FALSE" => return Core::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Core::Float(f64::NAN),
        _ => {}
    }
    let (negative, digits) = match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, text),
    };
    if matches!(digits, ".inf" | ".Inf" | ".INF") {
        return Core::Float(if negative {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        });
    }
    integer(text, digits)
        .or_else(|| float(text, digits))
        .unwrap_or(Core::Str(text))
}

fn integer<'a>(text: &str, digits: &str) -> Option<Core<'a>> {
    for (prefix, radix) in [("0o", 8), ("0x", 16)] {
        // Only decimal numbers take a sign.
        if let Some(rest) = text.strip_prefix(prefix) {
            let all = !rest.is_empty() && rest.chars().all(|digit| digit.is_digit(radix));
            return if all {
                i64::from_str_radix(rest, radix).ok().map(Core::Int)
            } else {
                None
            };
        }
    }
    let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !all {
        return None;
    }
    text.parse().ok().map(Core::Int)
}

fn float<'a>(text: &str, digits: &str) -> Option<Core<'a>> {
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => (&digits[..at], Some(&digits[at + 1..])),
        None => (digits, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_fits = is_number(whole) && is_number(fraction) && !(whole.is_empty() && fraction.is_empty());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !exponent.is_empty() && is_number(exponent)
    });
    if mantissa_fits && exponent_fits {
        text.parse().ok().map(Core::Float)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Core, plain};
    use rstest::rstest;

    #[rstest]
    #[case::nothing("", Core::Null)]
    #[case::tilde("~", Core::Null)]
    #[case::null("Null", Core::Null)]
    #[case::mixed_case_is_text("nULL", Core::Str("nULL"))]
    #[case::yes_is_text("yes", Core::Str("yes"))]
    #[case::on_is_text("on", Core::Str("on"))]
    #[case::true_upper("TRUE", Core::Bool(true))]
    #[case::int("-12", Core::Int(-12))]
    #[case::plus("+12", Core::Int(12))]
    #[case::leading_zero_is_decimal("012", Core::Int(12))]
    #[case::octal("0o17", Core::Int(15))]
    #[case::hex("0xfF", Core::Int(255))]
    #[case::signed_hex_is_text("-0x1", Core::Str("-0x1"))]
    #[case::signed_hex_digits_are_text("0x-1", Core::Str("0x-1"))]
    #[case::too_big_is_a_float("99999999999999999999", Core::Float(1e20))]
    #[case::underscores_are_text("1_000", Core::Str("1_000"))]
    #[case::time_is_text("22:30", Core::Str("22:30"))]
    #[case::float("1.5e3", Core::Float(1500.0))]
    #[case::trailing_dot("1.", Core::Float(1.0))]
    #[case::leading_dot(".5", Core::Float(0.5))]
    #[case::exponent_alone("1e3", Core::Float(1000.0))]
    #[case::dot_is_text(".", Core::Str("."))]
    #[case::infinity("-.inf", Core::Float(f64::NEG_INFINITY))]
    #[case::word_infinity_is_text("inf", Core::Str("inf"))]
    #[case::version_is_text("1.2.3", Core::Str("1.2.3"))]
    #[case::sign_alone_is_text("-", Core::Str("-"))]
    fn reads_plain_text(#[case] text: &str, #[case] expected: Core<'_>) {
        assert_eq!(plain(text), expected);
    }
}
