//! Decisions a second on one thread, and how the time grows. `cargo bench -p iam-policy`.

#![expect(clippy::print_stdout, reason = "a benchmark reports on standard output")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use iam_policy::{Context, Pattern, Policy, Principal, Request, decide, evaluate};

const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/gitlab.com";
const ACTION: &str = "sts:AssumeRoleWithWebIdentity";

fn main() {
    let context = context();
    let principal = Principal::Federated(PROVIDER.to_owned());
    let request = Request {
        principal: &principal,
        action: ACTION,
        resource: None,
        context: &context,
    };

    let allows = trusting(
        &[r#""project_path:group/*:ref_type:branch:ref:main""#.to_owned()],
        1,
    );
    let denies = trusting(&[r#""project_path:group/*:ref_type:tag:ref:v*""#.to_owned()], 1);
    assert!(decide(&allows, &request).is_allowed() && !decide(&denies, &request).is_allowed());
    println!("a typical GitLab trust policy, parsed once");
    rate("decide, allowed", || decide(&allows, &request));
    rate("decide, denied", || decide(&denies, &request));
    rate("evaluate, allowed", || evaluate(&allows, &request));
    rate("evaluate, denied", || evaluate(&denies, &request));
    rate("evaluate, denied, in words", || {
        evaluate(&denies, &request).summary()
    });
    rate("parse", || Policy::parse(allows.text()));

    println!("\ngrowth with statements, of which the last one allows");
    for count in [1, 10, 100] {
        let policy = trusting(
            &[r#""project_path:group/*:ref_type:branch:ref:main""#.to_owned()],
            count,
        );
        rate(&format!("decide, {count} statements"), || {
            decide(&policy, &request)
        });
        rate(&format!("evaluate, {count} statements"), || {
            evaluate(&policy, &request)
        });
    }

    println!("\ngrowth with values, of which none matches");
    for count in [1, 10, 100, 1_000] {
        let values: Vec<String> = (0..count)
            .map(|number| format!(r#""project_path:group{number}/*:ref_type:branch:ref:main""#))
            .collect();
        let policy = trusting(&values, 1);
        rate(&format!("decide, {count} values"), || decide(&policy, &request));
        rate(&format!("evaluate, {count} values"), || {
            evaluate(&policy, &request)
        });
    }

    println!("\npatterns against a text of 2,000 characters that they do not match");
    let text = "a".repeat(2_000);
    for stars in [1, 10, 100, 1_000] {
        let plain = Pattern::parse(&format!("{}b*", "a*".repeat(stars)));
        rate(&format!("{stars} stars"), || plain.matches(black_box(&text)));
        let gapped = Pattern::parse(&format!("{}*b*", "*a?a".repeat(stars)));
        rate(&format!("{stars} stars with gaps"), || {
            gapped.matches(black_box(&text))
        });
    }
    for length in [10, 100, 1_000] {
        let pattern = Pattern::parse(&format!("*{}?b*", "a".repeat(length)));
        rate(&format!("one part of {length} characters with a gap"), || {
            pattern.matches(black_box(&text))
        });
    }
}

/// Runs an operation for a fifth of a second and prints how often that went.
fn rate<T>(name: &str, operation: impl Fn() -> T) {
    let time = Duration::from_millis(200);
    let start = Instant::now();
    let mut count = 0_u64;
    while start.elapsed() < time {
        for _ in 0..16 {
            black_box(operation());
        }
        count += 16;
    }
    let nanoseconds = start.elapsed().as_nanos() / u128::from(count);
    println!(
        "  {name:<45} {:>12}/s  {nanoseconds:>10} ns",
        1_000_000_000 / nanoseconds.max(1)
    );
}

/// The keys STS knows of a job's call.
fn context() -> Context {
    [
        (
            "gitlab.com:sub",
            "project_path:group/app:ref_type:branch:ref:main",
        ),
        ("gitlab.com:aud", "https://gitlab.com"),
        ("gitlab.com:namespace_id", "72"),
        ("gitlab.com:project_id", "20"),
        ("gitlab.com:user_id", "1"),
        ("gitlab.com:user_login", "sample-user"),
        ("gitlab.com:user_email", "sample-user@example.com"),
        ("gitlab.com:user_access_level", "developer"),
        ("gitlab.com:ref_protected", "true"),
        ("gitlab.com:pipeline_source", "push"),
        ("gitlab.com:runner_environment", "gitlab-hosted"),
        ("aws:FederatedProvider", PROVIDER),
        ("aws:PrincipalAccount", "111122223333"),
        ("aws:PrincipalType", "User"),
        ("aws:userid", PROVIDER),
        ("aws:SourceIp", "203.0.113.7"),
        ("aws:CurrentTime", "2026-09-12T00:00:00Z"),
        ("aws:EpochTime", "1789171200"),
        ("aws:SecureTransport", "true"),
        ("aws:RequestedRegion", "us-east-1"),
        ("sts:RoleSessionName", "GitLabRunner-20-1"),
        ("sts:RoleAuthorizedByIdp", "false"),
    ]
    .into_iter()
    .collect()
}

/// A trust policy of so many statements; all but the last are for other groups.
fn trusting(values: &[String], statements: usize) -> Policy {
    let statement = |values: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": {{"Federated": "{PROVIDER}"}}, "Action": "{ACTION}", "Condition": {{
                "StringEquals": {{"gitlab.com:aud": "https://gitlab.com"}},
                "StringLike": {{"gitlab.com:sub": [{values}]}}}}}}"#
        )
    };
    let mut list: Vec<String> = (1..statements)
        .map(|number| statement(&format!(r#""project_path:group{number}/*""#)))
        .collect();
    list.push(statement(&values.join(",")));
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
        list.join(",")
    );
    Policy::parse(&text).expect("the benchmark's policy is well-formed")
}
