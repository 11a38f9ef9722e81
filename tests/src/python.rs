//! Python libraries for tests: installed from PyPI once, pinned, into the cache of the program under test.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::fs::{FlockOperation, flock};

use crate::{cache, repository};

/// A Python that has some libraries.
#[derive(Debug)]
pub struct Python {
    program: PathBuf,
    scripts: PathBuf,
}

impl Python {
    /// The one for the scripts in `tests/<name>`, with what their `requirements.txt` lists.
    ///
    /// Where it cannot be had, this is said on standard error, and there is none: the test is to be skipped. With
    /// `TRUSTCHECK_TESTS_NEED_TOOLS` set, as in continuous integration, that is a failure.
    ///
    /// # Panics
    /// Where it cannot be had and the variable is set.
    #[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
    #[must_use]
    pub fn provide(name: &str) -> Option<Python> {
        let scripts = repository().join("tests").join(name);
        match install(name, &scripts) {
            Ok(program) => Some(Python { program, scripts }),
            Err(why) => {
                assert!(!tools_are_needed(), "no Python with {name}: {why}");
                eprintln!("SKIPPED: no Python with {name}: {why}");
                None
            }
        }
    }

    /// Runs a script with this on its standard input, and returns what it printed.
    ///
    /// # Panics
    /// Where it fails.
    #[must_use]
    pub fn run(&self, script: &str, input: &str) -> String {
        let mut child = Command::new(&self.program)
            .arg(self.scripts.join(script))
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", "/nonexistent")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(input.as_bytes()).expect("it reads");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        assert!(
            output.status.success(),
            "{script} failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// Whether a test fails where it cannot have a tool, in place of being skipped.
#[expect(
    clippy::disallowed_methods,
    reason = "a test has no context to take the environment from"
)]
#[must_use]
pub fn tools_are_needed() -> bool {
    std::env::var_os("TRUSTCHECK_TESTS_NEED_TOOLS").is_some()
}

/// A virtual environment with the requirements, made anew where they have changed.
fn install(name: &str, scripts: &Path) -> Result<PathBuf, String> {
    let list = scripts.join("requirements.txt");
    let wanted = fs::read_to_string(&list).map_err(|error| error.to_string())?;
    let tools = cache().join("tools");
    fs::create_dir_all(&tools).map_err(|error| error.to_string())?;
    let lock = File::create(tools.join(format!("tests-{name}.lock"))).map_err(|error| error.to_string())?;
    flock(&lock, FlockOperation::LockExclusive).map_err(|error| error.to_string())?;
    let home = tools.join(format!("tests-{name}"));
    let (program, complete) = (home.join("bin/python3"), home.join("complete"));
    if fs::read_to_string(&complete).is_ok_and(|installed| installed == wanted) {
        return Ok(program);
    }
    let _ = fs::remove_dir_all(&home);
    run(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-input",
        "--no-deps",
        "--requirement",
    ];
    run(Command::new(&program).args(pip).arg(&list))?;
    fs::write(complete, wanted).map_err(|error| error.to_string())?;
    Ok(program)
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?}: {}", why.trim()))
}
