//! The process between the sandbox's maker and its first process: enters the user namespace, starts the first process of
//! the PID namespace, and waits for it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::ExitCode;

use rustix::process::{WaitOptions, getegid, geteuid, waitpid};
use rustix::thread::UnshareFlags;

use crate::Spec;
use crate::namespaces::control::Control;
use crate::namespaces::kernel::Fork;
use crate::namespaces::step::{Denied, During, Step};
use crate::namespaces::{init, kernel};

/// The helper's side of [`start`](crate::namespaces::start): what is wanted comes on standard input, and standard output is the
/// control line.
pub(crate) fn run() -> ExitCode {
    let done = io::stdout()
        .as_fd()
        .try_clone_to_owned()
        .and_then(|line| enter(Control::from_descriptor(line)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Becomes two processes: the first of the namespaces, and the one that waits for it.
fn enter(control: Control) -> io::Result<()> {
    let spec = match wanted() {
        Ok(spec) => spec,
        Err(denied) => return control.denied(&denied),
    };
    match kernel::fork() {
        Ok(Fork::Child) => {
            close_standard_streams()?;
            init::run(&spec, &control)
        }
        Ok(Fork::Parent(first)) => {
            // Only the first process holds the control line from here on, so that its end is the line's.
            drop(control);
            close_standard_streams()?;
            while let Err(rustix::io::Errno::INTR) = waitpid(Some(first), WaitOptions::empty()) {}
            Ok(())
        }
        Err(error) => control.denied(&Denied {
            step: Step::Process,
            place: String::new(),
            error,
        }),
    }
}

/// Reads what is wanted, and enters the namespaces that a process enters before its children do.
fn wanted() -> Result<Spec, Denied> {
    let mut text = Vec::new();
    io::stdin().read_to_end(&mut text).during(Step::Read)?;
    let spec = Spec::decode(&text).during(Step::Read)?;
    enter_user_namespace(UnshareFlags::NEWPID)?;
    Ok(spec)
}

/// Leaves for a new user namespace and those of `others`, in which this user and group are themselves: tools and files
/// are as they are outside, and all others are nobody's.
pub(crate) fn enter_user_namespace(others: UnshareFlags) -> Result<(), Denied> {
    // Before, since inside nobody is anybody until the maps are written.
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    kernel::unshare(UnshareFlags::NEWUSER | others).during(Step::UserNamespace)?;
    let write = |name: &str, text: &str| {
        fs::write(Path::new("/proc/self").join(name), text).during_at(Step::Map, name)
    };
    // Without `deny`, the kernel takes no group map from an unprivileged process (`user_namespaces(7)`).
    write("setgroups", "deny")?;
    write("gid_map", &format!("{group} {group} 1"))?;
    write("uid_map", &format!("{user} {user} 1"))
}

fn close_standard_streams() -> io::Result<()> {
    let null = File::options().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    Ok(rustix::stdio::dup2_stderr(&null)?)
}
