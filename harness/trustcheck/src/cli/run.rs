//! `trustcheck run`: runs scenarios and reports what came of them.

use std::io::Write;
use std::num::NonZeroUsize;
use std::sync::Arc;

use camino::Utf8PathBuf;
use clap::Args;

use super::executors::ExecutorOptions;
use super::{Exit, Failure, interrupt};
use crate::context::Context;
use crate::partition::Partition;
use crate::report::{self, Format, Progress, Wanted};
use crate::run::{self, Limits, Listener, Summary, Surroundings};
use crate::scenario::Entry;
use crate::{collect, tools};

/// Run scenarios: boot a world for each case, run its pipeline job, judge what happened, and report.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trustcheck run                                   every scenario below scenarios/
  trustcheck run --filter wildcard                 those with `wildcard` in their path, name or tags
  trustcheck run my/scenario.yml --set ROLE_ARN=arn:aws:iam::111122223333:role/other
  trustcheck run --report junit=junit.xml          for a merge request, beside the report for a person
  trustcheck run --report html=report.html         a page with logs, requests, tokens and policies side by side
  trustcheck run --partition 2/4                   the second of four parts, each on a machine of its own

In a folder, `*.yml` and `*.yaml` files are scenarios, but for `*.gitlab-ci.yml` and what lies in folders named
templates, worlds, policies or terraform.

Where the environment has GitLab's CI_NODE_INDEX and CI_NODE_TOTAL, as in a job with `parallel: 4`, they say which part runs
unless --partition does; --partition 1/1 runs all.")]
pub(super) struct Arguments {
    /// Scenario files, or folders with some
    #[arg(value_name = "PATH", default_value = "scenarios")]
    paths: Vec<Utf8PathBuf>,

    /// Only cases with TEXT in their path, name, values or tags; several: any of them
    #[arg(long, short, value_name = "TEXT")]
    filter: Vec<String>,

    /// How many cases run at once [default: one a processor]
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    #[command(flatten)]
    executor: ExecutorOptions,

    /// Write a report: pretty, json, junit, tap or html, to FILE or standard output; several may be asked for [default: pretty]
    #[arg(long, short, value_name = "FORMAT[=FILE]")]
    report: Vec<Wanted>,

    /// Set a variable of the scenarios, in place of the value in their `variables:`
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    set: Vec<(String, String)>,

    /// Run one of N parts of the cases, which together are all of them and differ in size by one at most
    #[arg(long, value_name = "K/N")]
    partition: Option<Partition>,

    /// A skipped case is a failure: exit 3 where one is skipped
    #[arg(long)]
    deny_skips: bool,

    /// Stop at the first case that falls short
    #[arg(long)]
    fail_fast: bool,

    /// Name the cases that would run, and run none
    #[arg(long)]
    list: bool,

    /// Repeat a run's random choices: ids, session names, access keys
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

pub(super) fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments, context: Context) -> Result<Exit, Failure> {
    let stop = interrupt::token();
    let mut entries = collect::entries(&arguments.paths, &arguments.set, &context)
        .map_err(|error| Failure::new(Exit::Input, error.to_string()))?;
    let found = entries.len();
    entries.retain(|entry| {
        arguments.filter.is_empty() || arguments.filter.iter().any(|text| entry.matches(text))
    });
    if entries.is_empty() {
        return Err(Failure::new(
            Exit::Input,
            match found {
                0 => format!("no scenario found in {}", list(&arguments.paths)),
                _ => format!(
                    "none of the {found} cases matches --filter {}",
                    arguments.filter.join(" or ")
                ),
            },
        ));
    }
    let progress = Progress::new(context.animates());
    let partition = match arguments.partition {
        Some(partition) => Some(partition),
        None => Partition::of_gitlab(&context).map_err(|why| Failure::new(Exit::Input, why))?,
    };
    if let Some(partition) = partition {
        let all = entries.len();
        entries = partition.of(entries, Entry::id);
        progress.preparing(&format!("{partition}: {} of {all} cases", entries.len()));
    }
    if arguments.list {
        return name_cases(&entries);
    }

    let mut listeners = listeners(&arguments, &context, &progress)?;
    let context = Arc::new(context);
    let required: Vec<_> = entries.iter().filter_map(Entry::executor).collect();
    let executors = arguments.executor.find(&required, &context)?;
    let needed = entries.iter().flat_map(Entry::needs);
    let ready = tools::provide(needed, &context, &stop, &|what| progress.preparing(what)).await;
    let seed = arguments.seed.unwrap_or_else(rand::random);
    let surroundings = Surroundings::new(executors, ready, stop, seed, &context, &|what| {
        progress.preparing(what);
    })
    .map_err(|error| Failure::new(Exit::Environment, error.to_string()))?;
    let limits = Limits {
        at_once: at_once(arguments.jobs),
        fail_fast: arguments.fail_fast,
    };
    let summary = run::run(entries, &Arc::new(surroundings), limits, &mut listeners)
        .await
        .map_err(|error| Failure::new(Exit::Environment, format!("cannot write a report: {error}")))?;
    Ok(exit(&summary, arguments.deny_skips))
}

/// The reports that were asked for, and progress.
fn listeners(
    arguments: &Arguments,
    context: &Context,
    progress: &Progress,
) -> Result<Vec<Box<dyn Listener>>, Failure> {
    let mut wanted = arguments.report.clone();
    // A person who asks for a file still wants to see the run; one who asks for JSON on standard output does not.
    if wanted
        .iter()
        .all(|report| report.file.is_some() && report.format != Format::Pretty)
    {
        wanted.insert(
            0,
            Wanted {
                format: Format::Pretty,
                file: None,
            },
        );
    }
    if wanted.iter().filter(|report| report.file.is_none()).count() > 1 {
        return Err(Failure::new(
            Exit::Input,
            "two reports would go to standard output: give one a file, FORMAT=FILE",
        ));
    }
    let mut listeners: Vec<Box<dyn Listener>> = vec![Box::new(progress.clone())];
    for report in &wanted {
        listeners.push(report::listener(report, context, progress).map_err(|error| {
            let file = report
                .file
                .as_deref()
                .map(camino::Utf8Path::as_str)
                .unwrap_or_default();
            Failure::new(
                Exit::Environment,
                format!("cannot write the report `{file}`: {error}"),
            )
        })?);
    }
    Ok(listeners)
}

fn name_cases(entries: &[Entry]) -> Result<Exit, Failure> {
    let mut out = std::io::stdout().lock();
    for entry in entries {
        if writeln!(out, "{}", entry.id()).is_err() {
            break; // the reader has seen enough
        }
    }
    let mistakes: Vec<String> = entries
        .iter()
        .flat_map(Entry::mistakes)
        .map(|mistake| mistake.render(false))
        .collect();
    if mistakes.is_empty() {
        Ok(Exit::AsExpected)
    } else {
        Err(Failure::new(Exit::Input, mistakes.join("\n\n")))
    }
}

fn at_once(jobs: Option<NonZeroUsize>) -> usize {
    jobs.or_else(|| std::thread::available_parallelism().ok())
        .map_or(1, NonZeroUsize::get)
}

fn exit(summary: &Summary, deny_skips: bool) -> Exit {
    if summary.interrupted {
        Exit::Interrupted
    } else if summary.errors > summary.faults {
        Exit::Input
    } else if summary.faults > 0 {
        Exit::Environment
    } else if summary.failed > 0 {
        Exit::FellShort
    } else if summary.skipped > 0 && deny_skips {
        Exit::Environment
    } else {
        Exit::AsExpected
    }
}

fn list(paths: &[Utf8PathBuf]) -> String {
    paths
        .iter()
        .map(|path| format!("`{path}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
