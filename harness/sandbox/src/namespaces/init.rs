//! The sandbox's first process: makes it from the inside, runs what it is told, and takes everything along when it
//! ends.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Command as Program, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, WaitStatus, kill_process, pidfd_open,
    set_parent_process_death_signal, setsid, wait,
};
use rustix::thread::UnshareFlags;

use crate::Spec;
use crate::namespaces::control::{Command, Control, Ending, Order};
use crate::namespaces::step::{Denied, During, Step};
use crate::namespaces::usage::Usage;
use crate::namespaces::{confine, kernel, network, view};

/// How often the job's use is looked at and its orphans are buried.
const LOOK: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};

/// Makes the sandbox, says so, and serves until its maker is gone.
pub(crate) fn run(spec: &Spec, control: &Control) -> io::Result<()> {
    if let Err(denied) = make(spec, control) {
        return control.denied(&denied);
    }
    serve(spec, control)
}

fn make(spec: &Spec, control: &Control) -> Result<(), Denied> {
    if rustix::process::getpid() != Pid::INIT {
        return Err(io::Error::other("not the first process of its namespace")).during(Step::Process);
    }
    // Ended with the process that waits for this one. Should that one be gone already, the control line says so.
    set_parent_process_death_signal(Some(Signal::KILL)).during(Step::Process)?;
    // No terminal: through it a job could type into its caller's shell.
    setsid().during(Step::Process)?;
    kernel::unshare(UnshareFlags::NEWNET | UnshareFlags::NEWNS | UnshareFlags::NEWIPC | UnshareFlags::NEWUTS)
        .during(Step::Namespaces)?;
    rustix::system::sethostname(spec.hostname.as_bytes()).during(Step::Hostname)?;
    network::bring_up()?;
    let sockets = network::open(spec)?;
    let builds = view::enter(spec)?;
    confine::confine(spec.limits)?;
    control
        .ready(builds.as_fd(), &sockets.dns, &sockets.tcp)
        .during(Step::Report)
}

/// Runs one program after the other.
fn serve(spec: &Spec, control: &Control) -> io::Result<()> {
    loop {
        match control.command()? {
            Command::End => return Ok(()),
            Command::Stop | Command::Signal(_) => {}
            Command::Run {
                order,
                stdin,
                stdout,
                stderr,
            } => match start(order, stdin, stdout, stderr) {
                Ok(job) => match attend(job, spec, control)? {
                    Some(ending) => control.ended(ending)?,
                    None => return Ok(()),
                },
                Err(error) => control.not_started(&error)?,
            },
        }
    }
}

fn start(order: Order, stdin: OwnedFd, stdout: OwnedFd, stderr: OwnedFd) -> io::Result<Pid> {
    let child = Program::new(&order.program)
        .args(&order.arguments)
        .env_clear()
        .envs(order.environment)
        .current_dir(&order.directory)
        .stdin(Stdio::from(stdin))
        .stdout(Stdio::from(stdout))
        .stderr(Stdio::from(stderr))
        // Its own group, as the runner gives a job's shell; this process must not be in it.
        .process_group(0)
        .spawn()?;
    i32::try_from(child.id())
        .ok()
        .and_then(Pid::from_raw)
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Stays with the program until it ends, and ends with it whatever it has left running. `None` where the maker is gone.
fn attend(job: Pid, spec: &Spec, control: &Control) -> io::Result<Option<Ending>> {
    let handle = pidfd_open(job, PidfdFlags::empty())?;
    let mut exceeded = None;
    let ending = loop {
        let mut watched = [
            PollFd::new(&handle, PollFlags::IN),
            PollFd::new(control, PollFlags::IN),
        ];
        match poll(&mut watched, Some(&LOOK)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let has_message = !watched[1].revents().is_empty();
        if let Some(ending) = bury(job) {
            break ending;
        }
        if has_message {
            match control.command()? {
                Command::End => return Ok(None),
                Command::Signal(signal) => {
                    // It may have ended just now.
                    let _ = kill_process(job, signal);
                }
                // A second program cannot be: its maker waits for the first one's end.
                Command::Stop | Command::Run { .. } => kernel::end_all_others()?,
            }
        } else if exceeded.is_none() {
            exceeded = Usage::of_descendants().beyond(spec.limits);
            if exceeded.is_some() {
                kernel::end_all_others()?;
            }
        }
    };
    kernel::end_all_others()?;
    while wait(WaitOptions::empty()).is_ok() {}
    Ok(Some(exceeded.unwrap_or(ending)))
}

/// Buries all that has ended; how the job itself has, if it is among them.
fn bury(job: Pid) -> Option<Ending> {
    let mut ending = None;
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
        if pid == job {
            ending = Some(ending_of(status));
        }
    }
    ending
}

fn ending_of(status: WaitStatus) -> Ending {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => Ending::Code(code),
        (None, signal) => Ending::Signal(signal.unwrap_or_default()),
    }
}
