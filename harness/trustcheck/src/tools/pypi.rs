//! A Python program from PyPI, in a virtual environment of its own in the cache.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rustix::fs::{FlockOperation, flock};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use super::Missing;
use crate::context::Context;
use crate::execute::find_program;

/// What to install: a package at one version, and the pinned list of all it needs.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    pub(super) requirements: &'static str,
}

/// How pip is called to install into the virtual environment.
struct Pip {
    python: PathBuf,
    arguments: Vec<String>,
}

/// Written when an installation is complete; without it the directory is made anew.
const COMPLETE: &str = "complete";

impl Package {
    /// The directory with the package's programs, installed below `home` at the first call.
    ///
    /// A virtual environment is not movable, so it is built in place: a lock keeps a second process out, and a mark
    /// written last tells a whole one from a broken-off one.
    pub(super) async fn provide(
        &self,
        home: &Path,
        context: &Context,
        stop: &CancellationToken,
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<PathBuf, Missing> {
        let directory = home.join("bin");
        if is_complete(home) {
            return Ok(directory);
        }
        let _lock = self
            .lock(home)
            .map_err(|error| self.missing(&format!("the cache cannot be written: {error}")))?;
        if is_complete(home) {
            return Ok(directory); // another process was quicker
        }
        let python = find_program("python3", context.variable("PATH").unwrap_or_default())
            .ok_or_else(|| self.missing("the host has neither it nor `python3` to install it with"))?;
        let _ = fs::remove_dir_all(home);
        let install = self.install(&python, home, context, progress);
        let installed = tokio::select! {
            () = stop.cancelled() => Err(self.missing("the installation was interrupted")),
            installed = install => installed,
        };
        if installed.is_err() {
            let _ = fs::remove_dir_all(home);
        }
        installed?;
        fs::write(home.join(COMPLETE), self.version)
            .map_err(|error| self.missing(&format!("the cache cannot be written: {error}")))?;
        Ok(directory)
    }

    async fn install(
        &self,
        python: &Path,
        home: &Path,
        context: &Context,
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<(), Missing> {
        let Package { name, version, .. } = self;
        progress(&format!("making room for {name} {version} (once)"));
        let pip = self.environment(python, home, context).await?;
        let requirements = home.join("requirements.txt");
        fs::write(&requirements, self.requirements)
            .map_err(|error| self.missing(&format!("the cache cannot be written: {error}")))?;
        progress(&format!("installing {name} {version} from PyPI (once)"));
        let list = requirements.display().to_string();
        let install = [
            "install",
            "--no-input",
            "--progress-bar",
            "off",
            "--timeout",
            "20",
            "--retries",
            "2",
        ];
        let what = ["--no-deps", "--requirement", &list];
        let arguments: Vec<String> = pip
            .arguments
            .iter()
            .cloned()
            .chain(install.into_iter().chain(what).map(str::to_owned))
            .collect();
        run(&pip.python, &arguments, context, &|line| {
            if let Some(what) = line.strip_prefix("Collecting ") {
                progress(&format!("installing {name} {version} from PyPI (once): {what}"));
            }
        })
        .await
        .map_err(|why| self.missing(&format!("PyPI gave no {name}: {why}")))
    }

    /// Makes the virtual environment, and says how pip installs into it: with a pip of its own, else (some systems ship
    /// Python without the part that brings one) with the host's.
    async fn environment(&self, python: &Path, home: &Path, context: &Context) -> Result<Pip, Missing> {
        let place = home.display().to_string();
        let make = |more: &[&str]| -> Vec<String> {
            ["-m", "venv", "--clear"]
                .iter()
                .chain(more)
                .chain(&[place.as_str()])
                .map(|&word| word.to_owned())
                .collect()
        };
        let inside = home.join("bin").join("python3");
        let whole = run(python, &make(&[]), context, &|_| {}).await;
        let Err(why) = whole else {
            return Ok(Pip {
                python: inside,
                arguments: vec!["-m".to_owned(), "pip".to_owned()],
            });
        };
        let failed = |why: &str| {
            self.missing(&format!(
                "`python3 -m venv` failed ({why}; on Debian and Ubuntu it needs the package python3-venv)"
            ))
        };
        run(python, &make(&["--without-pip"]), context, &|_| {})
            .await
            .map_err(|why| failed(&why))?;
        let arguments = ["-m", "pip", "--python", &inside.display().to_string()]
            .map(str::to_owned)
            .to_vec();
        let check: Vec<String> = arguments
            .iter()
            .cloned()
            .chain(["--version".to_owned()])
            .collect();
        run(python, &check, context, &|_| {})
            .await
            .map_err(|_| failed(&why))?;
        Ok(Pip {
            python: python.to_owned(),
            arguments,
        })
    }

    fn lock(&self, home: &Path) -> std::io::Result<File> {
        let directory = home.parent().unwrap_or(home);
        fs::create_dir_all(directory)?;
        let lock = File::create(directory.join(format!("{}.lock", self.name)))?;
        flock(&lock, FlockOperation::LockExclusive)?;
        Ok(lock)
    }

    fn missing(&self, reason: &str) -> Missing {
        Missing {
            reason: reason.to_owned(),
            remedy: format!(
                "install it yourself, for example with `pipx install {}=={}`",
                self.name, self.version
            ),
        }
    }
}

fn is_complete(home: &Path) -> bool {
    home.join(COMPLETE).is_file()
}

/// Runs an installer with the host's environment (its proxies and registry settings are wanted here), and hands on
/// each line it prints; on failure, the line that says why.
async fn run(
    program: &Path,
    arguments: &[String],
    context: &Context,
    line: &(dyn Fn(&str) + Sync),
) -> Result<(), String> {
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(&context.environment)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| error.to_string())?;
    let stdout = child.stdout.take().map(BufReader::new);
    let stderr = child.stderr.take().map(BufReader::new);
    let printed = async {
        if let Some(stdout) = stdout {
            let mut lines = stdout.lines();
            while let Ok(Some(text)) = lines.next_line().await {
                line(text.trim());
            }
        }
    };
    let complained = async {
        let mut why = String::new();
        if let Some(stderr) = stderr {
            let mut lines = stderr.lines();
            while let Ok(Some(text)) = lines.next_line().await {
                if text.starts_with("ERROR:") || why.is_empty() {
                    why = text.trim().trim_start_matches("ERROR: ").to_owned();
                }
            }
        }
        why
    };
    let ((), why) = tokio::join!(printed, complained);
    let status = child.wait().await.map_err(|error| error.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err(if why.is_empty() { status.to_string() } else { why })
    }
}
