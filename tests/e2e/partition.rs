//! A run in parts: each case is in exactly one of them, whatever order the files are named in, and GitLab's variables for
//! parallel jobs say which part is meant.

use trustcheck_tests::{Done, write};

use crate::{scenario, trustcheck};

fn list(arguments: &[&str], environment: &[(&str, &str)]) -> Done {
    let directory = tempfile::tempdir().unwrap();
    let matrix = "matrix: { n: [1, 2, 3] }\nrun: { script: 'true' }\nexpect: { job: success }\n";
    for name in ["c", "a", "b"] {
        write(
            directory.path(),
            &format!("scenarios/{name}.yml"),
            &scenario(matrix),
        );
    }
    let mut command = trustcheck(directory.path())
        .args(["run"])
        .args(arguments.iter().copied());
    for (name, value) in environment {
        command = command.env(name, value);
    }
    command.run()
}

fn cases(arguments: &[&str], environment: &[(&str, &str)]) -> Vec<String> {
    let done = list(&[&["--list"], arguments].concat(), environment);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    done.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn parts_are_all_cases_once_whatever_the_order_of_files() {
    let part = |part: &str| cases(&["--partition", part], &[]);
    let parts = [part("1/4"), part("2/4"), part("3/4"), part("4/4")];
    assert_eq!(parts.each_ref().map(Vec::len), [3, 2, 2, 2]);
    let mut together = parts.concat();
    together.sort();
    assert_eq!(together, cases(&[], &[]));

    let files = ["scenarios/c.yml", "scenarios/a.yml", "scenarios/b.yml"];
    let mut turned = cases(&[&files[..], &["--partition", "2/4"]].concat(), &[]);
    turned.sort();
    assert_eq!(turned, parts[1]);
}

#[test]
fn gitlabs_variables_say_which_part_unless_the_option_does() {
    let node = [("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "4")];
    assert_eq!(cases(&[], &node), cases(&["--partition", "2/4"], &[]));
    assert_eq!(cases(&["--partition", "1/1"], &node).len(), 9);
    // A job without `parallel:` has only the total.
    assert_eq!(cases(&[], &[("CI_NODE_TOTAL", "1")]).len(), 9);

    let done = list(&["--list"], &node);
    let told = "part 2 of 4 (by CI_NODE_INDEX and CI_NODE_TOTAL; --partition 1/1 runs all): 2 of 9 cases";
    assert!(done.stderr.contains(told), "{}", done.stderr);
    let done = list(&["--list"], &[("CI_NODE_INDEX", "5"), ("CI_NODE_TOTAL", "4")]);
    assert_eq!(done.code, 2);
    assert!(
        done.stderr
            .contains("CI_NODE_INDEX `5` is no part of CI_NODE_TOTAL `4`"),
        "{}",
        done.stderr
    );
}

#[test]
fn a_part_without_cases_is_as_expected() {
    let done = list(&["--filter", "a[n=1]", "--partition", "2/2"], &[]);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("0 passed, 0 failed"), "{}", done.stdout);
    assert!(
        done.stderr.contains("part 2 of 2: 0 of 1 cases"),
        "{}",
        done.stderr
    );
}
