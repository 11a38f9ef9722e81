//! What a command reads: a file, or standard input.

use std::io::{self, Read};

use camino::Utf8Path;

use super::Failure;
use crate::context::Context;
use crate::scenario::{Disk, Files, WorldFile};

/// The most that is read from standard input.
const LONGEST: u64 = 10 * 1024 * 1024;

/// The text of the file, or of standard input where it is called `-`. The error is one line for a person.
pub(super) fn text(path: &Utf8Path, context: &Context) -> Result<String, String> {
    let (shown, text) = if path == "-" {
        ("standard input", standard_input())
    } else {
        (path.as_str(), Disk(&context.directory).read(path))
    };
    text.map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file".to_owned(),
            io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
            _ => error.to_string(),
        };
        format!("cannot read `{shown}`: {why}")
    })
}

/// What a world file or a scenario file says of a world.
pub(super) fn world(path: &Utf8Path, context: &Context) -> Result<WorldFile, Failure> {
    WorldFile::read(path, &Disk(&context.directory)).map_err(|mistakes| Failure::mistakes(&mistakes, context))
}

fn standard_input() -> io::Result<String> {
    let mut text = String::new();
    io::stdin().lock().take(LONGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it is larger than 10 MiB",
        ));
    }
    Ok(text)
}
