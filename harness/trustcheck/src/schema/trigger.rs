//! What started a pipeline.

use mock_gitlab::{PipelineSource, RunnerEnvironment};

use super::gitlab::{NUMBER, actor, variables};
use super::shape::Form::{Part, SomeText, Truth};
use super::shape::{Form, Shape, one_or_many, word};

pub(super) fn shapes() -> Vec<Shape> {
    vec![trigger(), merge_request(), runner(), environment()]
}

fn trigger() -> Shape {
    Shape::new("`trigger`", "trigger", "What started the pipeline, as GitLab would have it.")
        .may("source", word(PipelineSource::ALL.iter().map(|source| source.as_str())), "`CI_PIPELINE_SOURCE`; `push` unless stated.")
        .may("branch", SomeText, "The branch it runs for; of a merge request, the source branch.")
        .may("tag", SomeText, "The tag it runs for.")
        .may("merge_request", Part("`merge_request`"), "The merge request it runs for.")
        .may("project", SomeText, "The path of the project; the world's first unless stated.")
        .may("user", actor(), "The login of who started it, or nothing for a user who was deleted; the world's first user unless stated.")
        .may("sha", SomeText, "The commit.")
        .may("runner", whose().or(Part("`runner`")), "The runner that takes its jobs.")
        .may("environment", SomeText.or(Part("`environment`")), "The environment of a job whose pipeline file names none.")
        .may("variables", variables(), "The variables that the pipeline is started with.")
}

fn merge_request() -> Shape {
    Shape::new("`merge_request`", "merge-request", "A merge request.")
        .may("iid", NUMBER, "Its number in the project.")
        .may(
            "target_branch",
            SomeText,
            "The branch it goes into; the default branch unless stated.",
        )
        .may(
            "source_project",
            SomeText,
            "The path of the project it comes from, where that is a fork.",
        )
        .may(
            "target_project",
            SomeText,
            "The path of the project it goes into.",
        )
        .may(
            "event_type",
            SomeText,
            "`CI_MERGE_REQUEST_EVENT_TYPE`: `detached`, `merged_result` or `merge_train`.",
        )
        .may("title", SomeText, "Its title.")
        .may("labels", one_or_many(SomeText), "Its labels.")
        .may("draft", Truth, "Whether it is a draft.")
}

fn whose() -> Form {
    let all = [RunnerEnvironment::SelfHosted, RunnerEnvironment::GitlabHosted];
    word(all.map(RunnerEnvironment::as_str))
}

fn runner() -> Shape {
    Shape::new("`runner`", "runner", "A runner.")
        .may(
            "environment",
            whose(),
            "Whose it is: `runner_environment` in the token.",
        )
        .may("id", NUMBER, "Its id.")
        .may("description", SomeText, "Its description.")
        .may("tags", one_or_many(SomeText), "Its tags.")
}

fn environment() -> Shape {
    Shape::new("`environment`", "environment", "An environment.")
        .must("name", SomeText, "Its name.")
        .may(
            "action",
            SomeText,
            "What the job does to it: `start`, `prepare`, `stop`, `verify` or `access`.",
        )
        .may(
            "deployment_tier",
            SomeText,
            "Its tier: `production`, `staging`, `testing`, `development` or `other`.",
        )
}
