//! Mistakes in scenario files: every file of `tests/bad` with what is said of it. All mistakes of a file are told at
//! once, with place, caret and what to do; and the other files still run.

use std::path::Path;

use trustcheck_tests::{copy_of, repository};

use crate::trustcheck;

#[test]
fn every_bad_file_is_explained() {
    let bad = copy_of(&repository().join("tests/bad"));
    let mut names: Vec<String> = std::fs::read_dir(bad.path())
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".yml"))
        .collect();
    names.sort();
    assert!(names.len() >= 10, "{names:?}");
    for name in names {
        let done = trustcheck(bad.path()).args(["run", &name]).run();
        assert_eq!(done.code, 2, "{name}: {}{}", done.stdout, done.stderr);
        let shown = done
            .stdout
            .lines()
            .filter(|line| !line.contains(" in 0.") && !line.contains("! error"));
        insta::with_settings!({ snapshot_path => Path::new("../bad"), prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, shown.collect::<Vec<_>>().join("\n"));
        });
    }
}

#[test]
fn the_other_files_still_run() {
    let directory = tempfile::tempdir().unwrap();
    let good = crate::scenario("run: { script: 'true' }\nexpect: { job: success }\n");
    trustcheck_tests::write(directory.path(), "scenarios/a-bad.yml", "name: [\n");
    trustcheck_tests::write(directory.path(), "scenarios/b-good.yml", &good);
    let done = trustcheck(directory.path()).args(["run"]).run();
    assert_eq!(done.code, 2, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout.contains("1 passed, 0 failed, 0 skipped, 1 error in"),
        "{}",
        done.stdout
    );
}
