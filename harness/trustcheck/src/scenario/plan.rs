//! What is run: jobs of a pipeline file, a bare script, or a call of AWS. `run:` is one of them, and so is each step of
//! `steps:`.

use std::time::Duration;

use gitlab_pipeline::{Audience, Pipeline};
use located_yaml::{Node, Value};

use super::call::{self, Call};
use super::files::{Files, named};
use super::variables::is_name;
use crate::diagnostic::{Diagnostic, Source, nearest};
use crate::reader::{Fields, Reader};

/// What is run, and how long it may take.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What is done.
    pub work: Work,
    /// The time limit of each job, or of the call.
    pub limit: Duration,
    /// Where it stands in the file.
    pub span: std::ops::Range<usize>,
}

/// What is done.
#[derive(Debug, Clone)]
pub enum Work {
    /// Jobs of a pipeline file, in this order.
    Pipeline {
        /// The file's pipeline.
        pipeline: Box<Pipeline>,
        /// The names of the jobs to run.
        jobs: Vec<String>,
    },
    /// A script, run as the script of a job of its own.
    Script {
        /// The shell script.
        script: String,
        /// The ID tokens of the job: variable and audience.
        id_tokens: Vec<(String, Audience)>,
    },
    /// A call of AWS by the built-in client.
    Call(Box<Call>),
}

/// The time limit of a job or call where the scenario names none.
const LIMIT: Duration = Duration::from_secs(120);

/// The keys that say what is run; a mapping has one of them.
pub(super) const KEYS: [&str; 3] = ["pipeline", "script", "call"];

/// `run:`
pub(super) fn read(node: &Node, files: &dyn Files, reader: &mut Reader<'_>) -> Option<Plan> {
    let mut fields = reader.fields(node, "`run`")?;
    if node.get("steps").is_some() {
        fields.refuse("steps", "stands in the place of `run`, not in it", reader);
        return None;
    }
    let plan = taken_from(&mut fields, &[], files, reader);
    fields.finish(reader);
    plan
}

/// Takes what is run, with all that belongs to it, out of a mapping. `earlier` names the calls before it.
pub(super) fn taken_from(
    fields: &mut Fields<'_>,
    earlier: &[String],
    files: &dyn Files,
    reader: &mut Reader<'_>,
) -> Option<Plan> {
    let span = fields.node().span.clone();
    let pipeline = fields.take("pipeline");
    let script = fields.take("script");
    let call = fields.take("call");
    let jobs = fields.take("jobs");
    let id_tokens = fields.take("id_tokens");
    let limit = fields
        .take("timeout")
        .and_then(|node| reader.duration(node, "`timeout`"));
    let found: Vec<(&str, &Node)> = [("pipeline", pipeline), ("script", script), ("call", call)]
        .into_iter()
        .filter_map(|(key, node)| Some((key, node?)))
        .collect();
    let what = fields.what();
    let [(key, node)] = found.as_slice() else {
        let problem = match found.as_slice() {
            [(first, _), (_, second), ..] => reader.problem(
                &second.span,
                format!("{what} has a `{first}` already; it runs one thing"),
            ),
            _ => reader
                .problem(&(span.start..span.start), format!("{what} says nothing to run"))
                .help("write `pipeline: FILE`, `script: |` or `call: { … }`"),
        };
        reader.note(problem);
        return None;
    };
    if *key != "pipeline" {
        misplaced(jobs, "`jobs` needs a `pipeline`", reader);
    }
    match *key {
        "pipeline" => misplaced(
            id_tokens,
            "`id_tokens` belong to the pipeline file's jobs",
            reader,
        ),
        "call" => misplaced(id_tokens, "a call has its `token` inside", reader),
        _ => {}
    }
    let work = match *key {
        "pipeline" => of_pipeline(node, jobs, files, reader),
        "call" => call::read(node, earlier, reader).map(|call| Work::Call(Box::new(call))),
        _ => {
            let script = reader.some_text(node, "`script`");
            let id_tokens = id_tokens.map_or(Some(Vec::new()), |node| tokens(node, reader));
            script.zip(id_tokens).map(|(script, id_tokens)| Work::Script {
                script: script.value,
                id_tokens,
            })
        }
    };
    Some(Plan {
        work: work?,
        limit: limit.unwrap_or(LIMIT),
        span,
    })
}

fn misplaced(node: Option<&Node>, why: &str, reader: &mut Reader<'_>) {
    if let Some(node) = node {
        let problem = reader.problem(&node.span, why);
        reader.note(problem);
    }
}

fn of_pipeline(path: &Node, jobs: Option<&Node>, files: &dyn Files, reader: &mut Reader<'_>) -> Option<Work> {
    let file = named(path, "the pipeline", files, reader)?;
    let pipeline = match Pipeline::parse(file.text()) {
        Ok(pipeline) => pipeline,
        Err(mistakes) => {
            for mistake in mistakes {
                reader.note(from_pipeline(&file, mistake));
            }
            return None;
        }
    };
    let all: Vec<&str> = pipeline.jobs().map(|job| job.name.as_str()).collect();
    let Some(node) = jobs else {
        let jobs = all.into_iter().map(str::to_owned).collect();
        return Some(Work::Pipeline {
            pipeline: Box::new(pipeline),
            jobs,
        });
    };
    let wanted = reader.list(node, "`jobs`", |reader, node| {
        let name = reader.some_text(node, "a job's name")?;
        if all.contains(&name.value.as_str()) {
            return Some(name.value);
        }
        let mut problem = reader.problem(
            &name.span,
            format!("`{}` has no job `{}`", file.path(), name.value),
        );
        problem = match nearest(&name.value, all.iter().copied()) {
            Some(known) => problem.help(format!("did you mean `{known}`?")),
            None => problem.help(format!("its jobs are {}", all.join(", "))),
        };
        reader.note(problem);
        None
    })?;
    if wanted.is_empty() {
        misplaced(Some(node), "`jobs` names no job that could run", reader);
        return None;
    }
    Some(Work::Pipeline {
        pipeline: Box::new(pipeline),
        jobs: wanted,
    })
}

fn from_pipeline(file: &Source, mistake: gitlab_pipeline::Diagnostic) -> Diagnostic {
    let diagnostic = Diagnostic::new(file, mistake.span, mistake.message);
    match mistake.help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// `id_tokens:` as in a job: `NAME: { aud: … }`.
fn tokens(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<(String, Audience)>> {
    let Value::Mapping(entries) = &node.value else {
        reader.wrong_type(node, "`id_tokens`", "a mapping of names to tokens");
        return None;
    };
    let mut tokens = Vec::new();
    for entry in entries {
        let Some(name) = reader.some_text(&entry.key, "a token's name") else {
            continue;
        };
        if !is_name(&name.value) {
            let problem = reader.problem(&name.span, format!("`{}` is no variable name", name.value));
            reader.note(problem);
            continue;
        }
        let Some(mut fields) = reader.fields(&entry.value, "a token") else {
            continue;
        };
        let audience = fields.need("aud", reader).and_then(|node| audience(node, reader));
        fields.finish(reader);
        tokens.extend(audience.map(|audience| (name.value, audience)));
    }
    Some(tokens)
}

pub(super) fn audience(node: &Node, reader: &mut Reader<'_>) -> Option<Audience> {
    if matches!(node.value, Value::Sequence(_)) {
        let many = reader.list(node, "`aud`", |reader, node| reader.text(node, "an audience"))?;
        return Some(Audience::Many(many.into_iter().map(|text| text.value).collect()));
    }
    Some(Audience::One(reader.text(node, "`aud`")?.value))
}
