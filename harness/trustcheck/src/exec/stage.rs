//! Where the command runs: on the host with a room for its files, or in a sandbox that shows the user's directory.

use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use trustcheck_lab::World;

use crate::context::Context;
use crate::execute::foreground::{self, Foreground};
#[cfg(target_os = "linux")]
use crate::execute::{Cell, Purpose, Sandbox, Trust};
use crate::execute::{Executor, Exit, Host, Room};

/// The name of the token's file.
const TOKEN: &str = "id-token";

/// What a sandbox has of its own. A directory that holds one of these cannot be shown in it.
const OWN_PLACES: [&str; 10] = [
    "/tmp", "/var/tmp", "/run", "/root", "/home", "/dev", "/proc", "/sys", "/etc", "/usr",
];

/// Places of the machine, below which nothing can be shown either.
const MACHINE: [&str; 3] = ["/dev", "/proc", "/sys"];

/// Where the command runs.
#[derive(Debug)]
pub enum Stage<'a> {
    /// On the host.
    Host {
        /// Its directories.
        room: Room,
        /// The token's file.
        token: PathBuf,
        /// The executor.
        host: &'a Host,
    },
    /// In a sandbox.
    #[cfg(target_os = "linux")]
    Sandbox {
        /// The executor.
        sandbox: &'a Sandbox,
        /// The sandbox.
        cell: Box<Cell>,
        /// The token's file, as the command sees it.
        token: PathBuf,
    },
}

impl<'a> Stage<'a> {
    /// Makes the place for a command with a job's token, in the directory of the user's.
    ///
    /// # Errors
    /// Where it cannot be made: a full disk, a kernel that has no more namespaces.
    pub async fn make(
        executor: Executor<'a>,
        world: &World,
        project_path: &str,
        token: &str,
        context: &Context,
    ) -> io::Result<Stage<'a>> {
        match executor {
            Executor::Host(host) => {
                let room = host.room(project_path, world.authority().pem())?;
                let token = token_file(&room, token)?;
                Ok(Stage::Host { room, token, host })
            }
            #[cfg(target_os = "linux")]
            Executor::Sandbox(sandbox) => {
                let purpose = Purpose {
                    project_path,
                    world,
                    allowed: &[],
                    share: Some(context.directory.as_std_path()),
                    file: Some((TOKEN, token)),
                };
                Ok(Stage::Sandbox {
                    sandbox,
                    cell: Box::new(sandbox.enter(&purpose).await?),
                    token: Path::new(job_sandbox::OWN_FILES).join(TOKEN),
                })
            }
        }
    }

    /// Whether the names of the world's hosts lead to it by themselves.
    #[must_use]
    pub fn has_names(&self) -> bool {
        !matches!(self, Stage::Host { .. })
    }

    /// The command's home.
    #[must_use]
    pub fn home(&self) -> &Path {
        match self {
            Stage::Host { room, .. } => room.home(),
            #[cfg(target_os = "linux")]
            Stage::Sandbox { sandbox, .. } => sandbox.home(),
        }
    }

    /// Its directory for temporary files.
    #[must_use]
    pub fn temporary(&self) -> &Path {
        match self {
            Stage::Host { room, .. } => room.temporary(),
            #[cfg(target_os = "linux")]
            Stage::Sandbox { .. } => Path::new("/tmp"),
        }
    }

    /// Its bundle of certificate authorities.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        match self {
            Stage::Host { room, .. } => room.authority().to_owned(),
            #[cfg(target_os = "linux")]
            Stage::Sandbox { .. } => Trust::bundle().into(),
        }
    }

    /// A file with the token.
    #[must_use]
    pub fn token(&self) -> &Path {
        match self {
            Stage::Host { token, .. } => token,
            #[cfg(target_os = "linux")]
            Stage::Sandbox { token, .. } => token,
        }
    }

    /// What marks its processes among all others of the host.
    #[must_use]
    pub fn mark(&self) -> String {
        match self {
            Stage::Host { room, .. } => room.root().display().to_string(),
            #[cfg(target_os = "linux")]
            Stage::Sandbox { .. } => String::new(),
        }
    }

    /// Runs the command to its end.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub async fn run(&self, command: &Foreground<'_>) -> io::Result<Exit> {
        match self {
            Stage::Host { .. } => foreground::run(command).await,
            #[cfg(target_os = "linux")]
            Stage::Sandbox { cell, .. } => foreground::run_in(cell, command).await,
        }
    }

    /// Ends it. When it returns, no process and no file of its own is left.
    pub async fn leave(self) {
        match self {
            Stage::Host { room, .. } => drop(room),
            #[cfg(target_os = "linux")]
            Stage::Sandbox { cell, .. } => cell.leave().await,
        }
    }
}

/// Why `directory` cannot be shown in a sandbox that hides `home`; nothing where it can.
#[must_use]
pub fn why_hidden(directory: &Path, home: Option<&Path>) -> Option<String> {
    let own = OWN_PLACES.iter().map(Path::new).chain(home);
    let holds = |place: &Path| place.starts_with(directory);
    let is_hidden = own.into_iter().any(holds) || MACHINE.iter().any(|place| directory.starts_with(place));
    is_hidden.then(|| {
        format!(
            "a sandbox shows the command its working directory, and {} holds what a sandbox hides; go to a directory of a project",
            directory.display()
        )
    })
}

/// A file with the token, for this user only.
fn token_file(room: &Room, token: &str) -> io::Result<PathBuf> {
    let path = room.root().join(TOKEN);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)?;
    file.write_all(token.as_bytes())?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::a_project("/home/me/project", false)]
    #[case::of_an_image("/app", false)]
    #[case::temporary("/tmp/x", false)]
    #[case::the_home("/home/me", true)]
    #[case::all_homes("/home", true)]
    #[case::everything("/", true)]
    #[case::the_hosts_temporary_files("/tmp", true)]
    #[case::the_kernels("/sys/kernel", true)]
    fn a_directory_that_holds_what_is_hidden_is_not_shown(#[case] directory: &str, #[case] hidden: bool) {
        let why = why_hidden(Path::new(directory), Some(Path::new("/home/me")));
        assert_eq!(why.is_some(), hidden, "{why:?}");
    }
}
