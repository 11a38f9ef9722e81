//! Expectations that are not met: the place, what was expected, what was seen.

use trustcheck_tests::write;

use crate::{scenario, trustcheck};

/// Runs one scenario and returns what was printed, which must be a failure.
fn fails(rest: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "test.yml", &scenario(rest));
    let done = trustcheck(directory.path()).args(["run", "test.yml"]).run();
    assert_eq!(done.code, 1, "{}{}", done.stdout, done.stderr);
    done.stdout
}

#[rstest::rstest]
#[case::job("job: failed", "job failed", "job success (exit code 0)")]
#[case::exit_code("exit_code: 3", "exit code 3", "exit code 0")]
#[case::contains(
    "output: { contains: hello world }",
    "output contains `hello world`",
    "nearest line: `hello wurld`"
)]
#[case::matches(
    "output: { matches: '^bye' }",
    "output matches `^bye`",
    "the output ends with"
)]
#[case::excludes("output: { excludes: wurld }", "output excludes `wurld`", "a line has it: `")]
#[case::error("error: { code: AccessDenied }", "error AccessDenied", "AWS was not called")]
#[case::decision(
    "decision: { effect: allow }",
    "a policy's decision",
    "no policy was evaluated"
)]
#[case::journal(
    "journal: { call: 'sts:GetCallerIdentity' }",
    "call of `sts:GetCallerIdentity` at least once",
    "the journal does not have it"
)]
fn an_unmet_expectation_is_shown(#[case] expect: &str, #[case] expected: &str, #[case] actual: &str) {
    let printed = fails(&format!(
        "run: {{ script: echo hello wurld }}\nexpect:\n  {expect}\n"
    ));
    let line = format!("expected {expected}");
    assert!(
        printed.contains(&line) || printed.contains(expected),
        "no `{expected}` in:\n{printed}"
    );
    assert!(printed.contains(actual), "no `{actual}` in:\n{printed}");
    assert!(printed.contains("--> test.yml:"), "{printed}");
    assert!(printed.contains('^'), "{printed}");
}

#[test]
fn the_log_is_shown_masked_and_as_gitlab_ends_it() {
    let printed = fails(
        "variables: { SECRET: { value: correct-horse-battery, masked: true } }\n\
         run:\n  script: |\n    echo \"it is $SECRET\"\n    exit 3\nexpect: { job: success }\n",
    );
    assert!(printed.contains("it is [MASKED]"), "{printed}");
    assert!(!printed.contains("correct-horse"), "{printed}");
    assert!(printed.contains("ERROR: Job failed: exit code 3"), "{printed}");
}

#[test]
fn a_refused_host_is_in_the_journal() {
    let directory = tempfile::tempdir().unwrap();
    let rest = "run:\n  script: |\n    exec 3<>/dev/tcp/${HTTPS_PROXY#http://127.0.0.1:}/x 2>/dev/null || true\n    \
                host=${HTTPS_PROXY#http://}; exec 3<>/dev/tcp/${host%:*}/${host#*:}\n    \
                printf 'CONNECT example.org:443 HTTP/1.1\\r\\nHost: example.org:443\\r\\n\\r\\n' >&3\n    read -r line <&3; echo \"$line\"\n\
                expect:\n  job: success\n  output: { contains: 502 Bad Gateway }\n  journal: { refused: example.org, times: 1 }\n";
    write(directory.path(), "test.yml", &scenario(rest));
    let done = trustcheck(directory.path())
        .args(["run", "--executor", "host", "test.yml"])
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}
