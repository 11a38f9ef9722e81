//! Which jobs a pipeline has, and what their rules make of them.

use rstest::rstest;

use super::parse;
use crate::expand::Variable;
use crate::{AllowFailure, Circumstances, Library, Plan, When};

fn branch(name: &str) -> Circumstances {
    Circumstances {
        git_ref: name.to_owned(),
        project: "group/project".to_owned(),
        early: vec![
            Variable::new("CI_COMMIT_BRANCH", name),
            Variable::new("CI_PIPELINE_SOURCE", "push"),
        ],
        ..Circumstances::default()
    }
}

fn tag(name: &str) -> Circumstances {
    Circumstances {
        git_ref: name.to_owned(),
        is_tag: true,
        early: vec![
            Variable::new("CI_COMMIT_TAG", name),
            Variable::new("CI_PIPELINE_SOURCE", "push"),
        ],
        ..Circumstances::default()
    }
}

fn merge_request(source: &str) -> Circumstances {
    Circumstances {
        source: "merge_request_event".to_owned(),
        git_ref: source.to_owned(),
        is_merge_request: true,
        early: vec![
            Variable::new("CI_MERGE_REQUEST_ID", "1"),
            Variable::new("CI_PIPELINE_SOURCE", "merge_request_event"),
        ],
        ..Circumstances::default()
    }
}

fn plan(text: &str, circumstances: &Circumstances) -> Result<Plan, String> {
    let plan = parse(text).plan(&Library::default(), circumstances);
    plan.map_err(|refusal| {
        let messages = refusal.diagnostics.iter().map(|it| it.message.as_str());
        messages.collect::<Vec<_>>().join("\n")
    })
}

fn jobs(text: &str, circumstances: &Circumstances) -> String {
    match plan(text, circumstances) {
        Ok(plan) => {
            let jobs = plan
                .jobs
                .iter()
                .map(|job| format!("{}={}", job.name, job.when.word()));
            jobs.collect::<Vec<_>>().join(" ")
        }
        Err(why) => why,
    }
}

const EMPTY: &str = "Pipeline will not run for the selected trigger. The rules configuration prevented any jobs from being added to the pipeline.";

#[rstest]
#[case::none("j: {script: x}", branch("main"), "j=on_success")]
#[case::none_on_a_tag("j: {script: x}", tag("v1"), "j=on_success")]
#[case::none_in_a_merge_request("j: {script: x}", merge_request("f"), EMPTY)]
#[case::workflow_rules_lift_that(
    "workflow: {rules: [{when: always}]}\nj: {script: x}",
    merge_request("f"),
    "j=on_success"
)]
#[case::workflow_says_no(
    "workflow: {rules: [{if: $CI_COMMIT_TAG}]}\nj: {script: x}",
    branch("main"),
    "Pipeline filtered out by workflow rules."
)]
#[case::workflow_never(
    "workflow: {rules: [{if: $CI_COMMIT_BRANCH, when: never}, {when: always}]}\nj: {script: x}",
    branch("main"),
    "Pipeline filtered out by workflow rules."
)]
#[case::first_match(
    "j: {script: x, rules: [{if: $CI_COMMIT_BRANCH == 'main', when: manual}, {when: always}]}",
    branch("main"),
    "j=manual"
)]
#[case::second_match(
    "j: {script: x, rules: [{if: $CI_COMMIT_BRANCH == 'main', when: manual}, {when: always}]}",
    branch("f"),
    "j=always"
)]
#[case::default_of_rules(
    "j: {script: x, when: manual, rules: [{if: $CI_COMMIT_BRANCH}]}",
    branch("f"),
    "j=manual"
)]
#[case::no_match(
    "j: {script: x, rules: [{if: $NONE}]}\nk: {script: x}",
    branch("f"),
    "k=on_success"
)]
#[case::no_rules_at_all("j: {script: x, rules: []}\nk: {script: x}", branch("f"), "k=on_success")]
#[case::nested_rules(
    "j: {script: x, rules: [[{if: $NONE}, [{if: $CI_COMMIT_BRANCH, when: delayed, start_in: 5 minutes}]]]}",
    branch("f"),
    "j=delayed"
)]
#[case::only(
    "j: {script: x, only: [main, /^v.*/]}\nk: {script: x}",
    branch("main"),
    "j=on_success k=on_success"
)]
#[case::only_another("j: {script: x, only: [main]}\nk: {script: x}", branch("f"), "k=on_success")]
#[case::only_pattern(
    "j: {script: x, only: [/^release-.*$/]}\nk: {script: x}",
    branch("release-1"),
    "j=on_success k=on_success"
)]
#[case::only_pattern_with_flags(
    "j: {script: x, only: [/^RELEASE-.*$/i]}\nk: {script: x}",
    branch("release-1"),
    "j=on_success k=on_success"
)]
#[case::only_tags(
    "j: {script: x, only: [tags]}\nk: {script: x}",
    tag("v1"),
    "j=on_success k=on_success"
)]
#[case::only_merge_requests(
    "j: {script: x, only: [merge_requests]}\nk: {script: x}",
    merge_request("f"),
    "j=on_success"
)]
#[case::only_pushes(
    "j: {script: x, only: [pushes]}\nk: {script: x}",
    branch("f"),
    "j=on_success k=on_success"
)]
#[case::only_of_a_project(
    "j: {script: x, only: [branches@group/project]}\nk: {script: x, only: [branches@other/project]}",
    branch("f"),
    "j=on_success"
)]
#[case::only_variables(
    "j: {script: x, only: {variables: [$CI_COMMIT_BRANCH == 'f']}}\nk: {script: x, only: {variables: [$NONE]}}",
    branch("f"),
    "j=on_success"
)]
#[case::except("j: {script: x, except: [f]}\nk: {script: x}", branch("f"), "k=on_success")]
#[case::except_keeps_the_default(
    "j: {script: x, except: [tags]}\nk: {script: x, only: [merge_requests]}",
    merge_request("f"),
    "k=on_success"
)]
#[case::parallel(
    "j: {script: x, parallel: 2}",
    branch("f"),
    "j 1/2=on_success j 2/2=on_success"
)]
#[case::matrix(
    "j: {script: x, parallel: {matrix: [{A: [a, b], B: c}, {A: d}]}}",
    branch("f"),
    "j: [a, c]=on_success j: [b, c]=on_success j: [d]=on_success"
)]
#[case::rules_of_copies(
    "j: {script: x, parallel: {matrix: [{A: [a, b]}]}, rules: [{if: $A == 'b'}]}",
    branch("f"),
    "j: [b]=on_success"
)]
#[case::bridge(
    "j: {trigger: {include: a.yml}}\nk: {script: x}",
    branch("f"),
    "j=on_success k=on_success"
)]
fn is_decided_by_rules(#[case] text: &str, #[case] circumstances: Circumstances, #[case] expected: &str) {
    assert_eq!(jobs(text, &circumstances), expected);
}

#[rstest]
#[case::unknown(None, true)]
#[case::nothing(Some(&[][..]), false)]
#[case::matches(Some(&["src/deep/main.rs"][..]), true)]
#[case::matches_not(Some(&["README.md"][..]), false)]
fn changes_count_where_they_are_known(#[case] changed: Option<&[&str]>, #[case] expected: bool) {
    let text = "j: {script: x, rules: [{changes: ['$DIR/**/*.rs']}]}\nk: {script: x}";
    let mut circumstances = branch("f");
    circumstances.changed = changed.map(|paths| paths.iter().map(|path| (*path).to_owned()).collect());
    circumstances.late.push(Variable::new("DIR", "src"));
    assert_eq!(jobs(text, &circumstances).starts_with('j'), expected);
    // A tag has no changes to look at, so all of them match.
    circumstances.is_tag = true;
    assert!(jobs(text, &circumstances).starts_with('j'));
}

#[rstest]
#[case::blocks("rules: [{when: manual}]", AllowFailure::No)]
#[case::blocks_not("when: manual", AllowFailure::Yes)]
#[case::says_so("rules: [{when: manual, allow_failure: true}]", AllowFailure::Yes)]
#[case::of_the_job("allow_failure: true, rules: [{when: always}]", AllowFailure::Yes)]
#[case::rule_wins(
    "allow_failure: {exit_codes: 7}, rules: [{allow_failure: false}]",
    AllowFailure::No
)]
#[case::exit_codes("allow_failure: {exit_codes: [7, 8]}", AllowFailure::ExitCodes(vec![7, 8]))]
fn failures_are_allowed(#[case] keys: &str, #[case] expected: AllowFailure) {
    let plan = plan(&format!("j: {{script: x, {keys}}}"), &branch("f")).expect("a plan");
    assert_eq!(plan.jobs[0].allow_failure, expected);
}

#[test]
fn variables_of_workflow_and_rules_come_over_those_written() {
    let text = "variables: {A: file, B: file, C: file}\nworkflow: {rules: [{if: $CI_COMMIT_BRANCH, variables: {A: workflow, D: workflow}}]}\nj: {script: x, variables: {B: job, E: job}, rules: [{if: $A == 'workflow', variables: {E: rule}}]}\nk: {script: x, inherit: {variables: [C]}}";
    let plan = plan(text, &branch("f")).expect("a plan");
    let shown = |at: usize| {
        let variables = plan.jobs[at].variables.iter();
        variables
            .map(|(name, value)| format!("{name}={}", value.text))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(shown(0), "A=workflow B=job C=file D=workflow E=rule");
    assert_eq!(shown(1), "C=file");
}

#[test]
fn needs_follow_the_copies() {
    let text = "b: {script: x, stage: build, parallel: {matrix: [{A: [a, b]}]}}\nj: {script: x, needs: [b]}\nk: {script: x, needs: [{job: b, artifacts: false, parallel: {matrix: [{A: b}]}}]}\nl: {script: x, dependencies: [b]}";
    let plan = plan(text, &branch("f")).expect("a plan");
    let needs = |name: &str| {
        let job = plan.jobs.iter().find(|job| job.name == name).expect("a job");
        let needs = job
            .needs
            .iter()
            .flatten()
            .map(|need| (need.job.clone(), need.artifacts));
        needs.collect::<Vec<_>>()
    };
    assert_eq!(
        needs("j"),
        [("b: [a]".to_owned(), true), ("b: [b]".to_owned(), true)]
    );
    assert_eq!(needs("k"), [("b: [b]".to_owned(), false)]);
    let dependencies = plan.jobs.last().and_then(|job| job.dependencies.clone());
    assert_eq!(dependencies, Some(vec!["b: [a]".to_owned(), "b: [b]".to_owned()]));
}

#[rstest]
#[case::left_out(
    "b: {script: x, stage: build, rules: [{if: $NONE}]}\nj: {script: x, needs: [b]}",
    "'j' job needs 'b' job, but 'b' does not exist in the pipeline. This might be because of the only, except, or rules keywords. To need a job that sometimes does not exist in the pipeline, use needs:optional."
)]
#[case::optional(
    "b: {script: x, stage: build, rules: [{if: $NONE}]}\nj: {script: x, needs: [{job: b, optional: true}]}",
    "j=on_success"
)]
#[case::many(
    "b: {script: x, stage: build, parallel: 51}\nj: {script: x, needs: [b]}",
    "j: one job can only need 50 others, but you have listed 51. See needs keyword documentation for more details"
)]
#[case::circle(
    "j: {script: x, variables: {A: $B, B: $A}}",
    "j: circular variable reference detected: [\"A\", \"B\"]"
)]
#[case::of_itself("j: {script: x, variables: {A: $A}}", "j=on_success")]
#[case::exists_elsewhere(
    "j: {script: x, rules: [{exists: {paths: [a], project: other/project}}]}",
    "Failed to parse rule for j: rules:exists:project `other/project` is not a valid project path"
)]
fn refuses_to_create(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(jobs(text, &branch("f")), expected);
}

#[test]
fn why_a_job_is_left_out_is_told() {
    let text = "j: {script: x, rules: [{if: $CI_COMMIT_BRANCH, when: never}]}\nk: {script: x, rules: [{if: $NONE}]}\nl: {script: x, only: [main]}\nm: {script: x, except: [f]}\nn: {script: x}";
    let plan = plan(text, &branch("f")).expect("a plan");
    let told: Vec<_> = plan
        .omitted
        .iter()
        .map(|it| format!("{}: {}", it.name, it.reason))
        .collect();
    assert_eq!(
        told,
        [
            "j: the first rule that matches says `never`",
            "k: none of its rules matches",
            "l: `only` does not cover this pipeline",
            "m: `except` covers this pipeline",
        ]
    );
    assert_eq!(plan.jobs[0].when, When::OnSuccess);
}
