//! Where the kernel or a container allows only part of a sandbox.

use std::io::Read;
use std::path::PathBuf;

use job_sandbox::{Control, Ending, Event, Limits, Mode, Order, Overlaid, Spec};

/// A sandbox of this mode, with one file of its own.
pub(super) fn spec(mode: Mode) -> Spec {
    Spec {
        mode,
        hostname: "runner".to_owned(),
        ports: vec![443],
        others: vec!["127.0.2.1:22".parse().unwrap()],
        home: "/root".into(),
        project: Spec::builds(mode).join("group/project"),
        keep: Vec::new(),
        share: Vec::new(),
        hide: Vec::new(),
        files: vec![Overlaid {
            path: PathBuf::from(job_sandbox::OWN_FILES).join("file"),
            content: b"of the sandbox".to_vec(),
        }],
        limits: Limits::of_this_host(),
    }
}

/// Runs a script in a sandbox that is there or about to be.
pub(super) fn assert_runs(control: &Control, script: &str, expected: &str) {
    let event = control.wait().unwrap();
    assert!(
        matches!(&event, Event::Ready { listeners, .. } if listeners.tcp.len() >= 2),
        "{event:?}"
    );
    let order = Order {
        program: "/bin/sh".into(),
        arguments: vec!["-ec".into(), script.into()],
        environment: vec![
            ("PATH".into(), super::PATH.into()),
            ("HOME".into(), "/root".into()),
        ],
        directory: "/".into(),
    };
    let (mut reader, writer) = std::io::pipe().unwrap();
    let null = std::fs::File::open("/dev/null").unwrap();
    control.run(&order, &null, &writer, &writer).unwrap();
    drop(writer);
    let mut printed = String::new();
    reader.read_to_string(&mut printed).unwrap();
    let event = control.wait().unwrap();
    assert!(
        matches!(event, Event::Ended(Ending::Code(0))),
        "{event:?}: {printed}"
    );
    assert_eq!(printed, expected);
}

#[rstest::rstest]
#[case::full(true, true)]
#[case::no_new_proc(true, false)]
#[case::no_pivot_root(false, true)]
#[case::neither(false, false)]
fn every_mode_hides_and_protects_the_same(#[case] own_root: bool, #[case] own_proc: bool) {
    let mode = Mode { own_root, own_proc };
    let hidden = tempfile::NamedTempFile::new_in("/tmp").unwrap();
    let (mut command, control) = job_sandbox::start(super::program(), &spec(mode)).unwrap();
    let mut child = command.spawn().unwrap();
    drop(command);
    let script = format!(
        "test ! -e {}\n\
         test -z \"$(ls -A /root)$(ls -A /home)$(ls -A /mnt)\"\n\
         if (echo x >/etc/x) 2>/dev/null; then exit 2; fi\n\
         if (echo x >/usr/x) 2>/dev/null; then exit 3; fi\n\
         if (echo x >/proc/sys/kernel/core_pattern) 2>/dev/null; then exit 4; fi\n\
         test ! -e /dev/kvm && echo x >/dev/null\n\
         test \"$(cat /run/trustcheck/file)\" = 'of the sandbox'\n\
         cd {}/group/project && echo x >x && echo x >/tmp/x && echo x >~/x\n\
         test -r /proc/self/status\n\
         echo fine",
        hidden.path().display(),
        Spec::builds(mode).display()
    );
    assert_runs(&control, &script, "fine\n");
    drop(control);
    assert!(child.wait().unwrap().success());
    assert_eq!(mode.shortfall().is_none(), own_root && own_proc);
}

#[test]
fn the_probe_finds_a_full_sandbox_where_there_is_one() {
    let mode = job_sandbox::probe(super::program(), &spec(Mode::FULL)).unwrap();
    assert_eq!(mode, Mode::FULL);
}
