//! `run:` or `steps:` — what a case does, and what is expected of it.
//!
//! A step runs something, or is something that happens to the world. What a step expects is held against what was seen
//! while it ran; a step that expects nothing has to succeed. The first step that falls short ends the case.

use std::ops::Range;

use located_yaml::{Node, Value};
use mock_gitlab::Settings;
use trustcheck_lab::WorldEvent;

use super::files::Files;
use super::plan::{self, Plan, Work};
use super::world_event;
use crate::expect::{self, Expectation, Ran};
use crate::reader::{Fields, Reader};

/// One thing that a case does.
#[derive(Debug)]
pub struct Step {
    /// What it is called; nothing for `run:`, and for a step without a name.
    pub name: Option<String>,
    /// What is done.
    pub action: Action,
    /// What is expected of it alone; nothing for `run:`, which is all there is.
    pub expectations: Vec<Box<dyn Expectation>>,
    /// Whether a job that is stopped at its time limit is what is expected.
    pub expects_time_out: bool,
    /// Whether it is expected that GitLab creates no pipeline.
    pub expects_refusal: bool,
    /// Where it stands in the file.
    pub span: Range<usize>,
}

/// What a step does.
#[derive(Debug)]
pub enum Action {
    /// It runs something.
    Run(Plan),
    /// Something happens to the world.
    Event(WorldEvent),
}

/// The steps, and what is expected of all of them together.
pub(super) type Done = (Vec<Step>, Vec<Box<dyn Expectation>>);

/// Takes `run:` or `steps:`, and `expect:`, out of a scenario whose world has these GitLabs.
pub(super) fn read_all(
    fields: &mut Fields<'_>,
    gitlabs: &[Settings],
    files: &dyn Files,
    reader: &mut Reader<'_>,
) -> Option<Done> {
    let expected = fields.node().get("expect");
    let Some(steps) = fields.take("steps") else {
        let plan = fields
            .need("run", reader)
            .and_then(|node| plan::read(node, files, may_be_refused(expected), reader));
        let expect = fields.need("expect", reader);
        let ran = plan.as_ref().map_or(Ran::ANYTHING, ran);
        let expectations = expect.and_then(|node| expect::read(node, ran, reader));
        let plan = plan?;
        let step = Step {
            name: None,
            expectations: Vec::new(),
            expects_time_out: expect.is_some_and(expects_time_out),
            expects_refusal: may_be_refused(expected),
            span: plan.span.clone(),
            action: Action::Run(plan),
        };
        return Some((vec![step], expectations?));
    };
    if fields.take("run").is_some() {
        let problem = reader.problem(&steps.span, "a scenario has `run` or `steps`, not both");
        reader.note(problem.help("write what `run` says as a step"));
    }
    let (mut names, mut calls): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let read = reader.list(steps, "`steps`", |reader, node| {
        let step = step(node, &calls, gitlabs, files, reader);
        // Also of a step with a mistake, so that those after it are not told of it again.
        if let Some(name) = node.get("name").and_then(Node::as_str) {
            if names.iter().any(|known| known == name) {
                let at = node.get("name").map_or(&node.span, |name| &name.span);
                let problem = reader.problem(at, format!("another step is called `{name}`"));
                reader.note(problem);
            }
            names.push(name.to_owned());
            if node.get("call").is_some() {
                calls.push(name.to_owned());
            }
        }
        step
    });
    let all_read = steps
        .as_sequence()
        .is_some_and(|all| Some(all.len()) == read.as_ref().map(Vec::len));
    let ran = if all_read {
        let all = read.iter().flatten();
        all.fold(Ran::NOTHING, |ran_so_far, step| match &step.action {
            Action::Run(plan) => ran_so_far.and(ran(plan)),
            Action::Event(_) => ran_so_far,
        })
    } else {
        Ran::ANYTHING
    };
    let expectations = fields
        .take("expect")
        .map_or_else(|| Some(Vec::new()), |node| expect::read(node, ran, reader));
    let runs = |step: &Step| matches!(step.action, Action::Run(_));
    let read = read?;
    if all_read && !read.iter().any(runs) {
        let problem = reader
            .problem(&steps.span, "`steps` runs nothing")
            .help("write a step with `pipeline:`, `script:` or `call:`");
        reader.note(problem);
        return None;
    }
    Some((read, expectations?))
}

/// What running it shows.
fn ran(plan: &Plan) -> Ran {
    match plan.work {
        Work::Pipeline { .. } | Work::Script { .. } => Ran::JOBS,
        Work::Call(_) => Ran::CALLS,
    }
}

/// One step; `earlier` names the calls before it.
fn step(
    node: &Node,
    earlier: &[String],
    gitlabs: &[Settings],
    files: &dyn Files,
    reader: &mut Reader<'_>,
) -> Option<Step> {
    let mut fields = reader.fields(node, "a step")?;
    let name = fields
        .take("name")
        .and_then(|node| reader.some_text(node, "`name`"))
        .map(|name| name.value);
    let has = |key: &str| node.get(key).is_some();
    if world_event::keys().any(has) && !plan::KEYS.into_iter().any(has) {
        let event = world_event::taken_from(&mut fields, gitlabs, reader);
        fields.refuse(
            "expect",
            "needs something that runs; this step is an event",
            reader,
        );
        fields.finish(reader);
        return Some(Step {
            name,
            action: Action::Event(event?),
            expectations: Vec::new(),
            expects_time_out: false,
            expects_refusal: false,
            span: node.span.clone(),
        });
    }
    for key in world_event::keys() {
        fields.refuse(key, "is a step of its own", reader);
    }
    let plan = plan::taken_from(
        &mut fields,
        earlier,
        files,
        may_be_refused(node.get("expect")),
        reader,
    );
    let expect = fields.take("expect");
    let expectations = match expect {
        Some(node) => expect::read(node, plan.as_ref().map_or(Ran::ANYTHING, ran), reader),
        None => Some(vec![expect::success(start_of(node))]),
    };
    fields.finish(reader);
    Some(Step {
        name,
        action: Action::Run(plan?),
        expectations: expectations?,
        expects_time_out: expect.is_some_and(expects_time_out),
        expects_refusal: may_be_refused(expect),
        span: node.span.clone(),
    })
}

/// Whether what is expected is that GitLab creates no pipeline.
fn may_be_refused(expect: Option<&Node>) -> bool {
    expect.is_some_and(|expect| {
        expect.get("lint").is_some() || expect.get("pipeline").and_then(Node::as_str) == Some("refused")
    })
}

fn expects_time_out(expect: &Node) -> bool {
    expect.get("job").and_then(Node::as_str) == Some("timed-out")
}

/// The first key of a mapping, where a caret says more than under all of it.
fn start_of(node: &Node) -> Range<usize> {
    match &node.value {
        Value::Mapping(entries) => entries.first().map_or(node.span.clone(), |entry| {
            entry.key.span.start..entry.value.span.end
        }),
        _ => node.span.clone(),
    }
}
