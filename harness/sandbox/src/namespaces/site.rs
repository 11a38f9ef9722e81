//! The place where a job's root directory is made.

use std::path::{Path, PathBuf};

/// Where the host's files are, where the job's root grows, and where its makings lie meanwhile.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) old: PathBuf,
    pub(crate) new: PathBuf,
    pub(crate) makings: PathBuf,
}

impl Site {
    pub(crate) fn own_root() -> Site {
        Site {
            old: "/old".into(),
            new: "/new".into(),
            makings: "/".into(),
        }
    }

    pub(crate) fn in_place() -> Site {
        Site {
            old: "/".into(),
            new: "/".into(),
            makings: "/tmp".into(),
        }
    }

    /// A directory for what the job writes. It is removed from sight when the root is complete.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.makings.join("scratch")
    }

    pub(crate) fn files(&self) -> PathBuf {
        self.makings.join("files")
    }
}

/// Where `path` is while the root is being made. In place, what is below `/tmp` is still in the makings.
pub(crate) fn in_making(site: &Site, path: &Path) -> PathBuf {
    if site.new == Path::new("/")
        && let Ok(rest) = path.strip_prefix("/tmp")
    {
        return site.scratch().join("tmp").join(rest);
    }
    below(&site.new, path)
}

/// Where `path` of the whole is below `root`.
pub(crate) fn below(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap_or(path))
}
