//! What would allow a sandbox where there is none: the sentence to a step that failed.
//!
//! Permission is found out by trying; the switches read here only choose the words.

use std::fs;

use rustix::io::Errno;

use crate::{Denied, Step};

impl Denied {
    /// What the host's administrator can do about it, in a sentence without a full stop; nothing where nobody can tell.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        let switch = |path: &str| {
            fs::read_to_string(path)
                .ok()
                .and_then(|text| text.trim().parse::<i64>().ok())
        };
        let state = State {
            userns_clone: switch("/proc/sys/kernel/unprivileged_userns_clone"),
            most_user_namespaces: switch("/proc/sys/user/max_user_namespaces"),
            apparmor_restricts: switch("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
            has_filter: fs::read_to_string("/proc/self/status")
                .is_ok_and(|status| status.lines().any(|line| line == "Seccomp:\t2")),
            is_root: rustix::process::geteuid().is_root(),
        };
        sentence(self.step, Errno::from_io_error(&self.error), state)
    }
}

/// What the kernel's switches say.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    userns_clone: Option<i64>,
    most_user_namespaces: Option<i64>,
    apparmor_restricts: Option<i64>,
    has_filter: bool,
    is_root: bool,
}

fn sentence(step: Step, error: Option<Errno>, state: State) -> Option<&'static str> {
    let is_early = matches!(step, Step::UserNamespace | Step::Namespaces);
    Some(match error? {
        Errno::NOSPC if is_early => {
            "there are as many namespaces as allowed, raise the sysctl user.max_user_namespaces (and max_net_namespaces, \
             max_mnt_namespaces, max_pid_namespaces)"
        }
        Errno::NOSYS if step == Step::ReadOnly => "it needs Linux 5.12 or newer",
        _ if state.userns_clone == Some(0) && is_early => {
            "allow it with `sysctl kernel.unprivileged_userns_clone=1`"
        }
        _ if state.most_user_namespaces == Some(0) && is_early => {
            "allow it with `sysctl user.max_user_namespaces=10000`"
        }
        Errno::PERM | Errno::ACCESS if state.apparmor_restricts == Some(1) && !is_early => {
            "AppArmor takes the rights away: give the program a profile with `userns,`, or `sysctl \
             kernel.apparmor_restrict_unprivileged_userns=0`"
        }
        Errno::PERM if step == Step::Map && state.is_root => {
            "root needs the capability SETFCAP (in a container: `--cap-add SETFCAP`), or run as another user"
        }
        Errno::PERM if state.has_filter => {
            "the container's seccomp profile forbids it: `docker run --security-opt seccomp=unconfined --security-opt \
             systempaths=unconfined`, or `security_opt` of the GitLab runner"
        }
        Errno::PERM if is_early => "in a chroot the kernel grants no user namespace",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::quota(Step::UserNamespace, Errno::NOSPC, State::default(), "max_user_namespaces")]
    #[case::debian(Step::UserNamespace, Errno::PERM, State { userns_clone: Some(0), ..State::default() }, "userns_clone=1")]
    #[case::docker(Step::UserNamespace, Errno::PERM, State { has_filter: true, ..State::default() }, "seccomp=unconfined")]
    #[case::ubuntu(Step::Map, Errno::PERM, State { apparmor_restricts: Some(1), ..State::default() }, "AppArmor")]
    #[case::capless_root(Step::Map, Errno::PERM, State { is_root: true, ..State::default() }, "SETFCAP")]
    #[case::chroot(Step::UserNamespace, Errno::PERM, State::default(), "chroot")]
    #[case::old_kernel(Step::ReadOnly, Errno::NOSYS, State::default(), "5.12")]
    fn a_failed_step_has_its_remedy(
        #[case] step: Step,
        #[case] error: Errno,
        #[case] state: State,
        #[case] expected: &str,
    ) {
        assert!(sentence(step, Some(error), state).unwrap().contains(expected));
    }

    #[test]
    fn what_nobody_can_tell_has_none() {
        assert_eq!(
            sentence(Step::Scratch, Some(Errno::NOMEM), State::default()),
            None
        );
        assert_eq!(sentence(Step::Scratch, None, State::default()), None);
    }
}
