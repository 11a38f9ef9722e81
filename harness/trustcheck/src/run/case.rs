//! One case: its world is booted, its steps are done, and what was seen is judged.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use mock_gitlab::KeyPool;
use tokio_util::sync::CancellationToken;
use trustcheck_lab::{Authority, BootError, BootOptions, World, WorldEvent};

use super::attempt::Means;
use super::ground::Ground;
use super::pipeline::Preview;
use super::store::Store;
use super::{CaseReport, Missed, Status};
use super::{call, pipeline};
use crate::client::Answer;
use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::execute::{Executors, Exit};
use crate::expect::Expectation;
use crate::observation::{Idle, JobRun, JobStatus, Observation, PipelineRun, PipelineStatus};
use crate::reader::Located;
use crate::scenario::{Action, Case, Entry, Plan, Step, Work};
use crate::tools::{Missing, Ready};

/// What all cases of a run share.
#[derive(Debug)]
pub struct Surroundings {
    /// Cancelled when the user breaks the run off.
    pub stop: CancellationToken,
    executors: Executors,
    tools: BTreeMap<&'static str, Result<Ready, Missing>>,
    keys: KeyPool,
    /// One for all worlds of the run.
    authority: Arc<Authority>,
    seed: u64,
}

impl Surroundings {
    /// Puts together what the cases share. The first run on a machine makes the issuers' keys, which takes a moment
    /// and is told to `progress`.
    ///
    /// # Errors
    /// Where the keys can neither be read nor made, or the certificate authority cannot be made.
    pub fn new(
        executors: Executors,
        tools: BTreeMap<&'static str, Result<Ready, Missing>>,
        stop: CancellationToken,
        seed: u64,
        context: &Context,
        progress: &dyn Fn(&str),
    ) -> Result<Surroundings, BootError> {
        let keys = KeyPool::open(context.cache.join("keys"));
        keys.key_set(0, &mut |what| progress(what))?;
        let authority = Authority::new().map_err(|error| BootError::Certificates(error.to_string()))?;
        Ok(Surroundings {
            authority: Arc::new(authority),
            stop,
            executors,
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

/// What was seen of a case that was watched, not judged.
#[derive(Debug)]
pub struct Watched {
    /// What was seen.
    pub seen: Observation,
    /// What its steps have not met.
    pub missed: Vec<Missed>,
    /// Why GitLab created no pipeline.
    pub mistakes: Vec<Diagnostic>,
}

/// Runs a case, and tells `told` of each job as it ends.
///
/// # Errors
/// A fault of the environment, in words for a person.
pub async fn watch(
    case: &Case,
    surroundings: &Surroundings,
    told: &(dyn Fn(&JobRun) + Sync),
) -> Result<Watched, String> {
    if let Some(reason) = missing(case, surroundings) {
        return Err(reason);
    }
    let (seen, missed, mistakes) = observe(case, surroundings, &surroundings.stop, told).await?;
    Ok(Watched {
        seen,
        missed,
        mistakes,
    })
}

/// The pipeline that the case's first step would create, or why GitLab would create none.
///
/// # Errors
/// A fault of the environment, in words for a person.
pub async fn preview(
    case: &Case,
    keys: &KeyPool,
    seed: u64,
) -> Result<Result<Preview, Vec<Diagnostic>>, String> {
    let world = World::boot(case.world.spec.clone(), keys, seed)
        .await
        .map_err(|error| error.to_string())?;
    let preview = Ground::start(&case.world, &case.start, &case.variables, &world).and_then(|ground| {
        let work = case.steps.iter().find_map(|step| match &step.action {
            Action::Run(Plan {
                work: Work::Pipeline(work),
                ..
            }) => Some(work),
            _ => None,
        });
        let work = work.ok_or_else(|| "the case runs no pipeline".to_owned())?;
        Ok(pipeline::preview(&ground, work))
    });
    world.shutdown().await;
    preview
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
        Entry::Case(case) => match missing(&case, surroundings) {
            Some(reason) => CaseReport {
                status: Status::Skipped,
                reason: Some(reason),
                ..heading
            },
            None => match observe(&case, surroundings, halt, &|_| {}).await {
                Ok((_, _, mistakes)) if !mistakes.is_empty() => CaseReport {
                    status: Status::Error,
                    mistakes,
                    ..heading
                },
                Ok((seen, missed, _)) => judge(&case, seen, missed, heading),
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

/// What the case needs and this host has not.
fn missing(case: &Case, surroundings: &Surroundings) -> Option<String> {
    let tools = case.needs.iter().filter_map(|tool| {
        Some(format!(
            "needs {}: {}",
            tool.name,
            surroundings.tools.get(tool.name)?.as_ref().err()?
        ))
    });
    let executor = surroundings.executors.of(case.executor()).err();
    let missing: Vec<String> = tools.chain(executor).collect();
    (!missing.is_empty()).then(|| missing.join("\n"))
}

/// What came of the steps.
#[derive(Debug, Default)]
struct Done {
    jobs: Vec<JobRun>,
    answers: Vec<Answer>,
    interrupted: bool,
    idle: Vec<Idle>,
    refusal: Vec<Diagnostic>,
    pipeline: PipelineStatus,
    /// What the step that fell short, if one did, has not met.
    missed: Vec<Missed>,
    /// Why GitLab created no pipeline where one was expected.
    mistakes: Vec<Diagnostic>,
}

impl Done {
    fn add(&mut self, part: Observation) {
        self.jobs.extend(part.jobs);
        self.answers.extend(part.answers);
        self.idle.extend(part.idle);
        self.refusal.extend(part.refusal);
        if part.pipeline != PipelineStatus::Success {
            self.pipeline = part.pipeline;
        }
    }
}

/// A job that was asked for and did not run.
fn not_there(case: &Case, name: &Located<String>, why: &str) -> Missed {
    Missed {
        place: Diagnostic::new(
            &case.source,
            name.span.clone(),
            "this job was asked for, and did not run",
        ),
        expected: format!("the job `{}` is in the pipeline", name.value),
        actual: why.to_owned(),
    }
}

/// Boots the case's world, does its steps one after the other, and returns what was seen.
async fn observe(
    case: &Case,
    surroundings: &Surroundings,
    halt: &CancellationToken,
    told: &(dyn Fn(&JobRun) + Sync),
) -> Result<(Observation, Vec<Missed>, Vec<Diagnostic>), String> {
    let seed = surroundings.seed_of(&case.id);
    let options = BootOptions::default().authority(Arc::clone(&surroundings.authority));
    let world = World::boot_with(case.world.spec.clone(), &surroundings.keys, seed, options)
        .await
        .map_err(|error| error.to_string())?;
    let done = do_steps(case, &world, surroundings, halt, told).await;
    let journal = world.journal().clone();
    world.shutdown().await;
    let done = done?;
    let seen = Observation {
        jobs: done.jobs,
        answers: done.answers,
        interrupted: done.interrupted,
        idle: done.idle,
        refusal: done.refusal,
        pipeline: done.pipeline,
        journal: journal.entries(),
        policies: Arc::clone(&case.world.policies),
    };
    Ok((seen, done.missed, done.mistakes))
}

/// Does the steps until one falls short of what it expects, or the run is interrupted.
async fn do_steps(
    case: &Case,
    world: &World,
    surroundings: &Surroundings,
    halt: &CancellationToken,
    told: &(dyn Fn(&JobRun) + Sync),
) -> Result<Done, String> {
    for fault in &case.faults {
        happen(fault, world).await?;
    }
    let mut done = Done::default();
    let mut credentials = HashMap::new();
    for step in &case.steps {
        let before = world.journal().len();
        let plan = match &step.action {
            Action::Event(event) => {
                happen(event, world).await?;
                continue;
            }
            Action::Run(plan) => plan,
        };
        let (run, answers, interrupted) = match &plan.work {
            Work::Pipeline(_) | Work::Script { .. } => {
                let run = run_plan(case, plan, world, surroundings, halt, told).await?;
                let interrupted = run.jobs.iter().any(|job| job.exit == Exit::Interrupted);
                (run, Vec::new(), interrupted)
            }
            Work::Call(asked) => {
                let caller = call::Caller {
                    case,
                    world,
                    keys: &surroundings.keys,
                    credentials: &credentials,
                };
                let answered = caller.call(asked, plan.limit, halt).await?;
                let interrupted = answered.is_none();
                (
                    PipelineRun::default(),
                    answered.into_iter().collect(),
                    interrupted,
                )
            }
        };
        if let (Some(name), Some(found)) = (&step.name, answers.first().and_then(Answer::credentials)) {
            credentials.insert(name.clone(), found);
        }
        let part = Observation {
            jobs: run.jobs,
            idle: run.idle,
            refusal: run.refusal,
            pipeline: run.status,
            answers,
            interrupted,
            journal: match step.expectations.as_slice() {
                [] => Vec::new(), // nobody will look at it
                _ => world.journal().entries_from(before),
            },
            policies: Arc::clone(&case.world.policies),
        };
        if !interrupted {
            done.missed = run
                .missing
                .iter()
                .map(|(name, why)| not_there(case, name, why))
                .collect();
            done.missed.extend(missed(case, step, plan, &part));
        }
        if !step.expects_refusal {
            done.mistakes.clone_from(&part.refusal);
        }
        done.interrupted |= interrupted;
        done.add(part);
        if interrupted || !done.missed.is_empty() || !done.mistakes.is_empty() {
            break;
        }
    }
    Ok(done)
}

async fn happen(event: &WorldEvent, world: &World) -> Result<(), String> {
    world.happen(event).await.map_err(|error| error.to_string())
}

/// What a step has not met of what is expected of it.
fn missed(case: &Case, step: &Step, plan: &Plan, seen: &Observation) -> Vec<Missed> {
    let whose = match &step.name {
        Some(name) => format!("this was expected of step `{name}`, and was not seen"),
        None => EXPECTED.to_owned(),
    };
    let mut missed = unmet(case, &step.expectations, seen, &whose);
    if seen.status() == JobStatus::TimedOut && !step.expects_time_out {
        // Without this, a script that hangs would pass for one that fails.
        missed.insert(
            0,
            Missed {
                place: Diagnostic::new(&case.source, plan.span.clone(), "the job did not end by itself")
                    .help("raise `timeout`, or expect `job: timed-out`"),
                expected: format!("the job ends within {:?}", plan.limit),
                actual: "it was stopped at its time limit".to_owned(),
            },
        );
    }
    missed
}

const EXPECTED: &str = "this was expected, and was not seen";

fn unmet(case: &Case, expectations: &[Box<dyn Expectation>], seen: &Observation, whose: &str) -> Vec<Missed> {
    expectations
        .iter()
        .flat_map(|expectation| expectation.judge(seen))
        .map(|unmet| Missed {
            place: Diagnostic::new(&case.source, unmet.span, whose),
            expected: unmet.expected,
            actual: unmet.actual,
        })
        .collect()
}

async fn run_plan(
    case: &Case,
    plan: &Plan,
    world: &World,
    surroundings: &Surroundings,
    halt: &CancellationToken,
    told: &(dyn Fn(&JobRun) + Sync),
) -> Result<PipelineRun, String> {
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
    let ground = Ground::start(&case.world, &case.start, &case.variables, world)?;
    let store = Store::new(surroundings.executors.temporary());
    let (files, answers): (_, &[_]) = match &plan.work {
        Work::Pipeline(work) => (work.files.as_deref(), &work.secrets),
        Work::Script { .. } | Work::Call(_) => (None, &[]),
    };
    let means = Means {
        allowed: &case.allow,
        executor: surroundings.executors.of(case.executor())?,
        tools: &tools,
        halt,
        limit: plan.limit,
        files,
        store: &store,
        answers,
        told,
    };
    pipeline::run(&ground, &plan.work, &means).await
}

fn judge(case: &Case, seen: Observation, mut missed: Vec<Missed>, heading: CaseReport) -> CaseReport {
    if seen.interrupted {
        let reason = Some("the run was interrupted while it ran".to_owned());
        return CaseReport {
            status: Status::Skipped,
            reason,
            ..heading
        };
    }
    // A step that fell short ended the case, so that the whole is not what it was to be.
    if missed.is_empty() {
        missed = unmet(case, &case.expectations, &seen, EXPECTED);
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
                tags: case.tags.clone(),
                lesson: case.lesson.clone(),
                ..CaseReport::heading(case.id.clone(), case.name.clone(), case.source.path().to_owned())
            },
            Entry::Mistaken { id, name, file, .. } => {
                CaseReport::heading(id.clone(), name.clone(), file.clone())
            }
        }
    }
}
