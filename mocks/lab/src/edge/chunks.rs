//! Where a chunked body ends (RFC 9112 §7.1).

/// Follows a chunked body through bytes that come little by little.
///
/// It only finds the end; hyper, which reads the body after it, judges the chunks. What is no chunked body has no end here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunks {
    part: Part,
    /// The size that is being read, or the bytes of the chunk that are left.
    size: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Size,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// At the beginning of a trailer's line.
    Trailer,
    InTrailer,
    LastLf,
    Broken,
}

impl Chunks {
    pub(super) fn new() -> Chunks {
        Chunks {
            part: Part::Size,
            size: 0,
        }
    }

    /// How many of the bytes belong to the body, and whether it ends with them.
    pub(super) fn take(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while at < bytes.len() {
            if self.part == Part::Data {
                let step = usize::try_from(self.size)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len() - at);
                at += step;
                self.size -= step as u64;
                if self.size == 0 {
                    self.part = Part::DataCr;
                }
                continue;
            }
            let byte = bytes[at];
            at += 1;
            self.part = match (self.part, byte) {
                (Part::Size, b';' | b' ' | b'\t') => Part::Extension,
                (Part::Size | Part::Extension, b'\r') => Part::SizeLf,
                (Part::Size, digit) => match (char::from(digit).to_digit(16), self.size.checked_mul(16)) {
                    (Some(digit), Some(size)) => {
                        self.size = size + u64::from(digit);
                        Part::Size
                    }
                    _ => Part::Broken,
                },
                (Part::Extension, _) => Part::Extension,
                (Part::SizeLf, b'\n') if self.size == 0 => Part::Trailer,
                (Part::SizeLf, b'\n') => Part::Data,
                (Part::DataCr, b'\r') => Part::DataLf,
                (Part::DataLf, b'\n') => Part::Size,
                (Part::Trailer, b'\r') => Part::LastLf,
                (Part::InTrailer, b'\n') => Part::Trailer,
                (Part::Trailer | Part::InTrailer, _) => Part::InTrailer,
                (Part::LastLf, b'\n') => return (at, true),
                _ => Part::Broken,
            };
        }
        (at, false)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::empty("0\r\n\r\n", true)]
    #[case::some("3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", true)]
    #[case::trailer("1\r\na\r\n000\r\nX: a\r\nY: b\r\n\r\n", true)]
    #[case::unfinished("1\r\na\r\n0\r\n", false)]
    #[case::no_size("xyz\r\n\r\n\r\n", false)]
    #[case::too_large("FFFFFFFFFFFFFFFFF\r\na\r\n0\r\n\r\n", false)]
    #[case::data_longer_than_said("1\r\nab\r\n0\r\n\r\n", false)]
    fn the_end_is_found_however_the_bytes_come(#[case] body: &str, #[case] ends: bool) {
        let sent = format!("{body}GET");
        for step in [1, 2, 3, sent.len()] {
            let mut chunks = Chunks::new();
            let (mut taken, mut ended) = (0, false);
            for piece in sent.as_bytes().chunks(step) {
                let (count, end) = chunks.take(piece);
                taken += count;
                if end {
                    ended = true;
                    break;
                }
            }
            assert_eq!(ended, ends, "{body:?} by {step}");
            assert!(!ends || taken == body.len(), "{taken} of {body:?} by {step}");
        }
    }
}
