//! `trustcheck pipeline`: the jobs of a project's own pipeline file, run in a world.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use gitlab_pipeline::{AllowFailure, Audience, Job, Need};
use mock_gitlab::{KeyPool, PipelineSource};
use serde_json::{Map, Value, json};

use super::executors::ExecutorOptions;
use super::job::PipelineOptions;
use super::{Exit, Failure, input, interrupt};
use crate::context::Context;
use crate::diagnostic::Source;
use crate::infer::{self, Inferred};
use crate::observation::{JobRun, JobStatus, PipelineStatus};
use crate::reader::Located;
use crate::report::{self, Format, Progress, Wanted};
use crate::run::{self, CaseReport, Event, Listener, Preview, Status, Summary, Surroundings, Watched};
use crate::scenario::{Action, Case, Disk, Files, PipelineWork, Plan, Start, Step, Variable, Work};
use crate::tools;

/// Run a project's own `.gitlab-ci.yml` in a world: its jobs as GitLab and its runner run them, their logins as AWS decides
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trustcheck pipeline                                  ./.gitlab-ci.yml, as for a push to the default branch
  trustcheck pipeline --branch feature/x --merge-request --list
  trustcheck pipeline ci/deploy.yml --world world.yml --project acme/shop --tag v1.2.0 --job deploy
  trustcheck pipeline --variable ROLE_ARN=arn:aws:iam::111122223333:role/deploy --report junit=junit.xml
  trustcheck pipeline --lint

Without --world, one is inferred: an AWS in which every role whose ARN stands in the file or in a variable trusts every token of
the project. It shows whether the script logs in, not whether your role would let it.

Exit status: 0 the pipeline succeeds, or waits for somebody; 1 a job fails; 2 GitLab would create no pipeline.")]
pub(super) struct Arguments {
    /// The pipeline file
    #[arg(value_name = "FILE", default_value = ".gitlab-ci.yml")]
    file: Utf8PathBuf,

    #[command(flatten)]
    options: PipelineOptions,

    /// A pipeline schedule started it
    #[arg(long, conflicts_with_all = ["source", "merge_request"])]
    schedule: bool,

    /// Run only this job; several are possible. A manual job that is named is started
    #[arg(long, value_name = "NAME")]
    job: Vec<String>,

    /// A variable given to the pipeline; several are possible
    #[arg(long, value_name = "NAME=VALUE", value_parser = super::run::assignment)]
    variable: Vec<(String, String)>,

    /// A file of NAME=VALUE lines: the project's CI/CD variables
    #[arg(long, value_name = "FILE")]
    variable_file: Option<Utf8PathBuf>,

    /// An input of the pipeline
    #[arg(long, value_name = "NAME=VALUE", value_parser = super::run::assignment)]
    input: Vec<(String, String)>,

    /// The project's files, for `include:local` and for the jobs [default: the folder of FILE]
    #[arg(long, value_name = "FOLDER")]
    files: Option<Utf8PathBuf>,

    /// A path that was changed, for `rules:changes` [default: everything counts as changed]
    #[arg(long, value_name = "PATH")]
    changed: Vec<String>,

    /// Show which jobs would be created, and why others would not; run none
    #[arg(long, conflicts_with = "lint")]
    list: bool,

    /// Print the list as JSON, with each job's keywords
    #[arg(long, requires = "list")]
    json: bool,

    /// Only check whether GitLab would create the pipeline
    #[arg(long)]
    lint: bool,

    #[command(flatten)]
    executor: ExecutorOptions,

    /// Write a report: json, junit or tap, to FILE
    #[arg(long, short, value_name = "FORMAT=FILE")]
    report: Vec<Wanted>,

    /// The longest that a job may run, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    timeout: u64,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments, context: Context) -> Result<Exit, Failure> {
    let mut case = case(&arguments, &context)?;
    let progress = Progress::new(context.animates());
    let keys = KeyPool::open(context.cache.join("keys"));
    keys.key_set(0, &mut |what| progress.preparing(what))
        .map_err(|error| Failure::new(Exit::Environment, error.to_string()))?;
    let preview = run::preview(&case, &keys, 0)
        .await
        .map_err(|why| Failure::new(Exit::Input, why))?
        .map_err(|mistakes| Failure::mistakes(&mistakes, &context))?;
    if arguments.lint {
        say(&format!(
            "{} is valid: {} jobs would be created",
            arguments.file,
            preview.plan.jobs.len()
        ));
        return Ok(Exit::AsExpected);
    }
    if arguments.list {
        if arguments.json {
            say(&format!("{:#}", as_json(&preview)));
        } else {
            list(&preview);
        }
        return Ok(Exit::AsExpected);
    }
    if arguments.options.world.is_none() {
        let project = case
            .start
            .project
            .as_ref()
            .map_or("", |project| project.value.as_str());
        let inferred = infer::infer(&mut case.world, project, &preview.texts, &preview.audiences);
        tell_inferred(&inferred);
    }
    let uses_aws = |job: &Job| {
        job.commands()
            .chain(job.after_script.iter().map(String::as_str))
            .any(|command| {
                command
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|word| word == "aws")
            })
    };
    if preview.plan.jobs.iter().any(uses_aws) {
        case.needs.extend(tools::find("aws"));
    }
    let stop = interrupt::token();
    let context = Arc::new(context);
    let executors = arguments.executor.find(&[], &context)?;
    let ready = tools::provide(case.needs.iter().copied(), &context, &stop, &|what| {
        progress.preparing(what);
    })
    .await;
    let surroundings = Surroundings::new(
        executors,
        ready,
        stop.clone(),
        rand::random(),
        &context,
        &|what| {
            progress.preparing(what);
        },
    )
    .map_err(|error| Failure::new(Exit::Environment, error.to_string()))?;
    let colour = context.colour();
    let began = Instant::now();
    let watched = run::watch(&case, &surroundings, &|run| show(run, colour))
        .await
        .map_err(|why| Failure::new(Exit::Environment, why))?;
    if !watched.mistakes.is_empty() {
        return Err(Failure::mistakes(&watched.mistakes, &context));
    }
    if let Some(missed) = watched.missed.first() {
        return Err(Failure::new(
            Exit::Input,
            format!("{}: {}", missed.expected, missed.actual),
        ));
    }
    summarize(&watched, colour);
    write_reports(&arguments, &context, &progress, &watched, began.elapsed())?;
    if stop.is_cancelled() {
        return Ok(Exit::Interrupted);
    }
    Ok(match watched.seen.pipeline {
        PipelineStatus::Failed => Exit::FellShort,
        PipelineStatus::Refused => Exit::Input,
        PipelineStatus::Success | PipelineStatus::Manual => Exit::AsExpected,
    })
}

/// The one case that the options describe.
fn case(arguments: &Arguments, context: &Context) -> Result<Case, Failure> {
    let refused = |why: String| Failure::new(Exit::Input, why);
    let text = input::text(&arguments.file, context).map_err(refused)?;
    let (world, start) = arguments.options.world(context)?;
    let of_file = start.clone().unwrap_or_default();
    let mut started = arguments.options.start(&world, start).map_err(refused)?;
    if arguments.schedule {
        started.trigger.source = PipelineSource::Schedule;
    }
    let mut variables = of_file.variables;
    variables.extend(
        arguments
            .variable
            .iter()
            .map(|(name, value)| Variable::new(name, value)),
    );
    let located = |value: &str| Located {
        value: value.to_owned(),
        span: 0..0,
    };
    let disk = Disk(&context.directory);
    let beside = arguments.file.parent().filter(|_| arguments.file != "-");
    let folder = arguments.files.as_deref().or(beside).unwrap_or(Utf8Path::new(""));
    let Some(files) = disk.folder(folder).map(Arc::new) else {
        return Err(refused(format!("`{folder}` is no folder")));
    };
    let source = Source::new(arguments.file.clone(), text);
    let work = PipelineWork {
        file: source.clone(),
        beside: Some(Arc::clone(&files)),
        files: Some(files),
        jobs: (!arguments.job.is_empty()).then(|| arguments.job.iter().map(|job| located(job)).collect()),
        changes: (!arguments.changed.is_empty()).then(|| arguments.changed.clone()),
        inputs: arguments.input.clone(),
        secrets: Vec::new(),
    };
    Ok(Case {
        id: arguments.file.to_string(),
        name: arguments.file.to_string(),
        tags: Vec::new(),
        lesson: None,
        values: Vec::new(),
        needs: Vec::new(),
        executor: None,
        allow: Vec::new(),
        world,
        start: Start {
            project: Some(located(&started.project)),
            trigger: Some(started.trigger),
            environment: started.environment,
            variables,
        },
        variables: match &arguments.variable_file {
            Some(path) => variable_file(path, context)?,
            None => Vec::new(),
        },
        faults: Vec::new(),
        steps: vec![Step {
            name: None,
            action: Action::Run(Plan {
                work: Work::Pipeline(Box::new(work)),
                limit: Duration::from_secs(arguments.timeout.max(1)),
                span: 0..0,
            }),
            expectations: Vec::new(),
            expects_time_out: true,
            expects_refusal: false,
            span: 0..0,
        }],
        expectations: Vec::new(),
        source,
    })
}

/// `NAME=VALUE` lines; blank ones and those with `#` in front say nothing.
fn variable_file(path: &Utf8Path, context: &Context) -> Result<Vec<Variable>, Failure> {
    let text = input::text(path, context).map_err(|why| Failure::new(Exit::Input, why))?;
    let lines = text.lines().enumerate().filter(|(_, line)| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    });
    lines
        .map(|(number, line)| {
            let read = super::run::assignment(line.trim())
                .map_err(|why| Failure::new(Exit::Input, format!("{path}:{}: {why}", number + 1)))?;
            Ok(Variable::new(read.0, read.1))
        })
        .collect()
}

/// A line on standard output, which may be closed.
fn say(line: &str) {
    let _ = writeln!(anstream::stdout(), "{line}");
}

fn tell_inferred(inferred: &Inferred) {
    let mut err = anstream::stderr();
    let _ = match inferred.roles.as_slice() {
        [] => writeln!(
            err,
            "no --world, and no role's ARN in the file or its variables: the AWS of this run has no role"
        ),
        roles => writeln!(
            err,
            "no --world: inferred one in which {} trust{} every token of the project, for the audience {}",
            roles.join(", "),
            if roles.len() == 1 { "s" } else { "" },
            inferred.audiences.join(", ")
        ),
    };
}

/// `--list`
fn list(preview: &Preview) {
    let plan = &preview.plan;
    let width =
        |texts: &mut dyn Iterator<Item = &str>| texts.map(|text| text.chars().count()).max().unwrap_or(0);
    let stages = width(&mut plan.jobs.iter().map(|job| job.stage.as_str()));
    let names = width(&mut plan.jobs.iter().map(|job| job.name.as_str()));
    for job in &plan.jobs {
        let mut notes = vec![job.when.word().to_owned()];
        if let Some(needs) = &job.needs {
            let needs: Vec<_> = needs.iter().map(|need| need.job.as_str()).collect();
            notes.push(format!("needs [{}]", needs.join(", ")));
        }
        if let Some(environment) = &job.environment {
            notes.push(format!("environment {}", environment.name));
        }
        if !job.id_tokens.is_empty() {
            let tokens: Vec<_> = job.id_tokens.keys().map(String::as_str).collect();
            notes.push(format!("id_tokens {}", tokens.join(", ")));
        }
        say(&format!(
            "{:stages$}  {:names$}  {}",
            job.stage,
            job.name,
            notes.join("; ")
        ));
    }
    if !plan.omitted.is_empty() {
        say("\nnot created:");
    }
    for (omitted, place) in plan.omitted.iter().zip(&preview.places) {
        say(&format!("  {}: {} ({place})", omitted.name, omitted.reason));
    }
}

/// `--list --json`: the jobs with everything that they inherit, and those that are not created.
fn as_json(preview: &Preview) -> Value {
    let jobs: Vec<Value> = preview.plan.jobs.iter().map(job_as_json).collect();
    let omitted = preview.plan.omitted.iter().zip(&preview.places);
    let omitted: Vec<Value> = omitted
        .map(|(omitted, at)| json!({ "name": omitted.name, "reason": omitted.reason, "at": at }))
        .collect();
    json!({ "stages": preview.plan.stages, "jobs": jobs, "not_created": omitted })
}

fn job_as_json(job: &Job) -> Value {
    let variables: Map<String, Value> = job
        .variables
        .iter()
        .map(|(name, value)| (name.clone(), value.text.clone().into()))
        .collect();
    let tokens: Map<String, Value> = job
        .id_tokens
        .iter()
        .map(|(name, token)| {
            let aud = match &token.aud {
                Audience::One(one) => json!(one),
                Audience::Many(many) => json!(many),
            };
            (name.clone(), json!({ "aud": aud }))
        })
        .collect();
    let allow_failure = match &job.allow_failure {
        AllowFailure::No => json!(false),
        AllowFailure::Yes => json!(true),
        AllowFailure::ExitCodes(codes) => json!({ "exit_codes": codes }),
    };
    let needs = job.needs.as_ref().map(|needs| {
        let one =
            |need: &Need| json!({ "job": need.job, "artifacts": need.artifacts, "optional": need.optional });
        needs.iter().map(one).collect::<Vec<_>>()
    });
    json!({
        "name": job.name,
        "base_name": job.base_name,
        "stage": job.stage,
        "when": job.when.word(),
        "allow_failure": allow_failure,
        "needs": needs,
        "image": job.image.as_ref().map(|image| &image.name),
        "environment": job.environment.as_ref().map(|environment| &environment.name),
        "variables": variables,
        "id_tokens": tokens,
        "before_script": job.before_script,
        "script": job.script,
        "after_script": job.after_script,
        "timeout": job.timeout,
        "tags": job.tags,
    })
}

/// A job's log, as it ends.
fn show(run: &JobRun, colour: bool) {
    if run.log.is_empty() {
        return; // it started a child pipeline
    }
    let log = if colour { run.coloured() } else { run.text() };
    let again = if run.retried { ", to be run again" } else { "" };
    let mut out = anstream::AutoStream::new(
        std::io::stdout(),
        if colour {
            anstream::ColorChoice::Always
        } else {
            anstream::ColorChoice::Never
        },
    );
    let _ = writeln!(out, "=== {}{again}\n{log}", run.name);
}

/// What became of each job, and of its logins.
fn summarize(watched: &Watched, colour: bool) {
    let seen = &watched.seen;
    say(&format!("pipeline {}", seen.pipeline));
    for run in &seen.jobs {
        let (mark, state) = match run.status() {
            JobStatus::Success => ("✓", "success"),
            _ if run.retried => ("↻", "failed, run again"),
            _ if run.allowed_to_fail => ("!", "failed, which is allowed"),
            JobStatus::Failed => ("✗", "failed"),
            JobStatus::TimedOut => ("✗", "timed out"),
        };
        say(&format!("{mark} {}: {state} ({})", run.name, run.ending()));
        for login in report::logins(seen, run.id, colour) {
            say(&login);
        }
    }
    for idle in &seen.idle {
        say(&format!("- {}: {}", idle.name, idle.why.word()));
    }
}

fn write_reports(
    arguments: &Arguments,
    context: &Context,
    progress: &Progress,
    watched: &Watched,
    duration: Duration,
) -> Result<(), Failure> {
    let reports: Vec<CaseReport> = watched
        .seen
        .last_runs()
        .map(|run| job_report(run, arguments))
        .collect();
    let count = |status: Status| reports.iter().filter(|report| report.status == status).count();
    let summary = Summary {
        passed: count(Status::Passed),
        failed: count(Status::Failed),
        duration,
        ..Summary::default()
    };
    for wanted in &arguments.report {
        if wanted.format == Format::Pretty || wanted.file.is_none() {
            return Err(Failure::new(
                Exit::Input,
                "give --report a format and a file: junit=junit.xml",
            ));
        }
        let failure = |error: std::io::Error| {
            Failure::new(Exit::Environment, format!("cannot write a report: {error}"))
        };
        let mut listener: Box<dyn Listener> = report::listener(wanted, context, progress).map_err(failure)?;
        let began = Event::Began { cases: reports.len() };
        let cases = reports.iter().map(Event::Case);
        for event in std::iter::once(began)
            .chain(cases)
            .chain([Event::Ended(&summary)])
        {
            listener.hear(&event).map_err(failure)?;
        }
    }
    Ok(())
}

/// A job as reports have cases.
fn job_report(run: &JobRun, arguments: &Arguments) -> CaseReport {
    let passed = run.status() == JobStatus::Success || run.allowed_to_fail;
    CaseReport {
        status: if passed { Status::Passed } else { Status::Failed },
        duration: run.duration,
        reason: (!passed).then(|| format!("{}\n{}", run.ending(), run.text())),
        ..CaseReport::heading(
            format!("{}/{}", arguments.file, run.name),
            run.name.clone(),
            arguments.file.clone(),
        )
    }
}
