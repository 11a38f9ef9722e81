//! What the job's processes use together.

use std::fs;
use std::io::Read;

use crate::Limits;
use crate::control::Ending;

/// What a job uses at a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Threads of all processes.
    threads: u64,
    /// Bytes of memory that are no file's.
    memory: u64,
}

impl Usage {
    /// What all that this process has started, and what that has started, uses now.
    pub(crate) fn of_descendants() -> Usage {
        let mut usage = Usage::default();
        let mut waiting = children("self");
        while let Some(process) = waiting.pop() {
            let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else {
                continue; // it has ended
            };
            usage.threads += threads.count() as u64;
            usage.memory += memory(&process);
            waiting.extend(children(&process));
        }
        usage
    }

    /// The limit that is exceeded, if one is.
    pub(crate) fn beyond(self, limits: Limits) -> Option<Ending> {
        if self.memory > limits.memory {
            return Some(Ending::OverMemory);
        }
        (self.threads > limits.processes).then_some(Ending::OverProcesses)
    }
}

/// The processes that `process` has started (`/proc/pid/task/tid/children`).
fn children(process: &str) -> Vec<String> {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else {
        return Vec::new();
    };
    let mut list = String::new();
    for thread in threads.flatten() {
        if let Ok(mut file) = fs::File::open(thread.path().join("children")) {
            let _ = file.read_to_string(&mut list);
        }
    }
    list.split_whitespace().map(str::to_owned).collect()
}

/// Memory that no file backs: resident pages less the shared ones (`/proc/pid/statm`).
fn memory(process: &str) -> u64 {
    let Ok(line) = fs::read_to_string(format!("/proc/{process}/statm")) else {
        return 0;
    };
    let mut pages = line
        .split(' ')
        .map(|word| word.parse::<u64>().unwrap_or_default());
    let (_, resident, shared) = (
        pages.next(),
        pages.next().unwrap_or_default(),
        pages.next().unwrap_or_default(),
    );
    resident.saturating_sub(shared) * rustix::param::page_size() as u64
}
