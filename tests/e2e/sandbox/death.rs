//! What is left when trustcheck is gone, however it went: nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{Who, can_be, of_script, open_directory, trustcheck};

/// A script that starts a daemon far away from its process group and does not end. The number of seconds marks its
/// processes among all others.
fn lingering(mark: u32) -> String {
    of_script(
        &format!("setsid nohup sh -c 'sleep {mark} & sleep {mark}' >/dev/null 2>&1 &\nsleep {mark}"),
        "  job: success\n",
    )
}

/// The processes that sleep for `mark` seconds, by their ids on this host.
fn sleepers(mark: u32) -> Vec<u32> {
    let wanted = format!("sleep\0{mark}\0");
    processes()
        .filter(|pid| {
            std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line == wanted.as_bytes())
        })
        .collect()
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// The namespaces of a process.
fn namespaces(pid: u32) -> BTreeSet<PathBuf> {
    ["user", "pid", "net", "mnt", "ipc", "uts"]
        .iter()
        .filter_map(|kind| std::fs::read_link(format!("/proc/{pid}/ns/{kind}")).ok())
        .collect()
}

/// Waits until `is_so`; a test that waits longer than this has failed.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::yield_now();
    }
}

fn mounts() -> String {
    std::fs::read_to_string("/proc/self/mountinfo").unwrap()
}

/// Lets a job linger, does something to the program, and checks that nothing of the job is left on this host.
fn nothing_is_left(who: Who, mark: u32, meanwhile: impl FnOnce(Pid)) -> trustcheck_tests::Done {
    let directory = open_directory();
    trustcheck_tests::write(directory.path(), "linger.yml", &lingering(mark));
    let before = mounts();
    let mut of_job = BTreeSet::new();
    let done = trustcheck(who, directory.path())
        .args(["run", "--executor", "sandbox", "linger.yml"])
        .run_while(|child, _| {
            wait_until("the job lingers", || sleepers(mark).len() == 3);
            for pid in sleepers(mark) {
                of_job.append(&mut namespaces(pid));
            }
            meanwhile(Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap());
        });
    let ours = namespaces(std::process::id());
    let of_job: BTreeSet<_> = of_job.difference(&ours).cloned().collect();
    assert_eq!(
        of_job.len(),
        6,
        "each kind of namespace is the job's own: {of_job:?}"
    );
    wait_until("a process of the job is left", || sleepers(mark).is_empty());
    wait_until("a namespace of the job is left", || {
        processes().all(|pid| namespaces(pid).is_disjoint(&of_job))
    });
    // Other tests mount nothing here either.
    assert_eq!(mounts(), before, "a mount is left");
    done
}

#[rstest::rstest]
#[case::root(Who::Me, 31_301)]
#[case::user(Who::Nobody, 31_302)]
fn a_crash_of_trustcheck_leaves_nothing(#[case] who: Who, #[case] mark: u32) {
    if !can_be(who) {
        return;
    }
    let done = nothing_is_left(who, mark, |pid| kill_process(pid, Signal::KILL).unwrap());
    assert_eq!(done.code, -1);
    assert!(done.left_behind.is_empty(), "{:?}", done.left_behind);
}

#[rstest::rstest]
#[case::root(Who::Me, 31_303)]
#[case::user(Who::Nobody, 31_304)]
fn an_interrupted_run_leaves_nothing(#[case] who: Who, #[case] mark: u32) {
    if !can_be(who) {
        return;
    }
    let done = nothing_is_left(who, mark, |pid| kill_process(pid, Signal::INT).unwrap());
    assert_eq!(done.code, 130, "{}{}", done.stdout, done.stderr);
    assert!(done.left_behind.is_empty(), "{:?}", done.left_behind);
}

/// The kernel's signal at a parent's death is sent when the *thread* ends that started the child. Nobody's thread is to
/// matter.
#[test]
fn a_sandbox_outlives_the_thread_that_made_it() {
    let maker = std::thread::spawn(|| {
        let spec = super::degraded::spec(job_sandbox::Mode::FULL);
        let (mut command, control) = job_sandbox::start(super::program(), &spec).unwrap();
        let child = command.spawn().unwrap();
        (child, control)
    });
    let (mut child, control) = maker.join().unwrap();
    super::degraded::assert_runs(&control, "echo still here", "still here\n");
    drop(control);
    assert!(child.wait().unwrap().success());
}

/// The sockets that were handed out keep the job's network alive: they must be closed with the job.
#[tokio::test]
async fn the_worlds_doors_are_closed_with_the_job() {
    trustcheck_lab::install_crypto_provider();
    let directory = open_directory();
    let keys = mock_gitlab::KeyPool::open(directory.path().join("keys"));
    let spec = trustcheck_lab::WorldSpec::new(vec![mock_gitlab::Settings::default()], Vec::new());
    let world = trustcheck_lab::World::boot(spec, &keys, 1).await.unwrap();
    let (mut command, control) =
        job_sandbox::start(super::program(), &super::degraded::spec(job_sandbox::Mode::FULL)).unwrap();
    let mut child = command.spawn().unwrap();
    drop(command);
    let job_sandbox::Event::Ready { listeners, .. } = control.wait().unwrap() else {
        panic!("no sandbox")
    };
    let inodes: Vec<PathBuf> = listeners.tcp.iter().map(inode).collect();
    assert!(inodes.iter().all(|inode| is_open(inode)));
    let doors = world
        .open(trustcheck_lab::Doors {
            dns: listeners.dns,
            dns_over_tcp: listeners.dns_over_tcp,
            tcp: listeners.tcp,
            allowed: Vec::new(),
        })
        .unwrap();
    drop(control);
    assert!(child.wait().unwrap().success());
    drop(doors);
    // What closes them are tasks of this very runtime.
    while inodes.iter().any(|inode| is_open(inode)) {
        tokio::task::yield_now().await;
    }
    world.shutdown().await;
}

/// What the kernel calls a socket.
fn inode(socket: &impl std::os::fd::AsRawFd) -> PathBuf {
    std::fs::read_link(format!("/proc/self/fd/{}", socket.as_raw_fd())).unwrap()
}

fn is_open(inode: &Path) -> bool {
    let open = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    open.filter_map(|entry| std::fs::read_link(entry.path()).ok())
        .any(|socket| socket == inode)
}
