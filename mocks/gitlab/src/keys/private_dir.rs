//! A directory whose files nobody else may read.

use std::fs::{DirBuilder, File, Metadata};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;

/// Why the directory or a file in it cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PrivateDirError {
    #[error("cannot {doing} `{path}`", path = path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(
        "others may {what} `{path}` (its mode is {mode:04o}); make it yours alone with `chmod {remedy} {path}`, or delete it",
        path = path.display()
    )]
    Open {
        what: &'static str,
        path: PathBuf,
        mode: u32,
        remedy: &'static str,
    },
    #[error("`{path}` belongs to another user", path = path.display())]
    Owner { path: PathBuf },
    #[error("`{path}` is not a regular file", path = path.display())]
    Kind { path: PathBuf },
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> PrivateDirError {
    move |source| PrivateDirError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}

/// Makes the directory (mode 0700) where it is missing. One that is there must not be writable by others.
pub(crate) fn prepare(dir: &Path) -> Result<(), PrivateDirError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(failed("make the directory", dir))?;
    let metadata = dir.metadata().map_err(failed("look at", dir))?;
    check_owner(dir, &metadata)?;
    refuse_mode(dir, &metadata, 0o022, "write to", "700")
}

/// The content of a file that only its owner may read and write; `None` when there is no such file.
pub(crate) fn read(path: &Path, max_len: u64) -> Result<Option<Vec<u8>>, PrivateDirError> {
    // A symbolic link is not followed, and a named pipe does not make us wait.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(descriptor) => File::from(descriptor),
        Err(Errno::NOENT) => return Ok(None),
        Err(Errno::LOOP) => {
            return Err(PrivateDirError::Kind {
                path: path.to_owned(),
            });
        }
        Err(error) => return Err(failed("open", path)(error.into())),
    };
    let metadata = file.metadata().map_err(failed("look at", path))?;
    if !metadata.is_file() {
        return Err(PrivateDirError::Kind {
            path: path.to_owned(),
        });
    }
    check_owner(path, &metadata)?;
    refuse_mode(path, &metadata, 0o077, "read or write", "600")?;
    let mut bytes = Vec::new();
    file.take(max_len)
        .read_to_end(&mut bytes)
        .map_err(failed("read", path))?;
    Ok(Some(bytes))
}

/// Writes a file (mode 0600) in one step: readers see the old file or the new one, whole.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), PrivateDirError> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(dir).map_err(failed("make a file in", dir))?;
    file.write_all(bytes).map_err(failed("write", path))?;
    file.as_file().sync_all().map_err(failed("write", path))?;
    file.persist(path)
        .map_err(|error| failed("write", path)(error.error))?;
    Ok(())
}

/// An exclusive lock among processes and threads; released when it is dropped.
pub(crate) struct Lock(#[expect(dead_code, reason = "the open file holds the lock")] File);

/// Takes the lock that `path` stands for. `on_wait` is called once if somebody else holds it.
pub(crate) fn lock(path: &Path, on_wait: impl FnOnce()) -> Result<Lock, PrivateDirError> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let file = rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR)
        .map(File::from)
        .map_err(|error| failed("open", path)(error.into()))?;
    let flock = |operation| loop {
        match rustix::fs::flock(&file, operation) {
            Err(Errno::INTR) => {}
            result => return result,
        }
    };
    match flock(FlockOperation::NonBlockingLockExclusive) {
        Err(Errno::WOULDBLOCK) => {
            on_wait();
            flock(FlockOperation::LockExclusive)
        }
        result => result,
    }
    .map_err(|error| failed("lock", path)(error.into()))?;
    Ok(Lock(file))
}

fn check_owner(path: &Path, metadata: &Metadata) -> Result<(), PrivateDirError> {
    let user = rustix::process::geteuid();
    // The superuser may share a cache with the person who called it.
    if user.is_root() || metadata.uid() == user.as_raw() {
        Ok(())
    } else {
        Err(PrivateDirError::Owner {
            path: path.to_owned(),
        })
    }
}

fn refuse_mode(
    path: &Path,
    metadata: &Metadata,
    forbidden: u32,
    what: &'static str,
    remedy: &'static str,
) -> Result<(), PrivateDirError> {
    let mode = metadata.mode() & 0o7777;
    if mode & forbidden == 0 {
        Ok(())
    } else {
        Err(PrivateDirError::Open {
            what,
            path: path.to_owned(),
            mode,
            remedy,
        })
    }
}
