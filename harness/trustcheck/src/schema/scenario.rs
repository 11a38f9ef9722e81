//! What a scenario is made of, but for its world and its expectations.

use super::fault;
use super::gitlab::{NAME, variables};
use super::shape::Form::{Anything, Duration, Part, SomeList, SomeText, Text, Truth};
use super::shape::{Form, Shape, list, named, one_or_many, word};
use crate::execute::Kind;
use crate::tools;

/// The keys that say what is run.
const WORK: [&str; 3] = ["pipeline", "script", "call"];

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        scenario(),
        lesson(),
        variable(),
        work(Shape::new(
            "`run`",
            "run",
            "What runs: a pipeline file, a script, or a call of AWS.",
        ))
        .one_of(WORK),
        step(),
        Shape::new("a token", "id-token", "An ID token of the job.").must(
            "aud",
            audience(),
            "The token's `aud`.",
        ),
    ]
}

fn step() -> Shape {
    let step = work(Shape::new(
        "a step",
        "step",
        "Something that runs, with what is expected of it alone, or something that happens to the world.",
    ));
    fault::with_events(step)
        .may(
            "name",
            SomeText,
            "What the step is called, in reports and by later steps.",
        )
        .may(
            "expect",
            Part("`expect`"),
            "What must be seen while this step runs. Without it, the step has to succeed.",
        )
        .one_of(WORK.into_iter().chain(fault::EVENTS))
}

fn scenario() -> Shape {
    Shape::new("a scenario", "scenario", "A world, what starts a pipeline in it, what runs, and what must be seen.")
        .must("name", SomeText, "What the scenario shows, in a sentence.")
        .may("tags", one_or_many(SomeText), "Words for `--filter`.")
        .may("lesson", Part("`lesson`"), "What the scenario teaches; the catalogue and the reports show it.")
        .may("needs", one_or_many(word(tools::names())), "Tools. One that the host lacks is provided once, pinned, or the case is skipped with the reason.")
        .may("executor", word(Kind::ALL.map(Kind::name)), "How its jobs have to run. Without it: as the command line says.")
        .may("allow", one_or_many(SomeText), "Hosts outside the world that jobs may reach, in a sandbox: `registry.npmjs.org`, `github.com:22`.")
        .must("world", Text.or(Part("a world")), "The GitLab instances and AWS accounts, in place or as the path of a file.")
        .may("trigger", Part("`trigger`"), "What started the pipeline. Without it: a push to the default branch of the first project.")
        .may("variables", variables(), "The project's CI/CD variables, as set in GitLab's settings.")
        .may("run", Part("`run`"), "What runs.")
        .may("steps", SomeList(Box::new(Part("a step"))), "In place of `run`: several things in one world, one after the other. The first that falls short ends the case.")
        .may("faults", list(Part("a fault")), "What is wrong with the world from the start.")
        .may("expect", Part("`expect`"), "What must be seen; all of it. Beside `steps` it is held against all of them together.")
        .may("matrix", named(SomeList(Box::new(Anything))), "Names with lists of values; each combination is a case. `$[[ matrix.name ]]` stands for the value, `$[[ matrix.row.key ]]` for a part of it.")
        .one_of(["run", "steps"])
        .where_there("run", "expect")
}

fn lesson() -> Shape {
    Shape::new("`lesson`", "lesson", "What the scenario teaches.")
        .must("symptom", SomeText, "What a user sees, to the letter.")
        .must("cause", SomeText, "Why it happens.")
        .must("fix", SomeText, "What mends it.")
        .may("source", SomeText, "Where it is documented.")
        .may("see_also", one_or_many(SomeText), "Related lessons and pages.")
}

fn variable() -> Shape {
    Shape::new("a variable", "variable", "A CI/CD variable of the project.")
        .must("value", Text, "Its value.")
        .may(
            "masked",
            Truth,
            "Whether the job log shows `[MASKED]` in its place.",
        )
        .may(
            "protected",
            Truth,
            "Whether only protected branches and tags get it.",
        )
        .may(
            "file",
            Truth,
            "Whether jobs get the path of a file with the value.",
        )
        .may("raw", Truth, "Whether `$` in it is a character like any other.")
        .may(
            "environment_scope",
            SomeText,
            "The environments whose jobs get it; `*` stands for any text.",
        )
}

/// What says what is run, and what belongs to it.
fn work(shape: Shape) -> Shape {
    shape
        .may(
            "pipeline",
            SomeText,
            "The path of a `.gitlab-ci.yml`, run as its author wrote it.",
        )
        .may(
            "script",
            SomeText,
            "A shell script, run as the script of a job of its own.",
        )
        .may(
            "call",
            SomeText.or(Part("`call`")),
            "One call of AWS by a built-in client: the name of an operation of STS, or a mapping.",
        )
        .may(
            "jobs",
            list(SomeText),
            "The names of the pipeline's jobs to run, in this order; all of them unless stated.",
        )
        .may("files", SomeText, "The path of a folder that stands for the project's repository; where `include:local` looks, and what jobs find in their project directory.")
        .may("changes", list(SomeText), "The files that `rules:changes` sees; without them everything counts as changed.")
        .may("inputs", named(Text), "The pipeline's inputs.")
        .may("secrets", named(Text), "What the systems behind `secrets:` answer, by the name of the variable.")
        .may(
            "id_tokens",
            Form::Named(NAME, Box::new(Part("a token"))),
            "The ID tokens of the script's job: `NAME: { aud: … }`.",
        )
        .may(
            "timeout",
            Duration,
            "How long each job, or the call, may take; two minutes unless stated.",
        )
}

pub(super) fn audience() -> Form {
    one_or_many(Text)
}
