//! What the program takes from its surroundings, captured once: environment, directories, terminal.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};

/// The surroundings of one invocation. Tests make one by hand.
#[derive(Debug, Clone)]
pub struct Context {
    /// The host's environment variables; those that are not UTF-8 are left out.
    pub environment: BTreeMap<String, String>,
    /// The working directory, which relative paths on the command line start from.
    pub directory: Utf8PathBuf,
    /// Where a job's directories are made.
    pub temporary: PathBuf,
    /// Keys and tools, kept between runs.
    pub cache: PathBuf,
    /// This very program, which jobs are started through where they need a namespace; nothing where it is not the
    /// `trustcheck` program but another one that uses its library.
    pub program: Option<PathBuf>,
    /// Whether standard input is a terminal.
    pub stdin_is_terminal: bool,
    /// Whether results go to a terminal.
    pub stdout_is_terminal: bool,
    /// Whether progress and diagnostics go to a terminal.
    pub stderr_is_terminal: bool,
}

/// Why the surroundings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    /// The working directory is gone, or its name is not UTF-8.
    #[error("cannot use the working directory: {0}")]
    Directory(std::io::Error),
    /// There is no place for the cache.
    #[error("no place for the cache: set TRUSTCHECK_CACHE (neither it, XDG_CACHE_HOME nor HOME is set)")]
    Cache,
}

impl Context {
    /// Captures the surroundings of this process.
    ///
    /// # Errors
    /// Where the working directory or the place of the cache cannot be told.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where environment and directories enter"
    )]
    pub fn capture() -> Result<Context, ContextError> {
        let environment: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let directory = std::env::current_dir().map_err(ContextError::Directory)?;
        let directory = Utf8PathBuf::from_path_buf(directory)
            .map_err(|_| ContextError::Directory(std::io::ErrorKind::InvalidFilename.into()))?;
        Ok(Context {
            cache: cache_directory(&environment).ok_or(ContextError::Cache)?,
            environment,
            directory,
            temporary: std::env::temp_dir(),
            program: std::env::current_exe().ok(),
            stdin_is_terminal: std::io::stdin().is_terminal(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
        })
    }

    /// A variable of the host, where it is set and not empty.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// `path` as it is from the working directory.
    #[must_use]
    pub fn resolve(&self, path: &Utf8Path) -> Utf8PathBuf {
        self.directory.join(path)
    }

    /// Whether results may be coloured: a terminal, and no `NO_COLOR` (<https://no-color.org>).
    #[must_use]
    pub fn colour(&self) -> bool {
        self.stdout_is_terminal && self.variable("NO_COLOR").is_none()
    }

    /// Whether diagnostics may be coloured.
    #[must_use]
    pub fn colour_on_stderr(&self) -> bool {
        self.stderr_is_terminal && self.variable("NO_COLOR").is_none()
    }

    /// Whether progress may move: a terminal, and not a CI log.
    #[must_use]
    pub fn animates(&self) -> bool {
        self.stderr_is_terminal && self.variable("CI").is_none()
    }
}

/// `TRUSTCHECK_CACHE`, or `trustcheck` in the user's cache directory (XDG Base Directory Specification).
fn cache_directory(environment: &BTreeMap<String, String>) -> Option<PathBuf> {
    let set = |name: &str| {
        environment
            .get(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("TRUSTCHECK_CACHE")
        .or_else(|| {
            set("XDG_CACHE_HOME")
                .filter(|path| path.is_absolute())
                .map(|path| path.join("trustcheck"))
        })
        .or_else(|| set("HOME").map(|home| home.join(".cache").join("trustcheck")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::named(&[("TRUSTCHECK_CACHE", "/c"), ("HOME", "/h")], Some("/c"))]
    #[case::xdg(&[("XDG_CACHE_HOME", "/x"), ("HOME", "/h")], Some("/x/trustcheck"))]
    #[case::xdg_must_be_absolute(&[("XDG_CACHE_HOME", "x"), ("HOME", "/h")], Some("/h/.cache/trustcheck"))]
    #[case::empty_counts_as_unset(&[("TRUSTCHECK_CACHE", ""), ("HOME", "/h")], Some("/h/.cache/trustcheck"))]
    #[case::nowhere(&[], None)]
    fn the_cache_has_one_place(#[case] environment: &[(&str, &str)], #[case] expected: Option<&str>) {
        let environment = environment
            .iter()
            .map(|&(name, value)| (name.into(), value.into()))
            .collect();
        assert_eq!(cache_directory(&environment), expected.map(PathBuf::from));
    }
}
