//! Starting a sandbox, from outside.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::namespaces::control::{Control, in_memory};
use crate::{Denied, Event, Mode, Spec};

/// The first argument of the helper that makes a sandbox.
pub(crate) const SANDBOX: &str = "job-sandbox";

/// The command that starts a sandbox, and the line to it. `this` is the running program, whose `main` calls
/// [`intercept`](crate::intercept).
///
/// Spawn the command and drop it; wait for [`Event::Ready`] or [`Event::Denied`] on the line. When the line is dropped,
/// everything inside is ended, and then the command's process.
///
/// # Errors
/// Where there is no socket to be had.
pub fn start(this: &Path, spec: &Spec) -> io::Result<(Command, Control)> {
    let (ours, theirs) = Control::pair()?;
    let mut command = Command::new(this);
    command
        .arg(SANDBOX)
        // Nothing of the caller's environment: a job can read that of the first process.
        .env_clear()
        .stdin(Stdio::from(in_memory("spec", &spec.encode())?))
        .stdout(Stdio::from(theirs.into_descriptor()))
        .stderr(Stdio::null());
    Ok((command, ours))
}

/// Finds out how much of a sandbox is possible here, by making one and throwing it away.
///
/// # Errors
/// Where none is, with the step that failed.
pub fn probe(this: &Path, spec: &Spec) -> Result<Mode, Denied> {
    let mut mode = Mode::FULL;
    loop {
        let denied = match attempt(this, &Spec { mode, ..spec.clone() }) {
            Ok(()) => return Ok(mode),
            Err(denied) => denied,
        };
        match denied.step {
            crate::Step::Pivot if mode.own_root => mode.own_root = false,
            crate::Step::Proc if mode.own_proc => mode.own_proc = false,
            _ => return Err(denied),
        }
    }
}

fn attempt(this: &Path, spec: &Spec) -> Result<(), Denied> {
    let failed = |error| Denied {
        step: crate::Step::Process,
        place: String::new(),
        error,
    };
    let (mut command, control) = start(this, spec).map_err(failed)?;
    let mut child = command.spawn().map_err(failed)?;
    drop(command);
    let event = control.wait();
    drop(control);
    let _ = child.wait();
    match event.map_err(failed)? {
        Event::Ready { .. } => Ok(()),
        Event::Denied(denied) => Err(denied),
        _ => Err(failed(io::Error::other(
            "the sandbox's first process ended early",
        ))),
    }
}
