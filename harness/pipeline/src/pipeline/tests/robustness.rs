//! Files that are hostile or damaged.

use proptest::prelude::*;
use rstest::rstest;

use crate::{Circumstances, Library, Pipeline};

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
workflow: {name: n, rules: [{if: $A =~ /^x.*/ && ($B || $C == null), variables: {D: d}}, {when: always}]}
k:
  stage: test
  rules: [[{if: $A}], {changes: ['**/*.{a,b}'], when: delayed, start_in: 5 minutes}, {exists: [x], needs: [j]}]
  parallel: {matrix: [{P: [a, b], Q: c}]}
  needs: [{job: j, artifacts: false, optional: true}]
  environment: {name: review/$A, on_stop: l, action: start}
  artifacts: {paths: [a], reports: {dotenv: b}, when: always}
  allow_failure: {exit_codes: [1]}
  retry: {max: 2, when: [always]}
  secrets: {S: {vault: a/b, token: $D}}
  script: x
l: {script: x, only: {refs: [main, /^v.*/i@a/b], variables: [$A]}, except: [tags], environment: {name: review/$A, action: stop}}
m: {trigger: {include: [a.yml], strategy: depend, forward: {pipeline_variables: true}}}
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
        cuts in prop::collection::vec((0..2000_usize, 0..20_usize, "[-:&*!{}\\[\\]\"'|> a\\n]{0,6}"), 1..4),
    ) {
        let mut text = RICH.replace("[nested, *a_list]", "[nested]");
        for (at, length, insert) in cuts {
            let start = text.floor_char_boundary(at % (text.len() + 1));
            let end = text.floor_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end, &insert);
        }
        let parsed = Pipeline::parse(&text);
        if let Ok(pipeline) = &parsed {
            let _ = pipeline.plan(&Library::default(), &Circumstances::default());
        }
        if let Err(problems) = parsed {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                prop_assert!(text.get(problem.span.clone()).is_some(), "{problem:?}");
            }
        }
    }
}
