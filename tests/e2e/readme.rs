//! The README tells the truth: its output is what the command prints, its scenario runs, and its limitations are those
//! that the code marks.

use std::path::{Path, PathBuf};
use std::process::Command;

use trustcheck_tests::{repository, write};

use crate::trustcheck;

fn readme() -> String {
    std::fs::read_to_string(repository().join("README.md")).unwrap()
}

/// The first fenced block of this language that contains `needle`.
fn block(language: &str, needle: &str) -> String {
    let readme = readme();
    readme
        .split("```")
        .skip(1)
        .step_by(2)
        .filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'))
        .find(|block| block.contains(needle))
        .ok_or_else(|| format!("no {language} block with `{needle}`"))
        .unwrap()
        .to_owned()
}

/// The text without its times.
fn timeless(text: &str) -> String {
    let words = |line: &str| {
        let kept: Vec<&str> = line
            .split(' ')
            .filter(|word| !(word.ends_with('s') && word.trim_end_matches('s').parse::<f64>().is_ok()))
            .collect();
        kept.join(" ").trim_end().to_owned()
    };
    text.trim().lines().map(words).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_output_shown_is_what_the_command_prints() {
    let shown = block("console", "--filter docs-page/logs-in");
    let (command, output) = shown.split_once('\n').unwrap();
    let arguments: Vec<&str> = command
        .strip_prefix("$ cargo run --release -- ")
        .unwrap()
        .split(' ')
        .collect();
    let done = trustcheck(&repository()).args(arguments).run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert_eq!(timeless(&done.stdout), timeless(output));
}

#[test]
fn the_explanation_shown_is_what_the_command_prints() {
    let shown = block("console", "trustcheck explain");
    let (command, output) = shown.split_once('\n').unwrap();
    let binary = env!("CARGO_BIN_EXE_trustcheck-under-test");
    let command = command
        .strip_prefix("$ ")
        .unwrap()
        .replace("trustcheck ", &format!("{binary} "));
    let done = Command::new("sh")
        .args(["-c", &command])
        .current_dir(repository())
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    assert_eq!(
        String::from_utf8(done.stdout).unwrap().trim_end(),
        output.trim_end()
    );
}

#[test]
fn the_scenario_shown_passes() {
    let directory = tempfile::tempdir().unwrap();
    write(
        directory.path(),
        "scenario.yml",
        &block("yaml", "name: Only main may deploy"),
    );
    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {"gitlab.com:sub": "project_path:acme/shop:ref_type:branch:ref:main"}}}}"#;
    write(directory.path(), "policies/deploy.trust.json", policy);
    let pipeline = "deploy:\n  id_tokens: { TOKEN: { aud: https://gitlab.com } }\n  script:\n    - >\n      \
                    aws sts assume-role-with-web-identity --role-arn $ROLE_ARN --role-session-name readme\n      \
                    --web-identity-token $TOKEN --query AssumedRoleUser.Arn\n";
    write(directory.path(), ".gitlab-ci.yml", pipeline);
    let done = trustcheck(directory.path())
        .args(["run", "--deny-skips", "scenario.yml"])
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("2 passed, 0 failed"), "{}", done.stdout);
}

#[test]
fn every_divergence_is_among_the_limitations() {
    let readme = readme();
    let mut marked = Vec::new();
    for folder in ["mocks", "harness"] {
        find_marks(&repository(), Path::new(folder), &mut marked);
    }
    assert!(!marked.is_empty());
    let missing: Vec<&PathBuf> = marked
        .iter()
        .filter(|file| !readme.contains(&format!("`{}`", file.display())))
        .collect();
    assert!(
        missing.is_empty(),
        "not among the README's limitations: {missing:?}"
    );
    // And none is listed that has been mended.
    let listed = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    for (file, _) in listed.filter(|(file, _)| file.ends_with(".rs")) {
        assert!(
            marked.iter().any(|marked| marked == Path::new(file)),
            "{file} has no DIVERGENCE mark"
        );
    }
}

fn find_marks(root: &Path, folder: &Path, marked: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(root.join(folder)).unwrap().flatten() {
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            find_marks(root, &path, marked);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && std::fs::read_to_string(entry.path())
                .unwrap()
                .contains("DIVERGENCE:")
        {
            marked.push(path);
        }
    }
}
