//! After a run nothing is left: no process, no port, no file; also after Ctrl-C in its middle.

use std::path::Path;
use std::process::Child;

use rustix::process::{Pid, Signal, kill_process};
use trustcheck_tests::{Done, write};

use crate::{scenario, trustcheck};

/// A script that starts a process outside its process group, says where it is, and does not end by itself.
const LINGERING: &str = "run:
  timeout: 60s
  script: |
    setsid sleep 300 &
    echo $! > \"$PIDS/daemon\"
    echo \"$AWS_ENDPOINT_URL\" > \"$PIDS/endpoint\"
    echo $$ > \"$PIDS/shell\"
    sleep 300
expect:
  job: success
";

/// Waits until the job has written `name`, which is when there is something to leave behind.
fn read_when_there(directory: &Path, name: &str) -> String {
    let began = std::time::Instant::now();
    loop {
        match std::fs::read_to_string(directory.join(name)) {
            Ok(text) if text.ends_with('\n') => return text.trim().to_owned(),
            _ => assert!(began.elapsed().as_secs() < 60, "the job never wrote {name}"),
        }
        std::thread::yield_now();
    }
}

/// Runs the lingering script with its variable `PIDS` and does something to it meanwhile.
fn linger(rest: &str, meanwhile: impl FnOnce(&mut Child, &Path)) -> (Done, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let text = format!("{}variables: {{ PIDS: {} }}\n", scenario(rest), directory.path().display());
    write(directory.path(), "linger.yml", &text);
    let done = trustcheck(directory.path()).args(["run", "linger.yml"]).run_while(|child, temporary| {
        meanwhile(child, temporary);
    });
    (done, directory)
}

fn is_alive(pid: &str) -> bool {
    // A zombie has ended; only its parent has not asked for its status yet.
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        stat.rsplit(')').next().is_some_and(|rest| !rest.trim_start().starts_with('Z'))
    })
}

fn assert_nothing_left(done: &Done, directory: &Path) {
    assert!(done.left_behind.is_empty(), "{:?}", done.left_behind);
    for name in ["daemon", "shell"] {
        let pid = std::fs::read_to_string(directory.join(name)).unwrap();
        assert!(!is_alive(pid.trim()), "the {name} process still runs");
    }
    let endpoint = std::fs::read_to_string(directory.join("endpoint")).unwrap();
    let address = endpoint.trim().trim_start_matches("http://");
    std::net::TcpStream::connect(address).expect_err("the world still listens");
}

#[rstest::rstest]
#[case::control_c(Signal::INT)]
#[case::terminate(Signal::TERM)]
fn an_interrupted_run_cleans_up(#[case] signal: Signal) {
    let directory = tempfile::tempdir().unwrap();
    let text = format!("{}variables: {{ PIDS: {} }}\n", scenario(LINGERING), directory.path().display());
    write(directory.path(), "linger.yml", &text);
    let done = trustcheck(directory.path()).args(["run", "linger.yml"]).run_while(|child, _| {
        read_when_there(directory.path(), "shell");
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    });
    assert_eq!(done.code, 130, "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("interrupted"), "{}", done.stdout);
    assert_nothing_left(&done, directory.path());
}

#[test]
fn a_hanging_script_is_stopped_and_reported_as_such() {
    let (done, directory) = linger(&LINGERING.replace("60s", "500ms"), |_, _| {});
    assert_eq!(done.code, 1, "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("stopped at its time limit"), "{}", done.stdout);
    assert_nothing_left(&done, directory.path());
}

#[test]
fn a_time_out_can_be_what_is_expected() {
    let rest = LINGERING.replace("60s", "500ms").replace("job: success", "job: timed-out");
    let (done, _) = linger(&rest, |_, _| {});
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn a_daemon_does_not_outlive_its_job() {
    let (done, directory) = linger(&LINGERING.replace("    sleep 300\n", ""), |_, _| {});
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert_nothing_left(&done, directory.path());
}
