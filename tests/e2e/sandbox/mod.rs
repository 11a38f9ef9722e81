//! The sandbox, from inside: what a script sees, and what it cannot do. As root and as a user without rights.

mod clients;
mod command;
mod confinement;
mod death;
mod degraded;
mod files;
mod limits;
mod network;
mod selection;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use trustcheck_tests::{Done, Trustcheck, write};

use crate::scenario;

/// Who runs the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Who runs the tests; root in continuous integration.
    Me,
    /// A user without rights.
    Nobody,
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Tells that a test did not run. Continuous integration has all that the tests need.
#[expect(clippy::print_stderr, reason = "a test that did not run says so")]
fn skip(why: &str) {
    eprintln!("SKIPPED: {why}");
}

/// Whether `who` can be had; otherwise the test is skipped, and says so.
fn can_be(who: Who) -> bool {
    let can = who == Who::Me || is_root();
    if !can {
        skip("only root can become another user");
    }
    can
}

/// Whether the host has this program; otherwise the test is skipped, and says so.
fn has(program: &str) -> bool {
    let path = std::env::split_paths(PATH);
    let has = path
        .map(|directory| directory.join(program))
        .any(|file| file.is_file());
    if !has {
        skip(&format!("the host has no {program}"));
    }
    has
}

/// Where the system's programs are.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/// The program under test, where every user finds it.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, program) = PROGRAM.get_or_init(|| {
        let built = Path::new(env!("CARGO_BIN_EXE_trustcheck-under-test"));
        let directory = open_directory();
        let program = directory.path().join("trustcheck");
        std::fs::hard_link(built, &program)
            .or_else(|_| std::fs::copy(built, &program).map(drop))
            .unwrap();
        (directory, program)
    });
    program
}

/// A temporary directory that every user can read.
fn open_directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    directory
}

/// The program in `directory`, as `who`.
fn trustcheck(who: Who, directory: &Path) -> Trustcheck {
    let trustcheck = Trustcheck::new(program().to_str().unwrap(), directory);
    match who {
        Who::Me => trustcheck,
        Who::Nobody => trustcheck.as_nobody(),
    }
}

/// A scenario that runs `script` in a sandbox.
fn of_script(script: &str, expect: &str) -> String {
    let script: String = script.lines().map(|line| format!("    {line}\n")).collect();
    scenario(&format!(
        "run:\n  timeout: 60s\n  script: |\n{script}expect:\n{expect}"
    ))
}

/// Runs `script` in a sandbox and returns what was seen. `expect` is the scenario's, indented by two.
fn run(who: Who, script: &str, expect: &str) -> Done {
    let directory = open_directory();
    write(directory.path(), "sandbox.yml", &of_script(script, expect));
    trustcheck(who, directory.path())
        .args(["run", "--executor", "sandbox", "sandbox.yml"])
        .run()
}

/// Runs `script` in a sandbox; it has to succeed.
fn succeeds(who: Who, script: &str) {
    let done = run(who, script, "  job: success\n");
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(done.left_behind.is_empty(), "{:?}", done.left_behind);
}
