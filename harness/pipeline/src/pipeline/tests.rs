use proptest::prelude::*;
use rstest::rstest;

use crate::{Audience, Diagnostic, Image, Job, Pipeline};

fn parse(text: &str) -> Pipeline {
    Pipeline::parse(text).unwrap_or_else(|problems| panic!("{}", shown(text, &problems)))
}

fn job(text: &str) -> Job {
    parse(text).job("j").expect("a job `j`").clone()
}

fn shown(text: &str, problems: &[Diagnostic]) -> String {
    let index = located_yaml::LineIndex::new(text);
    let line = |problem: &Diagnostic| {
        let (line, column) = index.position(problem.span.start);
        let help = problem
            .help
            .as_ref()
            .map(|help| format!("\n  {help}"))
            .unwrap_or_default();
        format!("{line}:{column} {}{help}", problem.message)
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The problems of a file, each with its place, without the help.
fn problems(text: &str) -> String {
    let problems = Pipeline::parse(text).expect_err("has problems");
    let bare: Vec<_> = problems
        .into_iter()
        .map(|problem| Diagnostic {
            help: None,
            ..problem
        })
        .collect();
    shown(text, &bare)
}

/// The help of the first problem.
fn help(text: &str) -> String {
    let problems = Pipeline::parse(text).expect_err("has problems");
    problems[0].help.clone().unwrap_or_default()
}

fn variable<'a>(job: &'a Job, name: &str) -> Option<&'a str> {
    job.variables.get(name).map(|value| value.text.as_str())
}

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

#[rstest]
#[case::all("", Some("file"), Some("job"))]
#[case::none("inherit: {variables: false}", None, Some("job"))]
#[case::some("inherit: {variables: [A]}", Some("file"), Some("job"))]
#[case::others("inherit: {variables: [B]}", None, Some("job"))]
fn inherits_variables(#[case] inherit: &str, #[case] a: Option<&str>, #[case] b: Option<&str>) {
    let text =
        format!("variables: {{A: file, B: file}}\nj:\n  script: x\n  variables: {{B: job}}\n  {inherit}\n");
    let job = job(&text);
    assert_eq!((variable(&job, "A"), variable(&job, "B")), (a, b));
}

const DEFAULTS: &str = "
default:
  image: default-image
  before_script: [default before]
  after_script: [default after]
  timeout: 1h
  id_tokens:
    DEFAULT: {aud: d}
";

/// Image, tokens, before_script and after_script in short.
fn inherited(job: &Job) -> String {
    let image = job.image.as_ref().map_or("-", |image| &image.name);
    let tokens: Vec<_> = job.id_tokens.keys().map(String::as_str).collect();
    format!(
        "{image}|{}|{}|{}",
        tokens.join(","),
        job.before_script.join(","),
        job.after_script.join(",")
    )
}

#[rstest]
#[case::everything("", "default-image|DEFAULT|default before|default after")]
#[case::own_tokens_replace(
    "id_tokens: {OWN: {aud: o}}",
    "default-image|OWN|default before|default after"
)]
#[case::no_tokens_replace("id_tokens: {}", "default-image||default before|default after")]
#[case::null_is_not_set("before_script: null", "default-image|DEFAULT|default before|default after")]
#[case::an_empty_list_is_set("before_script: []", "default-image|DEFAULT||default after")]
#[case::inherits_nothing("inherit: {default: false}", "-|||")]
#[case::inherits_some("inherit: {default: [image, after_script]}", "default-image|||default after")]
#[case::own_values_stay("inherit: {default: false}\n  image: own", "own|||")]
fn inherits_defaults(#[case] keywords: &str, #[case] expected: &str) {
    let job = job(&format!("{DEFAULTS}j:\n  script: x\n  {keywords}\n"));
    assert_eq!(inherited(&job), expected);
}

#[test]
fn keywords_of_the_file_are_defaults() {
    let text = "image: i\nbefore_script: [b]\nafter_script: [a]\ndefault: {timeout: 10m}\nj: {script: x}\n\
                k: {script: x, inherit: {default: false}}";
    let pipeline = parse(text);
    assert_eq!(inherited(pipeline.job("j").expect("present")), "i||b|a");
    assert_eq!(pipeline.job("j").and_then(|job| job.timeout), Some(600));
    assert_eq!(inherited(pipeline.job("k").expect("present")), "-|||");
}

#[test]
fn what_is_extended_beats_the_default() {
    let text = format!(
        "{DEFAULTS}.base: {{image: base, id_tokens: {{BASE: {{aud: b}}}}}}\nj: {{extends: .base, script: x}}"
    );
    assert_eq!(inherited(&job(&text)), "base|BASE|default before|default after");
}

#[test]
fn extends_merges_deeply_and_replaces_lists() {
    let text = "
.one:
  variables: {A: one, B: one}
  before_script: [one]
  id_tokens: {T1: {aud: [a, b]}, T2: {aud: one}}
.two:
  variables: {B: two}
  before_script: [two]
  id_tokens: {T1: {aud: [c]}}
j:
  extends: [.one, .two]
  script: x
  variables: {C: j}
";
    let job = job(text);
    assert_eq!(variable(&job, "A"), Some("one"));
    assert_eq!(variable(&job, "B"), Some("two"));
    assert_eq!(variable(&job, "C"), Some("j"));
    assert_eq!(job.before_script, ["two"]);
    assert_eq!(job.id_tokens["T1"].aud, Audience::Many(vec!["c".into()]));
    assert_eq!(job.id_tokens["T2"].aud, Audience::One("one".into()));
}

#[test]
fn a_null_takes_an_inherited_value_away() {
    let text = "
.base: {variables: {A: a}, before_script: [b], rules: [{if: $X}]}
j: {extends: .base, script: x, variables: null, before_script: ~, rules: null}
";
    let job = job(text);
    assert!(job.variables.is_empty() && job.before_script.is_empty());
}

#[test]
fn places_point_to_where_a_value_is_written() {
    let text = ".base:\n  before_script: [b]\nj:\n  extends: .base\n  script: x\n";
    let job = job(text);
    assert_eq!(&text[job.place("before_script").expect("written")], "[b]");
}

#[test]
fn eleven_levels_extend() {
    let chain = |levels: usize| -> String {
        let job = |n: usize| match n {
            0 => "j0: {script: x}\n".to_owned(),
            n => format!("j{n}: {{extends: j{}}}\n", n - 1),
        };
        (0..=levels).map(job).collect()
    };
    assert!(Pipeline::parse(&chain(11)).is_ok());
    assert_eq!(problems(&chain(12)), "2:15 j1: nesting too deep in `extends`");
    // The order in which the file has them does not matter.
    let lines: Vec<_> = chain(12).lines().rev().map(str::to_owned).collect();
    assert_eq!(
        problems(&lines.join("\n")),
        "12:15 j1: nesting too deep in `extends`"
    );
}

#[rstest]
#[case::itself(
    "j: {extends: j, script: x}",
    "1:14 j: circular dependency detected in `extends`"
)]
#[case::two(
    "j: {extends: .a, script: x}\n.a: {extends: j}",
    "1:14 j: circular dependency detected in `extends`"
)]
#[case::unknown("j: {extends: .a, script: x}", "1:14 j: unknown keys in `extends` (.a)")]
#[case::several_unknown(
    "j: {extends: [.a, .b], script: x}",
    "1:15 j: unknown keys in `extends` (.a, .b)"
)]
#[case::not_a_mapping(
    "j: {extends: .a, script: x}\n.a: [x]",
    "1:14 j: invalid base hashes in `extends` (.a)"
)]
#[case::number("j: {extends: 7, script: x}", "1:14 j: unknown keys in `extends` (7)")]
fn refuses_extends(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(problems(text), expected);
}

#[test]
fn suggests_what_to_extend() {
    assert_eq!(
        help(".aws-login: {script: x}\nj: {extends: .aws_login, script: x}"),
        "did you mean `.aws-login`?"
    );
}

#[test]
fn anchors_and_merge_keys() {
    let text = "
.login: &login
  before_script: [&first login, *first]
.commands: &commands [c1, [c2]]
j:
  <<: *login
  script: [*commands, c3]
";
    let job = job(text);
    assert_eq!(job.before_script, ["login", "login"]);
    assert_eq!(job.script, ["c1", "c2", "c3"]);
}

#[test]
fn references() {
    let text = "
.aws:
  before_script: [login, !reference [.more, script]]
  id_tokens: {T: {aud: a}}
.more: {script: [more]}
.child: {extends: .aws}
j:
  before_script:
    - !reference [.child, before_script]
    - own
  id_tokens: !reference [.aws, id_tokens]
  script: !reference [.more, script]
  variables:
    A: !reference [.aws, id_tokens, T, aud]
";
    let job = job(text);
    assert_eq!(job.before_script, ["login", "more", "own"]);
    assert_eq!(job.id_tokens["T"].aud, Audience::One("a".into()));
    assert_eq!(job.script, ["more"]);
    assert_eq!(variable(&job, "A"), Some("a"));
}

#[rstest]
#[case::missing(
    "j: {script: [!reference [.a, script]]}",
    "1:25 !reference [\".a\", \"script\"] could not be found"
)]
#[case::null(
    "j: {script: [!reference [.a, script]]}\n.a: {script: ~}",
    "1:25 !reference [\".a\", \"script\"] could not be found"
)]
#[case::false_is_missing(
    "j: {script: [!reference [.a, x]]}\n.a: {x: false}",
    "1:25 !reference [\".a\", \"x\"] could not be found"
)]
#[case::into_a_list(
    "j: {script: [!reference [.a, x, y]]}\n.a: {x: [y]}",
    "1:25 !reference [\".a\", \"x\", \"y\"] could not be found"
)]
#[case::circle(
    "j: {script: [!reference [k, script]]}\nk: {script: [!reference [j, script]]}",
    "2:25 !reference [\"j\", \"script\"] is part of a circular chain\n1:25 !reference [\"k\", \"script\"] is part of a circular chain"
)]
#[case::itself(
    "j: {script: [!reference [j, script]]}",
    "1:25 !reference [\"j\", \"script\"] is part of a circular chain"
)]
#[case::empty("j: {script: [!reference []]}", "1:25 !reference [] is not valid")]
#[case::number("j: {script: [!reference [a, 1]]}", "1:25 !reference [\"a\", 1] is not valid")]
#[case::scalar("j: {script: [!reference x]}", "1:25 !reference \"x\" is not valid")]
fn refuses_references(#[case] text: &str, #[case] expected: &str) {
    let mut found: Vec<_> = problems(text).lines().map(str::to_owned).collect();
    let mut expected: Vec<_> = expected.lines().map(str::to_owned).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_missing_reference_says_what_is_missing() {
    let text = ".aws: {before_script: [x]}\nj: {script: [!reference [.aws, before_scrip]]}";
    assert_eq!(
        help(text),
        "`.aws` has no `before_scrip`; did you mean `before_script`?"
    );
}

#[rstest]
#[case::no_script(
    "job: {stage: test}",
    "1:1 jobs config should contain at least one visible job\n1:1 jobs job config should implement the script:, run:, or trigger: keyword"
)]
#[case::no_script_two_words(
    "assume role: {}\nk: {script: x}",
    "1:1 jobs assume_role config should implement the script:, run:, or trigger: keyword"
)]
#[case::no_script_dashes(
    "a-b: x\nk: {script: x}",
    "1:1 jobs a-b config should implement the script:, run:, or trigger: keyword"
)]
#[case::tokens_of_the_file(
    "id_tokens: {T: {aud: a}}\nk: {script: x}",
    "1:1 jobs id_tokens config should implement the script:, run:, or trigger: keyword"
)]
#[case::only_hidden(".a: {script: x}", "1:1 jobs config should contain at least one visible job")]
#[case::empty_hidden(".a:\nk: {script: x}", "1:1 jobs:.a config can't be blank")]
#[case::unknown_key(
    "j: {script: x, scirpt: y}",
    "1:16 jobs:j config contains unknown keys: scirpt"
)]
#[case::two_unknown_keys(
    "j:\n  script: x\n  foo: 1\n  bar: 2",
    "3:3 jobs:j config contains unknown keys: foo\n4:3 jobs:j config contains unknown keys: bar"
)]
#[case::blank_script("j: {script: }", "1:5 jobs:j script can't be blank")]
#[case::empty_script("j: {script: []}", "1:5 jobs:j script can't be blank")]
#[case::mapping_in_script(
    "j:\n  script:\n    - echo: hi",
    "3:7 jobs:j:script config should be a string or a nested array of strings up to 10 levels deep"
)]
#[case::boolean_in_script(
    "j:\n  script:\n    - a\n    - true",
    "4:7 jobs:j:script config should be a string or a nested array of strings up to 10 levels deep"
)]
#[case::number_as_before_script(
    "j: {script: x, before_script: 1}",
    "1:31 jobs:j:before_script config should be a string or a nested array of strings up to 10 levels deep"
)]
#[case::default_script(
    "default: {after_script: [1]}\nj: {script: x}",
    "1:26 default:after_script config should be a string or a nested array of strings up to 10 levels deep"
)]
#[case::names_are_in_lower_case(
    "Job A:\n  script: x\n  Foo: 1",
    "3:3 jobs:job a config contains unknown keys: foo"
)]
#[case::unknown_stage(
    "j: {stage: tset, script: x}",
    "1:12 j job: chosen stage tset does not exist; available stages are .pre, build, test, deploy, .post"
)]
#[case::default_stage_is_gone(
    "stages: [build]\nj: {script: x}",
    "2:1 j job: chosen stage test does not exist; available stages are .pre, build, .post"
)]
#[case::stage_number("j: {stage: 1, script: x}", "1:12 jobs:j:stage config should be a string")]
#[case::stages(
    "stages: build\nj: {script: x, stage: .pre}",
    "1:9 stages config should be an array of strings or a nested array of strings up to 10 levels deep"
)]
#[case::no_stages(
    "stages: []\nj: {script: x}",
    "2:1 j job: chosen stage test does not exist; available stages are "
)]
#[case::aud_missing(
    "j: {script: x, id_tokens: {My_Token: {}}}",
    "1:38 jobs:j:id_tokens:my_token aud should be an array of strings or a string\n1:38 jobs:j:id_tokens:my_token config missing required keys: aud"
)]
#[case::aud_not_indented(
    "j:\n  script: x\n  id_tokens:\n    T:\n    aud: a",
    "4:5 jobs:j:id_tokens:t aud should be an array of strings or a string\n4:5 jobs:j:id_tokens:t config missing required keys: aud\n5:10 jobs:j:id_tokens:aud aud should be an array of strings or a string\n5:10 jobs:j:id_tokens:aud config missing required keys: aud"
)]
#[case::aud_number(
    "j: {script: x, id_tokens: {T: {aud: 1}}}",
    "1:37 jobs:j:id_tokens:t aud should be an array of strings or a string"
)]
#[case::aud_list_of_numbers(
    "j: {script: x, id_tokens: {T: {aud: [1]}}}",
    "1:37 jobs:j:id_tokens:t aud should be an array of strings or a string"
)]
#[case::other_sub_key(
    "j: {script: x, id_tokens: {T: {aud: a, sub: b}}}",
    "1:40 jobs:j:id_tokens:t config contains unknown keys: sub"
)]
#[case::tokens_as_list(
    "j: {script: x, id_tokens: [T]}",
    "1:27 jobs:j:id_tokens config should be a hash"
)]
#[case::tokens_of_a_bridge(
    "j: {trigger: other, id_tokens: {T: {aud: a}}}",
    "1:21 jobs:j config contains unknown keys: id_tokens\n1:5 keyword `trigger` is not supported yet"
)]
#[case::variables_as_list(
    "j: {script: x, variables: [A]}",
    "1:27 jobs:j:variables config should be a hash"
)]
#[case::variable_as_list(
    "variables: {A: [1]}\nj: {script: x}",
    "1:16 variable definition must be either a string or a hash"
)]
#[case::variable_data(
    "j: {script: x, variables: {A: {value: a, description: d}}}",
    "1:42 jobs:j:variables:a config uses invalid data keys: description"
)]
#[case::variable_expand(
    "variables: {A: {value: a, expand: no way}}\nj: {script: x}",
    "1:35 variables:a config expand should be a boolean value"
)]
#[case::variable_options(
    "variables: {A: {value: c, options: [a, b]}}\nj: {script: x}",
    "1:24 variables:a config value must be present in options"
)]
#[case::image_number(
    "j: {script: x, image: 1}",
    "1:23 jobs:j:image config should be a hash or a string"
)]
#[case::image_without_name(
    "j: {script: x, image: {entrypoint: [a]}}",
    "1:23 jobs:j:image name should be a string"
)]
#[case::image_entrypoint(
    "image: {name: a, entrypoint: ''}\nj: {script: x}",
    "1:30 image entrypoint should be an array of strings"
)]
#[case::image_keys(
    "j: {script: x, image: {name: a, entry: [b]}}",
    "1:33 jobs:j:image config contains unknown keys: entry"
)]
#[case::timeout_number(
    "j: {script: x, timeout: 60}",
    "1:25 jobs:j:timeout config should be a duration"
)]
#[case::timeout_limit(
    "j: {script: x, timeout: 2 months}",
    "1:25 jobs:j:timeout config should not exceed the limit"
)]
#[case::tags(
    "j: {script: x, tags: a}",
    "1:22 jobs:j:tags config should be an array of strings"
)]
#[case::interruptible(
    "j: {script: x, interruptible: 1}",
    "1:31 jobs:j:interruptible config should be a boolean value"
)]
#[case::coverage(
    "j: {script: x, coverage: abc}",
    "1:26 jobs:j:coverage config must be a regular expression with re2 syntax"
)]
#[case::default_unknown(
    "default: {stage: y}\nj: {script: x}",
    "1:11 default config contains unknown keys: stage"
)]
#[case::default_twice(
    "image: a\ndefault: {image: b}\nj: {script: x}",
    "1:8 image is defined in top-level and `default:` entry"
)]
#[case::inherit_unknown(
    "j: {script: x, inherit: {default: [imag]}}",
    "1:36 jobs:j:inherit:default config contains unknown values: imag"
)]
#[case::inherit_type(
    "j: {script: x, inherit: {variables: 1}}",
    "1:37 jobs:j:inherit:variables should be a bool or array of strings"
)]
#[case::inherit_keys(
    "j: {script: x, inherit: {defaults: false}}",
    "1:26 jobs:j:inherit config contains unknown keys: defaults"
)]
#[case::number_as_name("123: {script: x}", "1:1 jobs:123 name should be a symbol")]
#[case::boolean_as_name("on: {script: x}", "1:1 jobs:true name should be a symbol")]
#[case::long_name("? {}\n: 1\nk: {script: x}", "1:3 a key should be a string")]
fn lints_as_gitlab(#[case] text: &str, #[case] expected: &str) {
    let mut found: Vec<_> = problems(text).lines().map(str::to_owned).collect();
    found.sort();
    assert_eq!(found.join("\n"), expected);
}

#[rstest]
#[case::rules(
    "j: {script: x, rules: [{if: $A}]}",
    "1:16 keyword `rules` is not supported yet"
)]
#[case::when("j: {script: x, when: manual}", "1:16 keyword `when` is not supported yet")]
#[case::include(
    "include: a.yml\nj: {script: x}",
    "1:1 keyword `include` is not supported yet"
)]
#[case::workflow(
    "workflow: {name: n}\nj: {script: x}",
    "1:1 keyword `workflow` is not supported yet"
)]
#[case::default_cache(
    "default: {cache: {}}\nj: {script: x}",
    "1:11 keyword `cache` is not supported yet"
)]
#[case::secrets("j: {script: x, secrets: {}}", "1:16 keyword `secrets` is not supported yet")]
#[case::run("j: {run: []}", "1:5 keyword `run` is not supported yet")]
#[case::inherited_once(
    ".a: {needs: []}\nj: {extends: .a, script: x}\nk: {extends: .a, script: x}",
    "1:6 keyword `needs` is not supported yet"
)]
#[case::not_in_a_hidden_job_that_nobody_extends(
    ".a: {rules: []}\nj: {script: x, when: always}",
    "2:16 keyword `when` is not supported yet"
)]
fn refuses_keywords_by_name(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(problems(text), expected);
}

#[rstest]
#[case::aud_not_indented(
    "j:\n  script: x\n  id_tokens:\n    T: {aud: a}\n    aud: b",
    "`aud` stands where a token's name should be; indent it under the name above"
)]
#[case::colon_in_a_command(
    "j:\n  script:\n    - echo \"status: ok\"",
    "`: ` makes a mapping of this line; put quotes around all of it: `- 'echo \"status: ok\"'`"
)]
#[case::boolean_command("j: {script: [true]}", "unquoted, `true` is a boolean; write `\"true\"`")]
#[case::misspelt_keyword("j: {script: x, befor_script: y}", "did you mean `before_script`?")]
#[case::misspelt_file_keyword(
    "varaibles: {A: b}\nj: {script: x}",
    "a key of the file is a keyword or a job; did you mean `variables`?"
)]
#[case::misspelt_script(
    "j: {scrpt: x}\nk: {script: x}",
    "`scrpt` is no keyword; did you mean `script`?"
)]
#[case::stage("j: {stage: tset, script: x}", "did you mean `test`?")]
#[case::tokens_of_the_file(
    "id_tokens: {T: {aud: a}}\nk: {script: x}",
    "`id_tokens` belongs into a job or under `default:`"
)]
#[case::lost_indentation(
    "stage: build\nk: {script: x}",
    "`stage` belongs into a job: indent it under the job's name (if the file was copied, its indentation may be lost)"
)]
fn helps(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(help(text), expected);
}

#[rstest]
#[case::nothing(" \n", "1:1 Please provide content of .gitlab-ci.yml")]
#[case::comments("# x\n", "1:1 Invalid configuration format")]
#[case::list("- a\n", "1:1 Invalid configuration format")]
#[case::date(
    "variables: {A: 2024-01-01}\nj: {script: x}",
    "1:16 Tried to load unspecified class: Date"
)]
#[case::syntax(
    "j:\n  script:\n   - a\n  - b\n",
    "4:5 (<unknown>): did not find expected key while parsing a block mapping at line 2 column 3"
)]
#[case::alias("j: *x\n", "1:4 An alias referenced an unknown anchor: x")]
#[case::documents("a: 1\n---\nb: 1\n---\nc: 1\n", "5:1 The parsed YAML has too many documents")]
#[case::header(
    "spec: {inputs: {}}\n---\nj: {script: x}\n",
    "1:1 jobs config should contain at least one visible job\n1:1 keyword `spec` is not supported yet"
)]
fn refuses_files(#[case] text: &str, #[case] expected: &str) {
    let mut found: Vec<_> = problems(text).lines().map(str::to_owned).collect();
    found.sort();
    assert_eq!(found.join("\n"), expected);
}

#[rstest]
#[case::aliases((0..30).fold("a0: &a0 [x]\n".to_owned(), |text, n| format!("{text}a{m}: &a{m} [*a{n}, *a{n}]\n", m = n + 1)))]
#[case::references((0..30).fold(".a0: {script: [x]}\n".to_owned(), |text, n| {
    format!("{text}.a{m}: {{script: [!reference [.a{n}, script], !reference [.a{n}, script]]}}\n", m = n + 1)
}) + "j: {script: x}")]
#[case::extends((0..2000).fold(format!(".a: {{script: [{}]}}\n", "x, ".repeat(20_000)), |text, n| {
    format!("{text}j{n}: {{extends: .a}}\n")
}))]
#[case::nesting(format!("j: {{script: {}x{}}}", "[".repeat(500), "]".repeat(500)))]
#[case::size(format!("j: {{script: '{}'}}", "x".repeat(10 << 20)))]
fn what_grows_too_large_is_an_error(#[case] text: String) {
    let problems = Pipeline::parse(&text).expect_err("too big");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].message, "The parsed YAML is too big");
}

#[test]
fn commands_nest_ten_levels() {
    let nested = |levels| format!("j: {{script: {}x{}}}", "[".repeat(levels), "]".repeat(levels));
    assert!(Pipeline::parse(&nested(10)).is_ok());
    assert!(Pipeline::parse(&nested(11)).is_err());
}

/// A file with most of what the language has.
const RICH: &str = "\
stages: [build, test]
variables: {A: &a 1, B: {value: $A, options: [$A]}}
default:
  image: {name: i, entrypoint: ['']}
  id_tokens: {D: {aud: [d]}}
.base: &base
  before_script: |
    one
    two
  variables: {C: c}
j:
  extends: [.base]
  <<: *base
  script:
    - !reference [.base, before_script]
    - >
      folded
        deeper
    - [nested, *a_list]
  timeout: 1h
.list: &a_list [x]
";

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        if let Err(problems) = Pipeline::parse(&text) {
            prop_assert!(!problems.is_empty());
        }
    }

    #[test]
    fn a_damaged_file_is_read_or_refused(
        cuts in prop::collection::vec((0..1000_usize, 0..20_usize, "[-:&*!{}\\[\\]\"'|> a\\n]{0,6}"), 1..4),
    ) {
        let mut text = RICH.replace("[nested, *a_list]", "[nested]");
        for (at, length, insert) in cuts {
            let start = text.floor_char_boundary(at % (text.len() + 1));
            let end = text.floor_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end, &insert);
        }
        if let Err(problems) = Pipeline::parse(&text) {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                prop_assert!(text.get(problem.span.clone()).is_some(), "{problem:?}");
            }
        }
    }
}
