//! The jobs of a pipeline in GitLab's order: stage by stage, or as soon as what they need is there; those that may run
//! together do.
//!
//! DIVERGENCE: a delayed job starts as soon as it may, and no more jobs run together than the machine has processors (two at
//! least), so that a rehearsal takes no longer than its scripts. `resource_group` holds nobody back.
//!
//! Source: GitLab docs, "CI/CD pipelines" and `needs`; `Ci::ProcessPipelineService` for which states let a job run.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use gitlab_pipeline::expand::audience;
use gitlab_pipeline::{AllowFailure, Audience, Job, Pipeline, Plan, Refusal, Span, Trigger, When};

use super::attempt::{self, Means, Outcome};
use super::ground::Ground;
use crate::diagnostic::{Diagnostic, Source};
use crate::execute::Exit;
use crate::observation::{Idle, JobRun, JobStatus, PipelineRun, PipelineStatus, Why};
use crate::scenario::{PipelineWork, Work};

/// Pipelines within pipelines.
const MAX_DEPTH: usize = 2;

/// Creates the pipeline of a case and runs it to its end.
pub(super) async fn run(ground: &Ground<'_>, work: &Work, means: &Means<'_>) -> Result<PipelineRun, String> {
    match work {
        Work::Script { script, id_tokens } => {
            let job = super::job::bare(script, id_tokens);
            let outcome = attempt::run(ground, means, &job, &[], Vec::new()).await?;
            (means.told)(&outcome.run);
            let failed = outcome.run.status() != JobStatus::Success;
            Ok(PipelineRun {
                status: if failed {
                    PipelineStatus::Failed
                } else {
                    PipelineStatus::Success
                },
                jobs: vec![outcome.run],
                ..PipelineRun::default()
            })
        }
        Work::Call(_) => Ok(PipelineRun::default()), // it has no job
        Work::Pipeline(work) => {
            let (library, circumstances) = (ground.library(work), ground.circumstances(work));
            let read = Pipeline::read(
                work.file.path().as_str(),
                work.file.text(),
                &library,
                &circumstances,
            );
            created(ground, read, work, means, 0).await
        }
    }
}

/// Runs a configuration as a pipeline of its own.
fn created<'a>(
    ground: &'a Ground<'_>,
    read: Result<Pipeline, Refusal>,
    work: &'a PipelineWork,
    means: &'a Means<'_>,
    depth: usize,
) -> Pin<Box<dyn Future<Output = Result<PipelineRun, String>> + Send + 'a>> {
    Box::pin(async move {
        let circumstances = ground.circumstances(work);
        let plan = read.and_then(|pipeline| {
            let plan = pipeline.plan(&ground.library(work), &circumstances)?;
            Ok((pipeline, plan))
        });
        let (pipeline, plan) = match plan {
            Ok(plan) => plan,
            Err(refusal) => return Ok(PipelineRun::refused(shown(&refusal))),
        };
        let mut run = PipelineRun::default();
        for omitted in plan.omitted {
            run.idle.push(Idle {
                name: omitted.name,
                why: Why::Omitted(omitted.reason),
            });
        }
        let wanted = |job: &Job| match &work.jobs {
            Some(names) if depth == 0 => names
                .iter()
                .any(|name| name.value == job.name || name.value == job.base_name),
            _ => true,
        };
        let jobs: Vec<Job> = plan.jobs.into_iter().filter(|job| wanted(job)).collect();
        if let Some(names) = work.jobs.as_ref().filter(|_| depth == 0) {
            for name in names {
                let there = jobs
                    .iter()
                    .any(|job| name.value == job.name || name.value == job.base_name);
                if !there {
                    run.missing
                        .push((name.clone(), why_missing(&name.value, &pipeline, &run.idle)));
                }
            }
        }
        let mut schedule = Schedule {
            ground,
            means,
            work,
            depth,
            states: vec![State::Waiting; jobs.len()],
            places: places(&jobs, &plan.stages),
            plays: work.jobs.is_some() && depth == 0,
            jobs,
            outcomes: HashMap::new(),
            run,
        };
        schedule.finish().await?;
        Ok(schedule.run)
    })
}

/// The pipeline that would be created, without running it; or why there would be none.
pub(super) fn preview(ground: &Ground<'_>, work: &PipelineWork) -> Result<Preview, Vec<Diagnostic>> {
    let (library, circumstances) = (ground.library(work), ground.circumstances(work));
    let read = Pipeline::read(
        work.file.path().as_str(),
        work.file.text(),
        &library,
        &circumstances,
    );
    let (pipeline, plan) = read
        .and_then(|pipeline| {
            let plan = pipeline.plan(&library, &circumstances)?;
            Ok((pipeline, plan))
        })
        .map_err(|refusal| shown(&refusal))?;
    let known: HashMap<&str, &str> = circumstances
        .early
        .iter()
        .chain(&circumstances.late)
        .map(|variable| (variable.key.as_str(), variable.value.as_str()))
        .collect();
    let audiences = plan.jobs.iter().flat_map(|job| {
        let value = |name: &str| {
            let own = job.variables.get(name).map(|value| value.text.as_str());
            own.or_else(|| known.get(name).copied())
        };
        job.id_tokens.values().flat_map(move |token| match &token.aud {
            Audience::One(one) => vec![audience::expand(one, value)],
            Audience::Many(many) => many.iter().map(|one| audience::expand(one, value)).collect(),
        })
    });
    let mut texts: Vec<String> = pipeline.sources().files().map(|file| file.text.clone()).collect();
    texts.extend(known.values().map(|value| (*value).to_owned()));
    Ok(Preview {
        audiences: audiences.collect(),
        places: plan
            .omitted
            .iter()
            .map(|omitted| place(&pipeline, &omitted.span))
            .collect(),
        texts,
        plan,
    })
}

/// `file:line:column`.
fn place(pipeline: &Pipeline, span: &Span) -> String {
    match pipeline.sources().locate(span) {
        Some((file, span)) => Source::new(file.name.as_str(), file.text.as_str()).position(span.start),
        None => String::new(),
    }
}

/// A pipeline that would be created.
#[derive(Debug)]
pub struct Preview {
    /// Its jobs, and those that are left out.
    pub plan: Plan,
    /// Where it is written why each of those is left out.
    pub places: Vec<String>,
    /// The audiences of its jobs' ID tokens.
    pub audiences: Vec<String>,
    /// All texts that a role's ARN may stand in: the files, and the values of variables.
    pub texts: Vec<String>,
}

/// Why a job that was asked for does not run.
fn why_missing(name: &str, pipeline: &Pipeline, idle: &[Idle]) -> String {
    let omitted = idle.iter().find(|idle| idle.name == name);
    match omitted.map(|idle| &idle.why) {
        Some(Why::Omitted(reason)) => format!("it is not in the pipeline: {reason}"),
        _ => {
            let mut known: Vec<&str> = pipeline.jobs().map(|job| job.name.as_str()).collect();
            known.dedup();
            format!("the file has no such job; its jobs are {}", known.join(", "))
        }
    }
}

/// A refusal with the places in its files.
pub(crate) fn shown(refusal: &Refusal) -> Vec<Diagnostic> {
    let one = |problem: &gitlab_pipeline::Diagnostic| {
        let (source, span) = match refusal.sources.locate(&problem.span) {
            Some((file, span)) => (Source::new(file.name.as_str(), file.text.as_str()), span),
            None => (Source::new(".gitlab-ci.yml", ""), 0..0),
        };
        let diagnostic = Diagnostic::new(&source, span, &problem.message);
        match &problem.help {
            Some(help) if !help.is_empty() => diagnostic.help(help),
            _ => diagnostic,
        }
    };
    refusal.diagnostics.iter().map(one).collect()
}

/// The place of each job's stage.
fn places(jobs: &[Job], stages: &[String]) -> Vec<usize> {
    let place = |job: &Job| stages.iter().position(|stage| *stage == job.stage);
    jobs.iter().map(|job| place(job).unwrap_or_default()).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Running,
    Success,
    Failed,
    /// It failed, and was allowed to.
    Warned,
    Skipped,
    /// It waits for a person, and nothing waits for it.
    Optional,
    /// It waits for a person, and the pipeline with it.
    Blocking,
}

impl State {
    fn is_settled(self) -> bool {
        !matches!(self, State::Waiting | State::Running)
    }
}

/// What the jobs before a job have come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Success,
    Failed,
    Skipped,
    Blocked,
}

struct Schedule<'a, 'g> {
    ground: &'a Ground<'g>,
    means: &'a Means<'a>,
    work: &'a PipelineWork,
    depth: usize,
    jobs: Vec<Job>,
    places: Vec<usize>,
    states: Vec<State>,
    /// Whether somebody starts the manual jobs.
    plays: bool,
    /// The variables that jobs left behind, by number.
    outcomes: HashMap<usize, Vec<(String, String)>>,
    run: PipelineRun,
}

/// The runs of one job, of which the last counts, and what it left behind.
type Ended = Result<(Vec<JobRun>, Vec<(String, String)>, Option<PipelineRun>), String>;

/// A job that runs, by its number.
type Running<'a> = (usize, Pin<Box<dyn Future<Output = Ended> + Send + 'a>>);

impl Schedule<'_, '_> {
    async fn finish(&mut self) -> Result<(), String> {
        let mut running: Vec<Running<'_>> = Vec::new();
        // What is running borrows what never changes.
        let (ground, means, work, depth) = (self.ground, self.means, self.work, self.depth);
        let jobs = self.jobs.clone();
        let at_once = std::thread::available_parallelism()
            .map_or(2, std::num::NonZero::get)
            .max(2);
        let mut interrupted = false;
        loop {
            while !interrupted && running.len() < at_once {
                let Some(next) = self.next_ready() else { break };
                self.states[next] = State::Running;
                let (earlier, dotenv) = self.inheritance(next);
                let job = jobs[next].clone();
                running.push((
                    next,
                    Box::pin(
                        async move { attempts(ground, means, work, depth, &job, &earlier, &dotenv).await },
                    ),
                ));
            }
            if running.is_empty() {
                break;
            }
            let (number, ended) = first_to_end(&mut running).await;
            let (mut runs, dotenv, child) = ended?;
            let last = runs.last();
            interrupted |= last.is_some_and(|run| run.exit == Exit::Interrupted);
            let failed = last.is_some_and(|run| run.status() != JobStatus::Success);
            let exit = last.map(|run| run.exit);
            let allowed = failed && allows(&jobs[number].allow_failure, exit);
            self.states[number] = match (failed, allowed) {
                (false, _) => State::Success,
                (true, true) => State::Warned,
                (true, false) => State::Failed,
            };
            if let Some(last) = runs.last_mut() {
                last.allowed_to_fail = allowed;
            }
            self.outcomes.insert(number, dotenv);
            runs.iter().for_each(|run| (self.means.told)(run));
            self.run.jobs.extend(runs);
            if let Some(child) = child {
                self.run.jobs.extend(child.jobs);
                self.run.idle.extend(child.idle);
                self.run.refusal.extend(child.refusal);
            }
        }
        for (number, state) in self.states.iter().enumerate() {
            let why = match state {
                State::Skipped => Why::Skipped,
                State::Optional | State::Blocking => Why::Manual,
                State::Waiting => Why::Blocked,
                _ => continue,
            };
            self.run.idle.push(Idle {
                name: self.jobs[number].name.clone(),
                why,
            });
        }
        self.run.status = if self.states.contains(&State::Failed) {
            PipelineStatus::Failed
        } else if self.states.contains(&State::Blocking) {
            PipelineStatus::Manual
        } else {
            PipelineStatus::Success
        };
        Ok(())
    }

    /// The next job that may run now. Jobs that will not run are settled on the way.
    fn next_ready(&mut self) -> Option<usize> {
        loop {
            let mut changed = false;
            for number in 0..self.jobs.len() {
                if self.states[number] != State::Waiting {
                    continue;
                }
                let Some(before) = self.before(number) else {
                    continue;
                };
                match self.decide(number, before) {
                    None => return Some(number),
                    Some(State::Waiting) => {}
                    Some(state) => {
                        self.states[number] = state;
                        changed = true;
                    }
                }
            }
            if !changed {
                return None;
            }
        }
    }

    /// The jobs that a job waits for; `None` where it waits for whole stages.
    fn needed(&self, number: usize) -> Option<Vec<usize>> {
        let needs = self.jobs[number].needs.as_ref()?;
        let found = needs
            .iter()
            .filter_map(|need| self.jobs.iter().position(|job| job.name == need.job));
        Some(found.collect())
    }

    /// What came before a job, once all of it is settled.
    fn before(&self, number: usize) -> Option<Before> {
        let needed = self.needed(number);
        let is_dag = needed.is_some();
        let numbers = needed.unwrap_or_else(|| {
            (0..self.jobs.len())
                .filter(|other| self.places[*other] < self.places[number])
                .collect()
        });
        let states: Vec<State> = numbers.iter().map(|number| self.states[*number]).collect();
        if states.iter().any(|state| !state.is_settled()) {
            return None;
        }
        Some(if states.contains(&State::Failed) {
            Before::Failed
        } else if states.contains(&State::Blocking) || (is_dag && states.contains(&State::Optional)) {
            Before::Blocked
        } else if is_dag && states.contains(&State::Skipped) {
            Before::Skipped
        } else {
            Before::Success
        })
    }

    /// What becomes of a job; `None`: it runs.
    fn decide(&self, number: usize, before: Before) -> Option<State> {
        let job = &self.jobs[number];
        let allowed_to_fail = job.allow_failure == AllowFailure::Yes;
        match (job.when, before) {
            (_, Before::Blocked) => Some(State::Waiting),
            (When::Always, _) | (When::OnFailure, Before::Failed) => None,
            (When::OnFailure, _) | (_, Before::Failed | Before::Skipped) | (When::Never, _) => {
                Some(State::Skipped)
            }
            (When::Manual, Before::Success) if !self.plays => Some(if allowed_to_fail {
                State::Optional
            } else {
                State::Blocking
            }),
            (When::OnSuccess | When::Delayed | When::Manual, Before::Success) => None,
        }
    }

    /// The jobs whose artifacts a job gets, and their variables.
    fn inheritance(&self, number: usize) -> (Vec<String>, Vec<(String, String)>) {
        let job = &self.jobs[number];
        let wants = |other: usize| {
            let name = &self.jobs[other].name;
            if let Some(dependencies) = &job.dependencies {
                return dependencies.contains(name);
            }
            match &job.needs {
                Some(needs) => needs.iter().any(|need| need.job == *name && need.artifacts),
                None => self.places[other] < self.places[number],
            }
        };
        let earlier: Vec<usize> = (0..self.jobs.len()).filter(|other| wants(*other)).collect();
        let dotenv = earlier
            .iter()
            .filter_map(|other| self.outcomes.get(other))
            .flatten()
            .cloned();
        let names = earlier.iter().map(|other| self.jobs[*other].name.clone());
        (names.collect(), dotenv.collect())
    }
}

/// Runs a job, again if it fails and `retry` says so, and the pipeline that it starts.
async fn attempts(
    ground: &Ground<'_>,
    means: &Means<'_>,
    work: &PipelineWork,
    depth: usize,
    job: &Job,
    earlier: &[String],
    dotenv: &[(String, String)],
) -> Ended {
    let mut runs = Vec::new();
    loop {
        if let Some(trigger) = &job.trigger {
            let (run, child) = bridge(ground, means, work, depth, job, trigger, dotenv).await?;
            return Ok((vec![run], Vec::new(), Some(child)));
        }
        let Outcome { mut run, dotenv, .. } =
            attempt::run(ground, means, job, earlier, dotenv.to_vec()).await?;
        let (reason, code) = match run.exit {
            Exit::Code(0) | Exit::Interrupted => {
                runs.push(run);
                return Ok((runs, dotenv, None));
            }
            Exit::Code(code) => ("script_failure", Some(code)),
            Exit::Signal(_) => ("script_failure", None),
            Exit::Exceeded(_) => ("runner_system_failure", None),
            Exit::TimedOut => ("job_execution_timeout", None),
        };
        let again = runs.len() < job.retry.max as usize && job.retry.covers(reason, code);
        run.retried = again;
        runs.push(run);
        if !again {
            return Ok((runs, dotenv, None));
        }
    }
}

/// A job that starts a child pipeline. It succeeds once that is created, or with `depend` once that has succeeded.
async fn bridge(
    ground: &Ground<'_>,
    means: &Means<'_>,
    work: &PipelineWork,
    depth: usize,
    job: &Job,
    trigger: &Trigger,
    dotenv: &[(String, String)],
) -> Result<(JobRun, PipelineRun), String> {
    if let Some(project) = &trigger.project {
        return Err(format!(
            "`{}` starts a pipeline of the project `{project}`, which is not supported; only child pipelines are",
            job.name
        ));
    }
    if depth == MAX_DEPTH {
        return Err(format!(
            "`{}` starts a child pipeline too deep: GitLab allows {MAX_DEPTH} levels",
            job.name
        ));
    }
    let forwarded = attempt::forwarded(ground, means, job, dotenv.to_vec()).await?;
    let child = ground.child(forwarded)?;
    let circumstances = child.circumstances(work);
    let read = Pipeline::child(trigger, &child.library(work), &circumstances)
        .ok_or_else(|| format!("`{}` names no file", job.name))?;
    let seen = created(&child, read, work, means, depth + 1).await?;
    let failed = match seen.status {
        PipelineStatus::Refused => true,
        PipelineStatus::Failed => trigger.depend,
        _ => false,
    };
    let exit = Exit::Code(i32::from(failed));
    Ok((JobRun::new(&job.name, exit, means.limit), seen))
}

/// Whether a job's failure is allowed.
fn allows(allow: &AllowFailure, exit: Option<Exit>) -> bool {
    match (allow, exit) {
        (AllowFailure::Yes, _) => true,
        (AllowFailure::ExitCodes(codes), Some(Exit::Code(code))) => codes.contains(&code),
        _ => false,
    }
}

/// Waits until one of the jobs has ended.
async fn first_to_end(running: &mut Vec<Running<'_>>) -> (usize, Ended) {
    poll_fn(|context| {
        for at in 0..running.len() {
            if let Poll::Ready(ended) = running[at].1.as_mut().poll(context) {
                let (number, _) = running.remove(at);
                return Poll::Ready((number, ended));
            }
        }
        Poll::Pending
    })
    .await
}
