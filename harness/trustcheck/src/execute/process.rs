//! One child process, its whole tree, and what they print.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use super::orphans;

/// What to start.
#[derive(Debug)]
pub struct Program {
    /// The executable.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Its whole environment; nothing is inherited.
    pub environment: Vec<(String, String)>,
    /// Its working directory.
    pub directory: PathBuf,
    /// What it reads on standard input; nothing for an empty one. A file and no pipe: from a pipe, a shell has to read its
    /// script byte by byte.
    pub input: Option<File>,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this status.
    Code(i32),
    /// By a signal that was not ours.
    Signal(i32),
    /// It was stopped at its time limit.
    TimedOut,
    /// It was stopped because the run was interrupted.
    Interrupted,
    /// It was stopped because it used too much.
    Exceeded(Excess),
}

/// What a process used too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// Memory, all its processes together.
    Memory,
    /// Processes and threads.
    Processes,
    /// It printed too much.
    Output,
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Excess::Memory => "it used more memory than a job may",
            Excess::Processes => "it started more processes than a job may",
            Excess::Output => "it printed more than 1 GiB",
        })
    }
}

/// How many bytes a process may print: more than any log keeps, by far.
pub(super) const MOST_OUTPUT: usize = 1 << 30;

/// How long output is still read after the process and its group have ended: long enough to empty the pipe, short
/// where a process that left the group holds it open.
const DRAIN: Duration = Duration::from_millis(200);

/// Runs `program` in a process group of its own, hands all it prints to `output`, and ends the group with it.
///
/// # Errors
/// Where the process cannot be started.
pub async fn run(
    program: &Program,
    limit: Duration,
    stop: &CancellationToken,
    mut output: impl FnMut(&[u8]),
) -> io::Result<Exit> {
    let (reader, writer) = io::pipe()?;
    let input = program
        .input
        .as_ref()
        .map(File::try_clone)
        .transpose()?
        .map_or_else(Stdio::null, Stdio::from);
    let mut command = Command::new(&program.path);
    command
        .args(&program.arguments)
        .env_clear()
        .envs(program.environment.iter().map(|(name, value)| (name, value)))
        .current_dir(&program.directory)
        .stdin(input)
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .process_group(0)
        .kill_on_drop(true);
    let (mut child, group) = orphans::spawn(|| {
        let child = command.spawn()?;
        let pid = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        Ok(((child, pid), pid))
    })?;
    drop(command); // and with it our end of the pipe
    let _end_of_group = GroupGuard(group);

    let mut reader = pipe::Receiver::from_owned_fd(OwnedFd::from(reader))?;
    let mut buffer = vec![0_u8; 16 * 1024];
    let exit = {
        let deadline = tokio::time::sleep(limit);
        tokio::pin!(deadline);
        let mut open = true;
        let mut printed = 0;
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break Exit::Interrupted,
                () = &mut deadline => break Exit::TimedOut,
                read = reader.read(&mut buffer), if open => match read {
                    Ok(0) | Err(_) => open = false,
                    Ok(count) => {
                        output(&buffer[..count]);
                        printed += count;
                        if printed > MOST_OUTPUT {
                            break Exit::Exceeded(Excess::Output);
                        }
                    }
                },
                status = child.wait() => break exit_of(status?),
            }
        }
    };
    end_group(group);
    if matches!(exit, Exit::Code(_) | Exit::Signal(_)) {
        let drain = async {
            while let Ok(count @ 1..) = reader.read(&mut buffer).await {
                output(&buffer[..count]);
            }
        };
        let _ = tokio::time::timeout(DRAIN, drain).await;
    } else {
        let _ = child.wait().await;
    }
    Ok(exit)
}

pub(super) fn exit_of(status: std::process::ExitStatus) -> Exit {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, signal) => Exit::Signal(signal.unwrap_or_default()),
    }
}

fn end_group(group: Option<Pid>) {
    if let Some(group) = group {
        // ESRCH: the group has ended by itself, which is the usual case.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// Ends the group also where the run is dropped half-way.
struct GroupGuard(Option<Pid>);

impl Drop for GroupGuard {
    fn drop(&mut self) {
        end_group(self.0);
        if let Some(leader) = self.0 {
            orphans::waited_for(leader);
        }
    }
}

/// The first file of this name in the directories of `path` (a `PATH` value) that may be executed.
#[must_use]
pub fn find_program(name: &str, path: &str) -> Option<PathBuf> {
    path.split(':')
        .filter(|directory| !directory.is_empty())
        .map(|directory| Path::new(directory).join(name))
        .find(|file| is_executable(file))
}

/// Whether `file` is a regular file that this user may execute.
#[must_use]
pub(super) fn is_executable(file: &Path) -> bool {
    file.is_file() && rustix::fs::access(file, rustix::fs::Access::EXEC_OK).is_ok()
}
