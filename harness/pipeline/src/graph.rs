//! What must hold between the jobs of a configuration. Messages as `Gitlab::Ci::YamlProcessor` words them.

use std::collections::HashMap;

use crate::draft::{Draft, copies_by_name, expanded};
use crate::findings::Findings;
use crate::nearest::did_you_mean;
use crate::{Job, Need, Span};

/// Jobs by name, with the place of their stage.
type Known<'d> = HashMap<&'d str, (usize, &'d Job)>;

pub(crate) fn check(drafts: &[Draft], stages: &[String], findings: &mut Findings) {
    let places: HashMap<&str, usize> = stages
        .iter()
        .enumerate()
        .rev() // of a stage that is named twice, the first counts
        .map(|(place, stage)| (stage.as_str(), place))
        .collect();
    let known: Known<'_> = drafts
        .iter()
        .map(|draft| {
            let place = places.get(draft.job.stage.as_str()).copied().unwrap_or_default();
            (draft.job.name.as_str(), (place, &draft.job))
        })
        .collect();
    let copies = copies_by_name(drafts);
    for draft in drafts {
        let job = &draft.job;
        let span = job.places.get("dependencies").unwrap_or(&job.span);
        for name in job.dependencies.iter().flatten() {
            dependency(job, name, "dependency", span, &known, findings);
        }
        if let Some(needs) = &job.needs {
            check_needs(job, needs, &known, findings);
        }
        let of_rules = draft
            .rules
            .iter()
            .flatten()
            .filter_map(|rule| rule.needs.as_ref());
        for needs in of_rules {
            check_needs(job, &expanded(needs, &copies), &known, findings);
        }
        check_environment(job, &known, findings);
    }
    if findings.is_empty()
        && let Some(span) = circle(drafts)
    {
        findings.plain("The pipeline has circular dependencies", span, None);
    }
}

fn check_needs(job: &Job, needs: &[Need], known: &Known<'_>, findings: &mut Findings) {
    for need in needs {
        if need.optional && !known.contains_key(need.job.as_str()) {
            continue;
        }
        dependency(job, &need.job, "need", &need.span, known, findings);
    }
    let twice: Vec<&str> = needs
        .iter()
        .enumerate()
        .filter(|(at, need)| {
            let count = needs.iter().filter(|other| other.job == need.job).count();
            count > 1 && needs.iter().position(|other| other.job == need.job) == Some(*at)
        })
        .map(|(_, need)| need.job.as_str())
        .collect();
    if !twice.is_empty() {
        let message = format!(
            "{} has the following needs duplicated: {}.",
            job.name,
            twice.join(", ")
        );
        let span = needs.first().map_or(job.span.clone(), |need| need.span.clone());
        findings.plain(message, span, None);
    }
}

fn dependency(job: &Job, name: &str, kind: &str, span: &Span, known: &Known<'_>, findings: &mut Findings) {
    let Some((place, _)) = known.get(name) else {
        let help = did_you_mean(name, known.keys().copied());
        findings.plain(
            format!("{} job: undefined {kind}: {name}", job.name),
            span.clone(),
            help,
        );
        return;
    };
    let own = known.get(job.name.as_str()).map_or(0, |(place, _)| *place);
    if *place > own {
        let message = format!(
            "{} job: {kind} {name} is not defined in current or prior stages",
            job.name
        );
        findings.plain(message, span.clone(), None);
    }
}

fn check_environment(job: &Job, known: &Known<'_>, findings: &mut Findings) {
    let Some(environment) = &job.environment else {
        return;
    };
    let Some(on_stop) = &environment.on_stop else {
        return;
    };
    let name = &job.name;
    let message = match known.get(on_stop.as_str()) {
        None => format!("{name} job: on_stop job {on_stop} is not defined"),
        Some((_, stop)) => match &stop.environment {
            None => format!("{name} job: on_stop job {on_stop} does not have environment defined"),
            Some(other) if other.name != environment.name => {
                format!("{name} job: on_stop job {on_stop} have different environment name")
            }
            Some(other) if other.action != "stop" => {
                format!("{name} job: on_stop job {on_stop} needs to have action stop defined")
            }
            Some(_) => return,
        },
    };
    let span = job.place("environment").unwrap_or_else(|| job.span.clone());
    findings.plain(message, span, None);
}

/// A job that needs itself, through others perhaps.
fn circle(drafts: &[Draft]) -> Option<Span> {
    let numbers: HashMap<&str, usize> = drafts
        .iter()
        .enumerate()
        .map(|(number, draft)| (draft.job.name.as_str(), number))
        .collect();
    let mut waits: Vec<usize> = vec![0; drafts.len()];
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); drafts.len()];
    for (number, draft) in drafts.iter().enumerate() {
        for need in draft.job.needs.iter().flatten() {
            if let Some(needed) = numbers.get(need.job.as_str()) {
                waits[number] += 1;
                followers[*needed].push(number);
            }
        }
    }
    let mut ready: Vec<usize> = (0..drafts.len()).filter(|number| waits[*number] == 0).collect();
    while let Some(number) = ready.pop() {
        for follower in std::mem::take(&mut followers[number]) {
            waits[follower] -= 1;
            if waits[follower] == 0 {
                ready.push(follower);
            }
        }
    }
    let stuck = waits.iter().position(|waits| *waits > 0)?;
    let job = &drafts[stuck].job;
    Some(job.place("needs").unwrap_or_else(|| job.span.clone()))
}
