//! The canonical request: the one spelling of a request that both sides sign.

use std::borrow::Cow;
use std::fmt::Write as _;

use aws_lc_rs::digest;
use http::{HeaderMap, HeaderValue};

/// A request as it came over the wire: nothing decoded, nothing reordered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HttpRequest<'a> {
    pub(crate) method: &'a str,
    /// The path as sent, percent-encoding included.
    pub(crate) path: &'a str,
    /// The query string as sent, without `?`.
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    /// The host the client addressed: the `Host` header, or `:authority` of HTTP/2, which has no such header.
    pub(crate) host: Option<&'a str>,
    pub(crate) body: &'a [u8],
}

impl<'a> HttpRequest<'a> {
    /// The value of a header if it is there once or more, as signers join it: trimmed, runs of blanks
    /// collapsed, several values separated by commas.
    pub(crate) fn canonical_header(&self, name: &str) -> Option<Cow<'a, str>> {
        let headers: &'a HeaderMap = self.headers;
        let mut values = headers.get_all(name).iter().peekable();
        let Some(first) = values.next() else {
            return (name == "host").then_some(self.host).flatten().map(Cow::Borrowed);
        };
        if let (None, Some(text)) = (values.peek(), as_signed(first)) {
            return Some(Cow::Borrowed(text));
        }
        let mut joined = String::new();
        for (index, value) in [first].into_iter().chain(values).enumerate() {
            if index > 0 {
                joined.push(',');
            }
            let text = String::from_utf8_lossy(value.as_bytes());
            for (index, word) in text.split_ascii_whitespace().enumerate() {
                if index > 0 {
                    joined.push(' ');
                }
                joined.push_str(word);
            }
        }
        Some(Cow::Owned(joined))
    }

    /// The canonical request under the given list of signed headers. Headers that are listed but absent are
    /// written as empty, which no client does, so that the signature cannot match.
    pub(crate) fn canonical(&self, signed_headers: &str) -> String {
        let mut text = String::with_capacity(512);
        text.push_str(self.method);
        text.push('\n');
        canonical_path(self.path, &mut text);
        text.push('\n');
        text.push_str(&canonical_query(self.query));
        text.push('\n');
        for name in signed_headers.split(';') {
            text.push_str(name);
            text.push(':');
            text.push_str(&self.canonical_header(name).unwrap_or_default());
            text.push('\n');
        }
        text.push('\n');
        text.push_str(signed_headers);
        text.push('\n');
        text.push_str(&sha256_hex(self.body));
        text
    }
}

/// The value, where signers leave it as it is, as nearly always.
fn as_signed(value: &HeaderValue) -> Option<&str> {
    let text = value.to_str().ok()?.trim_matches(' ');
    (!text.contains('\t') && !text.contains("  ")).then_some(text)
}

/// SHA-256 in lower-case hex.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}

/// Appends the canonical form of a path: `.` and `..` resolved, empty segments dropped, each segment encoded
/// once more (services other than S3 sign the path encoded twice).
fn canonical_path(path: &str, out: &mut String) {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            other => segments.push(other),
        }
    }
    for segment in &segments {
        out.push('/');
        encode(segment.as_bytes(), out);
    }
    let directory = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    if segments.is_empty() || directory {
        out.push('/');
    }
}

/// The canonical form of a query string: each name and value decoded and encoded again in the one way, sorted
/// by name and then by value. `X-Amz-Signature` is left out: it cannot sign itself.
///
/// A `+` is a plus sign here and not a blank: RFC 3986 knows no other meaning, and the signing test suite of
/// the SDKs (`get-query-plus`) has the same.
pub(crate) fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (recode(name), recode(value))
        })
        .filter(|(name, _)| name != "X-Amz-Signature")
        .collect();
    pairs.sort_unstable();
    let mut text = String::with_capacity(query.len() + 8);
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
    text
}

fn recode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    encode(&percent_decode(text), &mut out);
    out
}

/// Decodes `%41`; leaves a `%` that no two hex digits follow as it is.
pub(crate) fn percent_decode(text: &str) -> Cow<'_, [u8]> {
    if !text.contains('%') {
        return Cow::Borrowed(text.as_bytes());
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let decoded = (bytes[index] == b'%')
            .then(|| Some(hex_digit(*bytes.get(index + 1)?)? * 16 + hex_digit(*bytes.get(index + 2)?)?))
            .flatten();
        match decoded {
            Some(byte) => {
                out.push(byte);
                index += 3;
            }
            None => {
                out.push(bytes[index]);
                index += 1;
            }
        }
    }
    Cow::Owned(out)
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// Percent-encodes everything but the unreserved characters of RFC 3986 §2.3.
pub(crate) fn encode(bytes: &[u8], out: &mut String) {
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // writing to a String cannot fail
            let _ = write!(out, "%{byte:02X}");
        }
    }
}
