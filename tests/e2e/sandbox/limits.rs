//! A job that takes too much fails, and its host goes on.

use super::{Who, can_be, has, run};

#[rstest::rstest]
#[case::root(Who::Me)]
#[case::user(Who::Nobody)]
fn a_fork_bomb_ends_in_the_jobs_failure(#[case] who: Who) {
    if !can_be(who) {
        return;
    }
    let directory = super::open_directory();
    let text = super::of_script(
        "bomb() { bomb | bomb & }\nbomb\nwait\nsleep 1000",
        "  job: timed-out\n",
    )
    .replace("timeout: 60s", "timeout: 2s");
    trustcheck_tests::write(directory.path(), "bomb.yml", &text);
    let done = super::trustcheck(who, directory.path())
        .args(["run", "--executor", "sandbox", "bomb.yml"])
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(done.left_behind.is_empty());
}

#[rstest::rstest]
#[case::root(Who::Me)]
#[case::user(Who::Nobody)]
fn processes_are_limited(#[case] who: Who) {
    if !can_be(who) || !has("python3") {
        return;
    }
    let done = run(
        who,
        "python3 - <<'END'\n\
         import os, signal\n\
         children = []\n\
         try:\n\
         \x20   while len(children) < 3000:\n\
         \x20       child = os.fork()\n\
         \x20       if child == 0:\n\
         \x20           signal.pause()\n\
         \x20       children.append(child)\n\
         except BlockingIOError:\n\
         \x20   print('no more than', len(children))\n\
         END",
        "  job: success\n  output: { matches: 'no more than (9\\d\\d|10\\d\\d)' }\n",
    );
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn memory_is_limited_for_all_processes_together() {
    if !has("python3") {
        return;
    }
    // Each stays below what one process may have.
    let done = run(
        Who::Me,
        "for number in 1 2 3 4 5 6 7 8 9; do\n\
         \x20 python3 -c 'import time; held = bytearray(b\"x\") * (1 << 29); time.sleep(100)' &\n\
         done\n\
         wait",
        "  job: failed\n  output: { contains: it used more memory than a job may }\n",
    );
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn output_is_limited() {
    let done = run(
        Who::Me,
        "yes 'a long line, so that it does not take too long, and is not kept either'",
        "  job: failed\n  output: { contains: \"Job's log exceeded limit\" }\n",
    );
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn files_are_limited() {
    let done = run(Who::Me, "head -c 5G /dev/zero >/tmp/large", "  job: failed\n");
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}
