//! Finding scenario files, and the cases in them.

use camino::{Utf8Path, Utf8PathBuf};

use crate::context::Context;
use crate::scenario::Disk;
use crate::scenario::{self, Entry, Settings};

/// Folders whose YAML files belong to scenarios, but are none.
const PARTS: [&str; 4] = ["templates", "worlds", "policies", "terraform"];

/// How deep folders may lie in one another.
const DEEPEST: usize = 32;

/// Why no scenario could be looked for.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// A path on the command line is not there, or cannot be read.
    #[error("cannot read `{path}`: {why}")]
    Unreadable {
        /// The path.
        path: Utf8PathBuf,
        /// The system's word for it.
        why: std::io::Error,
    },
    /// `--set` names a variable that no scenario has.
    #[error("no scenario has a variable `{0}` to set")]
    UnknownVariable(String),
}

/// Every case of the scenario files at `paths`, in the order of the paths and, in a folder, of names.
///
/// A file with mistakes is an entry too: it is reported in its place, and the others still run.
///
/// # Errors
/// Where a path cannot be read, or a setting fits no scenario.
pub fn entries(
    paths: &[Utf8PathBuf],
    set: &[(String, String)],
    context: &Context,
) -> Result<Vec<Entry>, CollectError> {
    let mut files = Vec::new();
    for path in paths {
        let full = context.resolve(path);
        let unreadable = |why| CollectError::Unreadable {
            path: path.clone(),
            why,
        };
        if std::fs::metadata(&full).map_err(unreadable)?.is_dir() {
            walk(&full, path, 0, &mut files).map_err(unreadable)?;
        } else {
            files.push(path.clone());
        }
    }
    let mut settings = Settings::new(set);
    let disk = Disk(&context.directory);
    let mut entries = Vec::new();
    for file in files {
        entries.extend(scenario::read(&file, &disk, &mut settings));
    }
    match settings.unused() {
        Some(name) => Err(CollectError::UnknownVariable(name.to_owned())),
        None => Ok(entries),
    }
}

fn walk(
    full: &Utf8Path,
    shown: &Utf8Path,
    depth: usize,
    files: &mut Vec<Utf8PathBuf>,
) -> std::io::Result<()> {
    let mut names = full
        .read_dir_utf8()?
        .map(|entry| entry.and_then(|entry| Ok((entry.file_name().to_owned(), entry.file_type()?.is_dir()))))
        .collect::<Result<Vec<_>, _>>()?;
    names.sort();
    for (name, is_folder) in names {
        let (full, shown) = (full.join(&name), shown.join(&name));
        if name.starts_with('.') || (is_folder && PARTS.contains(&name.as_str())) {
            continue;
        }
        if is_folder && depth < DEEPEST {
            walk(&full, &shown, depth + 1, files)?;
        } else if !is_folder && is_scenario(&name) {
            files.push(shown);
        }
    }
    Ok(())
}

fn is_scenario(name: &str) -> bool {
    (name.ends_with(".yml") || name.ends_with(".yaml"))
        && !name.ends_with(".gitlab-ci.yml")
        && !name.ends_with(".gitlab-ci.yaml")
}
