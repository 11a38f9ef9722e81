//! The runner's ways to write a string as one word of a shell.

use std::fmt::Write as _;

/// A word for bash and BusyBox: as it is if nothing in it is special, else ANSI-C quoted (`$'…'`).
///
/// Bytes that are not printable ASCII become `\xNN`. The shell gives back exactly the bytes of any text without NUL.
/// dash does not know this quoting: an image whose only shell it is needs the runner's
/// `FF_POSIXLY_CORRECT_ESCAPES`.
#[must_use]
pub fn ansi_c(text: &str) -> String {
    if text.is_empty() {
        return "''".to_owned();
    }
    if text.bytes().all(is_literal) {
        return text.to_owned();
    }
    let mut word = String::with_capacity(text.len() + 16);
    word.push_str("$'");
    for byte in text.bytes() {
        match byte {
            0x07 => word.push_str("\\a"),
            0x08 => word.push_str("\\b"),
            b'\t' => word.push_str("\\t"),
            b'\n' => word.push_str("\\n"),
            0x0b => word.push_str("\\v"),
            0x0c => word.push_str("\\f"),
            b'\r' => word.push_str("\\r"),
            b'\'' => word.push_str("\\'"),
            b'\\' => word.push_str("\\\\"),
            b' '..=b'~' => word.push(char::from(byte)),
            _ => write_hex(&mut word, byte),
        }
    }
    word.push('\'');
    word
}

/// Characters that need no quotes.
fn is_literal(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b",-./@_".contains(&byte)
}

fn write_hex(word: &mut String, byte: u8) {
    // Writing to a string does not fail.
    let _ = write!(word, "\\x{byte:02x}");
}

/// A path in double quotes, as Go's `%q` prints it; the shell still fills in `$PWD` at its start.
#[must_use]
pub fn double(path: &str) -> String {
    let mut word = String::with_capacity(path.len() + 2);
    word.push('"');
    for character in path.chars() {
        match character {
            '"' => word.push_str("\\\""),
            '\\' => word.push_str("\\\\"),
            '\n' => word.push_str("\\n"),
            '\r' => word.push_str("\\r"),
            '\t' => word.push_str("\\t"),
            '\x07' => word.push_str("\\a"),
            '\x08' => word.push_str("\\b"),
            '\x0b' => word.push_str("\\v"),
            '\x0c' => word.push_str("\\f"),
            control if control.is_ascii_control() => {
                let _ = write!(word, "\\x{:02x}", u32::from(control));
            }
            other => word.push(other),
        }
    }
    word.push('"');
    word
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case::empty("", "''")]
    #[case::literal("a/b-c_d.e,f@G0", "a/b-c_d.e,f@G0")]
    #[case::space("a b", "$'a b'")]
    #[case::equals("a=b", "$'a=b'")]
    #[case::single_quote("it's", "$'it\\'s'")]
    #[case::double_quote("\"x\"", "$'\"x\"'")]
    #[case::dollar("$HOME", "$'$HOME'")]
    #[case::backslash("a\\b", "$'a\\\\b'")]
    #[case::line_break("a\nb\tc", "$'a\\nb\\tc'")]
    #[case::escape("\x1b[0m", "$'\\x1b[0m'")]
    #[case::delete("\x7f", "$'\\x7f'")]
    #[case::utf8("é", "$'\\xc3\\xa9'")]
    fn quotes_as_the_runner(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(super::ansi_c(text), expected);
    }

    #[rstest]
    #[case::plain("/builds/p.tmp/KEY", "\"/builds/p.tmp/KEY\"")]
    #[case::quote("a\"b\\c", "\"a\\\"b\\\\c\"")]
    #[case::variable("$PWD/x", "\"$PWD/x\"")]
    fn quotes_paths(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(super::double(text), expected);
    }
}
