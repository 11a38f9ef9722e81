//! `job:` — `success` or `failed`, as GitLab calls the job's end, or `timed-out`.

use located_yaml::Node;

use super::{Expectation, Unmet};
use crate::observation::{JobRun, JobStatus, Observation};
use crate::reader::{Located, Reader};

#[derive(Debug)]
struct Job(Located<JobStatus>);

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Box<dyn Expectation>> {
    let choices = [
        ("success", JobStatus::Success),
        ("failed", JobStatus::Failed),
        ("timed-out", JobStatus::TimedOut),
    ];
    Some(Box::new(Job(reader.choice(node, "`job`", &choices)?)))
}

impl Expectation for Job {
    fn judge(&self, seen: &Observation) -> Vec<Unmet> {
        if seen.status() == self.0.value {
            return Vec::new();
        }
        let ended = seen
            .jobs
            .last()
            .map_or_else(|| "no job ran".to_owned(), JobRun::ending);
        vec![Unmet {
            span: self.0.span.clone(),
            expected: format!("job {}", self.0.value),
            actual: format!("job {} ({ended})", seen.status()),
        }]
    }
}
