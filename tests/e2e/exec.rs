//! `trustcheck exec`: one command in a world, as its users run it.

use std::path::Path;
use std::sync::LazyLock;

use tokio_util::sync::CancellationToken;
use trustcheck::context::Context;
use trustcheck::tools;
use trustcheck_tests::{Done, Trustcheck, write};

use crate::trustcheck;

const ROLE: &str = "arn:aws:iam::111122223333:role/deploy";

/// The world of the tests in `world.yml`, and the command with these options and, after `--`, these words. It finds the AWS
/// CLI that scenarios use: the host's or the one in the cache.
fn exec(directory: &Path, options: &[&str], command: &[&str]) -> Trustcheck {
    write(directory, "world.yml", crate::WORLD);
    let arguments = ["exec", "--world", "world.yml"].iter();
    let words = arguments.chain(options).chain(&["--"]).chain(command);
    trustcheck(directory)
        .args(words.copied())
        .env("PATH", search_path())
}

fn search_path() -> &'static str {
    static PATH: LazyLock<String> = LazyLock::new(|| {
        let context = Context::capture().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let ready = runtime.block_on(tools::provide(
            tools::find("aws").into_iter(),
            &context,
            &CancellationToken::new(),
            &|_| {},
        ));
        let directory = ready["aws"].as_ref().unwrap().directory.clone();
        let path = context.variable("PATH").unwrap_or_default();
        directory.map_or_else(
            || path.to_owned(),
            |directory| format!("{}:{path}", directory.display()),
        )
    });
    &PATH
}

fn run(options: &[&str], command: &[&str]) -> Done {
    let directory = tempfile::tempdir().unwrap();
    let done = exec(directory.path(), options, command).run();
    assert!(done.left_behind.is_empty(), "{:?}", done.left_behind);
    done
}

/// The options, and how the command runs.
fn on<'a>(executor: &'a str, options: &[&'a str]) -> Vec<&'a str> {
    [&["--executor", executor], options].concat()
}

#[rstest::rstest]
#[case::success(&["true"], 0)]
#[case::its_own(&["sh", "-c", "exit 7"], 7)]
#[case::a_signal(&["sh", "-c", "kill -TERM $$"], 143)]
#[case::another(&["sh", "-c", "kill -KILL $$"], 137)]
#[case::absent(&["no-such-program"], 127)]
#[case::no_program(&["/"], 126)]
fn the_status_is_the_commands(
    #[case] command: &[&str],
    #[case] code: i32,
    #[values("host", "sandbox")] executor: &str,
) {
    let done = run(&on(executor, &[]), command);
    assert_eq!(done.code, code, "{}{}", done.stdout, done.stderr);
}

#[rstest::rstest]
#[case::no_command(&["exec"], "required arguments")]
#[case::no_world(&["exec", "--world", "nowhere.yml", "--", "true"], "cannot read the file")]
#[case::no_project(&["exec", "--world", "world.yml", "--project", "other", "--", "true"], "the world has no project `other`")]
#[case::no_name(&["exec", "--id-token", "A-B", "--", "true"], "a variable's name has letters")]
fn mistakes_are_told_before_anything_runs(#[case] arguments: &[&str], #[case] message: &str) {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "world.yml", crate::WORLD);
    let done = trustcheck(directory.path()).args(arguments.iter().copied()).run();
    assert_eq!(done.code, 2, "{}{}", done.stdout, done.stderr);
    assert!(done.stderr.contains(message), "{}", done.stderr);
}

#[rstest::rstest]
fn the_cli_logs_in_by_itself(#[values("host", "sandbox")] executor: &str) {
    let command = [
        "aws",
        "sts",
        "get-caller-identity",
        "--query",
        "Arn",
        "--output",
        "text",
    ];
    let done = run(&on(executor, &["--role", ROLE, "--explain"]), &command);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    let session = done
        .stdout
        .trim()
        .strip_prefix("arn:aws:sts::111122223333:assumed-role/deploy/GitLabRunner-20-")
        .unwrap_or_else(|| panic!("{}", done.stdout));
    assert!(session.bytes().all(|byte| byte.is_ascii_digit()), "{session}");
    assert!(
        done.stderr.contains("2 calls of AWS, 0 denied"),
        "{}",
        done.stderr
    );
}

#[rstest::rstest]
fn a_denial_is_explained_after_the_command(#[values("host", "sandbox")] executor: &str) {
    let command = ["aws", "sts", "get-caller-identity"];
    let options = on(executor, &["--role", ROLE, "--branch", "feature/x", "--explain"]);
    let done = run(&options, &command);
    assert!(done.code == 254 || done.code == 255, "{}", done.code);
    for expected in [
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        "1 call of AWS, 1 denied",
        "StringEquals gitlab.com:sub",
        "policy  project_path:group/project:ref_type:branch:ref:main",
        "token   project_path:group/project:ref_type:branch:ref:feature/x",
        "world.yml (the trust policy of deploy):11:9",
    ] {
        assert!(
            done.stderr.contains(expected),
            "no `{expected}` in:\n{}",
            done.stderr
        );
    }
    let quiet = run(&options[..6], &command);
    assert!(!quiet.stderr.contains("StringEquals"), "{}", quiet.stderr);
}

#[rstest::rstest]
fn the_administrator_has_keys(#[values("host", "sandbox")] executor: &str) {
    let command = [
        "aws",
        "sts",
        "get-caller-identity",
        "--query",
        "Arn",
        "--output",
        "text",
    ];
    let done = run(&on(executor, &["--administrator"]), &command);
    assert_eq!(
        done.stdout.trim(),
        "arn:aws:iam::111122223333:root",
        "{}",
        done.stderr
    );
}

#[rstest::rstest]
fn the_command_finds_a_jobs_variables_and_nothing_of_a_real_cloud(
    #[values("host", "sandbox")] executor: &str,
) {
    let directory = tempfile::tempdir().unwrap();
    let script = "echo \"$MY_TOKEN\" | cut -d. -f1; echo $CI_PROJECT_PATH $CI_COMMIT_TAG $AWS_PROFILE. $GITLAB_TOKEN. $HELLO \
                  ${AWS_ROLE_ARN-none}; pwd; echo $CI_PROJECT_DIR; ls -A \"$HOME\"/.aws 2>/dev/null";
    let options = on(executor, &["--id-token", "MY_TOKEN", "--tag", "v1"]);
    let done = exec(directory.path(), &options, &["sh", "-c", script])
        .env("AWS_PROFILE", "production")
        .env("GITLAB_TOKEN", "secret")
        .env("HELLO", "hello")
        .run();
    let lines: Vec<&str> = done.stdout.lines().collect();
    let [header, variables, directory, project] = lines.as_slice() else {
        panic!("{}{}", done.stdout, done.stderr)
    };
    assert!(header.starts_with("eyJ"), "{header}");
    assert_eq!(*variables, "group/project v1 . . hello none");
    assert_eq!(directory, project);
    assert!(done.stderr.is_empty(), "{}", done.stderr);
}

#[test]
fn the_home_is_the_commands_own_unless_it_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let touch = ["sh", "-c", "touch \"$HOME/here\""];
    for (options, is_here) in [(&[][..], false), (&["--keep-home"][..], true)] {
        let done = exec(directory.path(), options, &touch)
            .env("HOME", home.path())
            .run();
        assert_eq!(done.code, 0, "{}", done.stderr);
        assert_eq!(home.path().join("here").exists(), is_here, "{options:?}");
    }
}

#[rstest::rstest]
fn input_and_output_are_the_commands(#[values("host", "sandbox")] executor: &str) {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "input", "one\ntwo\n");
    let input = std::fs::File::open(directory.path().join("input")).unwrap();
    let done = exec(
        directory.path(),
        &on(executor, &[]),
        &["sh", "-c", "cat; echo error >&2"],
    )
    .stdin(input)
    .run();
    assert_eq!(
        (done.stdout.as_str(), done.stderr.as_str()),
        ("one\ntwo\n", "error\n")
    );
}

#[rstest::rstest]
#[case::asked_of_a_proxy("host", "example.org:443")]
#[case::asked_of_dns("sandbox", "example.org")]
fn hosts_that_are_not_there_are_named(#[case] executor: &str, #[case] host: &str) {
    let script = "curl -s https://example.org/ || echo status $?; curl -s https://gitlab.com/oauth/discovery/keys | grep -c kid";
    let done = run(&on(executor, &["--explain"]), &["sh", "-c", script]);
    assert!(done.stdout.starts_with("status "), "{}", done.stdout);
    for expected in [
        format!("this world has no host `{host}`,"),
        "0 calls of AWS, 0 denied".to_owned(),
    ] {
        assert!(done.stderr.contains(&expected), "{}", done.stderr);
    }
}

#[rstest::rstest]
#[case::host("host", "31401")]
#[case::sandbox("sandbox", "31402")]
fn what_the_command_leaves_running_is_ended(#[case] executor: &str, #[case] mark: &str) {
    let directory = tempfile::tempdir().unwrap();
    let script = format!("(trap '' HUP; exec setsid sleep {mark}) & sleep 0.1; pgrep -f 'sleep {mark}'");
    let done = exec(directory.path(), &on(executor, &[]), &["sh", "-c", &script]).run();
    assert_eq!(done.code, 0, "{}", done.stderr);
    let wanted = format!("sleep\0{mark}\0").into_bytes();
    let lines = std::fs::read_dir("/proc").unwrap().flatten();
    let mut lines = lines.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    assert!(!lines.any(|line| line == wanted));
    assert!(done.left_behind.is_empty(), "{:?}", done.left_behind);
}

#[rstest::rstest]
fn a_signal_is_passed_on_and_the_world_goes_with_the_command(#[values("host", "sandbox")] executor: &str) {
    let directory = tempfile::tempdir().unwrap();
    let script = "trap 'echo caught; exit 9' TERM; echo > started; while :; do sleep 0.01; done";
    let done = exec(directory.path(), &on(executor, &[]), &["sh", "-c", script]).run_while(|child, _| {
        while !directory.path().join("started").exists() {
            std::thread::yield_now();
        }
        let pid = rustix::process::Pid::from_raw(child.id().try_into().unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    });
    assert_eq!(
        (done.code, done.stdout.as_str()),
        (9, "caught\n"),
        "{}",
        done.stderr
    );
    assert!(done.left_behind.is_empty(), "{:?}", done.left_behind);
}
