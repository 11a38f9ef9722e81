//! A private `/tmp`, by a mount namespace.

use std::fs;
use std::io;
use std::path::Path;

use rustix::mount::{MountPropagationFlags, mount_bind, mount_bind_recursive, mount_change};
use rustix::process::{getegid, geteuid};
use rustix::thread::{UnshareFlags, unshare_unsafe};

use crate::PrivateTmp;

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
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    unshare(UnshareFlags::NEWUSER | UnshareFlags::NEWNS)?;
    let own = Path::new("/proc/self");
    // Without `deny`, the kernel takes no group map from an unprivileged process (`user_namespaces(7)`).
    fs::write(own.join("setgroups"), "deny")?;
    fs::write(own.join("gid_map"), format!("{group} {group} 1"))?;
    fs::write(own.join("uid_map"), format!("{user} {user} 1"))
}

fn unshare(flags: UnshareFlags) -> io::Result<()> {
    #[expect(
        unsafe_code,
        reason = "leaving a namespace is unsafe in rustix, which this crate is there to contain"
    )]
    // SAFETY: the flags ask for namespaces only, never for a file descriptor table of one's own (CLONE_FILES), which
    // is what could invalidate descriptors that other code holds.
    let result = unsafe { unshare_unsafe(flags) };
    result.map_err(io::Error::from)
}
