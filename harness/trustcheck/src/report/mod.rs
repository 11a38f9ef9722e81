//! Reports: one file a format. Each listens to a run, and none computes a result again.

pub(crate) mod explanation;
mod html;
mod json;
mod junit;
mod pretty;
mod progress;
mod tap;

use std::fs::File;
use std::io::{self, BufWriter, Write};

use camino::Utf8PathBuf;

use crate::context::Context;
use crate::diagnostic::nearest;
use crate::run::Listener;

pub(crate) use explanation::logins;
pub use progress::Progress;

/// A report that was asked for with `--report FORMAT[=FILE]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What it looks like.
    pub format: Format,
    /// Where it goes; nothing for standard output.
    pub file: Option<Utf8PathBuf>,
}

/// What a report looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a person.
    Pretty,
    /// For a program: one JSON object.
    Json,
    /// For a CI system: JUnit XML, as GitLab's merge request widget reads it.
    Junit,
    /// For a harness: version 14 of the Test Anything Protocol.
    Tap,
    /// For a browser: one file with everything in it.
    Html,
}

/// Every format by its name. One line each.
const FORMATS: [(&str, Format); 5] = [
    ("pretty", Format::Pretty),
    ("json", Format::Json),
    ("junit", Format::Junit),
    ("tap", Format::Tap),
    ("html", Format::Html),
];

impl std::str::FromStr for Wanted {
    type Err = String;

    /// Reads `FORMAT` or `FORMAT=FILE`.
    fn from_str(text: &str) -> Result<Wanted, String> {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => return Err("the file's name is missing after `=`".to_owned()),
            Some((name, file)) => (name, Some(Utf8PathBuf::from(file))),
            None => (text, None),
        };
        let names = || FORMATS.iter().map(|(known, _)| *known);
        match FORMATS.iter().find(|(known, _)| *known == name) {
            Some((_, format)) => Ok(Wanted {
                format: *format,
                file,
            }),
            None => Err(match nearest(name, names()) {
                Some(known) => format!("no report is called `{name}`; did you mean `{known}`?"),
                None => format!(
                    "no report is called `{name}`; there are {}",
                    names().collect::<Vec<_>>().join(", ")
                ),
            }),
        }
    }
}

/// The listener that writes a report. Its file is made at once, so that a wrong path is told before the run.
///
/// # Errors
/// Where the file cannot be made.
pub fn listener(wanted: &Wanted, context: &Context, progress: &Progress) -> io::Result<Box<dyn Listener>> {
    let out: Box<dyn Write + Send> = match &wanted.file {
        Some(file) => Box::new(BufWriter::new(File::create(context.resolve(file))?)),
        None => Box::new(io::stdout()),
    };
    let colour = wanted.file.is_none() && context.colour();
    Ok(match wanted.format {
        Format::Pretty => Box::new(pretty::Pretty::new(out, colour, progress.clone())),
        Format::Json => Box::new(json::Json::new(out)),
        Format::Junit => Box::new(junit::Junit::new(out)),
        Format::Tap => Box::new(tap::Tap::new(out)),
        Format::Html => Box::new(html::Html::new(out, trustcheck_lab::host_now())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("json", Ok((Format::Json, None)))]
    #[case("json=out.json", Ok((Format::Json, Some("out.json"))))]
    #[case("junit=a=b.xml", Ok((Format::Junit, Some("a=b.xml"))))]
    #[case("jsn", Err("no report is called `jsn`; did you mean `json`?"))]
    #[case(
        "html5x",
        Err("no report is called `html5x`; there are pretty, json, junit, tap, html")
    )]
    #[case("json=", Err("the file's name is missing after `=`"))]
    fn reports_are_asked_for_by_name(
        #[case] text: &str,
        #[case] expected: Result<(Format, Option<&str>), &str>,
    ) {
        let expected = expected.map(|(format, file)| Wanted {
            format,
            file: file.map(Utf8PathBuf::from),
        });
        assert_eq!(text.parse(), expected.map_err(str::to_owned));
    }
}
