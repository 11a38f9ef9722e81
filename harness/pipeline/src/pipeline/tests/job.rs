//! What is read from one job.

use rstest::rstest;

use super::{job, parse, variable};
use crate::{Audience, Image, Pipeline};

#[test]
fn reads_a_job() {
    let text = "\
variables:
  REGION: eu-west-1
assume role:
  stage: deploy
  image:
    name: amazon/aws-cli:latest
    entrypoint: [\"\"]
  timeout: 1h 30m
  tags: [linux]
  id_tokens:
    TOKEN:
      aud: https://gitlab.com
    SECOND:
      aud: [a, $B]
  variables:
    ROLE_ARN: arn:aws:iam::111122223333:role/x
  before_script:
    - echo before
  script:
    - echo one
    - - echo two
      - [echo three]
  after_script: echo after
";
    let pipeline = parse(text);
    let job = pipeline.job("assume role").expect("the job");
    assert_eq!(job.stage, "deploy");
    let image = Image {
        name: "amazon/aws-cli:latest".into(),
        entrypoint: Some(vec![String::new()]),
    };
    assert_eq!(job.image, Some(image));
    assert_eq!(job.timeout, Some(5400));
    assert_eq!(job.tags, ["linux"]);
    assert_eq!(
        job.id_tokens["TOKEN"].aud,
        Audience::One("https://gitlab.com".into())
    );
    assert_eq!(
        job.id_tokens["SECOND"].aud,
        Audience::Many(vec!["a".into(), "$B".into()])
    );
    assert_eq!(&text[job.id_tokens["TOKEN"].span.clone()], "TOKEN");
    assert_eq!(variable(job, "REGION"), Some("eu-west-1"));
    assert_eq!(
        variable(job, "ROLE_ARN"),
        Some("arn:aws:iam::111122223333:role/x")
    );
    assert_eq!(
        job.commands().collect::<Vec<_>>(),
        ["echo before", "echo one", "echo two", "echo three"]
    );
    assert_eq!(job.after_script, ["echo after"]);
    assert_eq!(&text[job.span.clone()], "assume role");
    assert_eq!(&text[job.place("after_script").expect("written")], "echo after");
}

#[test]
fn orders_jobs_by_stage_and_then_by_place() {
    let text = "
stages: [one, [two]]
last: {stage: .post, script: x}
b: {stage: two, script: x}
a: {stage: two, script: x}
first: {stage: .pre, script: x}
c: {stage: one, script: x}
.hidden: {stage: nowhere}
";
    let pipeline = parse(text);
    let names: Vec<_> = pipeline.jobs().map(|job| job.name.as_str()).collect();
    assert_eq!(names, ["first", "c", "b", "a", "last"]);
    assert_eq!(pipeline.stages(), [".pre", "one", "two", ".post"]);
    assert!(pipeline.job(".hidden").is_none());
}

#[rstest]
#[case::integer("1", "1")]
#[case::quoted("\"01\"", "01")]
#[case::octal("012345670123", "1402433619")]
#[case::account_id("012345678901", "012345678901")]
#[case::sexagesimal("22:30", "81000")]
#[case::boolean("yes", "true")]
#[case::float("3.10", "3.1")]
#[case::nothing("", "")]
#[case::empty_mapping("{}", "")]
#[case::symbol(":x", "x")]
#[case::with_value("{value: a, description: d, options: [a, b]}", "a")]
#[case::folded(">-\n    a\n    b", "a b")]
fn reads_values_of_variables(#[case] written: &str, #[case] expected: &str) {
    let pipeline = parse(&format!("variables:\n  A: {written}\nj: {{script: x}}"));
    assert_eq!(pipeline.variables()["A"].text, expected);
    assert!(pipeline.variables()["A"].expand);
}

#[test]
fn a_variable_may_stay_unexpanded() {
    let job = job("j:\n  script: x\n  variables: {A: {value: $B, expand: false}}");
    assert!(!job.variables["A"].expand);
}

#[test]
fn commands_nest_ten_levels() {
    let nested = |levels| format!("j: {{script: {}x{}}}", "[".repeat(levels), "]".repeat(levels));
    assert!(Pipeline::parse(&nested(10)).is_ok());
    assert!(Pipeline::parse(&nested(11)).is_err());
}

#[test]
fn a_default_with_a_script_is_a_job() {
    let pipeline = parse("default: {script: x, image: i}\nj: {script: x}");
    let images: Vec<_> = pipeline
        .jobs()
        .map(|job| (job.name.as_str(), job.image.is_some()))
        .collect();
    assert_eq!(images, [("default", true), ("j", false)]);
}
