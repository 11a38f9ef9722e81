//! What a script cannot do to its host.

use super::{Who, can_be, has, run, succeeds};

#[rstest::rstest]
#[case::root(Who::Me)]
#[case::user(Who::Nobody)]
fn what_is_the_kernels_cannot_be_written(#[case] who: Who) {
    if !can_be(who) {
        return;
    }
    succeeds(
        who,
        "for file in /proc/sys/kernel/core_pattern /proc/sys/vm/drop_caches /proc/sysrq-trigger /sys/power/state; do\n\
         \x20 if (echo x >$file) 2>/dev/null; then echo \"$file can be written\"; exit 1; fi\n\
         done\n\
         find /sys/fs/cgroup -maxdepth 2 -name cgroup.procs -writable | { ! grep .; }",
    );
}

#[rstest::rstest]
#[case::root(Who::Me)]
#[case::user(Who::Nobody)]
fn nothing_that_was_covered_can_be_uncovered(#[case] who: Who) {
    if !can_be(who) || !has("unshare") {
        return;
    }
    succeeds(
        who,
        "grep -E '^Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status | { ! grep -v 0000000000000000; }\n\
         grep 'NoNewPrivs:.1' /proc/self/status\n\
         for change in 'umount /etc/hosts' 'mount -o remount,rw /usr' 'mount -o remount,bind,rw /usr' 'umount /proc/sys'; do\n\
         \x20 if $change 2>/dev/null; then echo \"$change: done\"; exit 1; fi\n\
         \x20 if unshare -Urm $change 2>/dev/null; then echo \"nested $change: done\"; exit 1; fi\n\
         done",
    );
}

#[rstest::rstest]
#[case::root(Who::Me)]
#[case::user(Who::Nobody)]
fn only_its_own_processes_are_there(#[case] who: Who) {
    if !can_be(who) {
        return;
    }
    // Process 1 is the sandbox's; its memory and environment are not for the job.
    succeeds(
        who,
        "test $(ls -d /proc/[0-9]* | wc -l) -lt 10\n\
         if cat /proc/1/environ; then exit 1; fi\n\
         if cat /proc/1/mem; then exit 1; fi\n\
         kill -9 1\n\
         test -d /proc/1",
    );
}

#[rstest::rstest]
#[case::root(Who::Me)]
#[case::user(Who::Nobody)]
fn the_callers_environment_is_nowhere(#[case] who: Who) {
    if !can_be(who) {
        return;
    }
    let directory = super::open_directory();
    let script = "cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' >all || true\n\
                  { ! grep -e a-secret-of-the-host -e AWS_ENDPOINT -i -e proxy all; }\n\
                  env | { ! grep -i -e a-secret-of-the-host -e AWS_ENDPOINT -e proxy; }";
    trustcheck_tests::write(
        directory.path(),
        "sandbox.yml",
        &super::of_script(script, "  job: success\n"),
    );
    let done = super::trustcheck(who, directory.path())
        .env("TOP", "a-secret-of-the-host")
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .env("NODE_OPTIONS", "--a-secret-of-the-host")
        .args(["run", "--executor", "sandbox", "sandbox.yml"])
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn sockets_of_other_families_and_keys_are_refused() {
    if !has("python3") {
        return;
    }
    succeeds(
        Who::Me,
        "python3 - <<'END'\n\
         import ctypes, errno, socket\n\
         for family in (40, 17, 16 + 8, 38):  # vsock, packet, rds.., alg\n\
         \x20   try:\n\
         \x20       socket.socket(family, socket.SOCK_STREAM)\n\
         \x20   except OSError as error:\n\
         \x20       assert error.errno == errno.EAFNOSUPPORT, (family, error)\n\
         \x20   else:\n\
         \x20       raise SystemExit(f'a socket of family {family}')\n\
         libc = ctypes.CDLL(None, use_errno=True)\n\
         for call in (425, 250 if __import__('platform').machine() == 'x86_64' else 219):  # io_uring_setup, keyctl\n\
         \x20   assert libc.syscall(call, 0, 0, 0) == -1 and ctypes.get_errno() == errno.ENOSYS, call\n\
         socket.socketpair()\n\
         END",
    );
}

#[test]
fn it_has_no_terminal() {
    let done = run(
        Who::Me,
        "if (exec 3</dev/tty) 2>/dev/null; then exit 1; fi\n\
         test -c /dev/null && test ! -e /dev/kvm && test ! -e /dev/fuse && test -w /dev/shm\n\
         test \"$(hostname)\" = runner || test \"$(cat /proc/sys/kernel/hostname)\" = runner",
        "  job: success\n",
    );
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}
