//! A world with one role, and a job that logs in.

use iam_policy::Policy;
use mock_aws::accounts::{Account, OidcProvider, Role};
use mock_gitlab::{Audience, GitRef, JobSpec, KeyPool, Project, Settings, Trigger};
use serde_json::json;
use trustcheck_lab::{Record, World, WorldSpec};

pub(crate) const GITLAB: &str = "https://gitlab.example.com";
pub(crate) const ACCOUNT: &str = "111122223333";

pub(crate) const NO_KEY: &str = "Couldn't retrieve verification key from your identity provider,  please reference \
                                 AssumeRoleWithWebIdentity documentation for requirements";

pub(crate) async fn boot() -> World {
    boot_with(&[]).await
}

/// With thumbprints in the OIDC provider.
pub(crate) async fn boot_with(thumbprints: &[&str]) -> World {
    trustcheck_lab::install_crypto_provider();
    let provider = OidcProvider::new(GITLAB, [GITLAB])
        .unwrap()
        .with_thumbprints(thumbprints.iter().copied());
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": { "Federated": provider.arn(ACCOUNT) },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": { "StringLike": { "gitlab.example.com:sub": "project_path:group/*" } },
    }]});
    let role = Role::new(ACCOUNT, "deploy", Policy::parse(&trust.to_string()).unwrap());
    let gitlab = Settings {
        projects: vec![Project::new("group/project")],
        ..Settings::new(GITLAB.parse().unwrap())
    };
    let spec = WorldSpec::new(
        vec![gitlab],
        vec![Account::new(ACCOUNT).with_oidc_provider(provider).with_role(role)],
    );
    let keys = KeyPool::open(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("keys"));
    World::boot(spec, &keys, 1).await.unwrap()
}

/// The token of a job that starts now.
pub(crate) fn token(world: &World) -> String {
    let gitlab = &world.gitlabs()[0];
    let now = world.time_at(0);
    let push = Trigger::push(GitRef::Branch("main".into()));
    let pipeline = gitlab.pipeline("group/project", &push, now).unwrap();
    let job = gitlab.job(&pipeline, JobSpec::new("deploy"), now);
    gitlab.id_token(&job, &Audience::from(GITLAB), now).unwrap().jwt
}

/// What STS answers: the status, the code (`none` for a login) and the message.
pub(crate) async fn login(world: &World, token: &str) -> (u16, String, String) {
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .post(format!("http://{}/", world.edge()))
        .form(&[
            ("Action", "AssumeRoleWithWebIdentity"),
            ("Version", "2011-06-15"),
            ("RoleArn", &format!("arn:aws:iam::{ACCOUNT}:role/deploy")),
            ("RoleSessionName", "job"),
            ("WebIdentityToken", token),
        ])
        .send()
        .await
        .unwrap();
    let status = answer.status().as_u16();
    let body = answer.text().await.unwrap();
    let element = |name: &str| {
        let (_, rest) = body.split_once(&format!("<{name}>"))?;
        Some(rest.split_once('<')?.0.replace("&apos;", "'"))
    };
    (
        status,
        element("Code").unwrap_or_else(|| "none".into()),
        element("Message").unwrap_or_default(),
    )
}

#[track_caller]
pub(crate) fn assert_granted(answer: &(u16, String, String)) {
    assert_eq!((answer.0, answer.1.as_str()), (200, "none"), "{}", answer.2);
}

#[track_caller]
pub(crate) fn assert_no_key(answer: &(u16, String, String)) {
    assert_eq!(*answer, (400, "InvalidIdentityToken".into(), NO_KEY.into()));
}

/// The paths at which requests met faults.
pub(crate) fn met(world: &World) -> Vec<String> {
    let entries = world.journal().entries();
    let met = entries.into_iter().filter_map(|entry| match entry.record {
        Record::Fault(met) => Some(met.path),
        _ => None,
    });
    met.collect()
}

/// Why the last login was refused.
pub(crate) fn cause(world: &World) -> String {
    let entries = world.journal().entries();
    let cause = entries.iter().rev().find_map(|entry| match &entry.record {
        Record::Aws(mock_aws::Event::Call(call)) => call.cause.as_ref(),
        _ => None,
    });
    cause.map(ToString::to_string).unwrap_or_default()
}
