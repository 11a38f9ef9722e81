//! The pipeline that is created: which jobs are in it, and what their rules make of them.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::circumstances::Circumstances;
use crate::conditions::{Files, Scene};
use crate::draft::{self, Draft};
use crate::entry::policy::{Policy, RefPattern};
use crate::entry::rules::Rule;
use crate::expand::{Variable, audience, collection};
use crate::findings::Findings;
use crate::library::Library;
use crate::pipeline::{Pipeline, Refusal};
use crate::{AllowFailure, Job, Span, VariableValue, When};

/// Jobs that one may need.
const MAX_NEEDS: usize = 50;

/// A pipeline as it is created.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Its name, variables not yet expanded.
    pub name: Option<String>,
    /// Its jobs, stage by stage.
    pub jobs: Vec<Job>,
    /// The jobs that are not in it.
    pub omitted: Vec<Omitted>,
    /// The stages in order.
    pub stages: Vec<String>,
}

/// A job that is not in the pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Omitted {
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
    /// Where that is written.
    pub span: Span,
}

/// What a rule, or the lack of one, makes of a job.
struct Outcome<'r> {
    when: When,
    rule: Option<&'r Rule>,
}

impl Pipeline {
    /// Creates the pipeline in the circumstances.
    ///
    /// # Errors
    /// Where GitLab creates none, in its words: all jobs are left out, one needs a job that is left out, or the
    /// workflow says no.
    pub fn plan(&self, library: &Library, circumstances: &Circumstances) -> Result<Plan, Refusal> {
        let mut findings = Findings::default();
        let plan = self.create(library, circumstances, &mut findings);
        match plan {
            Some(plan) if findings.is_empty() => Ok(plan),
            _ => Err(Refusal {
                sources: self.sources.clone(),
                diagnostics: findings.into_diagnostics(),
            }),
        }
    }

    fn create(
        &self,
        library: &Library,
        circumstances: &Circumstances,
        findings: &mut Findings,
    ) -> Option<Plan> {
        let files = Files::of(library, &*library.own);
        let changed = (circumstances.changed_paths(), circumstances.changed.as_deref());
        let mut variables = self.variables.clone();
        if let Some(rules) = &self.workflow.rules {
            let scene = Scene {
                variables: circumstances.lookup([], texts(&self.variables)),
                changed,
                files: &files,
            };
            let outcome = decide(rules, When::Always, &scene, "workflow", findings);
            let span = outcome.rule.map_or(0..0, |rule| rule.span.clone());
            if outcome.when == When::Never {
                findings.plain("Pipeline filtered out by workflow rules.", span, None);
                return None;
            }
            if let Some(rule) = outcome.rule {
                variables.extend(rule.variables.clone());
            }
        }
        let copies = draft::copies_by_name(&self.drafts);
        let mut plan = Plan {
            name: self.workflow.name.clone(),
            jobs: Vec::new(),
            omitted: Vec::new(),
            stages: self.stages.clone(),
        };
        for draft in &self.drafts {
            let mut job = draft.job.clone();
            job.variables = draft.variables(&variables);
            let (mut own, yaml) = (own_variables(&job), job.variables.clone());
            if let Some(environment) = &job.environment {
                let known = circumstances.lookup([], texts(&yaml));
                let name = audience::expand(&environment.name, |name| known.get(name).copied());
                own.push(("CI_ENVIRONMENT_NAME", name));
            }
            let scene = Scene {
                variables: circumstances.lookup(
                    own.iter().map(|(key, value)| (*key, value.as_str())),
                    texts(&yaml),
                ),
                changed,
                files: &files,
            };
            match self.judge(draft, circumstances, &scene, findings) {
                Ok(outcome) => {
                    job.when = outcome.when;
                    if let Some(rule) = outcome.rule {
                        apply(rule, &mut job, &copies);
                    }
                    check_variables(&job, circumstances, findings);
                    plan.jobs.push(job);
                }
                Err((reason, span)) => plan.omitted.push(Omitted {
                    name: job.name,
                    reason,
                    span,
                }),
            }
        }
        if plan.jobs.is_empty() && findings.is_empty() {
            let message = "Pipeline will not run for the selected trigger. The rules configuration prevented any jobs from being added to the pipeline.";
            let help = plan
                .omitted
                .iter()
                .take(5)
                .map(|omitted| format!("`{}`: {}", omitted.name, omitted.reason))
                .collect::<Vec<_>>()
                .join("; ");
            let span = plan.omitted.first().map_or(0..0, |omitted| omitted.span.clone());
            findings.plain(message, span, Some(help));
        }
        check_needs(&plan, findings);
        Some(plan)
    }

    /// Whether a job is in the pipeline, and how; or why it is not.
    fn judge<'d>(
        &self,
        draft: &'d Draft,
        circumstances: &Circumstances,
        scene: &Scene<'_>,
        findings: &mut Findings,
    ) -> Result<Outcome<'d>, (String, Span)> {
        let job = &draft.job;
        if let Some(rules) = &draft.rules {
            let outcome = decide(rules, job.when, scene, &job.name, findings);
            return match (outcome.when, outcome.rule) {
                (When::Never, Some(rule)) => Err((
                    "the first rule that matches says `never`".to_owned(),
                    rule.span.clone(),
                )),
                (When::Never, None) => {
                    let span = job.place("rules").unwrap_or_else(|| job.span.clone());
                    Err(("none of its rules matches".to_owned(), span))
                }
                _ => Ok(outcome),
            };
        }
        let when = Outcome {
            when: job.when,
            rule: None,
        };
        let default = (draft.only.is_none() && self.workflow.rules.is_none()).then(Policy::default_only);
        if let Some(only) = draft.only.as_ref().or(default.as_ref())
            && !policy(only, true, circumstances, scene).iter().all(|part| *part)
        {
            let reason = if default.is_some() && circumstances.is_merge_request {
                "without `rules` a job is not in merge request pipelines"
            } else {
                "`only` does not cover this pipeline"
            };
            return Err((reason.to_owned(), job.span.clone()));
        }
        if let Some(except) = &draft.except
            && policy(except, false, circumstances, scene)
                .iter()
                .any(|part| *part)
        {
            return Err(("`except` covers this pipeline".to_owned(), job.span.clone()));
        }
        Ok(when)
    }
}

fn texts(variables: &IndexMap<String, VariableValue>) -> impl Iterator<Item = (&str, &str)> {
    variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.text.as_str()))
}

/// The variables of the job itself that its rules can use.
fn own_variables(job: &Job) -> Vec<(&'static str, String)> {
    let mut own = vec![
        ("CI_JOB_NAME", job.name.clone()),
        ("CI_JOB_STAGE", job.stage.clone()),
        (
            "CI_NODE_TOTAL",
            job.parallel.map_or(1, |(_, total)| total).to_string(),
        ),
    ];
    if let Some((index, _)) = job.parallel {
        own.push(("CI_NODE_INDEX", index.to_string()));
    }
    own
}

/// The first rule whose conditions hold.
fn decide<'r>(
    rules: &'r [Rule],
    default: When,
    scene: &Scene<'_>,
    owner: &str,
    findings: &mut Findings,
) -> Outcome<'r> {
    for rule in rules {
        match rule.conditions.hold(scene) {
            Ok(false) => {}
            Ok(true) => {
                return Outcome {
                    when: rule.when.unwrap_or(default),
                    rule: Some(rule),
                };
            }
            Err(message) => {
                findings.plain(
                    format!("Failed to parse rule for {owner}: {message}"),
                    rule.span.clone(),
                    None,
                );
                break;
            }
        }
    }
    Outcome {
        when: When::Never,
        rule: None,
    }
}

fn apply(rule: &Rule, job: &mut Job, copies: &HashMap<String, Vec<String>>) {
    if let Some(start_in) = rule.start_in {
        job.start_in = Some(start_in);
    }
    match rule.allow_failure {
        Some(true) => job.allow_failure = AllowFailure::Yes,
        Some(false) => job.allow_failure = AllowFailure::No,
        None => {}
    }
    job.variables.extend(rule.variables.clone());
    if let Some(needs) = &rule.needs {
        job.needs = Some(draft::expanded(needs, copies));
    }
}

/// What each part of a policy says. `only` without refs asks for branches and tags.
fn policy(policy: &Policy, is_only: bool, circumstances: &Circumstances, scene: &Scene<'_>) -> Vec<bool> {
    let default = Policy::default_only();
    let refs = policy.refs.as_ref().or(default.refs.as_ref().filter(|_| is_only));
    let mut parts = Vec::new();
    if let Some(refs) = refs {
        parts.push(refs.iter().any(|reference| {
            reference
                .project
                .as_ref()
                .is_none_or(|path| *path == circumstances.project)
                && covers(&reference.pattern, circumstances)
        }));
    }
    if let Some(expressions) = &policy.variables {
        let lookup = |name: &str| scene.variables.get(name).copied();
        parts.push(expressions.iter().any(|expression| expression.holds(&lookup)));
    }
    if let Some(changes) = &policy.changes {
        parts.push(changes.hold(scene));
    }
    if policy.kubernetes {
        parts.push(false); // no project here has a cluster
    }
    parts
}

fn covers(pattern: &RefPattern, circumstances: &Circumstances) -> bool {
    let word = match pattern {
        RefPattern::Pattern(pattern) => return pattern.is_match(&circumstances.git_ref),
        RefPattern::Word(word) => word,
    };
    let source = circumstances
        .source
        .strip_suffix("_event")
        .unwrap_or(&circumstances.source);
    let plural = if source.ends_with("sh") {
        format!("{source}es")
    } else {
        format!("{source}s")
    };
    match word.as_str() {
        "tags" if circumstances.is_tag => true,
        "branches" if !circumstances.is_tag && !circumstances.is_merge_request => true,
        word => word == source || word == plural || word == circumstances.git_ref,
    }
}

/// Variables that refer to each other in a circle keep the pipeline from being created.
fn check_variables(job: &Job, circumstances: &Circumstances, findings: &mut Findings) {
    let refers = |value: &VariableValue| value.expand && value.text.contains(['$', '%']);
    if !job.variables.values().any(refers) {
        return;
    }
    let yaml = job.variables.iter().map(|(key, value)| Variable {
        raw: !value.expand,
        ..Variable::new(key, &value.text)
    });
    let all: Vec<Variable> = circumstances
        .early
        .iter()
        .cloned()
        .chain(yaml)
        .chain(circumstances.late.iter().cloned())
        .collect();
    if let Err(error) = collection::expand(&all) {
        let span = job.place("variables").unwrap_or_else(|| job.span.clone());
        findings.plain(format!("{}: {error}", job.name), span, None);
    }
}

fn check_needs(plan: &Plan, findings: &mut Findings) {
    let present: HashSet<&str> = plan.jobs.iter().map(|job| job.name.as_str()).collect();
    let why: HashMap<&str, &Omitted> = plan
        .omitted
        .iter()
        .map(|omitted| (omitted.name.as_str(), omitted))
        .collect();
    for job in &plan.jobs {
        let Some(needs) = &job.needs else { continue };
        let name = &job.name;
        if needs.len() > MAX_NEEDS {
            let span = job.place("needs").unwrap_or_else(|| job.span.clone());
            let message = format!(
                "{name}: one job can only need {MAX_NEEDS} others, but you have listed {}. See needs keyword documentation for more details",
                needs.len()
            );
            findings.plain(message, span, None);
            continue;
        }
        for need in needs {
            if need.optional || present.contains(need.job.as_str()) {
                continue;
            }
            let needed = &need.job;
            let message = format!(
                "'{name}' job needs '{needed}' job, but '{needed}' does not exist in the pipeline. This might be because of the only, except, or rules keywords. To need a job that sometimes does not exist in the pipeline, use needs:optional."
            );
            let help = why
                .get(needed.as_str())
                .map(|omitted| format!("`{needed}` is left out: {}", omitted.reason));
            findings.plain(message, need.span.clone(), help);
        }
    }
}
