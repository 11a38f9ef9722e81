//! `jobs:` — how each of some jobs ends: `success`, `failed`, `warning` where the failure is allowed, `timed-out`,
//! `skipped`, `manual`, `created` where it waits for another, or `not-created`.

use located_yaml::{Node, Value};

use super::{Expectation, Unmet, cannot_fail};
use crate::observation::{JobRun, JobStatus, Observation};
use crate::reader::{Located, Reader};
use crate::schema::JOB_STATES;

#[derive(Debug)]
struct Jobs(Vec<(String, Located<&'static str>)>);

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Box<dyn Expectation>> {
    let Value::Mapping(entries) = &node.value else {
        reader.wrong_type(node, "`jobs`", "a mapping of names to how the job ends");
        return None;
    };
    if entries.is_empty() {
        cannot_fail(&node.span, "`jobs` names no job", reader);
        return None;
    }
    let choices = JOB_STATES.map(|state| (state, state));
    let jobs = entries.iter().filter_map(|entry| {
        let name = reader.some_text(&entry.key, "a job's name")?;
        Some((name.value, reader.choice(&entry.value, "a job's end", &choices)?))
    });
    Some(Box::new(Jobs(jobs.collect())))
}

impl Expectation for Jobs {
    fn judge(&self, seen: &Observation) -> Vec<Unmet> {
        let unmet = self.0.iter().filter_map(|(name, expected)| {
            let actual = state(name, seen);
            (actual != expected.value).then(|| Unmet {
                span: expected.span.clone(),
                expected: format!("`{name}` is {}", expected.value),
                actual: told(name, actual, seen),
            })
        });
        unmet.collect()
    }
}

fn last_run<'o>(name: &str, seen: &'o Observation) -> Option<&'o JobRun> {
    seen.last_runs().filter(|run| run.name == name).last()
}

fn state(name: &str, seen: &Observation) -> &'static str {
    if let Some(run) = last_run(name, seen) {
        return match run.status() {
            JobStatus::Success => "success",
            JobStatus::TimedOut => "timed-out",
            JobStatus::Failed if run.allowed_to_fail => "warning",
            JobStatus::Failed => "failed",
        };
    }
    let idle = seen.idle.iter().find(|idle| idle.name == name);
    idle.map_or("not-created", |idle| idle.why.word())
}

fn told(name: &str, state: &str, seen: &Observation) -> String {
    match last_run(name, seen) {
        Some(run) => format!("`{name}` is {state} ({})", run.ending()),
        None => format!("`{name}` is {state}"),
    }
}
