//! What is run: jobs of a pipeline file, a bare script, or a call of AWS. `run:` is one of them, and so is each step of
//! `steps:`.

use std::sync::Arc;
use std::time::Duration;

use camino::Utf8Path;
use gitlab_pipeline::{Audience, Pipeline};
use located_yaml::{Node, Value};

use super::call::{self, Call};
use super::files::{Files, named};
use super::repository::{self, Folder};
use super::variables::is_name;
use crate::diagnostic::{Diagnostic, Source, nearest};
use crate::reader::{Fields, Located, Reader};

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
    /// Jobs of a pipeline file.
    Pipeline(Box<PipelineWork>),
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

/// A pipeline file, and what it is run with.
#[derive(Debug, Clone)]
pub struct PipelineWork {
    /// The file.
    pub file: Source,
    /// The project's files: where `include:local` looks, and what a job finds in its project directory. Without them,
    /// includes are looked for beside the file, and the project directory is empty.
    pub files: Option<Arc<Folder>>,
    /// The folder of the file.
    pub beside: Option<Arc<Folder>>,
    /// The names of the jobs to run; all that are created where there is none. A manual job that is named is started.
    pub jobs: Option<Vec<Located<String>>>,
    /// The files that `rules:changes` sees; where they are not said, everything counts as changed.
    pub changes: Option<Vec<String>>,
    /// The pipeline's inputs: name and YAML text.
    pub inputs: Vec<(String, String)>,
    /// What the systems behind `secrets:` answer, by the name of the variable.
    pub secrets: Vec<(String, String)>,
}

/// The time limit of a job or call where the scenario names none.
const LIMIT: Duration = Duration::from_secs(120);

/// The keys that say what is run; a mapping has one of them.
pub(super) const KEYS: [&str; 3] = ["pipeline", "script", "call"];

/// `run:`
pub(super) fn read(
    node: &Node,
    files: &dyn Files,
    may_be_refused: bool,
    reader: &mut Reader<'_>,
) -> Option<Plan> {
    let mut fields = reader.fields(node, "`run`")?;
    if node.get("steps").is_some() {
        fields.refuse("steps", "stands in the place of `run`, not in it", reader);
        return None;
    }
    let plan = taken_from(&mut fields, &[], files, may_be_refused, reader);
    fields.finish(reader);
    plan
}

/// Takes what is run, with all that belongs to it, out of a mapping. `earlier` names the calls before it. A pipeline that
/// may be refused is not looked at yet.
pub(super) fn taken_from(
    fields: &mut Fields<'_>,
    earlier: &[String],
    files: &dyn Files,
    may_be_refused: bool,
    reader: &mut Reader<'_>,
) -> Option<Plan> {
    let span = fields.node().span.clone();
    let pipeline = fields.take("pipeline");
    let script = fields.take("script");
    let call = fields.take("call");
    let of_pipeline = OfPipeline {
        jobs: fields.take("jobs"),
        files: fields.take("files"),
        changes: fields.take("changes"),
        inputs: fields.take("inputs"),
        secrets: fields.take("secrets"),
    };
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
        for (node, key) in of_pipeline.all() {
            misplaced(node, &format!("`{key}` needs a `pipeline`"), reader);
        }
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
        "pipeline" => of_pipeline.read(node, files, may_be_refused, reader),
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

/// The keys that belong to a `pipeline:`.
#[derive(Clone, Copy)]
struct OfPipeline<'n> {
    jobs: Option<&'n Node>,
    files: Option<&'n Node>,
    changes: Option<&'n Node>,
    inputs: Option<&'n Node>,
    secrets: Option<&'n Node>,
}

impl<'n> OfPipeline<'n> {
    fn all(self) -> [(Option<&'n Node>, &'static str); 5] {
        [
            (self.jobs, "jobs"),
            (self.files, "files"),
            (self.changes, "changes"),
            (self.inputs, "inputs"),
            (self.secrets, "secrets"),
        ]
    }

    fn read(
        self,
        path: &Node,
        files: &dyn Files,
        may_be_refused: bool,
        reader: &mut Reader<'_>,
    ) -> Option<Work> {
        let file = named(path, "the pipeline", files, reader)?;
        let jobs = match self.jobs {
            None => None,
            Some(node) => {
                let jobs = reader.list(node, "`jobs`", |reader, node| {
                    reader.some_text(node, "a job's name")
                })?;
                if jobs.is_empty() {
                    misplaced(Some(node), "`jobs` names no job that could run", reader);
                    return None;
                }
                Some(jobs)
            }
        };
        if !may_be_refused && !includes(file.text()) {
            check(&file, jobs.as_deref(), reader)?;
        }
        let folder = file.path().parent().map_or(Utf8Path::new(""), |parent| parent);
        let changes = self.changes.and_then(|node| {
            reader.list(node, "`changes`", |reader, node| {
                reader.some_text(node, "a path").map(|path| path.value)
            })
        });
        Some(Work::Pipeline(Box::new(PipelineWork {
            files: self
                .files
                .and_then(|node| repository::folder(node, "`files`", files, reader)),
            beside: files.folder(folder).map(Arc::new),
            jobs,
            changes,
            inputs: self
                .inputs
                .map_or(Some(Vec::new()), |node| texts(node, "`inputs`", reader))?,
            secrets: self
                .secrets
                .map_or(Some(Vec::new()), |node| texts(node, "`secrets`", reader))?,
            file,
        })))
    }
}

/// A mapping of names to texts.
fn texts(node: &Node, what: &str, reader: &mut Reader<'_>) -> Option<Vec<(String, String)>> {
    let Value::Mapping(entries) = &node.value else {
        reader.wrong_type(node, what, "a mapping of names to texts");
        return None;
    };
    let read = entries.iter().filter_map(|entry| {
        let name = reader.some_text(&entry.key, "a name")?;
        Some((name.value, reader.text(&entry.value, what)?.value))
    });
    Some(read.collect())
}

/// Whether other files decide what this one says, so that it is looked at when the pipeline is created.
fn includes(text: &str) -> bool {
    let roots = located_yaml::parse(text).unwrap_or_default();
    roots.iter().any(|root| root.get("include").is_some()) || roots.len() > 1
}

/// Notes the mistakes of a pipeline file, and jobs that it does not have.
fn check(file: &Source, jobs: Option<&[Located<String>]>, reader: &mut Reader<'_>) -> Option<()> {
    let pipeline = match Pipeline::parse(file.text()) {
        Ok(pipeline) => pipeline,
        Err(mistakes) => {
            for mistake in mistakes {
                reader.note(from_pipeline(file, mistake));
            }
            return None;
        }
    };
    let all: Vec<&str> = pipeline
        .jobs()
        .flat_map(|job| [job.name.as_str(), job.base_name.as_str()])
        .collect();
    let mut sound = true;
    for name in jobs.into_iter().flatten() {
        if all.contains(&name.value.as_str()) {
            continue;
        }
        sound = false;
        let mut problem = reader.problem(
            &name.span,
            format!("`{}` has no job `{}`", file.path(), name.value),
        );
        problem = match nearest(&name.value, all.iter().copied()) {
            Some(known) => problem.help(format!("did you mean `{known}`?")),
            None => {
                let mut known: Vec<&str> = pipeline.jobs().map(|job| job.name.as_str()).collect();
                known.dedup();
                problem.help(format!("its jobs are {}", known.join(", ")))
            }
        };
        reader.note(problem);
    }
    sound.then_some(())
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
