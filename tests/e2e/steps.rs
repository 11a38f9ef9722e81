//! `steps:` — several things that run one after the other, each with what is expected of it.

use trustcheck_tests::{Done, write};

use crate::{scenario, trustcheck};

fn run(rest: &str) -> Done {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "test.yml", &scenario(rest));
    trustcheck(directory.path()).args(["run", "test.yml"]).run()
}

#[test]
fn each_step_is_held_against_what_it_did() {
    let done = run("steps:\n\
        \x20 - { script: echo one, expect: { output: { contains: one, excludes: two } } }\n\
        \x20 - { name: fails, script: echo two; exit 3, expect: { exit_code: 3, output: { contains: two, excludes: one } } }\n\
        expect: { output: { matches: '(?s)one.*two' }, journal: { refused: example.org, times: 0 } }\n");
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[rstest::rstest]
#[case::nothing_expected(
    "{ name: first, script: exit 1 }",
    "success, since the step expects nothing else"
)]
#[case::something_expected(
    "{ name: first, script: echo a, expect: { output: { contains: nowhere } } }",
    "output contains `nowhere`"
)]
#[case::too_long(
    "{ name: first, script: sleep 60, timeout: 100ms, expect: { job: failed } }",
    "the job ends within 100ms"
)]
fn the_first_step_that_falls_short_ends_the_case(#[case] first: &str, #[case] expected: &str) {
    let done = run(&format!(
        "steps:\n  - {first}\n  - {{ script: echo the second ran }}\nexpect: {{ output: {{ contains: the second ran }} }}\n"
    ));
    assert_eq!(done.code, 1, "{}{}", done.stdout, done.stderr);
    let shown = &done.stdout;
    assert!(shown.contains(&format!("expected {expected}")), "{shown}");
    assert!(shown.contains("--> test.yml:") && shown.contains('^'), "{shown}");
    assert!(!shown.contains("the second ran"), "{shown}");
    let missed = shown.matches("\n  expected ").count();
    assert!(missed == 1 || first.contains("sleep"), "{shown}");
}
