//! Every folder in `vectors` is a case: a policy, a request, and what AWS decides, with a sentence and the source that say so.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use iam_policy::{AwsPrincipal, Context, Decision, Policy, Principal, Request, decide, evaluate};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// `request.json`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    principal: Caller,
    action: String,
    resource: Option<String>,
    context: Context,
}

/// The caller, by type; `role` is the ARN of the role behind a session.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Caller {
    Federated {
        #[serde(rename = "Federated")]
        provider: String,
    },
    Service {
        #[serde(rename = "Service")]
        name: String,
    },
    Aws {
        #[serde(rename = "AWS")]
        arn: String,
        role: Option<String>,
    },
}

/// `expect.json`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    says: String,
    source: String,
    effect: String,
    /// The codes of the reasons, the most telling first.
    reasons: Vec<String>,
    /// The first edit suggested, in words.
    edit: Option<String>,
}

impl Caller {
    fn principal(self) -> Principal {
        match self {
            Self::Federated { provider } => Principal::Federated(provider),
            Self::Service { name } => Principal::Service(name),
            Self::Aws { arn, role } => Principal::Aws(AwsPrincipal {
                arn,
                role_arn: role,
                unique_id: None,
            }),
        }
    }
}

#[test]
fn every_vector_comes_out_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut folders: Vec<PathBuf> = fs::read_dir(&root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    assert!(folders.len() >= 80, "only {} vectors", folders.len());
    let failures: Vec<String> = folders.iter().flat_map(|folder| failures(folder)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The vectors are there to be read: no two tell the same, and the names of reasons are those of the engine.
#[test]
fn sentences_are_told_once() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut told = BTreeSet::new();
    for entry in fs::read_dir(&root).unwrap() {
        let expected: Expected = read(&entry.unwrap().path().join("expect.json"));
        assert!(!expected.says.is_empty() && !expected.source.is_empty());
        assert!(
            told.insert(expected.says.clone()),
            "told twice: {}",
            expected.says
        );
    }
}

fn failures(folder: &Path) -> Vec<String> {
    let policy = Policy::parse(&fs::read_to_string(folder.join("policy.json")).unwrap()).unwrap();
    let asked: Asked = read(&folder.join("request.json"));
    let expected: Expected = read(&folder.join("expect.json"));
    let principal = asked.principal.principal();
    let request = Request {
        principal: &principal,
        action: &asked.action,
        resource: asked.resource.as_deref(),
        context: &asked.context,
    };
    let decision = evaluate(&policy, &request);
    let mut failures = Vec::new();
    let mut compare = |what: &str, found: String, expected: String| {
        if found != expected {
            failures.push(format!("{}: {what} {found}, not {expected}", folder.display()));
        }
    };
    compare("effect", name_of(&decision.effect), expected.effect);
    compare(
        "short effect",
        name_of(&decide(&policy, &request)),
        name_of(&decision.effect),
    );
    compare(
        "reasons",
        format!("{:?}", codes(&decision)),
        format!("{:?}", expected.reasons),
    );
    let edit = decision.reasons().iter().find_map(|reason| reason.suggestion());
    if let Some(words) = expected.edit {
        compare("edit", edit.map_or_else(String::new, |edit| edit.words), words);
    }
    failures
}

fn codes(decision: &Decision) -> Vec<String> {
    decision
        .reasons()
        .iter()
        .map(|reason| reason.code().to_owned())
        .collect()
}

fn name_of(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

fn read<T: DeserializeOwned>(path: &Path) -> T {
    let text = fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
