//! A pipeline file, read and planned.

use indexmap::IndexMap;
use located_yaml::Node;

use crate::entry::inheritable::{GLOBALS, Inheritable};
use crate::entry::job::{self, Written};
use crate::entry::{jobs, keys, stages, variables};
use crate::findings::{Findings, Location};
use crate::keyword::{self, DEFAULT, ROOT, Support};
use crate::nearest::did_you_mean;
use crate::value::{self, Value};
use crate::{Diagnostic, Job, VariableValue, config};

/// The jobs that a `.gitlab-ci.yml` plans.
#[derive(Clone, Debug, PartialEq)]
pub struct Pipeline {
    stages: Vec<String>,
    variables: IndexMap<String, VariableValue>,
    jobs: IndexMap<String, Job>,
}

impl Pipeline {
    /// Reads a pipeline file.
    ///
    /// # Errors
    /// All mistakes that could be found, in the order of their places. Mistakes of YAML, of `extends` and of
    /// `!reference` hide those of entries, as they do in GitLab.
    ///
    /// DIVERGENCE: GitLab stops at the first error of `extends` and `!reference`, checks a job's keywords only if its
    /// keys are known, and the stages of jobs only if all entries are valid; here all of it is reported at once.
    pub fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let root = config::compose(text)?;
        let mut findings = Findings::default();
        let pipeline = read(&root, &mut findings);
        if findings.is_empty() {
            Ok(pipeline)
        } else {
            Err(findings.into_diagnostics())
        }
    }

    /// The visible jobs, stage by stage, those of a stage in the order of the file.
    pub fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.jobs.values()
    }

    /// A visible job by name.
    #[must_use]
    pub fn job(&self, name: &str) -> Option<&Job> {
        self.jobs.get(name)
    }

    /// The stages in order, with `.pre` and `.post`.
    #[must_use]
    pub fn stages(&self) -> &[String] {
        &self.stages
    }

    /// The file's own variables.
    #[must_use]
    pub fn variables(&self) -> &IndexMap<String, VariableValue> {
        &self.variables
    }
}

fn read(root: &Node, findings: &mut Findings) -> Pipeline {
    check_root(root, findings);
    let stages = stages::read(root.get("stages"), findings);
    let variables = variables::read(
        &Location::root("variables"),
        root.get("variables"),
        variables::OF_FILE,
        findings,
    );
    let defaults = defaults(root, findings);
    let found = jobs::find(root, findings);
    for (name, entry) in found.bridges {
        job::read_bridge(name, entry, findings);
    }
    let mut planned: Vec<(usize, Job)> = Vec::new();
    for (name, entry) in found.scripts {
        let written = job::read(name, entry, findings);
        // Where the list of stages is wrong itself, nothing is said about the stages of jobs.
        let Some(stages) = &stages else { continue };
        match stages.iter().position(|stage| *stage == written.stage) {
            Some(place) => planned.push((place, plan(written, &defaults, &variables))),
            None => unknown_stage(&written, stages, findings),
        }
    }
    planned.sort_by_key(|(place, _)| *place);
    let jobs = planned
        .into_iter()
        .map(|(_, job)| (job.name.clone(), job))
        .collect();
    Pipeline {
        stages: stages.unwrap_or_default(),
        variables,
        jobs,
    }
}

/// Keywords of the file that are not interpreted yet.
fn check_root(root: &Node, findings: &mut Findings) {
    for (key, entry) in value::entries(root) {
        let is_keyword = jobs::is_root_keyword(key, &entry.value) && !value::is_null(&entry.value);
        if is_keyword && keyword::support(ROOT, key) == Some(Support::NotYet) {
            findings.not_supported(key, entry.key.site());
        }
    }
}

/// What every job inherits: `default:`, and the keywords of the file's own level that it may hold too.
fn defaults(root: &Node, findings: &mut Findings) -> Inheritable {
    let globals = Inheritable::read(&only(root, &GLOBALS), Location::root, findings);
    let at = Location::root("default");
    let given = root
        .entry("default")
        .filter(|entry| jobs::is_root_keyword("default", &entry.value));
    let Some(node) = given
        .map(|entry| &entry.value)
        .filter(|node| !value::is_null(node))
    else {
        return globals;
    };
    let Value::Hash(_) = value::of(node) else {
        findings.entry(&at, "config should be a hash", node.site(), None);
        return globals;
    };
    keys::check(&at, node, DEFAULT, findings);
    let own = Inheritable::read(node, |key| at.child(key), findings);
    for key in GLOBALS {
        if let (Some(_), Some(span)) = (own.places.get(key), globals.places.get(key)) {
            let message = format!("{key} is defined in top-level and `default:` entry");
            findings.plain(
                message,
                span.clone(),
                Some(format!("keep the `{key}` under `default:`")),
            );
        }
    }
    own.or(&globals, &crate::entry::inherit::Selection::All)
}

/// A mapping with some of its keys.
fn only(node: &Node, keys: &[&str]) -> Node {
    let entries = value::entries(node)
        .filter(|(key, _)| keys.contains(key))
        .map(|(_, entry)| entry.clone());
    Node::new(node.span.clone(), located_yaml::Value::Mapping(entries.collect()))
}

/// A job with its defaults and the file's variables.
fn plan(written: Written, defaults: &Inheritable, variables: &IndexMap<String, VariableValue>) -> Job {
    let inherited = written.inheritable.or(defaults, &written.inherit.default);
    let mut merged: IndexMap<_, _> = variables
        .iter()
        .filter(|(name, _)| written.inherit.variables.includes(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    merged.extend(written.variables);
    let mut places = written.places;
    places.extend(inherited.places);
    Job {
        name: written.name,
        stage: written.stage,
        image: inherited.image,
        variables: merged,
        id_tokens: inherited.id_tokens.unwrap_or_default(),
        before_script: inherited.before_script.unwrap_or_default(),
        script: written.script,
        after_script: inherited.after_script.unwrap_or_default(),
        timeout: inherited.timeout,
        tags: inherited.tags.unwrap_or_default(),
        span: written.span,
        places,
    }
}

fn unknown_stage(job: &Written, stages: &[String], findings: &mut Findings) {
    let message = format!(
        "{} job: chosen stage {} does not exist; available stages are {}",
        job.name,
        job.stage,
        stages.join(", ")
    );
    let help = did_you_mean(&job.stage, stages.iter().map(String::as_str));
    findings.plain(message, job.stage_span.clone(), help);
}

#[cfg(test)]
mod tests;
