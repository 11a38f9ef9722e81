//! What the job's processes use together.

use std::fs;
use std::io::Read;

use crate::Limits;
use crate::namespaces::control::Ending;

/// What a job uses at a moment.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    processes: Vec<String>,
    /// Threads of all processes.
    threads: u64,
    /// Bytes of memory that are no file's, each process by itself.
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
            usage.processes.push(process);
        }
        usage
    }

    /// The limit that is exceeded, if one is.
    pub(crate) fn beyond(&self, limits: Limits) -> Option<Ending> {
        if self.threads > limits.processes {
            return Some(Ending::OverProcesses);
        }
        // A forked process shares its memory until it writes there. Who has how much takes the kernel longer to tell, so
        // it is asked only where it matters.
        (self.memory > limits.memory && self.shared_out() > limits.memory).then_some(Ending::OverMemory)
    }

    /// Bytes of memory, with what several processes share counted once.
    fn shared_out(&self) -> u64 {
        self.processes.iter().map(|process| share(process)).sum()
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

/// A process's share of the memory that no file backs (`/proc/pid/smaps_rollup`).
fn share(process: &str) -> u64 {
    let Ok(text) = fs::read_to_string(format!("/proc/{process}/smaps_rollup")) else {
        return 0; // it has ended
    };
    let kibibytes = |name: &str| {
        text.lines()
            .filter_map(|line| line.strip_prefix(name))
            .filter_map(|rest| rest.trim().strip_suffix(" kB")?.parse::<u64>().ok())
            .sum::<u64>()
    };
    (kibibytes("Pss_Anon:") + kibibytes("Pss_Shmem:")) * 1024
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
