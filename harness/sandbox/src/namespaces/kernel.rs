//! What no safe wrapper offers: all of this crate's unsafe code, each call behind a safe function that checks what makes
//! it sound.

#![expect(
    unsafe_code,
    reason = "the one place where it is; each block says why it is sound"
)]

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::process::Pid;
use rustix::thread::{UnshareFlags, unshare_unsafe};

/// Leaves the namespaces of `flags` for new ones (`unshare(2)`).
///
/// # Errors
/// What the kernel says; `EINVAL` also where the flags ask for more than namespaces.
pub(crate) fn unshare(flags: UnshareFlags) -> io::Result<()> {
    let namespaces = UnshareFlags::NEWUSER
        | UnshareFlags::NEWNS
        | UnshareFlags::NEWPID
        | UnshareFlags::NEWNET
        | UnshareFlags::NEWIPC
        | UnshareFlags::NEWUTS;
    if !namespaces.contains(flags) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // SAFETY: the flags ask for namespaces only, as checked above, never for a file descriptor table of one's own
    // (CLONE_FILES), which is what could invalidate descriptors that other code holds.
    let result = unsafe { unshare_unsafe(flags) };
    result.map_err(io::Error::from)
}

/// Which side of a fork this is.
#[derive(Debug)]
pub(crate) enum Fork {
    /// The process that forked, with the new one's id.
    Parent(Pid),
    /// The new process.
    Child,
}

/// Makes a copy of this process (`fork(2)`).
///
/// # Errors
/// Where the process has a second thread, or the kernel grants no process.
pub(crate) fn fork() -> io::Result<Fork> {
    if std::fs::read_dir("/proc/self/task")?.count() != 1 {
        return Err(io::Error::other(
            "a process with several threads cannot be copied",
        ));
    }
    // SAFETY: there is one thread, as checked above, and a thread that does not exist cannot start another meanwhile. So no
    // lock is held and nothing is half-written when memory is copied, and the child may run any code.
    let id = unsafe { libc::fork() };
    match id {
        0 => Ok(Fork::Child),
        id => Pid::from_raw(id.max(0))
            .map(Fork::Parent)
            .ok_or_else(io::Error::last_os_error),
    }
}

/// Ends every process of this PID namespace but the first, which must be the caller (`kill(2)` of -1).
///
/// # Errors
/// Where the caller is not process 1: outside a PID namespace of one's own, this would end all the user has.
pub(crate) fn end_all_others() -> io::Result<()> {
    if rustix::process::getpid() != Pid::INIT {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    // SAFETY: the call takes two integers and touches no memory of this process.
    let result = unsafe { libc::kill(-1, libc::SIGKILL) };
    match result {
        0 => Ok(()),
        _ => match io::Error::last_os_error() {
            // There is no other process.
            error if error.raw_os_error() == Some(libc::ESRCH) => Ok(()),
            error => Err(error),
        },
    }
}

/// Which mounts an attribute is set on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// The one mount.
    One,
    /// The mount and all below it.
    Whole,
}

/// Attributes of mounts to set and to clear, as `MOUNT_ATTR_…` bits.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct MountAttributes {
    pub(crate) set: u64,
    pub(crate) clear: u64,
}

impl MountAttributes {
    /// Nothing can be written, and no program gains its owner's rights.
    pub(crate) const READ_ONLY: MountAttributes = MountAttributes {
        set: libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID,
        clear: 0,
    };
    /// Files can be written.
    pub(crate) const WRITABLE: MountAttributes = MountAttributes {
        set: 0,
        clear: libc::MOUNT_ATTR_RDONLY,
    };
}

/// Changes the attributes of the mount at `path` below `directory`, or of `directory` itself for an empty path
/// (`mount_setattr(2)`, Linux 5.12).
///
/// # Errors
/// What the kernel says.
pub(crate) fn set_mount_attributes(
    directory: impl AsFd,
    path: &Path,
    extent: Extent,
    attributes: MountAttributes,
) -> io::Result<()> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    let attributes = libc::mount_attr {
        attr_set: attributes.set,
        attr_clr: attributes.clear,
        propagation: 0,
        userns_fd: 0,
    };
    let flags = libc::AT_EMPTY_PATH
        | match extent {
            Extent::One => 0,
            Extent::Whole => libc::AT_RECURSIVE,
        };
    // SAFETY: the path is a string that ends in NUL and the structure is of the stated size; the kernel only reads both, and
    // both live until the call returns. The descriptor is open, since it is borrowed.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            directory.as_fd().as_raw_fd(),
            path.as_ptr(),
            flags,
            &raw const attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    match result {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Has the kernel run `filter` at each system call of this process and those it starts (`seccomp(2)`). The process must
/// have given up new privileges before.
///
/// # Errors
/// Where the kernel does not take the filter.
pub(crate) fn install_filter(filter: &[libc::sock_filter]) -> io::Result<()> {
    let program = libc::sock_fprog {
        len: u16::try_from(filter.len()).map_err(|_| io::ErrorKind::InvalidInput)?,
        // The kernel copies the filter and never writes to it; the type is of C, which has no word for that.
        filter: filter.as_ptr().cast_mut(),
    };
    // SAFETY: the structure points to `len` instructions that live until the call returns, and the kernel checks them
    // before it takes them.
    let result = unsafe {
        libc::prctl(
            libc::PR_SET_SECCOMP,
            libc::c_ulong::from(libc::SECCOMP_MODE_FILTER),
            &raw const program,
            0,
            0,
        )
    };
    match result {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_namespaces_are_left() {
        assert_eq!(
            unshare(UnshareFlags::FILES).unwrap_err().kind(),
            io::ErrorKind::InvalidInput
        );
    }

    #[test]
    fn a_process_with_threads_is_not_copied() {
        // The test harness runs each test in a thread of its own.
        assert!(fork().unwrap_err().to_string().contains("several threads"));
    }

    #[test]
    fn all_others_are_ended_by_process_1_only() {
        assert_eq!(
            end_all_others().unwrap_err().kind(),
            io::ErrorKind::PermissionDenied
        );
    }
}
