//! The head of a request, judged before anybody acts on it (RFC 9112).
//!
//! Two parsers that disagree on where a message ends are how requests are smuggled, so what the RFC leaves to a server is
//! refused here: a bare LF or CR, a header line folded or with a space before its colon, a length beside a chunked body, two
//! lengths, and a `Host` that is missing, there twice, or no host. The front ends of AWS and GitLab refuse all of these
//! with 400; the text of their answers is not documented, and the answer here has none.

use axum::http::StatusCode;

/// Why a request is not taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) why: &'static str,
}

impl Refusal {
    pub(super) const SLOW_HEAD: Refusal = Refusal {
        status: StatusCode::REQUEST_TIMEOUT,
        why: "the head of the request took too long",
    };
    pub(super) const LARGE_HEAD: Refusal = Refusal {
        status: StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        why: "the head of the request is too large",
    };

    const fn bad(why: &'static str) -> Refusal {
        Refusal {
            status: StatusCode::BAD_REQUEST,
            why,
        }
    }
}

/// What follows a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// A body of so many bytes, which may be none.
    Length(u64),
    /// A body in chunks.
    Chunked,
    /// No HTTP, once `CONNECT` is answered.
    Tunnel,
}

/// Looks for the end of a head in bytes that come little by little.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Up to where the bytes are looked at.
    at: usize,
    /// Where the present line begins.
    line: usize,
    /// Whether the first line has had its first space.
    method_ended: bool,
}

impl Scan {
    /// The length of the head with its blank line, once it is whole. `bytes` begin with the head, and have only grown since
    /// the last call. Two bytes are no head but a blank line before one, to be ignored (RFC 9112 §2.2).
    pub(super) fn end(&mut self, bytes: &[u8]) -> Result<Option<usize>, Refusal> {
        while let Some(&byte) = bytes.get(self.at) {
            let after_cr = self.at > 0 && bytes[self.at - 1] == b'\r';
            if self.method_ended && !after_cr && is_text(byte) {
                // most of a head is this
                let rest = &bytes[self.at..];
                self.at += rest.iter().position(|byte| !is_text(*byte)).unwrap_or(rest.len());
                continue;
            }
            match byte {
                b'\n' if !after_cr => return Err(Refusal::bad("a line ends with LF alone")),
                b'\n' => {
                    if self.at == self.line + 1 {
                        return Ok(Some(self.at + 1));
                    }
                    self.line = self.at + 1;
                    self.method_ended = true;
                }
                _ if after_cr => return Err(Refusal::bad("a CR without LF")),
                b'\r' | b'\t' => {}
                b' ' => self.method_ended = true,
                0..0x20 | 0x7f => return Err(Refusal::bad("a control character in the head")),
                _ if !self.method_ended && !is_token(byte) => {
                    return Err(Refusal::bad("it does not begin with a method"));
                }
                _ => {}
            }
            self.at += 1;
        }
        Ok(None)
    }
}

/// Judges a whole head of at most `headers` lines after the first.
pub(super) fn judge(head: &[u8], headers: usize) -> Result<Framing, Refusal> {
    let mut lines = Lines(head);
    let first = lines.next().unwrap_or_default();
    let mut words = first.split(|byte| *byte == b' ');
    let (Some(method), Some(_target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Refusal::bad(
            "the first line is not a method, a target and a version",
        ));
    };
    let is_1_0 = match version {
        b"HTTP/1.1" => false,
        b"HTTP/1.0" => true,
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
            if major.is_ascii_digit() && minor.is_ascii_digit() =>
        {
            return Err(Refusal {
                status: StatusCode::HTTP_VERSION_NOT_SUPPORTED,
                why: "a version other than HTTP/1.0 and HTTP/1.1",
            });
        }
        _ => return Err(Refusal::bad("the first line has no version of HTTP")),
    };
    let mut seen = Seen::default();
    for (count, line) in lines.enumerate() {
        if count == headers {
            return Err(Refusal::LARGE_HEAD);
        }
        seen.line(line)?;
    }
    if seen.hosts == 0 && !is_1_0 {
        return Err(Refusal::bad("there is no Host"));
    }
    match (seen.length, seen.is_chunked) {
        (Some(_), true) => Err(Refusal::bad("both Content-Length and Transfer-Encoding")),
        (None, true) if is_1_0 => Err(Refusal::bad("HTTP/1.0 has no Transfer-Encoding")),
        _ if method == b"CONNECT" => Ok(Framing::Tunnel),
        (None, true) => Ok(Framing::Chunked),
        (length, false) => Ok(Framing::Length(length.unwrap_or(0))),
    }
}

/// The lines of a head without their ends, up to the blank one.
struct Lines<'a>(&'a [u8]);

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let end = self.0.iter().position(|byte| *byte == b'\r')?;
        let (line, rest) = self.0.split_at(end);
        self.0 = rest.get(2..).unwrap_or_default();
        (!line.is_empty()).then_some(line)
    }
}

/// What the header lines say of the message.
#[derive(Debug, Default)]
struct Seen {
    hosts: usize,
    length: Option<u64>,
    is_chunked: bool,
}

impl Seen {
    fn line(&mut self, line: &[u8]) -> Result<(), Refusal> {
        let colon = line.iter().position(|byte| *byte == b':');
        let Some((name, value)) = colon.map(|at| (&line[..at], line[at + 1..].trim_ascii())) else {
            return Err(Refusal::bad("a header line without a colon"));
        };
        if name.is_empty() || !name.iter().copied().all(is_token) {
            return Err(Refusal::bad(
                "a header line that does not begin with a name and a colon",
            ));
        }
        if name.eq_ignore_ascii_case(b"host") {
            self.hosts += 1;
            if self.hosts > 1 {
                return Err(Refusal::bad("there is more than one Host"));
            }
            if value.is_empty() || !value.iter().copied().all(is_of_host) {
                return Err(Refusal::bad("the Host is no host"));
            }
        } else if name.eq_ignore_ascii_case(b"content-length") {
            let length = value
                .iter()
                .all(u8::is_ascii_digit)
                .then(|| std::str::from_utf8(value).ok()?.parse().ok())
                .flatten();
            match length {
                Some(length) if self.length.is_none() => self.length = Some(length),
                Some(_) => return Err(Refusal::bad("there is more than one Content-Length")),
                None => return Err(Refusal::bad("the Content-Length is no length")),
            }
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if self.is_chunked {
                return Err(Refusal::bad("there is more than one Transfer-Encoding"));
            }
            if !value.eq_ignore_ascii_case(b"chunked") {
                let ends_chunked = value
                    .rsplit(|byte| *byte == b',')
                    .next()
                    .is_some_and(|last| last.trim_ascii().eq_ignore_ascii_case(b"chunked"));
                // RFC 9112 §6.1: a coding that is not known; §6.3: a length that cannot be known
                return Err(if ends_chunked {
                    Refusal {
                        status: StatusCode::NOT_IMPLEMENTED,
                        why: "a Transfer-Encoding other than chunked",
                    }
                } else {
                    Refusal::bad("a Transfer-Encoding that does not end with chunked")
                });
            }
            self.is_chunked = true;
        }
        Ok(())
    }
}

/// Anything but a control character.
fn is_text(byte: u8) -> bool {
    byte >= 0x20 && byte != 0x7f
}

/// A character of a token (RFC 9110 §5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// A character of a host and port (RFC 3986 §3.2.2).
fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:[]".contains(&byte)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn judged(text: &str) -> Result<Framing, u16> {
        let mut bytes = text.as_bytes();
        while let Some(rest) = bytes.strip_prefix(b"\r\n") {
            assert_eq!(Scan::default().end(bytes), Ok(Some(2)));
            bytes = rest;
        }
        let mut scan = Scan::default();
        // byte by byte, as the slowest client sends it
        for end in 1..=bytes.len() {
            match scan.end(&bytes[..end]) {
                Ok(None) => {}
                Ok(Some(length)) => {
                    assert_eq!(length, end);
                    return judge(&bytes[..length], 5).map_err(|refusal| refusal.status.as_u16());
                }
                Err(refusal) => return Err(refusal.status.as_u16()),
            }
        }
        panic!("no end: {text:?}");
    }

    #[rstest]
    #[case::plain("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Framing::Length(0))]
    #[case::after_blank_lines("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Framing::Length(0))]
    #[case::length(
        "POST / HTTP/1.1\r\nHost: [::1]:80\r\ncontent-LENGTH:  12 \r\n\r\n",
        Framing::Length(12)
    )]
    #[case::chunked(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n",
        Framing::Chunked
    )]
    #[case::tunnel("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", Framing::Tunnel)]
    #[case::old("GET / HTTP/1.0\r\n\r\n", Framing::Length(0))]
    #[case::latin("GET / HTTP/1.1\r\nHost: a\r\nX: caf\u{e9}\t!\r\n\r\n", Framing::Length(0))]
    fn taken(#[case] head: &str, #[case] framing: Framing) {
        assert_eq!(judged(head), Ok(framing));
    }

    #[rstest]
    #[case::no_host("GET / HTTP/1.1\r\n\r\n", 400)]
    #[case::empty_host("GET / HTTP/1.1\r\nHost:\r\n\r\n", 400)]
    #[case::two_hosts("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", 400)]
    #[case::no_host_at_all("GET / HTTP/1.1\r\nHost: a/b@c\r\n\r\n", 400)]
    #[case::bare_lf("GET / HTTP/1.1\nHost: a\n\n", 400)]
    #[case::bare_lf_later("GET / HTTP/1.1\r\nHost: a\n\r\n", 400)]
    #[case::bare_cr("GET / HTTP/1.1\r\nX: a\rb\r\n\r\n", 400)]
    #[case::nul("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400)]
    #[case::garbage("\u{1}\u{2}", 400)]
    #[case::no_method("{\"a\"", 400)]
    #[case::no_version("GET /\r\n\r\n", 400)]
    #[case::odd_version("GET / FTP/1.1\r\n\r\n", 400)]
    #[case::next_version("PRI * HTTP/2.0\r\n\r\n", 505)]
    #[case::space_before_colon("GET / HTTP/1.1\r\nHost: a\r\nX : a\r\n\r\n", 400)]
    #[case::folded("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400)]
    #[case::no_colon("GET / HTTP/1.1\r\nHost: a\r\nabc\r\n\r\n", 400)]
    #[case::length_and_chunked(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
        400
    )]
    #[case::two_lengths(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\n",
        400
    )]
    #[case::list_of_lengths("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\n", 400)]
    #[case::negative_length("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400)]
    #[case::huge_length(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        400
    )]
    #[case::not_chunked_last(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
        400
    )]
    #[case::chunked_twice(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
        400
    )]
    #[case::other_coding("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)]
    #[case::chunked_in_1_0("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    #[case::many(
        "GET / HTTP/1.1\r\nHost: a\r\nA: a\r\nB: a\r\nC: a\r\nD: a\r\nE: a\r\n\r\n",
        431
    )]
    fn refused(#[case] head: &str, #[case] status: u16) {
        assert_eq!(judged(head), Err(status));
    }
}
