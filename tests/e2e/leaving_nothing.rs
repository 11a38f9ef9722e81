//! After a run nothing is left: no process, no port, no file; also after Ctrl-C in its middle.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::process::Child;

use rustix::process::{Pid, Signal, kill_process};
use trustcheck_tests::{Done, write};

use crate::{scenario, trustcheck};

/// A script that starts a process outside its process group, tells the test which processes there are and where the
/// world is, and does not end by itself.
const LINGERING: &str = "run:
  timeout: 60s
  script: |
    setsid sleep 300 &
    echo \"$! $$ ${AWS_ENDPOINT_URL#http://}\" > /dev/tcp/127.0.0.1/$PORT
    sleep 300
expect:
  job: success
";

/// What there was to leave behind.
struct Seen {
    daemon: String,
    shell: String,
    endpoint: String,
}

/// Runs a lingering script, does something to the program once the script lingers, and returns what there was.
fn linger(rest: &str, meanwhile: impl FnOnce(&mut Child)) -> (Done, Seen) {
    let directory = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    write(
        directory.path(),
        "linger.yml",
        &format!("{}variables: {{ PORT: {port} }}\n", scenario(rest)),
    );
    let mut line = String::new();
    let done = trustcheck(directory.path())
        .args(["run", "--executor", "host", "linger.yml"])
        .run_while(|child, _| {
            let (mut job, _) = listener.accept().unwrap();
            job.read_to_string(&mut line).unwrap();
            meanwhile(child);
        });
    let mut words = line.split_whitespace().map(str::to_owned);
    let mut word = || words.next().unwrap();
    (
        done,
        Seen {
            daemon: word(),
            shell: word(),
            endpoint: word(),
        },
    )
}

fn is_alive(pid: &str) -> bool {
    // A zombie has ended; only its parent has not asked for its status yet.
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        stat.rsplit(')')
            .next()
            .is_some_and(|rest| !rest.trim_start().starts_with('Z'))
    })
}

fn assert_nothing_left(done: &Done, seen: &Seen) {
    assert!(done.left_behind.is_empty(), "{:?}", done.left_behind);
    assert!(!is_alive(&seen.daemon), "the daemon still runs");
    assert!(!is_alive(&seen.shell), "the shell still runs");
    TcpStream::connect(&seen.endpoint).expect_err("the world still listens");
}

#[rstest::rstest]
#[case::control_c(Signal::INT)]
#[case::terminate(Signal::TERM)]
fn an_interrupted_run_cleans_up(#[case] signal: Signal) {
    let (done, seen) = linger(LINGERING, |child| {
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    });
    assert_eq!(done.code, 130, "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("interrupted"), "{}", done.stdout);
    assert_nothing_left(&done, &seen);
}

#[test]
fn a_hanging_script_is_stopped_and_reported_as_such() {
    let (done, seen) = linger(&LINGERING.replace("60s", "1s"), |_| {});
    assert_eq!(done.code, 1, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout.contains("stopped at its time limit"),
        "{}",
        done.stdout
    );
    assert_nothing_left(&done, &seen);
}

#[test]
fn a_time_out_can_be_what_is_expected() {
    let rest = LINGERING
        .replace("60s", "1s")
        .replace("job: success", "job: timed-out");
    let (done, _) = linger(&rest, |_| {});
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn a_daemon_does_not_outlive_its_job() {
    let (done, seen) = linger(&LINGERING.replace("    sleep 300\n", ""), |_| {});
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert_nothing_left(&done, &seen);
}
