//! The files that a scenario names, read by their path from the file that names them.

use std::io;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use located_yaml::Node;

use super::repository::Folder;
use crate::diagnostic::Source;
use crate::reader::Reader;

/// The largest file that is read: far above any policy or pipeline, far below what hurts.
const LARGEST: u64 = 10 * 1024 * 1024;

/// A way to read files.
pub trait Files {
    /// The text of the file.
    ///
    /// # Errors
    /// Where it cannot be read, is not UTF-8, or is larger than 10 MiB.
    fn read(&self, path: &Utf8Path) -> io::Result<String>;

    /// The folder at a path, if there is one.
    fn folder(&self, _path: &Utf8Path) -> Option<Folder> {
        None
    }
}

/// The host's file system, seen from a directory.
#[derive(Debug)]
pub struct Disk<'a>(pub &'a Utf8Path);

impl Files for Disk<'_> {
    fn read(&self, path: &Utf8Path) -> io::Result<String> {
        let path = self.0.join(path);
        if std::fs::metadata(&path)?.len() > LARGEST {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "it is larger than 10 MiB",
            ));
        }
        std::fs::read_to_string(path)
    }

    fn folder(&self, path: &Utf8Path) -> Option<Folder> {
        let directory = self.0.join(path);
        directory
            .is_dir()
            .then(|| Folder::new(directory, path.to_owned()))
    }
}

/// Reads the file that `node` names; a path is relative to the file it is written in.
pub(super) fn named(node: &Node, what: &str, files: &dyn Files, reader: &mut Reader<'_>) -> Option<Source> {
    let name = reader.some_text(node, what)?;
    let path = beside(reader.source.path(), Utf8Path::new(&name.value));
    match files.read(&path) {
        Ok(text) => Some(Source::new(path, text)),
        Err(error) => {
            let why = why_unreadable(&error);
            let problem = reader
                .problem(&node.span, format!("cannot read {what} `{path}`: {why}"))
                .help("a path is relative to the file that names it");
            reader.note(problem);
            None
        }
    }
}

/// Why a file could not be read, in words for a person.
pub(super) fn why_unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    }
}

/// `path` as seen from the directory of `file`, without `.` and without `..` after a name.
pub(super) fn beside(file: &Utf8Path, path: &Utf8Path) -> Utf8PathBuf {
    let joined = file.parent().unwrap_or(Utf8Path::new("")).join(path);
    let mut plain = Utf8PathBuf::new();
    for component in joined.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir
                if matches!(plain.components().next_back(), Some(Utf8Component::Normal(_))) =>
            {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("scenarios/a/x.yml", "policies/p.json", "scenarios/a/policies/p.json")]
    #[case("scenarios/a/x.yml", "../worlds/w.yml", "scenarios/worlds/w.yml")]
    #[case("x.yml", "../w.yml", "../w.yml")]
    #[case("../x.yml", "../w.yml", "../../w.yml")]
    #[case("a/x.yml", "/etc/w.yml", "/etc/w.yml")]
    #[case("a/x.yml", "./w.yml", "a/w.yml")]
    fn paths_start_from_the_file_that_names_them(
        #[case] file: &str,
        #[case] path: &str,
        #[case] expected: &str,
    ) {
        assert_eq!(beside(Utf8Path::new(file), Utf8Path::new(path)), expected);
    }
}
