//! The `host` executor: the job's shell runs on this machine, in a room of its own, and reaches the mocks through
//! `AWS_ENDPOINT_URL`, a proxy and the world's certificate authority.
//!
//! DIVERGENCE: the host's files and the rest of its network are out of the job's sight only as far as its tools honour
//! these variables; a namespace would be needed for more.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use gitlab_pipeline::runner::shell::Shell;
use job_sandbox::PrivateTmp;
use tokio_util::sync::CancellationToken;

use super::bundle::BUNDLE_VARIABLES;
use super::executor::{Order, kind_of_shell, path_with};
use super::orphans;
use super::process::{self, Exit, Program};
use super::room::Room;
use crate::context::Context;

/// The host executor of one run.
#[derive(Debug)]
pub struct Host {
    shell: PathBuf,
    path: String,
    temporary: PathBuf,
    this: Option<PathBuf>,
}

impl Host {
    /// The host, whose jobs run in `shell` and find their programs on `path`.
    pub(super) fn new(shell: PathBuf, path: String, context: &Context) -> Host {
        Host {
            shell,
            path,
            temporary: context.temporary.clone(),
            this: context.program.clone(),
        }
    }

    /// Which shell the jobs' scripts are written for.
    #[must_use]
    pub fn shell(&self) -> Shell {
        kind_of_shell(&self.shell)
    }

    /// Where jobs' directories are made.
    #[must_use]
    pub fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// Makes the directories of a job.
    ///
    /// # Errors
    /// Where they cannot be made: a full disk, a read-only place.
    pub fn room(&self, project_path: &str, authority: &str) -> io::Result<Room> {
        Room::make(&self.temporary, project_path, authority)
    }

    /// Runs a job to its end and hands on all it prints. When it returns, nothing of the job runs any more.
    ///
    /// # Errors
    /// Where the shell cannot be started.
    pub async fn execute(
        &self,
        room: &Room,
        order: &Order<'_>,
        stop: &CancellationToken,
        output: impl FnMut(&[u8]),
    ) -> io::Result<Exit> {
        // The room's name is random, and so marks the job's processes among all others.
        let mark = room.root().display().to_string();
        let (path, arguments) = self.command(room, order);
        let program = Program {
            path,
            arguments,
            environment: self.environment(room, order, &mark),
            directory: room.project().to_owned(),
            input: Some(room.script(&order.script)?),
        };
        let exit = process::run(&program, order.limit, stop, output).await;
        orphans::end(&mark);
        exit
    }

    /// The command that starts the shell. A script that names `/tmp` gets one of its own, where the kernel allows it: what
    /// it writes there under a fixed name must not meet another job's file, nor stay behind.
    fn command(&self, room: &Room, order: &Order<'_>) -> (PathBuf, Vec<OsString>) {
        // The room itself usually lies in the host's `/tmp`.
        let names_tmp = || {
            order
                .script
                .replace(&*room.root().to_string_lossy(), "")
                .contains("/tmp")
        };
        let Some(this) = self.this.as_deref().filter(|_| names_tmp()) else {
            return (self.shell.clone(), Vec::new());
        };
        let mut keep = vec![room.root().to_owned()];
        for directory in order
            .tools
            .iter()
            .cloned()
            .chain(self.path.split(':').map(PathBuf::from))
        {
            // A tool's `bin` is of no use without its `lib`.
            let whole = directory
                .parent()
                .filter(|_| directory.ends_with("bin"))
                .unwrap_or(&directory);
            if whole.starts_with("/tmp") && whole != Path::new("/tmp") && whole.is_dir() {
                keep.push(whole.to_owned());
            }
        }
        job_sandbox::command(
            this,
            &PrivateTmp {
                directory: room.temporary().to_owned(),
                keep,
            },
            &self.shell,
        )
    }

    /// What the shell starts with, before the job's own variables are exported by the script. Of the host's
    /// environment only `PATH` is kept.
    fn environment(&self, room: &Room, order: &Order<'_>, mark: &str) -> Vec<(String, String)> {
        let text = |path: &Path| path.display().to_string();
        let url = format!("http://{}", order.edge);
        let mut environment = vec![
            ("PATH".to_owned(), path_with(order.tools, &self.path)),
            ("HOME".to_owned(), text(room.home())),
            ("TMPDIR".to_owned(), text(room.temporary())),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
            ("AWS_ENDPOINT_URL".to_owned(), url.clone()),
            // DIVERGENCE: a runner has no region. But with an endpoint variable the CLI asks for one where it would go
            // to the global endpoint of STS without; a region that the job sets itself takes the place of this one.
            ("AWS_DEFAULT_REGION".to_owned(), "us-east-1".to_owned()),
            // No instance gives this job credentials, and no SDK need wait to learn it.
            ("AWS_EC2_METADATA_DISABLED".to_owned(), "true".to_owned()),
            (orphans::MARK.to_owned(), mark.to_owned()),
        ];
        environment.extend(BUNDLE_VARIABLES.map(|name| (name.to_owned(), text(room.authority()))));
        // Every other host is asked of the world, which knows GitLab and AWS and refuses the rest.
        let proxies = ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"];
        environment.extend(proxies.map(|name| (name.to_owned(), url.clone())));
        environment
            .extend(["NO_PROXY", "no_proxy"].map(|name| (name.to_owned(), "127.0.0.1,localhost".to_owned())));
        environment
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        orphans::end_all();
    }
}
