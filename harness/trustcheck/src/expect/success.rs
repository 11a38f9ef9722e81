//! What a step has to do that says nothing of what it expects: succeed.

use std::ops::Range;

use super::{Expectation, Unmet};
use crate::observation::{JobRun, JobStatus, Observation};

/// Every job succeeds, and every call is granted.
#[derive(Debug)]
pub(super) struct Success {
    /// Where the step stands.
    pub(super) span: Range<usize>,
}

impl Expectation for Success {
    fn judge(&self, seen: &Observation) -> Vec<Unmet> {
        let refused = seen.answers.iter().find(|answer| !answer.is_success());
        let actual = match refused {
            Some(answer) => format!(
                "status {}: {}: {}",
                answer.status,
                answer.code.as_deref().unwrap_or("no code"),
                answer.message.as_deref().unwrap_or("no message"),
            ),
            None if seen.jobs.is_empty() && !seen.answers.is_empty() => return Vec::new(),
            None if seen.status() == JobStatus::Success => return Vec::new(),
            None => {
                let ended = seen.jobs.last().map(JobRun::ending);
                format!(
                    "job {} ({})",
                    seen.status(),
                    ended.as_deref().unwrap_or("no job ran")
                )
            }
        };
        vec![Unmet {
            span: self.span.clone(),
            expected: "success, since the step expects nothing else".to_owned(),
            actual,
        }]
    }
}
