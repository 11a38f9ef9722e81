//! The edits suggested.

use iam_policy::{Context, Decision, Edit, Policy, Principal, Request, evaluate};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use crate::generate::{PROVIDER, asked, policy, read};

proptest! {
    /// Applying any edit leaves a policy, and another than before.
    #[test]
    fn every_edit_leaves_a_policy(policy in policy(), asked in asked()) {
        let policy = read(&policy);
        for edit in edits(&evaluate(&policy, &asked.request())) {
            let changed = edit.apply(policy.text()).unwrap();
            prop_assert_ne!(&changed, policy.text());
            prop_assert!(Policy::parse(&changed).is_ok(), "{}: {}", edit.words, changed);
        }
    }

    /// So does applying all that do not touch each other, the last first.
    #[test]
    fn edits_go_together(policy in policy(), asked in asked()) {
        let policy = read(&policy);
        let mut edits = edits(&evaluate(&policy, &asked.request()));
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
        let mut text = policy.text().to_owned();
        let mut untouched = text.len() + 1;
        for edit in edits {
            if edit.span.end < untouched {
                untouched = edit.span.start;
                text = edit.apply(&text).unwrap();
            }
        }
        prop_assert!(Policy::parse(&text).is_ok(), "{text}");
    }

    /// Following the first edit again and again lets a GitLab job in, or ends with a reason that no edit helps; it does not
    /// go in circles.
    #[test]
    fn following_the_edits_ends(
        operator in select(vec!["StringEquals", "StringLike", "StringEqualsIgnoreCase", "ForAnyValue:StringLike"]),
        key in select(vec!["gitlab.com:sub", "https://gitlab.com:sub", "gitlab.com/:sub", "GITLAB.com:Sub", "gitlab.com:subject"]),
        written in subject(),
        token in "project_path:(g|grp/sub)/(p|app):ref_type:(branch|tag):ref:(main|feature/x|v1)",
        principal in select(vec![PROVIDER, "gitlab.com", "https://gitlab.com", "arn:aws:iam::111122223333:oidc-provider/gitlab.com/"]),
        action in select(vec!["sts:AssumeRoleWithWebIdentity", "sts:AssumeRole", "sts:AssumeRoleWithSAML"]),
    ) {
        let mut text = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow",
            "Principal": {"Federated": principal},
            "Action": action,
            "Condition": {operator: {key: written}},
        }}).to_string();
        let context = Context::new().with("gitlab.com:sub", token).with("gitlab.com:aud", "https://gitlab.com");
        let request = Request {
            principal: &Principal::Federated(PROVIDER.to_owned()),
            action: "sts:AssumeRoleWithWebIdentity",
            resource: None,
            context: &context,
        };
        let mut trail = Vec::new();
        loop {
            let decision = evaluate(&Policy::parse(&text).unwrap(), &request);
            let Some(edit) = edits(&decision).into_iter().next() else {
                // without an edit, either allowed or knowingly left to the person
                break;
            };
            prop_assert!(!decision.effect.is_allowed());
            text = edit.apply(&text).unwrap();
            prop_assert!(!trail.contains(&text), "in circles: {}", trail.join("\n"));
            trail.push(text.clone());
            prop_assert!(trail.len() <= 8, "without end: {}", trail.join("\n"));
        }
    }

    /// Where only the subject is wrong, following the edits lets the job in.
    #[test]
    fn a_wrong_subject_can_be_corrected(
        operator in select(vec!["StringEquals", "StringLike"]),
        written in "project_path:(g|grp|\\*)/(p|app|\\*):ref_type:(branch|tag|merge_request):ref:(main|refs/heads/main|v\\*|\\*)",
        token in "project_path:(g|grp/sub)/(p|app):ref_type:(branch|tag):ref:(main|feature/x|v1)",
    ) {
        let mut text = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow",
            "Principal": {"Federated": PROVIDER},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {operator: {"gitlab.com:sub": written}},
        }}).to_string();
        let context = Context::new().with("gitlab.com:sub", token);
        let request = Request {
            principal: &Principal::Federated(PROVIDER.to_owned()),
            action: "sts:AssumeRoleWithWebIdentity",
            resource: None,
            context: &context,
        };
        for _ in 0..3 {
            let decision = evaluate(&Policy::parse(&text).unwrap(), &request);
            if decision.effect.is_allowed() {
                return Ok(());
            }
            let edits = edits(&decision);
            prop_assert!(!edits.is_empty(), "no edit: {} for {}", decision.summary(), text);
            text = edits[0].apply(&text).unwrap();
        }
        let decision = evaluate(&Policy::parse(&text).unwrap(), &request);
        prop_assert!(decision.effect.is_allowed(), "{}: {}", decision.summary(), text);
    }
}

fn subject() -> impl Strategy<Value = String> {
    prop_oneof![
        "project_path:(g|G|grp)/(p|app|\\*):ref_type:(branch|tag|mr|\\*):ref:(main|refs/heads/main|v\\*|\\*)",
        "repo:(g|grp)/p:(ref:refs/heads/main|pull_request|environment:prod)",
        "project:g/p:ref:main",
        "[a-z:*/_]{0,20}",
    ]
}

fn edits(decision: &Decision) -> Vec<Edit> {
    decision
        .reasons()
        .iter()
        .filter_map(|reason| reason.suggestion())
        .collect()
}
