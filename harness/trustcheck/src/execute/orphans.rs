//! Processes that leave their job's process group, such as daemons, and are ended with the job all the same.
//!
//! The program is made a *child subreaper* (`prctl(2)`, `PR_SET_CHILD_SUBREAPER`), so that whatever loses its parent
//! becomes our child; a variable in its environment tells whose it is. Linux only: elsewhere only the process group
//! is ended.

use std::collections::HashSet;
use std::io;
use std::sync::{Mutex, PoisonError};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

/// The environment variable that marks the processes of one job.
pub const MARK: &str = "TRUSTCHECK_JOB";

/// The children that somebody here waits for; the kernel's table of children is the process's own, and so is this.
static AWAITED: Mutex<Option<HashSet<Pid>>> = Mutex::new(None);

/// Has orphans of our jobs become our children from now on.
pub fn adopt() {
    // Where the kernel cannot, only the process group is ended, as the module says.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Starts a child that the caller will wait for, so that it is never taken for an orphan.
pub(super) fn spawn<T>(start: impl FnOnce() -> io::Result<(T, Option<Pid>)>) -> io::Result<T> {
    let mut awaited = AWAITED.lock().unwrap_or_else(PoisonError::into_inner);
    let (child, pid) = start()?;
    awaited.get_or_insert_default().extend(pid);
    Ok(child)
}

/// Says that a child has been waited for.
pub(super) fn waited_for(pid: Pid) {
    if let Some(awaited) = AWAITED.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        awaited.remove(&pid);
    }
}

/// Ends every adopted process that carries `mark`, and what those leave behind.
pub fn end(mark: &str) {
    let wanted = format!("{MARK}={mark}");
    sweep(|pid| carries(pid, &wanted));
}

/// Ends every adopted process, whoever's it is: nothing of any job is to outlive the run.
pub fn end_all() {
    sweep(|_| true);
}

/// Ends the adopted processes that `is_wanted` and buries all that have ended.
fn sweep(is_wanted: impl Fn(Pid) -> bool) {
    let awaited = AWAITED.lock().unwrap_or_else(PoisonError::into_inner);
    let is_awaited = |pid: &Pid| awaited.as_ref().is_some_and(|awaited| awaited.contains(pid));
    // An ended process hands its children to us, so look again until nothing is found.
    loop {
        let mut found = false;
        for pid in children().into_iter().filter(|pid| !is_awaited(pid)) {
            if is_wanted(pid) && kill_process(pid, Signal::KILL).is_ok() {
                found |= waitpid(Some(pid), WaitOptions::empty()).is_ok();
            } else {
                let _ = waitpid(Some(pid), WaitOptions::NOHANG);
            }
        }
        if !found {
            return;
        }
    }
}

/// The processes whose parent is one of our threads (`proc(5)`, `/proc/pid/task/tid/children`).
fn children() -> Vec<Pid> {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else {
        return Vec::new();
    };
    threads
        .flatten()
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|pid| pid.parse().ok())
                .collect::<Vec<i32>>()
        })
        .filter_map(Pid::from_raw)
        .collect()
}

/// Whether the process's environment has the variable `wanted` (`NAME=value`). A zombie's is empty.
fn carries(pid: Pid, wanted: &str) -> bool {
    std::fs::read(format!("/proc/{}/environ", pid.as_raw_nonzero())).is_ok_and(|environment| {
        environment
            .split(|&byte| byte == 0)
            .any(|line| line == wanted.as_bytes())
    })
}
