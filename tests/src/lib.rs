//! What the end-to-end tests share: the program under test, in surroundings of the test's own.

pub mod federation;
pub mod load;
pub mod python;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The program under test, ready to be given arguments.
#[derive(Debug)]
pub struct Trustcheck {
    command: Command,
    temporary: TempDir,
}

/// What the program did.
#[derive(Debug)]
pub struct Done {
    /// Its exit status.
    pub code: i32,
    /// What it printed for its user.
    pub stdout: String,
    /// Progress and diagnostics.
    pub stderr: String,
    /// What it left in its directory for temporary files.
    pub left_behind: Vec<PathBuf>,
}

/// The repository's root.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap_or_default()
}

impl Trustcheck {
    /// The program `binary` (`env!("CARGO_BIN_EXE_trustcheck-under-test")`), started in `directory` with a directory of
    /// its own for temporary files. Keys and tools come from the user's cache, so that they are made once.
    ///
    /// # Panics
    /// Where no directory can be made.
    #[must_use]
    pub fn new(binary: &str, directory: &Path) -> Trustcheck {
        let temporary = tempfile::tempdir().expect("a temporary directory can be made");
        let mut command = Command::new(binary);
        command
            .current_dir(directory)
            .env("TMPDIR", temporary.path())
            .env_remove("CI")
            .env_remove("CI_NODE_INDEX")
            .env_remove("CI_NODE_TOTAL")
            .env_remove("NO_COLOR")
            .stdin(Stdio::null());
        Trustcheck { command, temporary }
    }

    /// With these arguments.
    #[must_use]
    pub fn args<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Trustcheck {
        self.command.args(arguments);
        self
    }

    /// With this variable in its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Trustcheck {
        self.command.env(name, value);
        self
    }

    /// As another user, who has no rights here, with a cache of its own. Only root can become one.
    ///
    /// # Panics
    /// Where its directories cannot be made.
    #[must_use]
    pub fn as_nobody(mut self) -> Trustcheck {
        use std::os::unix::fs::{PermissionsExt, chown};
        use std::os::unix::process::CommandExt;
        const NOBODY: u32 = 65534;
        let cache = self.temporary.path().join("cache");
        std::fs::create_dir(&cache).expect("a directory can be made");
        for directory in [self.temporary.path(), &cache] {
            std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o755))
                .and_then(|()| chown(directory, Some(NOBODY), Some(NOBODY)))
                .expect("root can give a directory away");
        }
        self.command
            .uid(NOBODY)
            .gid(NOBODY)
            .env("TRUSTCHECK_CACHE", &cache)
            .env("HOME", "/nonexistent")
            .env("PATH", "/usr/local/bin:/usr/bin:/bin");
        self
    }

    /// With the programs of these folders before those of the host's `PATH`.
    ///
    /// # Panics
    /// Where a folder's name has a colon.
    #[must_use]
    pub fn first_on_path<'a>(self, folders: impl IntoIterator<Item = &'a Path>) -> Trustcheck {
        #[expect(
            clippy::disallowed_methods,
            reason = "the program under test gets the tests' environment"
        )]
        let host = std::env::var_os("PATH").unwrap_or_default();
        let folders = folders.into_iter().map(Path::to_path_buf);
        let path = std::env::join_paths(folders.chain(std::env::split_paths(&host)));
        self.env("PATH", path.expect("a path can be told from the next"))
    }

    /// With this on its standard input.
    #[must_use]
    pub fn stdin(mut self, input: impl Into<Stdio>) -> Trustcheck {
        self.command.stdin(input);
        self
    }

    /// The directory for its temporary files.
    #[must_use]
    pub fn temporary(&self) -> &Path {
        self.temporary.path()
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// Where it cannot be started.
    #[must_use]
    pub fn run(mut self) -> Done {
        let output = self.command.output().expect("the program starts");
        self.done(&output)
    }

    /// Starts it, hands the running process to `meanwhile`, and waits for its end.
    ///
    /// # Panics
    /// Where it cannot be started.
    #[must_use]
    pub fn run_while(mut self, meanwhile: impl FnOnce(&mut std::process::Child, &Path)) -> Done {
        let mut child = self
            .command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        meanwhile(&mut child, self.temporary.path());
        let output = child.wait_with_output().expect("the program ends");
        self.done(&output)
    }

    fn done(self, output: &Output) -> Done {
        let entries = std::fs::read_dir(self.temporary.path())
            .into_iter()
            .flatten()
            .flatten();
        Done {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            left_behind: entries
                .map(|entry| entry.path())
                .filter(|path| !path.ends_with("cache"))
                .collect(),
        }
    }
}

/// A copy of the directory `from` that the test may change.
///
/// # Panics
/// Where it cannot be made.
#[must_use]
pub fn copy_of(from: &Path) -> TempDir {
    let copy = tempfile::tempdir().expect("a temporary directory can be made");
    copy_into(from, copy.path());
    copy
}

fn copy_into(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from)
        .expect("the directory can be read")
        .flatten()
    {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).expect("a directory can be made");
            copy_into(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}

/// Writes `text` to `name` below `directory`.
///
/// # Panics
/// Where it cannot be written.
pub fn write(directory: &Path, name: &str, text: &str) {
    let path = directory.join(name);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).expect("a directory can be made");
    }
    std::fs::write(path, text).expect("a file can be written");
}

/// Where the program under test keeps its keys and tools.
///
/// # Panics
/// Where the environment names no place for it.
#[expect(
    clippy::disallowed_methods,
    reason = "a test has no context to take the environment from"
)]
#[must_use]
pub fn cache() -> PathBuf {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from);
    set("TRUSTCHECK_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|path| path.join("trustcheck")))
        .or_else(|| set("HOME").map(|path| path.join(".cache/trustcheck")))
        .expect("a cache directory")
}
