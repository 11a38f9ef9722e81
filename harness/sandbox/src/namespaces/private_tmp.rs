//! A private `/tmp`, by a mount namespace.

use std::fs;
use std::io;

use rustix::mount::{MountPropagationFlags, mount_bind, mount_bind_recursive, mount_change};
use rustix::thread::UnshareFlags;

use crate::PrivateTmp;
use crate::namespaces::kernel::unshare;
use crate::namespaces::outer::enter_user_namespace;

const TMP: &str = "/tmp";

/// Puts `tmp.directory` in the place of `/tmp`, for this process and those it starts.
///
/// # Errors
/// Where the kernel does not grant the namespace or a mount; then nothing has changed that the job could see.
pub(crate) fn enter(tmp: &PrivateTmp) -> io::Result<()> {
    mount_namespace()?;
    // Nothing that is mounted from here on shows outside (`mount_namespaces(7)`, shared subtrees).
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
    for kept in &tmp.keep {
        let Ok(below) = kept.strip_prefix(TMP) else {
            continue;
        };
        let place = tmp.directory.join(below);
        fs::create_dir_all(&place)?;
        mount_bind(kept, &place)?;
    }
    let here = std::path::absolute(".")?;
    mount_bind_recursive(&tmp.directory, TMP)?;
    // The working directory may be one of the kept ones: look it up anew, below the new `/tmp`.
    std::env::set_current_dir(here)
}

/// A mount namespace of our own: with the capability for it at once, else inside a user namespace that has it.
fn mount_namespace() -> io::Result<()> {
    if unshare(UnshareFlags::NEWNS).is_ok() {
        return Ok(());
    }
    enter_user_namespace(UnshareFlags::NEWNS).map_err(|denied| denied.error)
}
