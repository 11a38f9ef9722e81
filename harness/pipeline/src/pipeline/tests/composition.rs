//! Anchors, `extends` and `!reference`.

use rstest::rstest;

use super::{help, job, problems, variable};
use crate::{Audience, Pipeline};

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
