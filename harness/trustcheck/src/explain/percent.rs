//! URL encoding, in which IAM's API sends policy documents (IAM API Reference, GetRole: "URL-encoded JSON compliant with
//! RFC 3986").

/// The decoded text; `None` where a `%` is not followed by two hexadecimal digits, or the bytes are not UTF-8.
///
/// A `+` is a plus sign: RFC 3986 knows no other meaning, and `+` for a blank is a matter of forms.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || {
            char::from(rest.next()?)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        };
        let (high, low) = (digit()?, digit()?);
        bytes.push(high * 16 + low);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::document(
        "%7B%22Version%22%3A%20%222012-10-17%22%7D",
        Some("{\"Version\": \"2012-10-17\"}")
    )]
    #[case::lower_case_digits("%7b%7d", Some("{}"))]
    #[case::plus_is_plus("a+b", Some("a+b"))]
    #[case::utf8("%C3%A9", Some("é"))]
    #[case::broken("%7", None)]
    #[case::no_digits("%zz", None)]
    #[case::sign("%+7", None)]
    #[case::not_utf8("%ff", None)]
    fn decodes(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(decode(text).as_deref(), expected);
    }
}
