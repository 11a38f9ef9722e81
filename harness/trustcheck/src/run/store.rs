//! Files that jobs leave to others: artifacts and caches, in a folder that is gone with the case.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;

/// Bytes of one job's artifacts or of one cache.
const MAX_BYTES: u64 = 256 << 20;

/// A folder for files, made when the first is kept.
#[derive(Debug)]
pub(super) struct Store {
    parent: PathBuf,
    root: OnceLock<TempDir>,
}

impl Store {
    pub(super) fn new(parent: &Path) -> Store {
        Store {
            parent: parent.to_owned(),
            root: OnceLock::new(),
        }
    }

    fn make(&self) -> io::Result<()> {
        if self.root.get().is_none() {
            let root = tempfile::Builder::new()
                .prefix("trustcheck-store-")
                .tempdir_in(&self.parent)?;
            // Of two jobs that come here together, one drops its folder again.
            let _ = self.root.set(root);
        }
        Ok(())
    }

    /// Keeps the files below `from` that the patterns name; how many that were for each pattern.
    pub(super) fn keep(
        &self,
        name: &str,
        from: &Path,
        patterns: &[String],
        exclude: &[String],
    ) -> io::Result<Vec<usize>> {
        self.make()?;
        let Some(place) = self.place(name) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let mut left = MAX_BYTES;
        let mut counts = Vec::new();
        let excluded: BTreeSet<PathBuf> = exclude
            .iter()
            .flat_map(|pattern| matching(from, pattern))
            .collect();
        for pattern in patterns {
            let mut count = 0;
            for path in matching(from, pattern) {
                count += 1;
                let source = from.join(&path);
                if excluded.contains(&path) || !source.is_file() {
                    continue;
                }
                // A link that leads out of the project has nothing to give.
                let Ok(mut file) = open_inside(from, &path) else {
                    continue;
                };
                let metadata = file.metadata()?;
                left = left
                    .checked_sub(metadata.len())
                    .ok_or(io::ErrorKind::FileTooLarge)?;
                let target = place.join(&path);
                if let Some(parent) = target.parent() {
                    std::fs::create_dir_all(parent)?;
                }
                io::copy(&mut file, &mut File::create(&target)?)?;
                std::fs::set_permissions(target, metadata.permissions())?;
            }
            counts.push(count);
        }
        Ok(counts)
    }

    /// Puts what was kept under a name into a folder; whether there was something.
    pub(super) fn restore(&self, name: &str, to: &Path) -> io::Result<bool> {
        let Some(place) = self.place(name).filter(|place| place.is_dir()) else {
            return Ok(false);
        };
        copy(&place, to)?;
        Ok(true)
    }

    fn place(&self, name: &str) -> Option<PathBuf> {
        // A name may hold anything; its bytes in hexadecimal do not.
        let safe: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
        let (head, tail) = safe.split_at(safe.len().min(100));
        let root = self.root.get()?.path();
        Some(root.join(format!("n{head}")).join(format!("n{tail}")))
    }
}

/// The text of a file below `root`.
pub(super) fn read_text(root: &Path, path: &Path) -> io::Result<String> {
    io::read_to_string(open_inside(root, path)?)
}

/// Opens a file below `root`, where no link may lead out of it: its job made the links, and this program sees more than
/// the job.
#[cfg(target_os = "linux")]
fn open_inside(root: &Path, path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
    let root = File::open(root)?;
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let within = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    Ok(openat2(root, path, flags, Mode::empty(), within)?.into())
}

#[cfg(not(target_os = "linux"))]
fn open_inside(root: &Path, path: &Path) -> io::Result<File> {
    File::open(root.join(path))
}

/// Copies all files of a folder into another, but for `.git`. A link that is in the way is replaced, never followed.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    copy_within(from, to, &mut { MAX_FOLDER })
}

/// Bytes of a folder that is copied.
const MAX_FOLDER: u64 = 1 << 30;

fn copy_within(from: &Path, to: &Path, left: &mut u64) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if !kind.is_symlink() && std::fs::symlink_metadata(&target).is_ok_and(|there| there.is_symlink()) {
            std::fs::remove_file(&target)?;
        }
        if kind.is_dir() && entry.file_name() != ".git" {
            copy_within(&entry.path(), &target, left)?;
        } else if kind.is_file() {
            let size = entry.metadata()?.len();
            *left = left.checked_sub(size).ok_or_else(|| {
                io::Error::new(
                    io::ErrorKind::FileTooLarge,
                    "they are more than 1 GiB; name a smaller folder",
                )
            })?;
            std::fs::copy(entry.path(), target)?;
        } else if kind.is_symlink() && !target.exists() {
            std::os::unix::fs::symlink(std::fs::read_link(entry.path())?, target)?;
        }
    }
    Ok(())
}

/// The paths below a folder that a pattern names: files, and folders with all that is in them.
///
/// As the runner's: `*` and `?` stop at `/`, `**` crosses it (`doublestar`).
fn matching(root: &Path, pattern: &str) -> Vec<PathBuf> {
    let pattern = pattern.trim_end_matches('/');
    let plain = Path::new(pattern);
    let leaves = plain
        .components()
        .any(|part| !matches!(part, Component::Normal(_) | Component::CurDir));
    if leaves {
        return Vec::new(); // the runner takes nothing from outside the project
    }
    let Ok(expression) = regex::Regex::new(&expression(pattern)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(below) = open.pop() {
        let Ok(entries) = std::fs::read_dir(root.join(&below)) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = below.join(entry.file_name());
            let named = path.to_str().is_some_and(|path| expression.is_match(path));
            if named {
                found.push(path.clone());
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A pattern as a regular expression that also covers what lies below what it names.
fn expression(pattern: &str) -> String {
    let pattern = pattern.trim_start_matches("./");
    let mut expression = String::from("^");
    let mut rest = pattern;
    while let Some(at) = rest.find(['*', '?']) {
        expression.push_str(&regex::escape(&rest[..at]));
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("**/") {
            expression.push_str("(?:.*/)?");
            rest = after;
        } else if let Some(after) = rest.strip_prefix("**") {
            expression.push_str(".*");
            rest = after;
        } else {
            expression.push_str(if rest.starts_with('*') { "[^/]*" } else { "[^/]" });
            rest = &rest[1..];
        }
    }
    expression.push_str(&regex::escape(rest));
    expression.push_str("(?:/.*)?$");
    expression
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back() {
        let parent = tempfile::tempdir().unwrap();
        let (from, to) = (parent.path().join("from"), parent.path().join("to"));
        for path in ["a.txt", "out/b.txt", "out/deep/c.log", "other/d.txt"] {
            let file = from.join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, path).unwrap();
        }
        let store = Store::new(parent.path());
        let patterns = ["out/", "*.txt", "none", "../x"].map(str::to_owned);
        let counts = store
            .keep("j: [a/b]", &from, &patterns, &["out/**/*.log".to_owned()])
            .unwrap();
        assert_eq!(counts, [4, 1, 0, 0]);
        assert!(store.restore("j: [a/b]", &to).unwrap());
        assert!(!store.restore("j", &to).unwrap());
        assert_eq!(
            std::fs::read_to_string(to.join("out/b.txt")).unwrap(),
            "out/b.txt"
        );
        assert!(to.join("a.txt").exists());
        assert!(!to.join("out/deep/c.log").exists());
        assert!(!to.join("other").exists());
    }
}
