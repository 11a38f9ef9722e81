//! `trustcheck exec` in a sandbox: the user's checkout, and nothing else of theirs.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use trustcheck_tests::{Done, Trustcheck, write};

use super::{Who, can_be, has, open_directory, trustcheck};
use crate::WORLD;

/// A home with credentials, a project in it and a tool beside that.
fn home() -> tempfile::TempDir {
    let home = open_directory();
    write(
        home.path(),
        ".aws/credentials",
        "[default]\naws_access_key_id = secret\n",
    );
    write(home.path(), "notes", "secret\n");
    write(home.path(), "project/world.yml", WORLD);
    for (path, text) in [
        ("project/tool", "#!/bin/sh\necho of the project\n"),
        ("elsewhere/bin/tool", "#!/bin/sh\ncat \"${0%/*}/../lib/text\"\n"),
        ("elsewhere/lib/text", "of elsewhere\n"),
    ] {
        write(home.path(), path, text);
        std::fs::set_permissions(home.path().join(path), PermissionsExt::from_mode(0o755)).unwrap();
    }
    // whoever runs the program owns the project
    std::fs::set_permissions(home.path().join("project"), PermissionsExt::from_mode(0o777)).unwrap();
    home
}

fn exec(who: Who, home: &Path, options: &[&str], command: &[&str]) -> Trustcheck {
    let arguments = ["exec", "--world", "world.yml"].iter();
    let words = arguments.chain(options).chain(&["--"]).chain(command);
    let mut program = trustcheck(who, &home.join("project")).args(words.copied());
    if who == Who::Me {
        program = program.env("HOME", home.to_str().unwrap());
    }
    program
}

fn succeeds(who: Who, home: &Path, options: &[&str], command: &[&str]) -> Done {
    let done = exec(
        who,
        home,
        &[&["--executor", "sandbox"], options].concat(),
        command,
    )
    .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(done.left_behind.is_empty(), "{:?}", done.left_behind);
    done
}

#[rstest::rstest]
#[case::root(Who::Me)]
#[case::user(Who::Nobody)]
fn the_working_directory_is_the_users_and_the_rest_of_the_home_is_hidden(#[case] who: Who) {
    if !can_be(who) {
        return;
    }
    let home = home();
    let script = "set -e; test \"$PWD\" = \"$PROJECT\"; ./tool; echo written >written; test \"$(stat -c %u written)\" = \"$(id -u)\"\n\
                  test \"$CI_PROJECT_DIR\" = \"$PWD\"; test ! -e ../notes; test ! -e ../.aws; test ! -e ../elsewhere\n\
                  test ! -e ~/.aws; echo x >~/x; echo x >/tmp/x; if (echo x >/usr/x) 2>/dev/null; then exit 1; fi";
    let project = home.path().join("project");
    let options = ["--executor", "sandbox"];
    let done = exec(who, home.path(), &options, &["sh", "-c", script])
        .env("PROJECT", project.to_str().unwrap())
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert_eq!(done.stdout, "of the project\n");
    assert_eq!(
        std::fs::read_to_string(project.join("written")).unwrap(),
        "written\n"
    );
    assert!(!home.path().join("x").exists());
}

#[test]
fn a_program_that_is_named_by_its_path_is_seen_with_what_belongs_to_it() {
    let home = home();
    let done = succeeds(Who::Me, home.path(), &[], &["../elsewhere/bin/tool"]);
    assert_eq!(done.stdout, "of elsewhere\n");
}

/// Without endpoint, proxy or any other variable.
#[test]
fn the_worlds_names_lead_to_it() {
    if !has("curl") {
        return;
    }
    let script = "set -e; ! env | grep -i -e AWS_ENDPOINT -e proxy; test -s \"$AWS_WEB_IDENTITY_TOKEN_FILE\"\n\
                  env -i /usr/bin/curl -fsS https://gitlab.com/oauth/discovery/keys";
    let role = ["--role", "arn:aws:iam::111122223333:role/deploy"];
    let done = succeeds(Who::Me, home().path(), &role, &["sh", "-c", script]);
    assert!(done.stdout.contains("\"kid\""), "{}", done.stdout);
}

#[test]
fn a_home_cannot_be_kept_in_a_sandbox() {
    let home = home();
    let options = ["--executor", "sandbox", "--keep-home"];
    let done = exec(Who::Me, home.path(), &options, &["true"]).run();
    assert_eq!(done.code, 2, "{}", done.stderr);
    assert!(done.stderr.contains("which a sandbox hides"), "{}", done.stderr);
}

#[rstest::rstest]
#[case::refused("sandbox", 2, "")]
#[case::on_the_host("auto", 0, "note: the command runs on the host: ")]
fn a_home_is_not_shown_for_being_the_working_directory(
    #[case] executor: &str,
    #[case] code: i32,
    #[case] note: &str,
) {
    let home = home();
    let done = trustcheck(Who::Me, home.path())
        .env("HOME", home.path())
        .args([
            "exec",
            "--executor",
            executor,
            "--world",
            "project/world.yml",
            "--",
            "true",
        ])
        .run();
    assert_eq!(done.code, code, "{}", done.stderr);
    let why = format!("{note}a sandbox shows the command its working directory");
    assert!(done.stderr.contains(&why), "{}", done.stderr);
}
