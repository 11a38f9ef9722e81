//! `exit_code:` — the status with which the job's shell ended; of several jobs, the first that failed.

use located_yaml::Node;

use super::{Expectation, Unmet};
use crate::observation::{JobRun, Observation};
use crate::reader::{Located, Reader};

#[derive(Debug)]
struct ExitCode(Located<i64>);

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Box<dyn Expectation>> {
    let code = reader.integer(node, "`exit_code`")?;
    if !(0..=255).contains(&code.value) {
        let problem = reader
            .problem(&code.span, format!("no process ends with {}", code.value))
            .help("an exit status lies between 0 and 255");
        reader.note(problem);
        return None;
    }
    Some(Box::new(ExitCode(code)))
}

impl Expectation for ExitCode {
    fn judge(&self, seen: &Observation) -> Vec<Unmet> {
        if seen.exit_code().map(i64::from) == Some(self.0.value) {
            return Vec::new();
        }
        let actual = seen
            .jobs
            .last()
            .map_or_else(|| "no job ran".to_owned(), JobRun::ending);
        vec![Unmet {
            span: self.0.span.clone(),
            expected: format!("exit code {}", self.0.value),
            actual,
        }]
    }
}
