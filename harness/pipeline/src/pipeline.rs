//! A configuration, read and checked: the jobs that pipelines may have.

use indexmap::IndexMap;
use located_yaml::Node;

use crate::circumstances::Circumstances;
use crate::draft::{self, Draft};
use crate::entry::inheritable::{GLOBALS, Inheritable};
use crate::entry::job::{self, Written};
use crate::entry::workflow::{self, Workflow};
use crate::entry::{jobs, keys, stages, variables};
use crate::findings::{Findings, Location};
use crate::keyword::{self, DEFAULT, ROOT, Support};
use crate::library::Library;
use crate::nearest::did_you_mean;
use crate::sources::Sources;
use crate::value::{self, Value};
use crate::{Diagnostic, Job, Trigger, VariableValue, config, graph};

/// The jobs that a `.gitlab-ci.yml`, with all that it includes, describes.
#[derive(Clone, Debug)]
pub struct Pipeline {
    pub(crate) sources: Sources,
    pub(crate) stages: Vec<String>,
    pub(crate) variables: IndexMap<String, VariableValue>,
    pub(crate) workflow: Workflow,
    pub(crate) drafts: Vec<Draft>,
}

/// Why GitLab creates no pipeline, with the files that the places lie in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The files.
    pub sources: Sources,
    /// What is wrong. The spans are those of the sources.
    pub diagnostics: Vec<Diagnostic>,
}

impl Pipeline {
    /// Reads a file that includes no others, as for a push to `main`.
    ///
    /// # Errors
    /// As [`Pipeline::read`]; the spans are bytes of the text.
    pub fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let (library, circumstances) = (Library::default(), Circumstances::default());
        Self::read(".gitlab-ci.yml", text, &library, &circumstances).map_err(|refusal| refusal.diagnostics)
    }

    /// Reads a file and all that it includes. Which files those are may depend on the circumstances.
    ///
    /// # Errors
    /// All mistakes that could be found, in the order of their places. Mistakes of YAML, of `include`, of `extends` and
    /// of `!reference` hide those of entries, and those hide mistakes between jobs, as they do in GitLab.
    ///
    /// DIVERGENCE: GitLab stops at the first error of `include`, `extends` and `!reference`, checks a job's keywords
    /// only if its keys are known, and the stages of jobs only if all entries are valid; here all of it is reported at
    /// once.
    pub fn read(
        name: &str,
        text: &str,
        library: &Library,
        circumstances: &Circumstances,
    ) -> Result<Self, Refusal> {
        let (mut sources, mut findings) = (Sources::default(), Findings::default());
        let root = config::compose(name, text, library, circumstances, &mut sources, &mut findings);
        Self::finish(root.as_ref(), sources, findings)
    }

    /// Reads the files of a child pipeline; `None` where the trigger starts a pipeline of another project.
    ///
    /// # Errors
    /// As [`Pipeline::read`].
    pub fn child(
        trigger: &Trigger,
        library: &Library,
        circumstances: &Circumstances,
    ) -> Option<Result<Self, Refusal>> {
        let entries = trigger.include.as_ref()?;
        let (mut sources, mut findings) = (Sources::default(), Findings::default());
        let root = config::compose_child(entries, library, circumstances, &mut sources, &mut findings);
        Some(Self::finish(root.as_ref(), sources, findings))
    }

    fn finish(root: Option<&Node>, sources: Sources, mut findings: Findings) -> Result<Self, Refusal> {
        let pipeline = root
            .filter(|_| findings.is_empty())
            .map(|root| read(root, &sources, &mut findings));
        match pipeline {
            Some(pipeline) if findings.is_empty() => Ok(pipeline),
            _ => Err(Refusal {
                sources,
                diagnostics: findings.into_diagnostics(),
            }),
        }
    }

    /// The visible jobs, stage by stage, those of a stage in the order of the file. `parallel` has made its copies, and
    /// no rule has been looked at.
    pub fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.drafts.iter().map(|draft| &draft.job)
    }

    /// A visible job by name.
    #[must_use]
    pub fn job(&self, name: &str) -> Option<&Job> {
        self.jobs().find(|job| job.name == name)
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

    /// The files that it was read from.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }
}

fn read(root: &Node, sources: &Sources, findings: &mut Findings) -> Pipeline {
    check_root(root, findings);
    let stages = stages::read(root.get("stages"), findings);
    let variables = variables::read(
        &Location::root("variables"),
        root.get("variables"),
        variables::OF_FILE,
        findings,
    );
    let workflow = root
        .get("workflow")
        .filter(|node| jobs::is_root_keyword("workflow", node));
    let workflow = workflow::read(workflow, findings);
    let defaults = defaults(root, findings);
    let found = jobs::find(root, findings);
    let bridges = found.bridges.into_iter().map(|(name, entry)| (name, entry, true));
    let scripts = found
        .scripts
        .into_iter()
        .map(|(name, entry)| (name, entry, false));
    let mut entries: Vec<_> = scripts.chain(bridges).collect();
    entries.sort_by_key(|(_, entry, _)| found.order.get(&entry.key.span.start).copied());
    let mut planned: Vec<(usize, Vec<Draft>)> = Vec::new();
    for (name, entry, is_bridge) in entries {
        let written = if is_bridge {
            job::read_bridge(name, entry, findings)
        } else {
            job::read(name, entry, findings)
        };
        // Where the list of stages is wrong itself, nothing is said about the stages of jobs.
        let Some(stages) = &stages else { continue };
        match stages.iter().position(|stage| *stage == written.stage) {
            Some(place) => planned.push((place, draft::of(written, &defaults, &variables))),
            None => unknown_stage(&written, stages, findings),
        }
    }
    planned.sort_by_key(|(place, _)| *place);
    let mut drafts: Vec<Draft> = planned.into_iter().flat_map(|(_, drafts)| drafts).collect();
    let stages = stages.unwrap_or_default();
    draft::expand_needs(&mut drafts);
    if findings.is_empty() {
        graph::check(&drafts, &stages, findings);
    }
    Pipeline {
        sources: sources.clone(),
        stages,
        variables,
        workflow,
        drafts,
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
