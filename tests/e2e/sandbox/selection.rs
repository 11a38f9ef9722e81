//! Which executor runs a job.

use trustcheck_tests::{Done, Trustcheck, write};

use super::{Who, has, is_root, open_directory, program, skip, trustcheck};
use crate::scenario;

/// Tells by its environment where it runs.
const WHERE: &str = "run: { script: 'echo \"runs in ${AWS_ENDPOINT_URL:-a sandbox}\"' }\n";

fn run(executor: &str, key: &str, expected: &str) -> Done {
    let directory = open_directory();
    let text = scenario(&format!(
        "{key}{WHERE}expect: {{ output: {{ contains: '{expected}' }} }}\n"
    ));
    write(directory.path(), "where.yml", &text);
    trustcheck(Who::Me, directory.path())
        .args(["run", "--executor", executor, "where.yml"])
        .run()
}

#[rstest::rstest]
#[case::auto("auto", "", "runs in a sandbox")]
#[case::sandbox("sandbox", "", "runs in a sandbox")]
#[case::host("host", "", "runs in http://127.0.0.1:")]
#[case::the_scenario_requires_the_host("auto", "executor: host\n", "runs in http://127.0.0.1:")]
#[case::the_scenario_requires_a_sandbox("auto", "executor: sandbox\n", "runs in a sandbox")]
fn it_is_the_one_that_was_asked_for(#[case] executor: &str, #[case] key: &str, #[case] expected: &str) {
    let done = run(executor, key, expected);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("1 passed"), "{}", done.stdout);
    assert_eq!(done.stderr, "");
}

#[test]
fn a_contradiction_is_a_skip_with_its_reason() {
    let done = run("host", "executor: sandbox\n", "nothing");
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout
            .contains("needs the sandbox executor, and --executor host was given"),
        "{}",
        done.stdout
    );
}

/// The program where no user namespace is to be had: below a PID limit of namespaces that is used up.
fn without_namespaces(executor: &str) -> Option<Done> {
    if !is_root() || !has("unshare") {
        skip("only root can forbid namespaces");
        return None;
    }
    let directory = open_directory();
    let text = scenario(&format!(
        "{WHERE}expect: {{ output: {{ contains: runs in http }} }}\n"
    ));
    write(directory.path(), "where.yml", &text);
    let done = Trustcheck::new("/usr/bin/unshare", directory.path())
        .args([
            "-Urpf",
            "--mount-proc",
            "sh",
            "-c",
            "echo 0 >/proc/sys/user/max_user_namespaces && exec \"$PROGRAM\" run --executor \"$EXECUTOR\" where.yml",
        ])
        .env("EXECUTOR", executor)
        .env("PROGRAM", program())
        .run();
    Some(done)
}

#[test]
fn auto_falls_back_to_the_host_and_says_so_once() {
    let Some(done) = without_namespaces("auto") else {
        return;
    };
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    let notes: Vec<&str> = done.stderr.lines().collect();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(
        notes[0]
            .starts_with("note: jobs run on the host: this host allows no sandbox: making a user namespace:"),
        "{notes:?}"
    );
    assert!(notes[0].contains("user.max_user_namespaces"), "{notes:?}");
}

#[test]
fn a_sandbox_that_is_not_to_be_had_is_the_environments_fault() {
    let Some(done) = without_namespaces("sandbox") else {
        return;
    };
    assert_eq!(done.code, 3, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stderr.starts_with("error: this host allows no sandbox"),
        "{}",
        done.stderr
    );
}

#[test]
fn an_unknown_executor_is_a_mistake_of_the_file() {
    let done = run("auto", "executor: sandbx\n", "nothing");
    assert_eq!(done.code, 2, "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("did you mean `sandbox`?"), "{}", done.stdout);
}
