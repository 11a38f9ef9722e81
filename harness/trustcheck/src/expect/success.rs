//! What a step has to do that says nothing of what it expects: succeed.

use std::ops::Range;

use super::{Expectation, Unmet};
use crate::observation::{JobRun, JobStatus, Observation};

/// Every job succeeds.
#[derive(Debug)]
pub(super) struct Success {
    /// Where the step stands.
    pub(super) span: Range<usize>,
}

impl Expectation for Success {
    fn judge(&self, seen: &Observation) -> Vec<Unmet> {
        if seen.status() == JobStatus::Success {
            return Vec::new();
        }
        let ended = seen
            .jobs
            .last()
            .map_or_else(|| "no job ran".to_owned(), JobRun::ending);
        vec![Unmet {
            span: self.span.clone(),
            expected: "success, since the step expects nothing else".to_owned(),
            actual: format!("job {} ({ended})", seen.status()),
        }]
    }
}
