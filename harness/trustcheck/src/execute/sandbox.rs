//! The `sandbox` executor: the job's shell runs in namespaces of its own, where the names of GitLab and AWS lead to the
//! world and there is no other network. Scripts run as they were written.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write as _};
use std::net::SocketAddrV4;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use gitlab_pipeline::runner::shell::Shell;
use job_sandbox::{Control, Denied, Ending, Event, Limits, Mode, OWN_FILES, Overlaid, Spec};
use rustix::process::{Pid, Signal};
use tokio::io::{AsyncReadExt, Interest};
use tokio::net::UnixDatagram;
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;
use trustcheck_lab::{Doors, OpenDoors, World};

use super::allowed::AllowedHost;
use super::bundle::BUNDLE_VARIABLES;
use super::executor::{Order, kind_of_shell, path_with};
use super::process::{Excess, Exit, MOST_OUTPUT};
use super::trust::{self, Trust};
use super::{allowed, orphans, toolchains};
use crate::context::Context;

/// The ports on which every name answers; those of the issuers come to them.
const PORTS: [u16; 2] = [443, 80];

/// How long the first process may take to end all others.
const PATIENCE: Duration = Duration::from_secs(10);

/// The sandbox executor of one run.
#[derive(Debug)]
pub struct Sandbox {
    this: PathBuf,
    shell: PathBuf,
    path: String,
    home: PathBuf,
    cache: PathBuf,
    hide: Vec<PathBuf>,
    /// Found at the first job, when the tools are there.
    keep: OnceLock<Vec<PathBuf>>,
    trust: Trust,
    mode: Mode,
    limits: Limits,
}

/// Why no job can run in a sandbox here.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The program cannot start itself.
    #[error("this program cannot start itself, which a sandbox needs")]
    NoProgram,
    /// The kernel, or the container around, does not allow it.
    #[error("this host allows no sandbox: {denied}{}", sentence(.denied))]
    Denied {
        /// The step that failed.
        denied: Denied,
    },
}

/// What would allow it, after what does not.
fn sentence(denied: &Denied) -> String {
    denied
        .remedy()
        .map(|remedy| format!("; {remedy}"))
        .unwrap_or_default()
}

/// A sandbox in which a job lives.
#[derive(Debug)]
pub struct Cell {
    child: Child,
    pid: Option<Pid>,
    line: Line,
    builds: OwnedFd,
    project: PathBuf,
    mode: Mode,
    _doors: OpenDoors,
}

/// What a sandbox is for.
#[derive(Debug, Clone, Copy)]
pub struct Purpose<'a> {
    /// The project of its work directory (`group/project`).
    pub project_path: &'a str,
    /// The world that is its network.
    pub world: &'a World,
    /// Hosts outside the world that it may reach too.
    pub allowed: &'a [AllowedHost],
    /// A directory of the host that it shows at its own place, for writing too.
    pub share: Option<&'a Path>,
    /// A file of its own: its name below [`OWN_FILES`], and what is in it.
    pub file: Option<(&'a str, &'a str)>,
}

impl Sandbox {
    /// Finds out whether jobs can run in a sandbox here, by trying.
    ///
    /// # Errors
    /// Where they cannot.
    pub fn find(context: &Context, shell: &Path, path: &str) -> Result<Sandbox, SandboxError> {
        let this = context.program.clone().ok_or(SandboxError::NoProgram)?;
        let mut sandbox = Sandbox {
            this,
            shell: shell.to_owned(),
            path: path.to_owned(),
            home: home(context),
            cache: context.cache.join("tools"),
            hide: hidden(context),
            keep: OnceLock::new(),
            trust: Trust::find(context),
            mode: Mode::FULL,
            limits: Limits::of_this_host(),
        };
        let spec = sandbox.spec("", &[], Vec::new());
        sandbox.mode =
            job_sandbox::probe(&sandbox.this, &spec).map_err(|denied| SandboxError::Denied { denied })?;
        Ok(sandbox)
    }

    /// What is missing from a full sandbox, in words.
    #[must_use]
    pub fn shortfall(&self) -> Option<&'static str> {
        self.mode.shortfall()
    }

    /// Which shell the jobs' scripts are written for.
    #[must_use]
    pub fn shell(&self) -> Shell {
        kind_of_shell(&self.shell)
    }

    fn spec(&self, project_path: &str, ports: &[u16], files: Vec<Overlaid>) -> Spec {
        let mut all: Vec<u16> = PORTS.iter().chain(ports).copied().collect();
        all.sort_unstable();
        all.dedup();
        // A project's path is a relative path of plain names; anything else would leave the directory.
        let plain = |part: &&str| !part.is_empty() && *part != "." && *part != "..";
        let project = project_path
            .split('/')
            .filter(plain)
            .fold(Spec::builds(self.mode).to_owned(), |path, part| path.join(part));
        Spec {
            mode: self.mode,
            hostname: trust::HOSTNAME.to_owned(),
            ports: all,
            others: Vec::new(),
            home: self.home.clone(),
            project,
            keep: self.keep.get().cloned().unwrap_or_default(),
            share: Vec::new(),
            hide: self.hide.clone(),
            files,
            limits: self.limits,
        }
    }

    /// Where a job finds its home.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Makes a sandbox.
    ///
    /// # Errors
    /// Where it cannot be made, though one could before.
    pub async fn enter(&self, purpose: &Purpose<'_>) -> io::Result<Cell> {
        let &Purpose { world, allowed, .. } = purpose;
        self.keep
            .get_or_init(|| toolchains::needed(&self.path, &self.home, &self.cache));
        let ports = world.ports();
        let mut files = self.trust.files(world.authority(), !allowed.is_empty());
        files.extend(purpose.file.map(|(name, content)| Overlaid {
            path: Path::new(OWN_FILES).join(name),
            content: content.as_bytes().to_vec(),
        }));
        let mut spec = self.spec(purpose.project_path, &ports, files);
        spec.share.extend(purpose.share.map(Path::to_owned));
        let addresses = allowed::addresses(allowed);
        for &(host, address) in &addresses {
            let ports = allowed
                .iter()
                .filter(|allowed| allowed.host == host)
                .flat_map(|allowed| &allowed.ports);
            spec.others
                .extend(ports.map(|&port| SocketAddrV4::new(address, port)));
        }
        spec.others.sort();
        spec.others.dedup();
        let (command, control) = job_sandbox::start(&self.this, &spec)?;
        let mut command = Command::from(command);
        command.process_group(0).kill_on_drop(true);
        let (child, pid) = orphans::spawn(|| {
            let child = command.spawn()?;
            let pid = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
            Ok(((child, pid), pid))
        })?;
        drop(command); // and with it our copy of the sandbox's end of the line
        let line = Line::new(control)?;
        let (listeners, builds) = match line.next().await? {
            Event::Ready { listeners, builds } => (listeners, builds),
            Event::Denied(denied) => return Err(io::Error::other(denied)),
            _ => return Err(io::ErrorKind::UnexpectedEof.into()),
        };
        let doors = world.open(Doors {
            dns: listeners.dns,
            dns_over_tcp: listeners.dns_over_tcp,
            tcp: listeners.tcp,
            allowed: addresses
                .into_iter()
                .map(|(host, address)| (host.to_owned(), address))
                .collect(),
        })?;
        Ok(Cell {
            child,
            pid,
            line,
            builds,
            project: spec.project,
            mode: self.mode,
            _doors: doors,
        })
    }

    /// Runs a script in the sandbox and hands on all it prints. When it returns, nothing of the script runs any more; files
    /// stay for the next one.
    ///
    /// # Errors
    /// Where the shell cannot be started, or the sandbox is gone.
    pub async fn execute(
        &self,
        cell: &Cell,
        order: &Order<'_>,
        stop: &CancellationToken,
        output: impl FnMut(&[u8]),
    ) -> io::Result<Exit> {
        let shell = job_sandbox::Order {
            program: self.shell.clone(),
            arguments: Vec::new(),
            environment: self.environment(order.tools),
            directory: cell.project.clone(),
        };
        let input = in_memory(&order.script)?;
        cell.run(&shell, &input, order.limit, stop, output).await
    }

    /// What the shell starts with, before the job's own variables are exported by the script: nothing of the host's but
    /// `PATH`, and nothing of endpoints or proxies.
    fn environment(&self, tools: &[PathBuf]) -> Vec<(OsString, OsString)> {
        let mut environment: Vec<(OsString, OsString)> = vec![
            ("PATH".into(), path_with(tools, &self.path).into()),
            ("HOME".into(), self.home.clone().into()),
            ("LANG".into(), "C.UTF-8".into()),
            // No instance gives this job credentials, and no SDK need try often to learn it.
            ("AWS_EC2_METADATA_DISABLED".into(), "true".into()),
        ];
        environment.extend(BUNDLE_VARIABLES.map(|name| (name.into(), Trust::bundle().into())));
        environment
    }
}

impl Cell {
    /// The job's work directory, as the job sees it.
    #[must_use]
    pub fn project(&self) -> &Path {
        &self.project
    }

    /// The directory of all work directories, as the job sees it.
    #[must_use]
    pub fn builds(&self) -> &Path {
        Spec::builds(self.mode)
    }

    /// The work directory, as this process reaches it. The job may have made links in it that lead anywhere on this host.
    #[must_use]
    pub fn project_from_outside(&self) -> PathBuf {
        let builds = PathBuf::from(format!("/proc/self/fd/{}", self.builds.as_raw_fd()));
        match self.project.strip_prefix(self.builds()) {
            Ok(project) => builds.join(project),
            Err(_) => builds,
        }
    }

    /// Starts a program with the standard streams of this process.
    pub(super) fn start(&self, order: &job_sandbox::Order) -> io::Result<()> {
        let control = &self.line.control;
        control.run(order, io::stdin(), io::stdout(), io::stderr())
    }

    /// Passes a signal on to the program that runs.
    pub(super) fn signal(&self, signal: Signal) -> io::Result<()> {
        self.line.control.signal(signal)
    }

    /// Waits until the program has ended, and all that it has started.
    pub(super) async fn ended(&self) -> io::Result<Exit> {
        ending(self.line.next().await?)
    }

    /// Runs a program.
    async fn run(
        &self,
        order: &job_sandbox::Order,
        input: &File,
        limit: Duration,
        stop: &CancellationToken,
        mut output: impl FnMut(&[u8]),
    ) -> io::Result<Exit> {
        let (reader, writer) = io::pipe()?;
        self.line.control.run(order, input, &writer, &writer)?;
        drop(writer);
        let mut reader = pipe::Receiver::from_owned_fd(OwnedFd::from(reader))?;
        let mut buffer = vec![0_u8; 64 * 1024];
        let mut printed = 0;
        let deadline = tokio::time::sleep(limit);
        tokio::pin!(deadline);
        let mut open = true;
        let (exit, has_ended) = loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break (Exit::Interrupted, false),
                () = &mut deadline => break (Exit::TimedOut, false),
                read = reader.read(&mut buffer), if open => match read {
                    Ok(0) | Err(_) => open = false,
                    Ok(count) => {
                        output(&buffer[..count]);
                        printed += count;
                        if printed > MOST_OUTPUT {
                            break (Exit::Exceeded(Excess::Output), false);
                        }
                    }
                },
                event = self.line.next() => break (ending(event?)?, true),
            }
        };
        if !has_ended {
            self.stop().await?;
        }
        // Every process that could print has ended, so this comes to an end.
        while let Ok(count @ 1..) = reader.read(&mut buffer).await {
            output(&buffer[..count]);
        }
        Ok(exit)
    }

    /// Ends what runs inside.
    async fn stop(&self) -> io::Result<()> {
        self.line.control.stop()?;
        let ended = async {
            loop {
                if matches!(self.line.next().await?, Event::Ended(_) | Event::Gone) {
                    return Ok(());
                }
            }
        };
        tokio::time::timeout(PATIENCE, ended)
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Ends the sandbox. When it returns, no process of it is left, nor a mount or a network.
    pub async fn leave(self) {
        let Cell {
            mut child,
            pid,
            line,
            _doors: doors,
            ..
        } = self;
        drop(doors);
        drop(line);
        if tokio::time::timeout(PATIENCE, child.wait()).await.is_err() {
            let _ = child.kill().await;
        }
        if let Some(pid) = pid {
            orphans::waited_for(pid);
        }
    }
}

/// The line to a sandbox, for a task to wait on.
#[derive(Debug)]
struct Line {
    control: Control,
    /// The same socket, which the runtime watches. It is a socket of packets, and a datagram's suits it.
    watched: UnixDatagram,
}

impl Line {
    fn new(control: Control) -> io::Result<Line> {
        let socket = std::os::unix::net::UnixDatagram::from(control.as_fd().try_clone_to_owned()?);
        socket.set_nonblocking(true)?;
        let watched = UnixDatagram::from_std(socket)?;
        Ok(Line { control, watched })
    }

    /// The next thing that the sandbox has to tell.
    async fn next(&self) -> io::Result<Event> {
        self.watched
            .async_io(Interest::READABLE, || self.control.try_receive())
            .await
    }
}

fn ending(event: Event) -> io::Result<Exit> {
    match event {
        Event::Ended(Ending::Code(code)) => Ok(Exit::Code(code)),
        Event::Ended(Ending::Signal(signal)) => Ok(Exit::Signal(signal)),
        Event::Ended(Ending::OverMemory) => Ok(Exit::Exceeded(Excess::Memory)),
        Event::Ended(Ending::OverProcesses) => Ok(Exit::Exceeded(Excess::Processes)),
        Event::NotStarted(error) => Err(error),
        Event::Denied(denied) => Err(io::Error::other(denied)),
        Event::Ready { .. } | Event::Gone => Err(io::Error::other("the sandbox ended before its job")),
    }
}

/// A file that is nowhere but in memory: from a pipe, a shell would have to read its script byte by byte.
fn in_memory(text: &str) -> io::Result<File> {
    use std::io::Seek;
    let flags = rustix::fs::MemfdFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::memfd_create("script", flags)?);
    file.write_all(text.as_bytes())?;
    file.rewind()?;
    Ok(file)
}

/// The job's home has the path of the user's, so that tools which are shown below it find themselves.
fn home(context: &Context) -> PathBuf {
    let home = context.variable("HOME").map(PathBuf::from);
    home.filter(|home| home.is_absolute() && home.is_dir() && home.components().count() > 1)
        .unwrap_or_else(|| PathBuf::from("/home/job"))
}

/// What else of the host is not for a job: sockets of agents and engines wherever they are, and the issuers' keys.
fn hidden(context: &Context) -> Vec<PathBuf> {
    let sockets = [
        "SSH_AUTH_SOCK",
        "DOCKER_HOST",
        "GPG_AGENT_INFO",
        "DBUS_SESSION_BUS_ADDRESS",
    ]
    .iter()
    .filter_map(|name| context.variable(name))
    .map(|value| {
        value
            .trim_start_matches("unix://")
            .trim_start_matches("unix:path=")
    })
    .map(PathBuf::from);
    sockets
        .chain([context.cache.join("keys")])
        .filter(|path| path.is_absolute())
        .collect()
}
