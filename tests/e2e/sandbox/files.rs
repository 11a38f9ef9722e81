//! The files that a job sees.

use std::os::unix::net::UnixListener;

use super::{Who, can_be, has, is_root, open_directory, skip, succeeds};

#[rstest::rstest]
#[case::root(Who::Me)]
#[case::user(Who::Nobody)]
fn the_hosts_files_are_read_only_and_homes_are_hidden(#[case] who: Who) {
    if !can_be(who) {
        return;
    }
    let hidden = tempfile::NamedTempFile::new_in("/tmp").unwrap();
    succeeds(
        who,
        &format!(
            "test ! -e {}\n\
             for file in /x /etc/x /usr/x /usr/bin/x /var/x /var/lib/x; do\n\
             \x20 if (echo x >$file) 2>/dev/null; then echo \"$file can be written\"; exit 1; fi\n\
             done\n\
             test \"$(ls -A /run)\" = trustcheck\n\
             test -z \"$(ls -A /mnt)$(ls -A /media)\"\n\
             for path in /root/.ssh /root/.aws /root/.cache/trustcheck/keys /home/*/.ssh; do test ! -e \"$path\"; done\n\
             if test -s /etc/shadow && cat /etc/shadow >/dev/null 2>&1; then exit 1; fi",
            hidden.path().display()
        ),
    );
}

#[rstest::rstest]
#[case::root(Who::Me)]
#[case::user(Who::Nobody)]
fn it_has_directories_of_its_own(#[case] who: Who) {
    if !can_be(who) {
        return;
    }
    succeeds(
        who,
        "test \"$PWD\" = /builds/group/project && test \"$CI_PROJECT_DIR\" = \"$PWD\" && test \"$CI_BUILDS_DIR\" = /builds\n\
         for directory in . \"$HOME\" /tmp /var/tmp /dev/shm; do echo x >\"$directory/x\"; done\n\
         test \"$(id -u)\" = \"$(stat -c %u .)\"",
    );
}

#[test]
fn files_stay_for_the_after_script_and_go_with_the_job() {
    let directory = open_directory();
    let pipeline = "one:\n  script:\n    - echo kept >/tmp/file; echo kept >file; sleep 1000 & true\n  after_script:\n    \
                    - cat /tmp/file file\n    - if pgrep sleep; then exit 1; fi\n    - echo after\ntwo:\n  needs: [one]\n  script:\n    \
                    - test ! -e /tmp/file && test ! -e file && echo two\n";
    trustcheck_tests::write(directory.path(), ".gitlab-ci.yml", pipeline);
    let text = crate::scenario(
        "run: { pipeline: .gitlab-ci.yml }\nexpect:\n  job: success\n  output: { matches: '(?s)kept\\nkept\\n.*after.*two' }\n",
    );
    trustcheck_tests::write(directory.path(), "sandbox.yml", &text);
    let done = super::trustcheck(Who::Me, directory.path())
        .args(["run", "--executor", "sandbox", "sandbox.yml"])
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

/// A read-only mount does not keep anybody from connecting to a socket in it.
#[test]
fn sockets_of_the_host_cannot_be_reached() {
    if !is_root() || !has("curl") {
        return skip("only root can make a socket in /run");
    }
    let name = format!("trustcheck-test-{}.sock", std::process::id());
    let in_run = std::path::Path::new("/run").join(&name);
    // A place that a sandbox shows, where only the variable tells what it is.
    let elsewhere = std::path::Path::new("/var/lib").join(&name);
    let sockets = [&in_run, &elsewhere].map(|path| (UnixListener::bind(path).unwrap(), path.clone()));
    let directory = open_directory();
    let script = format!(
        "for socket in {} {}; do\n\
         \x20 if curl -sS -m 2 --unix-socket $socket http://x/ 2>error; then exit 1; fi\n\
         \x20 cat error; grep -F \"connect\" error\n\
         done",
        in_run.display(),
        elsewhere.display()
    );
    trustcheck_tests::write(
        directory.path(),
        "sandbox.yml",
        &super::of_script(&script, "  job: success\n"),
    );
    let done = super::trustcheck(Who::Me, directory.path())
        .env("SSH_AUTH_SOCK", &elsewhere)
        .args(["run", "--executor", "sandbox", "sandbox.yml"])
        .run();
    for (socket, path) in &sockets {
        socket.set_nonblocking(true).unwrap();
        let reached = socket.accept();
        let _ = std::fs::remove_file(path);
        assert!(reached.is_err(), "{} was reached", path.display());
    }
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

/// On hosts with systemd-resolved, `/etc/resolv.conf` is a link into `/run`, which a job does not see.
#[test]
fn a_link_that_leads_nowhere_is_covered_itself() {
    if !is_root() || !has("unshare") || !has("curl") {
        return skip("only root can mount another /etc");
    }
    let etc = open_directory();
    let copied = std::process::Command::new("cp")
        .args(["-a", "/etc/."])
        .arg(etc.path())
        .status()
        .unwrap();
    assert!(copied.success());
    let resolv = etc.path().join("resolv.conf");
    let _ = std::fs::remove_file(&resolv);
    std::os::unix::fs::symlink("/run/systemd/resolve/stub-resolv.conf", &resolv).unwrap();
    let directory = open_directory();
    trustcheck_tests::write(
        directory.path(),
        "sandbox.yml",
        &super::of_script(
            "cat /etc/resolv.conf; curl -fsS https://gitlab.com/oauth/discovery/keys",
            "  job: success\n",
        ),
    );
    let done = trustcheck_tests::Trustcheck::new("/usr/bin/unshare", directory.path())
        .args([
            "-m",
            "sh",
            "-c",
            "mount --bind \"$ETC\" /etc && exec \"$PROGRAM\" run --executor sandbox sandbox.yml",
        ])
        .env("ETC", etc.path())
        .env("PROGRAM", super::program())
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn tools_in_the_users_home_stay_visible() {
    let home = open_directory();
    let tool = home.path().join(".pyenv/versions/1/bin/my-tool");
    std::fs::create_dir_all(tool.parent().unwrap()).unwrap();
    std::fs::write(&tool, "#!/bin/sh\nexec cat \"$HOME/.pyenv/version\"\n").unwrap();
    std::fs::set_permissions(&tool, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    std::fs::create_dir_all(home.path().join(".pyenv/shims")).unwrap();
    std::os::unix::fs::symlink(&tool, home.path().join(".pyenv/shims/my-tool")).unwrap();
    trustcheck_tests::write(home.path(), ".pyenv/version", "of the tool\n");
    trustcheck_tests::write(home.path(), ".aws/credentials", "a secret\n");
    let directory = open_directory();
    let script = "test \"$(my-tool)\" = 'of the tool'\n\
                  test ! -e ~/.aws && test -z \"$(ls -A ~ | grep -v pyenv)\"\n\
                  if (echo x >~/.pyenv/version) 2>/dev/null; then exit 1; fi\n\
                  mkdir ~/.aws && echo mine >~/.aws/config";
    trustcheck_tests::write(
        directory.path(),
        "sandbox.yml",
        &super::of_script(script, "  job: success\n"),
    );
    let path = format!("{}:{}", home.path().join(".pyenv/shims").display(), super::PATH);
    let cache = home.path().join("cache");
    let done = super::trustcheck(Who::Me, directory.path())
        .env("HOME", home.path())
        .env("PATH", path)
        .env("TRUSTCHECK_CACHE", &cache)
        .args(["run", "--executor", "sandbox", "sandbox.yml"])
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(!home.path().join(".aws/config").exists());
}
