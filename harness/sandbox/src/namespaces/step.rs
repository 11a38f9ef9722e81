//! The steps by which a sandbox is made, named so that one that fails can be told.

use std::fmt;
use std::io;

/// One step on the way into a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[non_exhaustive]
pub enum Step {
    /// Reading what is wanted.
    Read,
    /// A new user namespace, and with it a new PID namespace.
    UserNamespace,
    /// Writing the user and group maps.
    Map,
    /// The first process of the PID namespace.
    Process,
    /// The network, mount, IPC and UTS namespaces.
    Namespaces,
    /// The name of the host.
    Hostname,
    /// The loopback device.
    Loopback,
    /// The listening sockets.
    Listen,
    /// Keeping mounts apart from the host's.
    Private,
    /// The file system for what the job writes.
    Scratch,
    /// A new root directory.
    Pivot,
    /// The host's directories in the new root.
    Bind,
    /// Making what is the host's read-only.
    ReadOnly,
    /// Hiding what is not for the job.
    Hide,
    /// Showing the tools that lie in hidden places.
    Keep,
    /// The devices.
    Devices,
    /// A `/proc` of the job's own.
    Proc,
    /// Files of the sandbox over those of the host.
    Files,
    /// Letting go of the old root.
    Detach,
    /// Limits on what the job uses.
    Limits,
    /// Giving up all capabilities.
    Capabilities,
    /// The filter of system calls.
    Filter,
    /// Saying that all is ready.
    Report,
}

impl Step {
    const ALL: [Step; 23] = [
        Step::Read,
        Step::UserNamespace,
        Step::Map,
        Step::Process,
        Step::Namespaces,
        Step::Hostname,
        Step::Loopback,
        Step::Listen,
        Step::Private,
        Step::Scratch,
        Step::Pivot,
        Step::Bind,
        Step::ReadOnly,
        Step::Hide,
        Step::Keep,
        Step::Devices,
        Step::Proc,
        Step::Files,
        Step::Detach,
        Step::Limits,
        Step::Capabilities,
        Step::Filter,
        Step::Report,
    ];

    pub(crate) fn from_number(number: u64) -> Option<Step> {
        Step::ALL.into_iter().find(|&step| step as u64 == number)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Step::Read => "reading what is wanted",
            Step::UserNamespace => "making a user namespace",
            Step::Map => "writing the user map",
            Step::Process => "starting the first process",
            Step::Namespaces => "making network and mount namespaces",
            Step::Hostname => "naming the host",
            Step::Loopback => "bringing the loopback device up",
            Step::Listen => "listening on the ports of the world",
            Step::Private => "keeping mounts apart",
            Step::Scratch => "mounting a tmpfs",
            Step::Pivot => "changing the root (pivot_root)",
            Step::Bind => "binding the host's directories",
            Step::ReadOnly => "making the host's files read-only (mount_setattr, Linux 5.12)",
            Step::Hide => "hiding directories",
            Step::Keep => "showing the tools",
            Step::Devices => "making /dev",
            Step::Proc => "mounting /proc",
            Step::Files => "putting files in place",
            Step::Detach => "letting go of the host's root",
            Step::Limits => "setting limits",
            Step::Capabilities => "giving up capabilities",
            Step::Filter => "filtering system calls",
            Step::Report => "reporting",
        })
    }
}

/// Why there is no sandbox: the step that failed, with the system's word for it.
#[derive(Debug, thiserror::Error)]
#[error("{step}{}: {error}", in_brackets(.place))]
pub struct Denied {
    /// The step.
    pub step: Step,
    /// What it was about: a path or a port, where there are several.
    pub place: String,
    /// What the system said.
    pub error: io::Error,
}

fn in_brackets(place: &str) -> String {
    if place.is_empty() {
        String::new()
    } else {
        format!(" ({place})")
    }
}

/// Names the step in which an error happened.
pub(crate) trait During<T> {
    fn during(self, step: Step) -> Result<T, Denied>;
    fn during_at(self, step: Step, place: impl fmt::Display) -> Result<T, Denied>;
}

impl<T, E: Into<io::Error>> During<T> for Result<T, E> {
    fn during(self, step: Step) -> Result<T, Denied> {
        self.during_at(step, "")
    }

    fn during_at(self, step: Step, place: impl fmt::Display) -> Result<T, Denied> {
        self.map_err(|error| Denied {
            step,
            place: place.to_string(),
            error: error.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_its_number() {
        for (number, step) in Step::ALL.into_iter().enumerate() {
            assert_eq!(Step::from_number(number as u64), Some(step));
        }
        assert_eq!(Step::from_number(Step::ALL.len() as u64), None);
    }
}
