//! Which executor runs a job: what the user and the scenario want, and what this host allows.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gitlab_pipeline::runner::shell::{self, Shell};
use tokio_util::sync::CancellationToken;
use trustcheck_lab::World;

use super::allowed::AllowedHost;
use super::host::Host;
use super::orphans;
use super::process::{self, Exit, find_program};
use super::room::Room;
#[cfg(target_os = "linux")]
use super::sandbox::{Cell, Purpose, Sandbox};
use crate::context::Context;

/// An executor. One line each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Namespaces of the job's own.
    Sandbox,
    /// This host, with variables that lead to the world.
    Host,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 2] = [Kind::Sandbox, Kind::Host];

    /// The name it is chosen by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Sandbox => "sandbox",
            Kind::Host => "host",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the user wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Choice {
    /// The sandbox where this host allows one, else the host
    #[default]
    Auto,
    /// Namespaces of the job's own: scripts run as written, with no network but the mocks (Linux)
    Sandbox,
    /// This host: endpoint, proxy and CA variables lead to the mocks
    Host,
}

impl Choice {
    fn only(self) -> Option<Kind> {
        match self {
            Choice::Auto => None,
            Choice::Sandbox => Some(Kind::Sandbox),
            Choice::Host => Some(Kind::Host),
        }
    }
}

/// Why no job can run.
#[derive(Debug, thiserror::Error)]
pub enum ExecutorError {
    /// There is no shell.
    #[error("no shell on this host: looked for bash and sh in {0}")]
    NoShell(String),
    /// The sandbox was asked for, and is not to be had.
    #[error("{0}")]
    NoSandbox(String),
}

/// The executors of a run.
#[derive(Debug)]
pub struct Executors {
    choice: Choice,
    host: Host,
    #[cfg(target_os = "linux")]
    sandbox: Result<Sandbox, String>,
}

impl Executors {
    /// Finds what this host allows. `wanted` are the executors that scenarios require.
    ///
    /// # Errors
    /// Where there is no shell, or the user's choice is not to be had.
    pub fn find(choice: Choice, wanted: &[Kind], context: &Context) -> Result<Executors, ExecutorError> {
        let path = context
            .variable("PATH")
            .unwrap_or("/usr/local/bin:/usr/bin:/bin")
            .to_owned();
        let shell = shell::detect(|path| process::is_executable(Path::new(path)))
            .map(PathBuf::from)
            .or_else(|| find_program("bash", &path)) // systems that keep their programs elsewhere
            .or_else(|| find_program("sh", &path))
            .ok_or_else(|| ExecutorError::NoShell(shell::DETECTION.join(", ")))?;
        orphans::adopt();
        #[cfg(target_os = "linux")]
        let sandbox = if choice == Choice::Host && !wanted.contains(&Kind::Sandbox) {
            Err("it was not asked for".to_owned()) // and to find out takes some milliseconds
        } else {
            Sandbox::find(context, &shell, &path).map_err(|error| error.to_string())
        };
        let executors = Executors {
            choice,
            host: Host::new(shell, path, context),
            #[cfg(target_os = "linux")]
            sandbox,
        };
        match executors.sandbox() {
            Err(why) if choice == Choice::Sandbox => Err(ExecutorError::NoSandbox(why)),
            _ => Ok(executors),
        }
    }

    /// What the user should know, once: that jobs run on the host since there is no sandbox, or what it lacks.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        if self.choice == Choice::Host {
            return None;
        }
        match self.sandbox() {
            Ok(sandbox) => sandbox.shortfall().map(str::to_owned),
            Err(why) => Some(format!("jobs run on the host: {why}")),
        }
    }

    /// Where directories for a while are made on the host.
    #[must_use]
    pub fn temporary(&self) -> &Path {
        self.host.temporary()
    }

    /// The executor for a job whose scenario requires `required`.
    ///
    /// # Errors
    /// Where it is not to be had: why, in words.
    pub fn of(&self, required: Option<Kind>) -> Result<Executor<'_>, String> {
        let kind = match (required, self.choice.only()) {
            (Some(required), Some(only)) if required != only => {
                return Err(format!(
                    "needs the {required} executor, and --executor {only} was given"
                ));
            }
            (required, only) => required.or(only),
        };
        match (kind, self.sandbox()) {
            (Some(Kind::Host), _) | (None, Err(_)) => Ok(Executor::Host(&self.host)),
            (_, Ok(sandbox)) => Ok(sandbox),
            (Some(Kind::Sandbox), Err(why)) => Err(format!("needs the sandbox executor: {why}")),
        }
    }

    #[cfg(target_os = "linux")]
    fn sandbox(&self) -> Result<Executor<'_>, String> {
        self.sandbox.as_ref().map(Executor::Sandbox).map_err(Clone::clone)
    }

    #[cfg(not(target_os = "linux"))]
    fn sandbox(&self) -> Result<Executor<'_>, String> {
        Err("a sandbox needs Linux".to_owned())
    }
}

/// An executor that is there.
#[derive(Debug, Clone, Copy)]
pub enum Executor<'a> {
    /// The host.
    Host(&'a Host),
    /// The sandbox.
    #[cfg(target_os = "linux")]
    Sandbox(&'a Sandbox),
}

/// Where a job lives, from its first script to its last.
#[derive(Debug)]
pub enum Place {
    /// Directories on the host.
    Host(Room),
    /// A sandbox.
    #[cfg(target_os = "linux")]
    Sandbox(Box<Cell>),
}

/// A script to run.
#[derive(Debug)]
pub struct Order<'a> {
    /// What the shell reads.
    pub script: String,
    /// Where the world answers on this host.
    pub edge: SocketAddr,
    /// Directories to put in front of `PATH`.
    pub tools: &'a [PathBuf],
    /// How long it may take.
    pub limit: Duration,
}

impl Executor<'_> {
    /// Which shell the jobs' scripts are written for.
    #[must_use]
    pub fn shell(self) -> Shell {
        match self {
            Executor::Host(host) => host.shell(),
            #[cfg(target_os = "linux")]
            Executor::Sandbox(sandbox) => sandbox.shell(),
        }
    }

    /// What is missing from it, in words.
    fn shortfall(self) -> Option<&'static str> {
        match self {
            Executor::Host(_) => None,
            #[cfg(target_os = "linux")]
            Executor::Sandbox(sandbox) => sandbox.shortfall(),
        }
    }

    /// Makes a place for a job of `project_path` (`group/project`). In a sandbox, it may reach the `allowed` hosts too; the
    /// host executor opens none.
    ///
    /// # Errors
    /// Where it cannot be made: a full disk, a kernel that has no more namespaces.
    pub async fn place(
        self,
        project_path: &str,
        world: &World,
        allowed: &[AllowedHost],
    ) -> io::Result<Place> {
        match self {
            Executor::Host(host) => host.room(project_path, world.authority().pem()).map(Place::Host),
            #[cfg(target_os = "linux")]
            Executor::Sandbox(sandbox) => {
                let purpose = Purpose {
                    project_path,
                    world,
                    allowed,
                    share: None,
                    file: None,
                };
                let cell = sandbox.enter(&purpose).await?;
                Ok(Place::Sandbox(Box::new(cell)))
            }
        }
    }

    /// Runs a script to its end and hands on all it prints. When it returns, nothing of the script runs any more.
    ///
    /// # Errors
    /// Where the shell cannot be started.
    pub async fn execute(
        self,
        place: &Place,
        order: &Order<'_>,
        stop: &CancellationToken,
        output: impl FnMut(&[u8]),
    ) -> io::Result<Exit> {
        match (self, place) {
            (Executor::Host(host), Place::Host(room)) => host.execute(room, order, stop, output).await,
            #[cfg(target_os = "linux")]
            (Executor::Sandbox(sandbox), Place::Sandbox(cell)) => {
                sandbox.execute(cell, order, stop, output).await
            }
            #[cfg(target_os = "linux")]
            _ => Err(io::Error::other("the place is another executor's")),
        }
    }
}

impl Place {
    /// `$CI_PROJECT_DIR`, as the job sees it.
    #[must_use]
    pub fn project(&self) -> &Path {
        match self {
            Place::Host(room) => room.project(),
            #[cfg(target_os = "linux")]
            Place::Sandbox(cell) => cell.project(),
        }
    }

    /// The same directory, as this program reaches it. The job may have made links in it that lead anywhere.
    #[must_use]
    pub fn files(&self) -> PathBuf {
        match self {
            Place::Host(room) => room.project().to_owned(),
            #[cfg(target_os = "linux")]
            Place::Sandbox(cell) => cell.project_from_outside(),
        }
    }

    /// `$CI_BUILDS_DIR`, as the job sees it.
    #[must_use]
    pub fn builds(&self) -> &Path {
        match self {
            Place::Host(room) => room.builds(),
            #[cfg(target_os = "linux")]
            Place::Sandbox(cell) => cell.builds(),
        }
    }

    /// Ends it. When it returns, no process and no file of the job is left.
    pub async fn leave(self) {
        match self {
            Place::Host(room) => drop(room),
            #[cfg(target_os = "linux")]
            Place::Sandbox(cell) => cell.leave().await,
        }
    }
}

/// `path` with the tools' directories in front of it.
pub(super) fn path_with(tools: &[PathBuf], path: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for directory in tools.iter().map(|directory| directory.display().to_string()) {
        if !parts.contains(&directory) {
            parts.push(directory);
        }
    }
    parts.push(path.to_owned());
    parts.join(":")
}

/// Which kind of shell a program is.
pub(super) fn kind_of_shell(program: &Path) -> Shell {
    if program.ends_with("bash") {
        Shell::Bash
    } else {
        Shell::Sh
    }
}
