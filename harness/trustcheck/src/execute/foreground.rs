//! One command in the foreground: with the terminal, input and output of this program, as if it had been started itself.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

use super::orphans;
use super::process::{Exit, exit_of};

/// What to run.
#[derive(Debug)]
pub struct Foreground<'a> {
    /// The program, and its arguments.
    pub program: &'a OsString,
    /// Its arguments.
    pub arguments: &'a [OsString],
    /// Its whole environment.
    pub environment: Vec<(&'a str, &'a str)>,
    /// Its working directory.
    pub directory: &'a Path,
    /// What marks it and its descendants, so that none is left behind.
    pub mark: &'a str,
    /// Whether both of us hear of Ctrl-C from a terminal.
    pub shares_terminal: bool,
}

/// Runs the command to its end, passes signals on to it, and ends what it leaves behind.
///
/// # Errors
/// Where it cannot be started.
pub async fn run(order: &Foreground<'_>) -> io::Result<Exit> {
    // Before it is started, so that no signal ends this program and leaves it behind.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let mut command = Command::new(order.program);
    command
        .args(order.arguments)
        .env_clear()
        .envs(order.environment.iter().copied())
        .env(orphans::MARK, order.mark)
        .current_dir(order.directory)
        .kill_on_drop(true);
    let (mut child, pid) = orphans::spawn(|| {
        let child = command.spawn()?;
        let pid = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        Ok(((child, pid), pid))
    })?;
    let pass_on = |signal| {
        if let Some(pid) = pid {
            // It may have ended just now.
            let _ = kill_process(pid, signal);
        }
    };
    let status = loop {
        tokio::select! {
            status = child.wait() => break status,
            // A terminal has told it already; to tell it twice would mean something else.
            Some(()) = interrupt.recv() => if !order.shares_terminal { pass_on(Signal::INT) },
            Some(()) = terminate.recv() => pass_on(Signal::TERM),
            Some(()) = hang_up.recv() => pass_on(Signal::HUP),
        }
    };
    if let Some(pid) = pid {
        orphans::waited_for(pid);
    }
    orphans::end(order.mark);
    status.map(exit_of)
}
