//! The helper: this same program, started with a first argument that no user types.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::PrivateTmp;

/// The first argument of the helper that gives a program a `/tmp` of its own.
const PRIVATE_TMP: &str = "job-sandbox-private-tmp";

/// Ends the list of directories; what follows is the job's command.
const END: &str = "--";

/// The shell's word for a command that could not be started.
const CANNOT_START: u8 = 126;

/// The command line that runs `program` with a private `/tmp`. `this` is the running program, whose `main` calls
/// [`intercept`].
#[must_use]
pub fn command(this: &Path, tmp: &PrivateTmp, program: &Path) -> (PathBuf, Vec<OsString>) {
    let mut arguments: Vec<OsString> = vec![PRIVATE_TMP.into(), tmp.directory.clone().into()];
    arguments.extend(tmp.keep.iter().map(|path| path.clone().into()));
    arguments.push(END.into());
    arguments.push(program.to_owned().into());
    (this.to_owned(), arguments)
}

/// Becomes the helper, if this process was started as one; otherwise returns `None` and has done nothing.
///
/// Call it before any thread is started.
#[must_use]
pub fn intercept(arguments: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut arguments = arguments.into_iter().skip(1);
    let first = arguments.next()?;
    #[cfg(target_os = "linux")]
    if first == crate::namespaces::start::SANDBOX {
        return Some(crate::namespaces::outer::run());
    }
    (first == PRIVATE_TMP).then(|| with_private_tmp(arguments))
}

/// Runs the rest of the command line with a private `/tmp`. Where the kernel grants no namespace, the job runs with the
/// host's: that is the best there is then.
fn with_private_tmp(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let directory = PathBuf::from(arguments.next().unwrap_or_default());
    let keep = arguments
        .by_ref()
        .take_while(|argument| argument != END)
        .map(PathBuf::from)
        .collect();
    let program = arguments.next().unwrap_or_default();
    enter(&PrivateTmp { directory, keep });
    // Returns only where the program could not be started.
    let error = Command::new(&program).args(arguments).exec();
    #[expect(
        clippy::print_stderr,
        reason = "standard error is the job's log, the only place to say it"
    )]
    {
        eprintln!("cannot start {}: {error}", Path::new(&program).display());
    }
    ExitCode::from(CANNOT_START)
}

#[cfg(target_os = "linux")]
fn enter(tmp: &PrivateTmp) {
    // Said nowhere: a job's log holds what the job prints.
    let _ = crate::namespaces::private_tmp::enter(tmp);
}

#[cfg(not(target_os = "linux"))]
fn enter(_: &PrivateTmp) {}
