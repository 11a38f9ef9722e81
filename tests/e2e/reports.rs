//! Reports for other programs, as those read them.

use std::os::unix::fs::symlink;
use std::path::Path;

use trustcheck_tests::write;

use crate::{scenario, trustcheck};

const PASSES: &str = "tags: [quick]
matrix: { who: ['a#1'] }
lesson: { symptom: s, cause: 'a < b', fix: f }
run: { script: 'echo $[[ matrix.who ]]' }
expect: { job: success }
";

const FAILS: &str = r"run:
  script: |
    printf '\033[31mred </testcase> ]]>\033[0m\n'
    exit 3
expect: { job: success, exit_code: 4 }
";

const MISTAKEN: &str = "run: { script: x }\nexpcet: { job: success }\n";

const SKIPPED: &str = "needs: [aws]\nrun: { script: x }\nexpect: { job: success }\n";

/// A directory with a shell and nothing that could bring an AWS CLI.
fn bare_path(at: &Path) {
    std::fs::create_dir(at).unwrap();
    for tool in ["bash", "cat", "mkdir", "rm"] {
        let found = ["/usr/bin", "/bin"].map(|directory| Path::new(directory).join(tool));
        let found = found.iter().find(|path| path.exists()).unwrap();
        symlink(found, at.join(tool)).unwrap();
    }
}

#[test]
fn a_case_of_each_kind_in_tap_and_junit() {
    let directory = tempfile::tempdir().unwrap();
    let files = ["passes.yml", "fails.yml", "mistaken.yml", "skipped.yml"];
    for (name, rest) in files.iter().zip([PASSES, FAILS, MISTAKEN, SKIPPED]) {
        write(directory.path(), name, &scenario(rest));
    }
    bare_path(&directory.path().join("bin"));
    let done = trustcheck(directory.path())
        .args(["run", "--report", "tap=out.tap", "--report", "junit=out.xml"])
        .args(files)
        .env("PATH", directory.path().join("bin"))
        .env("TRUSTCHECK_CACHE", directory.path().join("cache"))
        .run();
    assert_eq!(done.code, 2, "{}{}", done.stdout, done.stderr);
    // The report for a person is written beside those for programs.
    let summary = "1 passed, 1 failed, 1 skipped, 1 error in";
    assert!(done.stdout.contains(summary), "{}{}", done.stdout, done.stderr);

    let read = |name: &str| std::fs::read_to_string(directory.path().join(name)).unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r#" time="[0-9.]+""#, r#" time="[time]""#);
    settings.add_filter(r"duration_ms: \d+", "duration_ms: [time]");
    settings.bind(|| {
        insta::assert_snapshot!("tap", read("out.tap"));
        insta::assert_snapshot!("junit", read("out.xml"));
    });
}
