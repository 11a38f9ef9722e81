//! The files of a project: a folder of the host that stands for its repository.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use gitlab_pipeline::Repository;
use located_yaml::{Node, Value};

use super::files::{Files, beside};
use crate::reader::Reader;

/// Files that a folder may have before it is no longer taken for a repository by mistake.
const MOST_FILES: usize = 100_000;

/// A folder.
#[derive(Debug, Clone)]
pub struct Folder {
    /// Where it is.
    directory: Utf8PathBuf,
    /// How it is shown.
    shown: Utf8PathBuf,
}

impl Folder {
    /// The folder at `directory`, called `shown`.
    #[must_use]
    pub fn new(directory: Utf8PathBuf, shown: Utf8PathBuf) -> Folder {
        Folder { directory, shown }
    }

    /// Where it is on the host.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.as_std_path()
    }
}

impl Repository for Folder {
    fn read(&self, path: &str) -> Result<Option<String>, String> {
        match super::files::Disk(&self.directory).read(Utf8Path::new(path)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!(
                "cannot read `{}`: {}",
                self.shown(path),
                super::files::why_unreadable(&error)
            )),
        }
    }

    fn paths(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = VecDeque::from([Utf8PathBuf::new()]);
        while let Some(below) = open.pop_front() {
            let Ok(entries) = self.directory.join(&below).read_dir_utf8() else {
                continue;
            };
            for entry in entries.flatten() {
                let path = below.join(entry.file_name());
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() && entry.file_name() != ".git" => open.push_back(path),
                    Ok(kind) if kind.is_file() => found.push(path.into_string()),
                    _ => {}
                }
            }
            if found.len() > MOST_FILES {
                break;
            }
        }
        found.sort_unstable();
        found
    }

    fn shown(&self, path: &str) -> String {
        self.shown.join(path).into_string()
    }
}

/// The folder that `node` names, which has to be there; a path is relative to the file it is written in.
pub(super) fn folder(
    node: &Node,
    what: &str,
    files: &dyn Files,
    reader: &mut Reader<'_>,
) -> Option<Arc<Folder>> {
    let name = reader.some_text(node, what)?;
    let path = beside(reader.source.path(), Utf8Path::new(&name.value));
    let found = files.folder(&path);
    if found.is_none() {
        let problem = reader
            .problem(&node.span, format!("{what} `{path}` is no folder"))
            .help("a path is relative to the file that names it");
        reader.note(problem);
    }
    found.map(Arc::new)
}

/// `files:` of a project: a folder for every ref, or a mapping of refs to folders.
pub(super) fn of_refs(
    node: &Node,
    files: &dyn Files,
    reader: &mut Reader<'_>,
) -> Vec<(Option<String>, Arc<Folder>)> {
    let Value::Mapping(entries) = &node.value else {
        let found = folder(node, "`files`", files, reader);
        return found.into_iter().map(|folder| (None, folder)).collect();
    };
    let mut all = Vec::new();
    for entry in entries {
        let Some(reference) = reader.some_text(&entry.key, "a ref") else {
            continue;
        };
        if let Some(folder) = folder(&entry.value, "`files`", files, reader) {
            all.push((Some(reference.value), folder));
        }
    }
    all
}
