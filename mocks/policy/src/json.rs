//! Strict JSON with places, limited in size and depth before anything is parsed.

use jsonc_parser::ast::Value;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::error::{Fault, ParseError};

/// Longest document IAM's API takes, in characters (IAM API model, `policyDocumentType`).
pub const MAX_CHARACTERS: usize = 131_072;

/// Deepest nesting read. A well-formed policy has six levels, so this only cuts off what is refused anyway.
pub const MAX_DEPTH: usize = 24;

/// Parses a text as strict JSON (RFC 8259).
pub(crate) fn parse(text: &str) -> Result<Value<'_>, ParseError> {
    scan(text)?;
    let whole = 0..text.len();
    match parse_to_ast(text, &CollectOptions::default(), &strict()) {
        Ok(result) => result
            .value
            .ok_or_else(|| ParseError::new(Fault::InvalidJson, whole, "the policy document is empty")),
        Err(error) => {
            let range = error.range();
            let kind = lower_first(&error.kind().to_string());
            Err(ParseError::new(
                Fault::InvalidJson,
                range.start..range.end,
                format!("not valid JSON: {kind}"),
            ))
        }
    }
}

fn strict() -> ParseOptions {
    ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

/// Checks what the parser leaves open even with every option off: raw control characters inside strings, white space
/// that is not JSON's outside them, and the limits.
fn scan(text: &str) -> Result<(), ParseError> {
    let invalid = |at: usize, detail: String| {
        let end = text[at..]
            .chars()
            .next()
            .map_or(at, |character| at + character.len_utf8());
        ParseError::new(Fault::InvalidJson, at..end, detail)
    };
    if text.len() > MAX_CHARACTERS && text.chars().count() > MAX_CHARACTERS {
        let detail = format!("the document has more than {MAX_CHARACTERS} characters");
        return Err(ParseError::new(Fault::Syntax, 0..text.len(), detail));
    }
    let (mut in_string, mut escaped, mut depth) = (false, false, 0_usize);
    for (at, byte) in text.bytes().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                0..=0x1f => {
                    let detail = format!("not valid JSON: control character U+{byte:04X} inside a string");
                    return Err(invalid(at, detail));
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    let detail = format!("nested deeper than {MAX_DEPTH} levels");
                    return Err(ParseError::new(Fault::Syntax, at..at + 1, detail));
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b' ' | b'\t' | b'\n' | b'\r' | 0x21..=0x7e => {}
            _ => return Err(invalid(at, "not valid JSON: unexpected character".to_owned())),
        }
    }
    Ok(())
}

/// The parser's messages begin with a capital, ours do not.
fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(characters).collect()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::vertical_tab("{\u{b}}")]
    #[case::form_feed("{\u{c}}")]
    #[case::no_break_space("{\u{a0}}")]
    #[case::byte_order_mark("\u{feff}{}")]
    #[case::raw_newline_in_string("{\"a\": \"\n\"}")]
    #[case::raw_nul_in_string("{\"a\": \"\0\"}")]
    #[case::comment("{} // c")]
    #[case::trailing_comma("{\"a\": 1,}")]
    #[case::single_quotes("{'a': 1}")]
    #[case::bare_word("{a: 1}")]
    #[case::hexadecimal("[0x1]")]
    #[case::plus("[+1]")]
    #[case::leading_zero("[01]")]
    #[case::escaped_line("[\"\\\n\"]")]
    #[case::lone_surrogate("[\"\\ud800\"]")]
    #[case::two_values("{} {}")]
    #[case::nothing("")]
    #[case::blank("  ")]
    fn refuses_what_is_not_json(#[case] text: &str) {
        assert_eq!(parse(text).unwrap_err().fault, Fault::InvalidJson);
    }

    #[test]
    fn accepts_numbers_of_any_size() {
        assert!(parse("[-0.5e311, 1e-400]").is_ok());
    }

    #[test]
    fn refuses_deep_nesting_without_descending() {
        let error = parse(&"[".repeat(100_000)).unwrap_err();
        assert_eq!(
            (error.fault, error.span),
            (Fault::Syntax, MAX_DEPTH..MAX_DEPTH + 1)
        );
        assert!(parse(&format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH))).is_ok());
        assert!(parse(&format!("[\"{}\"]", "[".repeat(1000))).is_ok());
    }

    #[test]
    fn refuses_long_documents() {
        let fits = format!("\"{}\"", "é".repeat(MAX_CHARACTERS - 2));
        assert!(parse(&fits).is_ok());
        assert_eq!(parse(&format!("{fits} ")).unwrap_err().fault, Fault::Syntax);
    }

    /// JSON-like text: tokens of JSON, near-JSON and noise in any order.
    fn jsonish() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => prop::sample::select(vec![
                "{", "}", "[", "]", ":", ",", "\"a\"", "\"b\"", "1", "-0.5e3", "true", "null", " ", "\n",
            ]).prop_map(str::to_owned),
            1 => prop::sample::select(vec![
                "'", "\"", "\\", "\\u00e9", "\\ud83d\\ude00", "\\ud800", "//", "/*", "01", ".5", "5.", "+1", "0x1", "NaN", "tru",
                "\u{b}", "\u{2028}", "\t", "é", "-", "1e", "\"\\x41\"", "\"\\/\"", "\"\\'\"", "_", "$",
            ]).prop_map(str::to_owned),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn accepts_what_another_strict_parser_accepts(text in jsonish()) {
            let other = serde_json::from_str::<serde_json::Value>(&text);
            // The other one refuses numbers that no `f64` holds; the grammar of JSON has no such limit.
            prop_assume!(!matches!(&other, Err(error) if error.to_string().contains("out of range")));
            prop_assert_eq!(parse(&text).is_ok(), other.is_ok(), "{:?}", text);
        }
    }
}
