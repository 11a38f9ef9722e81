//! Lines of limited length.

use std::io::{self, BufRead};

/// The longest line, in bytes: a policy at IAM's limit of characters, all of them escaped, fits.
pub const LONGEST_LINE: usize = 1024 * 1024;

/// Reads lines, and never holds more than the longest one.
pub(super) struct Lines<R> {
    input: R,
    line: Vec<u8>,
    /// Whether what was read last ended a buffer of the input, so that the next line may have to be waited for.
    drained: bool,
}

/// What was read.
pub(super) enum Read<'a> {
    /// A line, without its newline.
    Line(&'a [u8]),
    /// A line over the limit, which was passed over.
    TooLong,
    /// Nothing is left.
    End,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Lines {
            input,
            line: Vec::new(),
            drained: true,
        }
    }

    /// Whether the next line may have to be waited for.
    pub(super) fn would_wait(&self) -> bool {
        self.drained
    }

    pub(super) fn next(&mut self) -> io::Result<Read<'_>> {
        self.line.clear();
        let mut too_long = false;
        let mut any = false;
        loop {
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if buffer.is_empty() {
                return Ok(if too_long {
                    Read::TooLong
                } else if any {
                    Read::Line(&self.line)
                } else {
                    Read::End
                });
            }
            any = true;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let part = &buffer[..end.unwrap_or(buffer.len())];
            too_long |= self.line.len() + part.len() > LONGEST_LINE;
            if !too_long {
                self.line.extend_from_slice(part);
            }
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.drained = used == buffer.len();
            self.input.consume(used);
            if end.is_some() {
                return Ok(if too_long {
                    Read::TooLong
                } else {
                    Read::Line(&self.line)
                });
            }
        }
    }
}
