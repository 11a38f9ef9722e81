//! A job's log as GitLab keeps it: masked, and no longer than the runner allows.

use gitlab_pipeline::runner::mask::Masker;

/// The runner's limit of a job's log (GitLab Runner, `output_limit`, 4096 KiB). The job goes on beyond it, unheard.
const LIMIT: usize = 4096 * 1024;

/// Collects what a job prints.
#[derive(Debug)]
pub struct JobLog {
    masker: Masker,
    text: Vec<u8>,
    full: bool,
}

impl JobLog {
    /// An empty log in which none of `secrets` will be seen.
    #[must_use]
    pub fn new(secrets: impl IntoIterator<Item = String>) -> JobLog {
        JobLog {
            masker: Masker::new(secrets),
            text: Vec::new(),
            full: false,
        }
    }

    /// Takes what the job printed.
    pub fn print(&mut self, bytes: &[u8]) {
        if self.full {
            return;
        }
        self.masker.write(bytes, &mut self.text);
        if self.text.len() > LIMIT {
            self.full = true;
            self.text.truncate(LIMIT);
            let note = format!(
                "\n\x1b[31;1mJob's log exceeded limit of {LIMIT} bytes.\nJob execution will continue but no more output will be collected.\x1b[0;m\n"
            );
            self.text.extend_from_slice(note.as_bytes());
        }
    }

    /// The whole log, with the runner's last line. Bytes that are not UTF-8 are replaced, as GitLab's page does.
    #[must_use]
    pub fn end(mut self, last_line: &str) -> String {
        if !self.full {
            self.masker.finish(&mut self.text);
        }
        // The mark of a section's end leaves the cursor at the start of a line.
        let at_start =
            self.text.is_empty() || self.text.ends_with(b"\n") || self.text.ends_with(b"\r\x1b[0K");
        if !at_start {
            self.text.push(b'\n');
        }
        self.text.extend_from_slice(last_line.as_bytes());
        String::from_utf8_lossy(&self.text).into_owned()
    }
}
