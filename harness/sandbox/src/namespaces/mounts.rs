//! Mounts, as a sandbox makes them: sources are taken before anything covers them, and set in place later.

use std::fs::{self, File};
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::CWD;
use rustix::mount::{MountFlags, MoveMountFlags, OpenTreeFlags, mount, move_mount, open_tree};

use crate::namespaces::kernel::{Extent, MountAttributes, set_mount_attributes};

/// A copy of a mount that is nowhere yet.
#[derive(Debug)]
pub(crate) struct Taken(OwnedFd);

/// Takes what is at `path`, with all that is mounted below it.
pub(crate) fn take(path: &Path) -> io::Result<Taken> {
    let flags =
        OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
    Ok(Taken(open_tree(CWD, path, flags)?))
}

impl Taken {
    /// Makes it read-only, with all that is mounted below it.
    pub(crate) fn read_only(self) -> io::Result<Taken> {
        set_mount_attributes(&self.0, Path::new(""), Extent::Whole, MountAttributes::READ_ONLY)?;
        Ok(self)
    }

    /// Sets it in place at `target`. Where that is a symbolic link, the link itself is covered: it may lead nowhere.
    pub(crate) fn place(self, target: &Path) -> io::Result<()> {
        let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
        Ok(move_mount(&self.0, "", CWD, target, flags)?)
    }
}

/// Shows what is at `source` at `target` too.
pub(crate) fn bind(source: &Path, target: &Path) -> io::Result<()> {
    take(source)?.place(target)
}

/// The same, read-only.
pub(crate) fn bind_read_only(source: &Path, target: &Path) -> io::Result<()> {
    take(source)?.read_only()?.place(target)
}

/// Mounts a file system that is kept in memory.
pub(crate) fn tmpfs(target: &Path, options: &str) -> io::Result<()> {
    let options = std::ffi::CString::new(options)?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    Ok(mount("tmpfs", target, "tmpfs", flags, options.as_c_str())?)
}

/// Changes the mount at `path`, and it alone.
pub(crate) fn change(path: &Path, attributes: MountAttributes) -> io::Result<()> {
    set_mount_attributes(CWD, path, Extent::One, attributes)
}

/// Changes all mounts from `path` on.
pub(crate) fn change_all(path: &Path, attributes: MountAttributes) -> io::Result<()> {
    set_mount_attributes(CWD, path, Extent::Whole, attributes)
}

/// Makes an empty file or directory at `path`, like what is at `model`.
pub(crate) fn make_like(model: &Path, path: &Path) -> io::Result<()> {
    if fs::metadata(model)?.is_dir() {
        return fs::create_dir_all(path);
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    File::create(path).map(drop)
}
