//! `pipeline:` — how the whole pipeline ends: `success`, `failed`, `manual` or `refused`.

use located_yaml::Node;

use super::{Expectation, Unmet};
use crate::observation::{Observation, PipelineStatus};
use crate::reader::{Located, Reader};

#[derive(Debug)]
struct Pipeline(Located<PipelineStatus>);

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Box<dyn Expectation>> {
    let choices = [
        ("success", PipelineStatus::Success),
        ("failed", PipelineStatus::Failed),
        ("manual", PipelineStatus::Manual),
        ("refused", PipelineStatus::Refused),
    ];
    Some(Box::new(Pipeline(reader.choice(node, "`pipeline`", &choices)?)))
}

impl Expectation for Pipeline {
    fn judge(&self, seen: &Observation) -> Vec<Unmet> {
        if seen.pipeline == self.0.value {
            return Vec::new();
        }
        let why = seen
            .refusal
            .first()
            .map(|refusal| format!(": {}", refusal.message))
            .unwrap_or_default();
        vec![Unmet {
            span: self.0.span.clone(),
            expected: format!("pipeline {}", self.0.value),
            actual: format!("pipeline {}{why}", seen.pipeline),
        }]
    }
}
