//! One command in the foreground: with the terminal, input and output of this program, as if it had been started itself.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

use super::orphans;
use super::process::{Exit, exit_of};
#[cfg(target_os = "linux")]
use super::sandbox::Cell;

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
    let mut signals = Signals::watch()?;
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
            signal = signals.next() => if signal != Signal::INT || !order.shares_terminal { pass_on(signal) },
        }
    };
    if let Some(pid) = pid {
        orphans::waited_for(pid);
    }
    orphans::end(order.mark);
    status.map(exit_of)
}

/// The same in a sandbox, which has no terminal of its own: the streams are this program's all the same.
///
/// # Errors
/// Where it cannot be started, or the sandbox is gone.
#[cfg(target_os = "linux")]
pub async fn run_in(cell: &Cell, order: &Foreground<'_>) -> io::Result<Exit> {
    let mut signals = Signals::watch()?;
    cell.start(&job_sandbox::Order {
        program: order.program.into(),
        arguments: order.arguments.to_vec(),
        environment: order
            .environment
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect(),
        directory: order.directory.to_owned(),
    })?;
    loop {
        tokio::select! {
            exit = cell.ended() => return exit,
            // No terminal has told it: it is in a session of its own.
            signal = signals.next() => cell.signal(signal)?,
        }
    }
}

/// The signals that are for the command. Watch before it is started, so that none ends this program and leaves it behind.
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

impl Signals {
    fn watch() -> io::Result<Signals> {
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::INT,
            _ = self.terminate.recv() => Signal::TERM,
            _ = self.hang_up.recv() => Signal::HUP,
        }
    }
}
