//! The time of a signed request, as its `X-Amz-Date` or `Date` states it.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Length of `20260912T010203Z`.
const BASIC_LENGTH: usize = 16;

/// Reads the ISO 8601 basic format that signatures use, `20260912T010203Z`, and nothing else.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    if bytes.len() != BASIC_LENGTH || bytes[8] != b'T' || bytes[15] != b'Z' {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<i16> {
        let digits = bytes.get(from..to)?;
        digits.iter().try_fold(0_i16, |sum, digit| {
            digit.is_ascii_digit().then(|| sum * 10 + i16::from(digit - b'0'))
        })
    };
    let small = |from: usize| -> Option<i8> { number(from, from + 2)?.try_into().ok() };
    let civil = DateTime::new(
        number(0, 4)?,
        small(4)?,
        small(6)?,
        small(9)?,
        small(11)?,
        small(13)?,
        0,
    )
    .ok()?;
    Offset::UTC.to_timestamp(civil).ok()
}

/// Reads the `Date` header of HTTP, `Sat, 12 Sep 2026 01:02:03 GMT`, which signers may use instead.
pub(crate) fn parse_http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text)
        .ok()
        .map(|zoned| zoned.timestamp())
}

/// Writes a time in the form that [`parse`] reads.
pub(crate) fn format(time: Timestamp) -> String {
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}
