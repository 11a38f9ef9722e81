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

fn sh(options: &[&str], script: &str) -> Done {
    run(options, &["sh", "-c", script])
}

#[rstest::rstest]
#[case::success(&["true"], 0)]
#[case::its_own(&["sh", "-c", "exit 7"], 7)]
#[case::a_signal(&["sh", "-c", "kill -TERM $$"], 143)]
#[case::another(&["sh", "-c", "kill -KILL $$"], 137)]
#[case::absent(&["no-such-program"], 127)]
#[case::no_program(&["/"], 126)]
fn the_status_is_the_commands(#[case] command: &[&str], #[case] code: i32) {
    let done = run(&[], command);
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

#[test]
fn the_cli_logs_in_by_itself() {
    let command = [
        "aws",
        "sts",
        "get-caller-identity",
        "--query",
        "Arn",
        "--output",
        "text",
    ];
    let done = run(&["--role", ROLE, "--explain"], &command);
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

#[test]
fn a_denial_is_explained_after_the_command() {
    let command = ["aws", "sts", "get-caller-identity"];
    let options = ["--role", ROLE, "--branch", "feature/x", "--explain"];
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
    let quiet = run(&options[..4], &command);
    assert!(!quiet.stderr.contains("StringEquals"), "{}", quiet.stderr);
}

#[test]
fn the_administrator_has_keys() {
    let command = [
        "aws",
        "sts",
        "get-caller-identity",
        "--query",
        "Arn",
        "--output",
        "text",
    ];
    let done = run(&["--administrator"], &command);
    assert_eq!(
        done.stdout.trim(),
        "arn:aws:iam::111122223333:root",
        "{}",
        done.stderr
    );
}

#[test]
fn the_command_finds_a_jobs_variables_and_nothing_of_a_real_cloud() {
    let directory = tempfile::tempdir().unwrap();
    let script = "echo \"$MY_TOKEN\" | cut -d. -f1; echo $CI_PROJECT_PATH $CI_COMMIT_TAG $AWS_PROFILE. $GITLAB_TOKEN. $HELLO \
                  ${AWS_ROLE_ARN-none}; pwd; echo $CI_PROJECT_DIR; ls -A \"$HOME\"";
    let options = ["--id-token", "MY_TOKEN", "--tag", "v1"];
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

#[test]
fn input_and_output_are_the_commands() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "input", "one\ntwo\n");
    let input = std::fs::File::open(directory.path().join("input")).unwrap();
    let done = exec(directory.path(), &[], &["sh", "-c", "cat; echo error >&2"])
        .stdin(input)
        .run();
    assert_eq!(
        (done.stdout.as_str(), done.stderr.as_str()),
        ("one\ntwo\n", "error\n")
    );
}

#[test]
fn hosts_that_are_not_there_are_named() {
    let done = sh(
        &["--explain"],
        "curl -s https://example.org/ || echo status $?; curl -s https://gitlab.com/oauth/discovery/keys | grep -c kid",
    );
    assert!(done.stdout.starts_with("status "), "{}", done.stdout);
    assert!(
        done.stderr.contains("this world has no host `example.org:443`"),
        "{}",
        done.stderr
    );
    assert!(
        done.stderr.contains("0 calls of AWS, 0 denied"),
        "{}",
        done.stderr
    );
}

#[test]
fn what_the_command_leaves_running_is_ended() {
    let directory = tempfile::tempdir().unwrap();
    let script = "(trap '' HUP; exec setsid sleep 1000) & echo $! > pid; sleep 0.1";
    let done = exec(directory.path(), &[], &["sh", "-c", script]).run();
    assert_eq!(done.code, 0, "{}", done.stderr);
    let pid = std::fs::read_to_string(directory.path().join("pid")).unwrap();
    assert!(!Path::new(&format!("/proc/{}", pid.trim())).exists());
    assert!(done.left_behind.is_empty(), "{:?}", done.left_behind);
}

#[test]
fn a_signal_is_passed_on_and_the_world_goes_with_the_command() {
    let directory = tempfile::tempdir().unwrap();
    let script = "trap 'echo caught; exit 9' TERM; echo > started; while :; do sleep 0.01; done";
    let done = exec(directory.path(), &[], &["sh", "-c", script]).run_while(|child, _| {
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
