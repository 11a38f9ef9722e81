//! The command line: what it lists, writes, refuses, and the status it ends with.

use serde_json::Value;
use trustcheck_tests::{Done, write};

use crate::{scenario, trustcheck};

const PASSES: &str = "tags: [quick]\nvariables: { WHO: 'world' }\nrun: { script: 'echo \"hello $WHO\"' }\nexpect: { job: success, output: { contains: 'hello world' } }\n";

/// Runs with three scenarios, of which one fails.
fn run(arguments: &[&str]) -> (Done, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "scenarios/a/first.yml", &scenario(PASSES));
    write(
        directory.path(),
        "scenarios/b.yml",
        &scenario(&PASSES.replace("{ job: success", "{ job: failed")),
    );
    let matrix = format!(
        "{}matrix: {{ who: [world, moon] }}\n",
        scenario(&PASSES.replace("world", "$[[ matrix.who ]]"))
    );
    write(directory.path(), "scenarios/c.yml", &matrix);
    write(
        directory.path(),
        "scenarios/templates/not-a-scenario.yml",
        "job: { script: [x] }\n",
    );
    let done = trustcheck(directory.path()).args(arguments.iter().copied()).run();
    (done, directory)
}

#[rstest::rstest]
#[case::some_fail(&["run"], 1, "3 passed, 1 failed, 0 skipped, 0 errors")]
#[case::one_file(&["run", "scenarios/a/first.yml"], 0, "1 passed, 0 failed")]
#[case::filter_by_path(&["run", "--filter", "a/first"], 0, "1 passed, 0 failed")]
#[case::filter_by_value(&["run", "--filter", "who=moon"], 0, "1 passed, 0 failed")]
#[case::filter_by_tag(&["run", "--filter", "QUICK", "scenarios/a"], 0, "1 passed, 0 failed")]
#[case::two_filters(&["run", "-f", "who=moon", "-f", "first"], 0, "2 passed, 0 failed")]
#[case::set(&["run", "--set", "WHO=nobody", "scenarios/a"], 1, "0 passed, 1 failed")]
#[case::one_at_a_time(&["run", "--jobs", "1"], 1, "3 passed, 1 failed")]
#[case::fail_fast(&["run", "--jobs", "1", "--fail-fast"], 1, "1 passed, 1 failed, 2 skipped")]
fn runs_end_with_their_status(#[case] arguments: &[&str], #[case] code: i32, #[case] summary: &str) {
    let (done, _directory) = run(arguments);
    assert_eq!(done.code, code, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout.contains(summary),
        "no `{summary}` in:\n{}",
        done.stdout
    );
    assert!(
        !done.stdout.contains('\x1b'),
        "colour without a terminal:\n{}",
        done.stdout
    );
}

#[rstest::rstest]
#[case::no_such_path(&["run", "nowhere"], 2, "cannot read `nowhere`")]
#[case::nothing_matches(&["run", "--filter", "xyzzy"], 2, "none of the 4 cases matches --filter xyzzy")]
#[case::unknown_report(&["run", "--report", "jsn"], 2, "did you mean `json`?")]
#[case::report_without_a_place(&["run", "--report", "json=no/such/dir/x.json"], 3, "cannot write the report")]
#[case::two_on_stdout(&["run", "--report", "json", "--report", "junit"], 2, "two reports would go to standard output")]
#[case::unknown_variable(&["run", "--set", "WHOM=x"], 2, "no scenario has a variable `WHOM` to set")]
#[case::half_a_setting(&["run", "--set", "WHO"], 2, "write NAME=VALUE")]
#[case::unknown_flag(&["run", "--filer", "x"], 2, "--filter")]
#[case::no_such_part(&["run", "--partition", "3/2"], 2, "write K/N")]
#[case::no_jobs(&["run", "--jobs", "0"], 2, "--jobs")]
fn slips_are_told_in_one_line(#[case] arguments: &[&str], #[case] code: i32, #[case] message: &str) {
    let (done, _directory) = run(arguments);
    assert_eq!(done.code, code, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stderr.contains(message),
        "no `{message}` in:\n{}",
        done.stderr
    );
    assert_eq!(done.stdout, "");
}

#[test]
fn cases_can_be_listed() {
    let (done, _directory) = run(&["run", "--list"]);
    assert_eq!(done.code, 0);
    let expected = "scenarios/a/first\nscenarios/b\nscenarios/c[who=world]\nscenarios/c[who=moon]\n";
    assert_eq!(done.stdout, expected);
}

#[test]
fn the_json_report_has_its_public_form() {
    let (done, _directory) = run(&["run", "--report", "json"]);
    assert_eq!(done.code, 1, "{}", done.stderr);
    let report: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(
        report["summary"],
        serde_json::json!({"passed": 3, "failed": 1, "skipped": 0, "errors": 0})
    );
    let cases = report["cases"].as_array().unwrap();
    assert_eq!(cases[1]["id"], "scenarios/b");
    assert_eq!(cases[1]["scenario"], "A test");
    assert_eq!(cases[1]["status"], "failed");
    assert!(cases[1]["duration_ms"].is_u64());
    assert_eq!(cases[1]["unmet"][0]["expected"], "job failed");
    assert_eq!(cases[1]["unmet"][0]["actual"], "job success (exit code 0)");
    let at = cases[1]["unmet"][0]["at"].as_str().unwrap();
    assert!(at.starts_with("scenarios/b.yml:"), "{at}");
    assert_eq!(cases[2]["case"], serde_json::json!({"who": "world"}));
    assert!(cases[0]["decisions"].as_array().unwrap().is_empty());
}

#[test]
fn a_seed_repeats_a_run() {
    let directory = tempfile::tempdir().unwrap();
    let rest = "run: { script: 'echo \"$CI_JOB_TOKEN\" | sed s/^/x/ | md5sum' }\nexpect: { job: failed }\n";
    write(directory.path(), "seeded.yml", &scenario(rest));
    let log = |seed: &str| {
        let done = trustcheck(directory.path())
            .args(["run", "seeded.yml", "--seed", seed])
            .run();
        let line = done
            .stdout
            .lines()
            .find(|line| line.ends_with("  -"))
            .map(str::to_owned);
        line.expect("the hash is in the log")
    };
    assert_eq!(log("7"), log("7"));
    assert_ne!(log("7"), log("8"));
}

#[test]
fn a_tool_that_cannot_be_had_is_a_skip_with_its_remedy() {
    let directory = tempfile::tempdir().unwrap();
    let cache = tempfile::tempdir().unwrap();
    write(
        directory.path(),
        "needs.yml",
        &scenario(&format!("needs: [aws]\n{PASSES}")),
    );
    // The keys are there; of the tools there is none, and no python3 to bring one.
    let keys = trustcheck(directory.path()).env("TRUSTCHECK_CACHE", cache.path());
    drop(keys);
    let run = |more: &[&str]| {
        trustcheck(directory.path())
            .args(["run", "needs.yml"])
            .args(more.iter().copied())
            .env("TRUSTCHECK_CACHE", cache.path())
            .env("PATH", "/nonexistent")
            .run()
    };
    let done = run(&[]);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout.contains("0 passed, 0 failed, 1 skipped"),
        "{}",
        done.stdout
    );
    assert!(
        done.stdout
            .contains("needs aws: the host has neither it nor `python3`"),
        "{}",
        done.stdout
    );
    assert!(done.stdout.contains("pipx install awscli=="), "{}", done.stdout);
    assert_eq!(run(&["--deny-skips"]).code, 3);
}

#[test]
fn a_place_that_cannot_be_written_is_one_clear_line() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "quick.yml", &scenario(PASSES));
    let done = trustcheck(directory.path())
        .args(["run", "--executor", "host", "quick.yml"])
        .env("TMPDIR", "/nonexistent")
        .run();
    assert_eq!(done.code, 3, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout.contains("cannot make a place for the job"),
        "{}",
        done.stdout
    );
    let done = trustcheck(directory.path())
        .args(["run", "quick.yml"])
        .env("TRUSTCHECK_CACHE", "/proc/nowhere")
        .run();
    assert_eq!(done.code, 3, "{}{}", done.stdout, done.stderr);
    assert_eq!(
        done.stderr
            .lines()
            .filter(|line| line.starts_with("error:"))
            .count(),
        1,
        "{}",
        done.stderr
    );
}

#[test]
fn the_tools_that_are_provided_are_pinned_and_kept() {
    // The AWS CLI of the shipped scenarios is the host's or trustcheck's own; either says what it is.
    let directory = tempfile::tempdir().unwrap();
    let rest = "needs: [aws]\nrun: { script: aws --version }\nexpect: { job: success, output: { matches: 'aws-cli/[12]\\.' } }\n";
    write(directory.path(), "version.yml", &scenario(rest));
    let done = trustcheck(directory.path())
        .args(["run", "--deny-skips", "version.yml"])
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}
