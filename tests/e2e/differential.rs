//! The pipeline language held against another implementation of it: for every pipeline of `tests/differential/pipelines`,
//! the jobs and their merged keywords are those that gitlab-ci-local prints, but for the rows below, where GitLab does
//! as we do.
//!
//! gitlab-ci-local is looked for in the cache, where `.ci/run` puts it; without it the comparison is skipped loudly.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use located_yaml::Node;
use located_yaml::scalar::core::{self, Core};
use serde_json::{Map, Value, json};
use trustcheck_tests::{copy_of, repository};

use crate::trustcheck;

/// The version that `.ci/run` installs.
const VERSION: &str = "4.73.0";

/// Pipeline, job, key, and why the two differ.
const DIFFERENCES: &[(&str, &str, &str, &str)] = &[
    (
        "default-tokens",
        "a",
        "id_tokens",
        "its `default` knows no `id_tokens`; GitLab's does",
    ),
    (
        "matrix",
        "*",
        "jobs",
        "GitLab puts a blank after the comma of a name",
    ),
    (
        "matrix-needs",
        "job",
        "needs",
        "it expands needs when it runs, GitLab when the pipeline is created",
    ),
    (
        "merge-order",
        "early",
        "image",
        "GitLab's loader lets `<<` win over a key before it",
    ),
    ("parallel", "*", "jobs", "GitLab calls the copies `job 1/3`"),
    (
        "rules-variables",
        "job",
        "variables",
        "its preview is of before the rules",
    ),
    (
        "when",
        "manual",
        "allow_failure",
        "in GitLab a manual job may fail unless it says otherwise",
    ),
];

/// The program, if it is in the cache.
#[expect(clippy::disallowed_methods, reason = "the cache is the user's")]
fn program() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let cache = variable("TRUSTCHECK_CACHE")
        .or_else(|| variable("XDG_CACHE_HOME").map(|cache| cache.join("trustcheck")))
        .or_else(|| variable("HOME").map(|home| home.join(".cache/trustcheck")))?;
    let program = cache.join(format!(
        "tests/gitlab-ci-local-{VERSION}/node_modules/.bin/gitlab-ci-local"
    ));
    program.exists().then_some(program)
}

#[test]
fn jobs_and_keywords_are_those_of_another_implementation() {
    let Some(program) = program() else {
        eprintln!("SKIPPED: gitlab-ci-local {VERSION} is not in the cache; .ci/run installs it");
        return;
    };
    let root = repository().join("tests/differential/pipelines");
    let mut names: Vec<String> = std::fs::read_dir(&root)
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() >= 40, "{names:?}");
    let mut found = Vec::new();
    let half = names.len().div_ceil(2);
    std::thread::scope(|scope| {
        let threads: Vec<_> = names
            .chunks(half)
            .map(|names| {
                scope.spawn(|| {
                    let compared = names.iter().map(|name| compare(&program, &root, name));
                    compared.flatten().collect::<Vec<_>>()
                })
            })
            .collect();
        found = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect();
    });
    let known = |(pipeline, job, key): (&str, &str, &str)| {
        DIFFERENCES
            .iter()
            .any(|row| (row.0, row.1, row.2) == (pipeline, job, key))
    };
    let unexpected: Vec<String> = found
        .iter()
        .filter(|it| !known((&it.pipeline, &it.job, it.key)))
        .map(|it| {
            format!(
                "{} / {} / {}\n  ours   {}\n  theirs {}",
                it.pipeline, it.job, it.key, it.ours, it.theirs
            )
        })
        .collect();
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
    for row in DIFFERENCES {
        let seen = found
            .iter()
            .any(|it| (it.pipeline.as_str(), it.job.as_str(), it.key) == (row.0, row.1, row.2));
        assert!(seen, "no longer a difference: {row:?}");
    }
}

/// A key on which the two do not agree.
struct Difference {
    pipeline: String,
    job: String,
    key: &'static str,
    ours: Value,
    theirs: Value,
}

fn compare(program: &Path, root: &Path, name: &str) -> Vec<Difference> {
    let directory = copy_of(&root.join(name));
    let (ours, theirs) = (ours(directory.path()), theirs(program, directory.path()));
    let mut found = Vec::new();
    let mut differs = |job: &str, key: &'static str, ours: Value, theirs: Value| {
        if ours != theirs {
            found.push(Difference {
                pipeline: name.to_owned(),
                job: job.to_owned(),
                key,
                ours,
                theirs,
            });
        }
    };
    let names =
        |jobs: &BTreeMap<String, BTreeMap<&'static str, Value>>| json!(jobs.keys().collect::<Vec<_>>());
    differs("*", "jobs", names(&ours), names(&theirs));
    for (job, keys) in &ours {
        let Some(other) = theirs.get(job) else { continue };
        for (key, value) in keys {
            differs(
                job,
                key,
                value.clone(),
                other.get(key).cloned().unwrap_or(Value::Null),
            );
        }
    }
    found
}

const KEYS: [&str; 9] = [
    "stage",
    "when",
    "allow_failure",
    "image",
    "environment",
    "id_tokens",
    "before_script",
    "script",
    "after_script",
];

/// The jobs that `trustcheck pipeline --list --json` names, with their keywords.
fn ours(directory: &Path) -> BTreeMap<String, BTreeMap<&'static str, Value>> {
    let done = trustcheck(directory)
        .args(["pipeline", "--list", "--json", "--project", "group/project"])
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    let list: Value = serde_json::from_str(&done.stdout).unwrap();
    let jobs = list["jobs"].as_array().unwrap().iter().map(|job| {
        let mut keys: BTreeMap<&'static str, Value> =
            KEYS.iter().map(|key| (*key, trimmed(&job[*key]))).collect();
        // What the matrix gives a job is not among the keywords that the other prints.
        let matrix = job["name"] != job["base_name"];
        let mut variables = job["variables"].clone();
        if matrix && let Some(variables) = variables.as_object_mut() {
            variables.retain(|name, _| !["A", "ACCOUNT", "REGION"].contains(&name.as_str()));
        }
        keys.insert("variables", variables);
        let needs = job["needs"].as_array().map(|needs| {
            let names = needs.iter().map(|need| need["job"].clone());
            names.collect::<Vec<_>>()
        });
        keys.insert("needs", json!(needs));
        (job["name"].as_str().unwrap().to_owned(), keys)
    });
    jobs.collect()
}

/// Commands without the line break that a block leaves at their end.
fn trimmed(value: &Value) -> Value {
    match value.as_array() {
        Some(lines) if lines.iter().all(Value::is_string) => {
            let lines = lines.iter().filter_map(Value::as_str);
            json!(lines.map(|line| line.trim_end_matches('\n')).collect::<Vec<_>>())
        }
        _ => value.clone(),
    }
}

/// The jobs that gitlab-ci-local lists and does not leave out, with the keywords of its preview.
fn theirs(program: &Path, directory: &Path) -> BTreeMap<String, BTreeMap<&'static str, Value>> {
    let git = |arguments: &[&str]| {
        let done = Command::new("git")
            .args(arguments)
            .current_dir(directory)
            .output();
        assert!(done.is_ok_and(|done| done.status.success()), "git {arguments:?}");
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["remote", "add", "origin", "git@gitlab.com:group/project.git"]);
    git(&["add", "-A"]);
    git(&["-c", "user.email=a@b", "-c", "user.name=n", "commit", "-qm", "x"]);
    git(&[
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/main",
    ]);
    let run = |what: &str| {
        let done = Command::new(program)
            .args(["--json-schema-validation=false", what])
            .current_dir(directory)
            .output()
            .unwrap();
        let (out, err) = (
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr),
        );
        assert!(done.status.success(), "{what}: {out}{err}");
        out.into_owned()
    };
    let list: Value = serde_json::from_str(&run("--list-json")).unwrap();
    let preview = run("--preview");
    let preview = preview
        .split_once("---\n")
        .map_or(preview.as_str(), |(_, preview)| preview);
    let preview = located_yaml::parse(preview).unwrap();
    let preview = preview.first().map_or(Value::Null, as_json);
    let mut jobs = BTreeMap::new();
    for job in list.as_array().unwrap() {
        let name = job["name"].as_str().unwrap();
        if job["when"] == "never" {
            continue;
        }
        let base = [": [", " "]
            .iter()
            .filter_map(|mark| name.split_once(mark))
            .map(|(base, _)| base);
        let written = std::iter::once(name)
            .chain(base)
            .find_map(|name| preview.get(name))
            .unwrap_or(&Value::Null);
        jobs.insert(name.to_owned(), keywords(job, written, &preview));
    }
    jobs
}

fn keywords(listed: &Value, written: &Value, preview: &Value) -> BTreeMap<&'static str, Value> {
    let scripts = |key: &str| {
        let lines = written[key].as_array().cloned().unwrap_or_default();
        let text = |line: &Value| line.as_str().map(|line| line.trim_end_matches('\n').to_owned());
        json!(lines.iter().map(text).collect::<Vec<_>>())
    };
    let name_of = |key: &str| match &written[key] {
        Value::Object(object) => object.get("name").cloned().unwrap_or(Value::Null),
        other => other.clone(),
    };
    let inherits = |name: &str| match &written["inherit"]["variables"] {
        Value::Bool(all) => *all,
        Value::Array(names) => names.iter().any(|known| known == name),
        _ => true,
    };
    let mut variables = Map::new();
    for (name, value) in preview["variables"].as_object().into_iter().flatten() {
        if inherits(name) {
            variables.insert(name.clone(), text_of(value));
        }
    }
    for (name, value) in written["variables"].as_object().into_iter().flatten() {
        variables.insert(name.clone(), text_of(value));
    }
    // Rules give variables as well, those of the first that matches.
    let tokens = written["id_tokens"].as_object().cloned().unwrap_or_default();
    let needs = listed["needs"].as_array().map(|needs| {
        let name = |need: &Value| {
            need["job"]
                .as_str()
                .map_or_else(|| need.clone(), |job| json!(job))
        };
        needs.iter().map(name).collect::<Vec<_>>()
    });
    BTreeMap::from([
        ("stage", listed["stage"].clone()),
        ("when", listed["when"].clone()),
        ("allow_failure", listed["allow_failure"].clone()),
        ("image", name_of("image")),
        ("environment", name_of("environment")),
        ("id_tokens", Value::Object(tokens)),
        ("variables", Value::Object(variables)),
        ("needs", json!(needs)),
        ("before_script", scripts("before_script")),
        ("script", scripts("script")),
        ("after_script", scripts("after_script")),
    ])
}

fn text_of(value: &Value) -> Value {
    match value {
        Value::String(_) => value.clone(),
        Value::Null => json!(""),
        other => json!(other.to_string()),
    }
}

fn as_json(node: &Node) -> Value {
    if let Some(items) = node.as_sequence() {
        return items.iter().map(as_json).collect();
    }
    if let Some(entries) = node.as_mapping() {
        let entries = entries.iter().map(|entry| {
            let key = entry.key.as_str().unwrap_or_default().to_owned();
            (key, as_json(&entry.value))
        });
        return Value::Object(entries.collect());
    }
    match core::resolve(node) {
        Some(Core::Bool(truth)) => json!(truth),
        Some(Core::Int(number)) => serde_json::from_str(&number.to_string()).unwrap_or_default(),
        Some(Core::Str(_) | Core::Float(_)) => json!(node.as_str()),
        _ => Value::Null,
    }
}
