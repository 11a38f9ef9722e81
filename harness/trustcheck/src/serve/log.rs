//! The log: lines on their way to a reader that may be slow.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use trustcheck_lab::Entry;

use super::line;

/// How many lines may wait for a slow reader. What comes beyond them is counted, and not kept: requests wait for nobody.
const WAITING: usize = 1_000;

/// A log with a thread that writes it.
#[derive(Debug)]
pub struct Log {
    lines: SyncSender<String>,
    lost: Arc<AtomicU64>,
    writer: JoinHandle<()>,
}

impl Log {
    /// Starts a log into `out`.
    #[must_use]
    pub fn start(out: impl Write + Send + 'static) -> Log {
        let (lines, waiting) = sync_channel(WAITING);
        let lost = Arc::<AtomicU64>::default();
        let counted = Arc::clone(&lost);
        let writer = std::thread::spawn(move || write(out, &waiting, &counted));
        Log { lines, lost, writer }
    }

    /// What is to hear the entries of a journal. The log ends when the last such listener is gone.
    pub fn listener(&self) -> impl Fn(&Entry) + Send + Sync + 'static {
        let (lines, lost) = (self.lines.clone(), Arc::clone(&self.lost));
        move |entry| {
            if let Some(line) = line(entry)
                && lines.try_send(line).is_err()
            {
                lost.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Waits until the last line is written. All listeners have to be gone.
    pub fn finish(self) {
        drop(self.lines);
        // A writer that died has nothing more to write.
        let _ = self.writer.join();
    }
}

fn write(mut out: impl Write, waiting: &Receiver<String>, lost: &AtomicU64) {
    while let Ok(line) = waiting.recv() {
        // A reader that went away is told nothing more; the world goes on.
        let _ = writeln!(out, "{line}");
        let lost = lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let _ = writeln!(
                out,
                "({lost} lines are missing here: they came faster than they were read)"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Barrier, Mutex, PoisonError};

    use jiff::Timestamp;
    use trustcheck_lab::{Record, Refused};

    use super::*;

    /// A reader that takes nothing until it is let go.
    #[derive(Clone)]
    struct Slow {
        gate: Arc<Barrier>,
        text: Arc<Mutex<Vec<u8>>>,
        waited: bool,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if !std::mem::replace(&mut self.waited, true) {
                self.gate.wait();
            }
            self.text
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_slow_reader_holds_nobody_up_and_learns_what_it_missed() {
        let slow = Slow {
            gate: Arc::new(Barrier::new(2)),
            text: Arc::default(),
            waited: false,
        };
        let log = Log::start(slow.clone());
        let listener = log.listener();
        let count = WAITING + 500;
        for host in 0..count {
            let record = Record::Refused(Refused {
                host: host.to_string(),
            });
            listener(&Entry {
                at: Timestamp::UNIX_EPOCH,
                record,
            });
        }
        slow.gate.wait();
        drop(listener);
        log.finish();
        let text = String::from_utf8(slow.text.lock().unwrap().clone()).unwrap();
        let told = text.lines().filter(|line| line.contains("no such host")).count();
        let missing: usize = text
            .lines()
            .filter_map(|line| line.strip_prefix('(')?.split(' ').next()?.parse::<usize>().ok())
            .sum();
        assert!((WAITING..count).contains(&told), "{told}");
        assert_eq!(told + missing, count);
    }
}
