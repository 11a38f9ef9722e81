//! A job before its rules are looked at.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::entry::inherit::Selection;
use crate::entry::inheritable::Inheritable;
use crate::entry::job::Written;
use crate::entry::needs;
use crate::entry::parallel::Parallel;
use crate::entry::policy::Policy;
use crate::entry::rules::Rule;
use crate::{AllowFailure, Job, Need, VariableValue, When};

/// A job with what decides whether it is in a pipeline.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// The job as it is where no rule changes it.
    pub(crate) job: Job,
    /// The job's own variables, those of its matrix over them.
    pub(crate) own: IndexMap<String, VariableValue>,
    /// Which of the file's variables it takes.
    pub(crate) inherits: Selection,
    pub(crate) rules: Option<Vec<Rule>>,
    pub(crate) only: Option<Policy>,
    pub(crate) except: Option<Policy>,
    needs: Option<Vec<needs::Written>>,
}

impl Draft {
    /// The file's variables that the job takes, with its own over them.
    pub(crate) fn variables(
        &self,
        file: &IndexMap<String, VariableValue>,
    ) -> IndexMap<String, VariableValue> {
        let mut merged: IndexMap<_, _> = file
            .iter()
            .filter(|(name, _)| self.inherits.includes(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        merged.extend(self.own.clone());
        merged
    }
}

/// The jobs that a written one is: several where it has `parallel`.
pub(crate) fn of(
    written: Written,
    defaults: &Inheritable,
    variables: &IndexMap<String, VariableValue>,
) -> Vec<Draft> {
    let parallel = written.parallel.clone();
    let draft = single(written, defaults);
    let mut drafts = match parallel {
        None => vec![draft],
        Some(parallel) => copies(&draft, &parallel),
    };
    for draft in &mut drafts {
        draft.job.variables = draft.variables(variables);
    }
    drafts
}

fn copies(draft: &Draft, parallel: &Parallel) -> Vec<Draft> {
    let copies = parallel.copies(&draft.job.name);
    let total = u32::try_from(copies.len()).unwrap_or(u32::MAX);
    (1..=total)
        .zip(copies)
        .map(|(index, (name, row))| {
            let mut copy = draft.clone();
            copy.job.name = name;
            copy.job.parallel = Some((index, total));
            let of_matrix = row.into_iter().map(|(name, text)| {
                let value = VariableValue {
                    text,
                    expand: true,
                    span: draft.job.span.clone(),
                };
                (name, value)
            });
            copy.own.extend(of_matrix);
            copy
        })
        .collect()
}

fn single(written: Written, defaults: &Inheritable) -> Draft {
    let inherited = written.inheritable.or(defaults, &written.inherit.default);
    let is_bridge = written.trigger.is_some();
    let mut places = written.places;
    places.extend(inherited.places);
    let when = written.when.unwrap_or_default();
    // A job that waits for a person is allowed to fail, unless it says otherwise; so it blocks nothing.
    let allow_failure = written.allow_failure.unwrap_or(if when == When::Manual {
        AllowFailure::Yes
    } else {
        AllowFailure::No
    });
    let job = Job {
        base_name: written.name.clone(),
        stage: written.stage,
        image: inherited.image,
        services: inherited.services.unwrap_or_default(),
        id_tokens: if is_bridge {
            IndexMap::new()
        } else {
            inherited.id_tokens.unwrap_or_default()
        },
        secrets: written.secrets,
        pre_get_sources: inherited.hooks.unwrap_or_default(),
        before_script: inherited.before_script.unwrap_or_default(),
        script: written.script,
        after_script: inherited.after_script.unwrap_or_default(),
        trigger: written.trigger,
        timeout: inherited.timeout,
        tags: inherited.tags.unwrap_or_default(),
        when,
        start_in: written.start_in,
        allow_failure,
        dependencies: written.dependencies,
        artifacts: inherited.artifacts,
        cache: inherited.cache.unwrap_or_default(),
        retry: inherited.retry.unwrap_or_default(),
        environment: written.environment,
        resource_group: written.resource_group,
        interruptible: inherited.interruptible.unwrap_or_default(),
        span: written.span,
        places,
        ..Job::new(written.name)
    };
    Draft {
        job,
        own: written.variables,
        inherits: written.inherit.variables,
        rules: written.rules,
        only: written.only,
        except: written.except,
        needs: written.needs,
    }
}

/// Gives each need and dependency the names of the jobs that `parallel` has made.
pub(crate) fn expand_needs(drafts: &mut [Draft]) {
    let copies = copies_by_name(drafts);
    for draft in drafts {
        draft.job.needs = draft.needs.take().map(|needs| expanded(&needs, &copies));
        if let Some(dependencies) = draft.job.dependencies.take() {
            let names = dependencies
                .into_iter()
                .flat_map(|name| copies.get(&name).cloned().unwrap_or_else(|| vec![name]));
            draft.job.dependencies = Some(names.collect());
        }
    }
}

/// The names of the jobs that one job is, for each that is several.
pub(crate) fn copies_by_name(drafts: &[Draft]) -> HashMap<String, Vec<String>> {
    let mut copies: HashMap<String, Vec<String>> = HashMap::new();
    for draft in drafts.iter().filter(|draft| draft.job.parallel.is_some()) {
        copies
            .entry(draft.job.base_name.clone())
            .or_default()
            .push(draft.job.name.clone());
    }
    copies
}

pub(crate) fn expanded(needs: &[needs::Written], copies: &HashMap<String, Vec<String>>) -> Vec<Need> {
    let mut all = Vec::new();
    for need in needs {
        let names = match (&need.matrix, copies.get(&need.job)) {
            (Some(rows), Some(_)) => Parallel::Matrix(rows.clone())
                .copies(&need.job)
                .into_iter()
                .map(|(name, _)| name)
                .collect(),
            (_, Some(names)) => names.clone(),
            (_, None) => vec![need.job.clone()],
        };
        all.extend(names.into_iter().map(|job| Need {
            job,
            artifacts: need.artifacts,
            optional: need.optional,
            span: need.span.clone(),
        }));
    }
    all
}
