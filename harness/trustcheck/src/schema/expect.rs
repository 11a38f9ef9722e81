//! What a scenario can expect.

use iam_policy::Reason;
use mock_aws::Cause;

use super::shape::Form::{Part, SomeText, Text, Truth, Whole};
use super::shape::{Form, Shape, named, one_or_many, word};

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        expect(),
        output(),
        error(),
        decision(),
        failed(),
        journal(),
        times(),
        response(),
        wording(),
    ]
}

fn expect() -> Shape {
    Shape::new("`expect`", "expect", "What must be seen; all of it.")
        .may(
            "job",
            word(["success", "failed", "timed-out"]),
            "How the job ends, as GitLab calls it; or that it is stopped at its time limit.",
        )
        .may(
            "jobs",
            named(word(JOB_STATES)),
            "How each of these jobs ends, or why it does not run.",
        )
        .may(
            "pipeline",
            word(["success", "failed", "manual", "refused"]),
            "How the whole pipeline ends; `refused` where GitLab creates none.",
        )
        .may(
            "lint",
            one_or_many(SomeText),
            "What GitLab says where it creates no pipeline: parts of its errors.",
        )
        .may(
            "exit_code",
            Whole(0, 255),
            "The exit status of the job's shell; of several jobs, of the first that failed.",
        )
        .may(
            "output",
            Part("`output`"),
            "What the job log contains, matches and lacks, without its colours.",
        )
        .may("response", Part("`response`"), "What a `call` was answered.")
        .may(
            "error",
            Part("`error`"),
            "An error that AWS answered with, and why.",
        )
        .may("decision", Part("`decision`"), "How a policy decided.")
        .may(
            "journal",
            one_or_many(Part("`journal`")),
            "What was called, fetched or refused, and how often.",
        )
        .never_empty()
}

/// How a job of a pipeline can end, by the words of `expect.jobs`.
pub(crate) const JOB_STATES: [&str; 8] = [
    "success",
    "failed",
    "warning",
    "timed-out",
    "skipped",
    "manual",
    "created",
    "not-created",
];

fn output() -> Shape {
    Shape::new(
        "`output`",
        "output",
        "What the job log contains, matches and lacks.",
    )
    .may("contains", one_or_many(SomeText), "Texts that are in it.")
    .may(
        "matches",
        one_or_many(SomeText),
        "Regular expressions that are found in it.",
    )
    .may("excludes", one_or_many(SomeText), "Texts that are not in it.")
    .never_empty()
}

fn error() -> Shape {
    Shape::new(
        "`error`",
        "error",
        "One answer of AWS that is an error. All that is said of it holds for the same answer.",
    )
    .may(
        "operation",
        SomeText,
        "The operation, such as `AssumeRoleWithWebIdentity`.",
    )
    .may("code", SomeText, "The error code on the wire.")
    .may("message", SomeText, "The message on the wire, to the letter.")
    .may("status", Whole(400, 599), "The HTTP status.")
    .may(
        "cause",
        word(Cause::NAMES.iter().copied()),
        "Why AWS answered so, which only the journal knows.",
    )
    .never_empty()
}

fn decision() -> Shape {
    Shape::new(
        "`decision`",
        "decision",
        "How a policy decided. All that is said of it holds for the same decision.",
    )
    .may(
        "effect",
        word(["allow", "implicit-deny", "explicit-deny"]),
        "The outcome.",
    )
    .may(
        "action",
        SomeText,
        "The action that was asked for, such as `sts:AssumeRoleWithWebIdentity`.",
    )
    .may(
        "failed",
        one_or_many(Part("`failed`")),
        "Conditions that kept a statement from matching.",
    )
    .never_empty()
}

fn failed() -> Shape {
    Shape::new("`failed`", "failed-condition", "A condition that did not hold.")
        .may("key", SomeText, "The condition key, such as `gitlab.com:sub`.")
        .may("operator", SomeText, "The operator, such as `StringEquals`.")
        .may(
            "reason",
            word(Reason::CODES.iter().copied()),
            "Why it did not hold.",
        )
        .never_empty()
}

fn journal() -> Shape {
    Shape::new(
        "`journal`",
        "journal-line",
        "Something that happened in the world, and how often.",
    )
    .may(
        "call",
        SomeText,
        "A call of AWS, such as `sts:GetCallerIdentity`.",
    )
    .may(
        "fetch",
        SomeText,
        "A request to GitLab, by its path, such as `/oauth/discovery/keys`.",
    )
    .may(
        "refused",
        SomeText,
        "A host outside the world that somebody tried to reach.",
    )
    .may(
        "times",
        Whole(0, i64::MAX).or(Part("`times`")),
        "How often; at least once unless stated.",
    )
    .one_of(["call", "fetch", "refused"])
}

fn times() -> Shape {
    Shape::new("`times`", "times", "How often.")
        .may("at_least", Whole(0, i64::MAX), "So often, or more.")
        .may("at_most", Whole(0, i64::MAX), "So often, or less.")
        .never_empty()
}

fn response() -> Shape {
    Shape::new(
        "`response`",
        "response",
        "What a call was answered. All that is said of it holds for the same answer.",
    )
    .may("status", Whole(200, 599), "The HTTP status.")
    .may("code", text(), "The error code.")
    .may("message", text(), "The error message.")
    .may(
        "fields",
        named(text()),
        "Fields of the result by their paths, such as `AssumedRoleUser.Arn`.",
    )
    .never_empty()
}

fn text() -> Form {
    Text.or(Part("a text's condition"))
}

fn wording() -> Shape {
    Shape::new(
        "a text's condition",
        "text-condition",
        "What a text has to be like.",
    )
    .may("contains", Text, "It has this in it.")
    .may("matches", Text, "This regular expression is found in it.")
    .may("absent", Truth, "There is no such text.")
    .one_of(["contains", "matches", "absent"])
}
