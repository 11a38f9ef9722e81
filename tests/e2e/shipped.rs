//! The scenarios that ship: all pass, and a single changed letter makes one fail.

use serde_json::Value;
use trustcheck_tests::{copy_of, repository};

use crate::trustcheck;

#[test]
fn every_shipped_scenario_passes() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("out.json");
    let report = format!("json={}", out.display());
    let done = trustcheck(&repository())
        .args(["run", "--deny-skips", "--report", &report])
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    let text = std::fs::read_to_string(&out).unwrap();
    // A token is decoded for the report, but never usable from it: a JWT's third part is nowhere.
    let usable = |word: &str| word.starts_with("eyJ") && word.split('.').count() == 3;
    assert!(
        !text
            .split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
            .any(usable)
    );
    let report: Value = serde_json::from_str(&text).unwrap();
    let count = |what: &str| report["summary"][what].as_u64().unwrap();
    assert!(count("passed") >= 16, "{report:#}");
    assert_eq!((count("failed"), count("skipped"), count("errors")), (0, 0, 0));
    // One family for each article, and each of them both logs in and is turned away.
    for family in [
        "bash-array",
        "login-template",
        "docs-page",
        "entrypoint",
        "one-liner",
    ] {
        let of_family = |wanted: &str| {
            report["cases"].as_array().unwrap().iter().any(|case| {
                let id = case["id"].as_str().unwrap();
                id.contains(&format!("seeds/{family}/")) && id.contains(wanted)
            })
        };
        for wanted in [
            "logs-in",
            "project-not-configured[missing=provider]",
            "project-not-configured[missing=role]",
            "ref-not-allowed[ref=branch]",
            "ref-not-allowed[ref=tag]",
            "wildcard-under-string-equals",
            "audience-not-registered",
        ] {
            assert!(of_family(wanted), "{family} has no {wanted}");
        }
    }
    // Every style of a template both logs in and fails as it typically does.
    let styles = report["cases"].as_array().unwrap().iter().filter(|case| {
        let id = case["id"].as_str().unwrap();
        id.starts_with("scenarios/styles/")
    });
    assert!(styles.count() >= 40, "{report:#}");
    assert!(done.left_behind.is_empty(), "{:?}", done.left_behind);
}

#[test]
fn one_letter_in_a_subject_fails_its_scenario_and_shows_the_condition() {
    let copy = copy_of(&repository().join("scenarios/seeds/docs-page"));
    let policy = copy.path().join("policies/main-only.json");
    let text = std::fs::read_to_string(&policy).unwrap();
    std::fs::write(&policy, text.replace("ref:main", "ref:maim")).unwrap();

    let done = trustcheck(copy.path()).args(["run", "logs-in.yml"]).run();
    assert_eq!(done.code, 1, "{}{}", done.stdout, done.stderr);
    for expected in [
        "failed  logs-in",
        "expected job success",
        "StringEquals gitlab.com:sub",
        "policy  project_path:observability/agent:ref_type:branch:ref:maim",
        "token   project_path:observability/agent:ref_type:branch:ref:main",
    ] {
        assert!(
            done.stdout.contains(expected),
            "no `{expected}` in:\n{}",
            done.stdout
        );
    }
}

#[test]
fn a_turned_away_login_shows_what_the_user_saw_and_why() {
    let done = trustcheck(&repository())
        .args(["run", "--filter", "docs-page/wildcard"])
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    for expected in [
        "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: \
         Not authorized to perform sts:AssumeRoleWithWebIdentity",
        "StringEquals gitlab.com:sub",
        "policy  project_path:observability/agent:ref_type:branch:ref:*",
        "token   project_path:observability/agent:ref_type:branch:ref:main",
        "StringLike",
    ] {
        assert!(
            done.stdout.contains(expected),
            "no `{expected}` in:\n{}",
            done.stdout
        );
    }
}
