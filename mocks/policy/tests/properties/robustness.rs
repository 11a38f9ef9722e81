//! No input makes the crate panic, whatever it is. The same as the fuzz targets do at length, bounded.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use iam_policy::{
    AwsPrincipal, Context, Policy, PolicyKind, Principal, Request, ValidationRules, decide, evaluate,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// The policies of the vectors, to be mutated.
static REAL: LazyLock<Vec<String>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let folders = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    folders
        .map(|folder| fs::read_to_string(folder.join("policy.json")).unwrap())
        .collect()
});

const TOKENS: [&str; 30] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    " ",
    "\n",
    "null",
    "true",
    "1e999",
    "-0",
    "\\u0000",
    "\\ud800",
    "${",
    "*",
    "\u{feff}",
    "\u{10400}",
    "\"Version\"",
    "\"2012-10-17\"",
    "\"Statement\"",
    "\"Effect\"",
    "\"Allow\"",
    "\"Principal\"",
    "\"Condition\"",
    "\"StringLike\"",
    "\"gitlab.com:sub\"",
    "ForAnyValue:",
];

/// A change to a text.
#[derive(Debug, Clone)]
enum Mutation {
    Insert(Index, &'static str),
    Remove(Index, Index),
    Repeat(Index, Index),
    Flip(Index, u8),
}

proptest! {
    #[test]
    fn random_bytes(bytes in vec(any::<u8>(), 0..512)) {
        exercise(&bytes);
    }

    #[test]
    fn a_policy_of_2048_random_bytes(bytes in vec(any::<u8>(), 2_048)) {
        exercise(&bytes);
    }

    #[test]
    fn random_tokens(tokens in vec(select(TOKENS.to_vec()), 0..64)) {
        exercise(tokens.concat().as_bytes());
    }

    #[test]
    fn mutated_policies(start: Index, mutations in vec(mutation(), 1..6)) {
        let mut bytes = start.get(REAL.as_slice()).clone().into_bytes();
        for mutation in mutations {
            mutation.apply(&mut bytes);
        }
        exercise(&bytes);
    }

    /// Whatever stands where a text may stand.
    #[test]
    fn strange_texts(value in "\\PC{0,40}", key in "\\PC{0,20}", token in "\\PC{0,40}", operator in select(OPERATORS.to_vec())) {
        let document = serde_json::json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow",
            "Principal": {"Federated": [value, PROVIDER]},
            "Action": [value, "*"],
            "Condition": {operator: {key.clone(): value, "gitlab.com:sub": [token, value]}},
        }});
        exercise(document.to_string().as_bytes());
        if let Ok(policy) = Policy::parse(&document.to_string()) {
            let context = Context::new().with(key, token.clone()).with("gitlab.com:sub", token);
            examine(&policy, &Principal::Federated(PROVIDER.to_owned()), &context);
        }
    }
}

const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/gitlab.com";
const OPERATORS: [&str; 10] = [
    "StringEquals",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "NumericLessThan",
    "DateGreaterThan",
    "IpAddress",
    "ArnLike",
    "BinaryEquals",
    "Bool",
    "ForAllValues:StringLike",
];

#[test]
fn deep_and_long_texts_are_refused() {
    for text in [
        "[".repeat(100_000),
        "{\"a\":".repeat(50_000),
        format!("\"{}\"", "x".repeat(1 << 20)),
    ] {
        assert!(Policy::parse(&text).is_err());
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let place = any::<Index>;
    prop_oneof![
        (place(), select(TOKENS.to_vec())).prop_map(|(at, token)| Mutation::Insert(at, token)),
        (place(), place()).prop_map(|(from, to)| Mutation::Remove(from, to)),
        (place(), place()).prop_map(|(from, to)| Mutation::Repeat(from, to)),
        (place(), any::<u8>()).prop_map(|(at, bits)| Mutation::Flip(at, bits)),
    ]
}

impl Mutation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let place = |index: &Index| index.index(bytes.len() + 1);
        let range = |one: &Index, other: &Index| {
            let (one, other) = (place(one), place(other));
            // not too long, or little of the policy is left
            one.min(other)..one.max(other).min(one.min(other) + 40)
        };
        match self {
            Self::Insert(at, token) => {
                let at = place(at);
                bytes.splice(at..at, token.bytes());
            }
            Self::Remove(from, to) => {
                bytes.drain(range(from, to));
            }
            Self::Repeat(from, to) => {
                let range = range(from, to);
                let (at, copy) = (range.end, bytes[range].to_vec());
                bytes.splice(at..at, copy);
            }
            Self::Flip(at, bits) => {
                let at = place(at);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= bits;
                }
            }
        }
    }
}

/// Everything the crate does with a text.
fn exercise(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let policy = match Policy::parse(&text) {
        Ok(policy) => policy,
        Err(error) => {
            assert!(
                text.get(error.span.clone()).is_some(),
                "{error}: {:?} of {text:?}",
                error.span
            );
            assert!(!error.message().is_empty() && !error.to_string().is_empty());
            return;
        }
    };
    for kind in [
        PolicyKind::Trust,
        PolicyKind::Identity,
        PolicyKind::Resource,
        PolicyKind::Session,
        PolicyKind::Boundary,
    ] {
        match policy.validate(kind, &ValidationRules::default()) {
            Ok(notes) => assert!(notes.iter().all(|note| text.get(note.span.clone()).is_some())),
            Err(error) => assert!(text.get(error.span.clone()).is_some()),
        }
    }
    assert_eq!(
        Policy::parse(&policy.to_json().to_string()).unwrap().to_json(),
        policy.to_json()
    );
    let subject = "project_path:mygroup/myproject:ref_type:branch:ref:main";
    let context = Context::new()
        .with("gitlab.com:sub", subject)
        .with("gitlab.com:aud", "https://gitlab.com")
        .with("aws:SourceIp", "203.0.113.7")
        .with("aws:TagKeys", ["team", "\u{10400}"]);
    let session = AwsPrincipal::session(
        "arn:aws:sts::111122223333:assumed-role/deploy/job",
        "arn:aws:iam::111122223333:role/deploy",
    );
    for principal in [
        Principal::Federated(PROVIDER.to_owned()),
        Principal::Aws(session),
        Principal::Anonymous,
    ] {
        examine(&policy, &principal, &context);
    }
}

/// A decision, its words, its JSON and its edits.
fn examine(policy: &Policy, principal: &Principal, context: &Context) {
    for resource in [None, Some("arn:aws:s3:::bucket/key")] {
        let request = Request {
            principal,
            action: "sts:AssumeRoleWithWebIdentity",
            resource,
            context,
        };
        let decision = evaluate(policy, &request);
        assert_eq!(decide(policy, &request), decision.effect);
        assert!(!decision.summary().is_empty());
        assert!(serde_json::to_string(&decision).is_ok());
        for edit in decision.reasons().iter().filter_map(|reason| reason.suggestion()) {
            let changed = edit.apply(policy.text()).unwrap();
            assert!(Policy::parse(&changed).is_ok(), "{}: {changed}", edit.words);
        }
    }
}
