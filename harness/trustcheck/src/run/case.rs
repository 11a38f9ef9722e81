//! One case: its world is booted, its jobs run, and what was seen is judged.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mock_gitlab::{KeyPool, KeyPoolError};
use tokio_util::sync::CancellationToken;
use trustcheck_lab::World;

use super::job;
use super::{CaseReport, Missed, Status};
use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::execute::{Exit, Host, JobLog, Order, Room};
use crate::observation::{JobRun, JobStatus, Observation};
use crate::scenario::{Case, Entry};
use crate::tools::{Missing, Ready};

/// What all cases of a run share.
#[derive(Debug)]
pub struct Surroundings {
    /// Cancelled when the user breaks the run off.
    pub stop: CancellationToken,
    host: Host,
    tools: BTreeMap<&'static str, Result<Ready, Missing>>,
    keys: KeyPool,
    seed: u64,
}

impl Surroundings {
    /// Puts together what the cases share. The first run on a machine makes the issuers' keys, which takes a moment
    /// and is told to `progress`.
    ///
    /// # Errors
    /// Where the keys can neither be read nor made.
    pub fn new(
        host: Host,
        tools: BTreeMap<&'static str, Result<Ready, Missing>>,
        stop: CancellationToken,
        seed: u64,
        context: &Context,
        progress: &dyn Fn(&str),
    ) -> Result<Surroundings, KeyPoolError> {
        let keys = KeyPool::open(context.cache.join("keys"));
        keys.key_set(0, &mut |what| progress(what))?;
        Ok(Surroundings {
            stop,
            host,
            tools,
            keys,
            seed,
        })
    }

    /// The seed of one case: its own, whatever other cases run and in whatever order.
    fn seed_of(&self, id: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.seed, id).hash(&mut hasher);
        hasher.finish()
    }
}

/// Runs one entry to its report.
pub(super) async fn run(entry: Entry, surroundings: &Surroundings, halt: &CancellationToken) -> CaseReport {
    let began = Instant::now();
    let heading = entry.heading();
    let report = match entry {
        Entry::Mistaken { mistakes, .. } => CaseReport {
            status: Status::Error,
            mistakes,
            ..heading
        },
        Entry::Case(case) => match missing_tools(&case, surroundings) {
            Some(reason) => CaseReport {
                status: Status::Skipped,
                reason: Some(reason),
                ..heading
            },
            None => match observe(&case, surroundings, halt).await {
                Ok(seen) => judge(&case, seen, heading),
                Err(reason) => CaseReport {
                    status: Status::Error,
                    reason: Some(reason),
                    ..heading
                },
            },
        },
    };
    CaseReport {
        duration: began.elapsed(),
        ..report
    }
}

fn missing_tools(case: &Case, surroundings: &Surroundings) -> Option<String> {
    let missing: Vec<String> = case
        .needs
        .iter()
        .filter_map(|tool| {
            Some(format!(
                "needs {}: {}",
                tool.name,
                surroundings.tools.get(tool.name)?.as_ref().err()?
            ))
        })
        .collect();
    (!missing.is_empty()).then(|| missing.join("\n"))
}

/// Boots the case's world, runs its jobs one after the other, and returns what was seen.
async fn observe(
    case: &Case,
    surroundings: &Surroundings,
    halt: &CancellationToken,
) -> Result<Observation, String> {
    let seed = surroundings.seed_of(&case.id);
    let world = World::boot(case.world.spec.clone(), &surroundings.keys, seed)
        .await
        .map_err(|error| error.to_string())?;
    let jobs = run_jobs(case, &world, surroundings, halt).await;
    let journal = world.journal().clone();
    world.shutdown().await;
    Ok(Observation {
        jobs: jobs?,
        journal: journal.entries(),
        policies: Arc::clone(&case.world.policies),
    })
}

async fn run_jobs(
    case: &Case,
    world: &World,
    surroundings: &Surroundings,
    halt: &CancellationToken,
) -> Result<Vec<JobRun>, String> {
    let tools: Vec<PathBuf> = case
        .needs
        .iter()
        .filter_map(|tool| {
            surroundings
                .tools
                .get(tool.name)?
                .as_ref()
                .ok()?
                .directory
                .clone()
        })
        .collect();
    let mut runs = Vec::new();
    let mut pipeline = job::start(case, world)?;
    while let Some(next) = pipeline.next_job() {
        let room = surroundings
            .host
            .room(pipeline.project_path(), world.authority().pem())
            .map_err(|error| format!("cannot make the job's directories: {error}"))?;
        let prepared = pipeline.prepare(&next, &room)?;
        let mut log = JobLog::new(prepared.secrets.iter().cloned());
        let shell = Shell {
            host: &surroundings.host,
            room: &room,
            edge: world.edge(),
            tools: &tools,
            halt,
        };
        let limit = case.plan.limit;
        let exit = shell
            .run(prepared.script(surroundings.host.shell()), limit, &mut log)
            .await?;
        let after_script = prepared.after_script(surroundings.host.shell(), exit == Exit::Code(0));
        if let Some(script) = after_script.filter(|_| exit != Exit::Interrupted) {
            let limit = limit.min(AFTER_SCRIPT_LIMIT);
            let after = shell.run(script, limit, &mut log).await?;
            if let Some(warning) = job::after_script_warning(after, limit) {
                log.print(warning.as_bytes());
            }
        }
        let run = JobRun {
            name: prepared.name,
            exit,
            log: log.end(&job::last_line(exit, limit)),
            limit,
        };
        let failed = run.status() == JobStatus::Failed;
        runs.push(run);
        if failed {
            break; // later stages are skipped, as in GitLab
        }
    }
    Ok(runs)
}

/// How long an `after_script` may take (GitLab Runner, `RUNNER_AFTER_SCRIPT_TIMEOUT`).
const AFTER_SCRIPT_LIMIT: Duration = Duration::from_secs(5 * 60);

/// What the scripts of one job have in common.
struct Shell<'a> {
    host: &'a Host,
    room: &'a Room,
    edge: SocketAddr,
    tools: &'a [PathBuf],
    halt: &'a CancellationToken,
}

impl Shell<'_> {
    async fn run(&self, script: String, limit: Duration, log: &mut JobLog) -> Result<Exit, String> {
        let order = Order {
            room: self.room,
            script,
            edge: self.edge,
            tools: self.tools,
            limit,
        };
        self.host
            .execute(&order, self.halt, |bytes| log.print(bytes))
            .await
            .map_err(|error| format!("cannot start the job's shell: {error}"))
    }
}

fn judge(case: &Case, seen: Observation, heading: CaseReport) -> CaseReport {
    if seen.jobs.iter().any(|job| job.exit == Exit::Interrupted) {
        let reason = Some("the run was interrupted while it ran".to_owned());
        return CaseReport {
            status: Status::Skipped,
            reason,
            ..heading
        };
    }
    let mut missed: Vec<Missed> = case
        .expectations
        .iter()
        .flat_map(|expectation| expectation.judge(&seen))
        .map(|unmet| Missed {
            place: Diagnostic::new(&case.source, unmet.span, "this was expected, and was not seen"),
            expected: unmet.expected,
            actual: unmet.actual,
        })
        .collect();
    if seen.status() == JobStatus::TimedOut && !case.expects_time_out {
        // Without this, a script that hangs would pass for one that fails.
        missed.insert(
            0,
            Missed {
                place: Diagnostic::new(
                    &case.source,
                    case.plan.span.clone(),
                    "the job did not end by itself",
                )
                .help("raise `timeout` in `run`, or expect `job: timed-out`"),
                expected: format!("the job ends within {:?}", case.plan.limit),
                actual: "it was stopped at its time limit".to_owned(),
            },
        );
    }
    let status = if missed.is_empty() {
        Status::Passed
    } else {
        Status::Failed
    };
    CaseReport {
        status,
        missed,
        observation: Some(seen),
        ..heading
    }
}

impl Entry {
    /// The report of an entry of which nothing has been seen yet.
    pub(super) fn heading(&self) -> CaseReport {
        match self {
            Entry::Case(case) => CaseReport {
                values: case.values.clone(),
                ..CaseReport::heading(case.id.clone(), case.name.clone(), case.source.path().to_owned())
            },
            Entry::Mistaken { id, name, file, .. } => {
                CaseReport::heading(id.clone(), name.clone(), file.clone())
            }
        }
    }
}
