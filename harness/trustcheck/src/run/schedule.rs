//! Which case runs when: as many at once as allowed, reported in the order of the files.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::case::{self, Surroundings};
use super::{CaseReport, Event, Listener, Status, Summary};
use crate::scenario::Entry;

/// How a run is limited.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many cases run at once.
    pub at_once: usize,
    /// Whether the first case that falls short ends the run.
    pub fail_fast: bool,
}

/// Runs every entry and tells `listeners` what happens.
///
/// # Errors
/// Where a listener cannot write.
pub async fn run(
    entries: Vec<Entry>,
    surroundings: &Arc<Surroundings>,
    limits: Limits,
    listeners: &mut [Box<dyn Listener>],
) -> io::Result<Summary> {
    let began = Instant::now();
    let mut summary = Summary::default();
    tell(listeners, &Event::Began { cases: entries.len() })?;

    // Cancelled by the user's interrupt and, with `fail_fast`, by the first case that falls short.
    let halt = surroundings.stop.child_token();
    let headings: Vec<CaseReport> = entries.iter().map(Entry::heading).collect();
    let mut waiting = entries.into_iter().enumerate();
    let mut running: JoinSet<CaseReport> = JoinSet::new();
    let mut indices = HashMap::new();
    let mut ended: BTreeMap<usize, CaseReport> = BTreeMap::new();
    let mut next_to_report = 0;
    loop {
        while !halt.is_cancelled() && running.len() < limits.at_once.max(1) {
            let Some((index, entry)) = waiting.next() else {
                break;
            };
            tell(listeners, &Event::CaseBegan(entry.id()))?;
            let (surroundings, halt) = (Arc::clone(surroundings), halt.clone());
            let task = running.spawn(async move { case::run(entry, &surroundings, &halt).await });
            indices.insert(task.id(), index);
        }
        let Some(joined) = running.join_next_with_id().await else {
            break;
        };
        let (task, report) = match joined {
            Ok((task, report)) => (task, Some(report)),
            Err(crash) => (crash.id(), None),
        };
        let Some(index) = indices.remove(&task) else {
            continue;
        };
        let report = report.unwrap_or_else(|| CaseReport {
            status: Status::Error,
            reason: Some("trustcheck itself failed in this case; this is a bug, please report it".to_owned()),
            ..headings[index].clone()
        });
        tell(listeners, &Event::CaseEnded(&report.id))?;
        ended.insert(index, report);
        while let Some(report) = ended.remove(&next_to_report) {
            next_to_report += 1;
            summary.count(&report);
            tell(listeners, &Event::Case(&report))?;
            if limits.fail_fast && matches!(report.status, Status::Failed | Status::Error) {
                halt.cancel();
            }
        }
    }
    summary.interrupted = surroundings.stop.is_cancelled();
    for (index, _) in waiting {
        let why = if summary.interrupted {
            "the run was interrupted"
        } else {
            "an earlier case fell short (--fail-fast)"
        };
        let report = CaseReport {
            status: Status::Skipped,
            reason: Some(format!("not run: {why}")),
            ..headings[index].clone()
        };
        summary.count(&report);
        tell(listeners, &Event::Case(&report))?;
    }
    summary.duration = began.elapsed();
    tell(listeners, &Event::Ended(&summary))?;
    Ok(summary)
}

impl CaseReport {
    /// A report of a case of which nothing has been seen yet.
    pub(crate) fn heading(id: String, scenario: String, file: camino::Utf8PathBuf) -> CaseReport {
        CaseReport {
            id,
            scenario,
            file,
            values: Vec::new(),
            tags: Vec::new(),
            lesson: None,
            status: Status::Skipped,
            duration: Duration::ZERO,
            missed: Vec::new(),
            observation: None,
            reason: None,
            mistakes: Vec::new(),
        }
    }
}

fn tell(listeners: &mut [Box<dyn Listener>], event: &Event<'_>) -> io::Result<()> {
    listeners.iter_mut().try_for_each(|listener| listener.hear(event))
}
