//! Any text: reading, validating and deciding it never panics, spans lie in the text, and what was read can be printed and
//! read again.

#![no_main]

use iam_policy::{Context, Policy, PolicyKind, Principal, Request, ValidationRules, decide, evaluate};
use libfuzzer_sys::fuzz_target;

const KINDS: [PolicyKind; 5] = [
    PolicyKind::Trust,
    PolicyKind::Identity,
    PolicyKind::Resource,
    PolicyKind::Session,
    PolicyKind::Boundary,
];

fuzz_target!(|text: &str| {
    let policy = match Policy::parse(text) {
        Ok(policy) => policy,
        Err(error) => {
            assert!(text.get(error.span.clone()).is_some());
            assert!(!error.message().is_empty());
            return;
        }
    };
    for kind in KINDS {
        match policy.validate(kind, &ValidationRules::default()) {
            Ok(notes) => assert!(notes.iter().all(|note| text.get(note.span.clone()).is_some())),
            Err(error) => assert!(text.get(error.span.clone()).is_some()),
        }
    }
    let printed = policy.to_json();
    let again = Policy::parse(&printed.to_string()).expect("what is printed can be read");
    assert_eq!(again.to_json(), printed);

    let request = Request {
        principal: &Principal::Federated("arn:aws:iam::111122223333:oidc-provider/gitlab.com".to_owned()),
        action: "sts:AssumeRoleWithWebIdentity",
        resource: None,
        context: &Context::new()
            .with(
                "gitlab.com:sub",
                "project_path:mygroup/myproject:ref_type:branch:ref:main",
            )
            .with("gitlab.com:aud", "https://gitlab.com")
            .with("aws:SourceIp", "203.0.113.7")
            .with("aws:TagKeys", ["team"]),
    };
    let decision = evaluate(&policy, &request);
    assert_eq!(decide(&policy, &request), decision.effect);
    assert_eq!(decide(&again, &request), decision.effect);
    serde_json::to_string(&decision).expect("decisions are JSON");
    for edit in decision.reasons().iter().filter_map(|reason| reason.suggestion()) {
        let changed = edit.apply(text).expect("the edit is for this text");
        Policy::parse(&changed).expect("a policy stays one with the edit");
    }
});
