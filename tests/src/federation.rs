//! A world with a role for a project's jobs, and what its clients send: logins with tokens, and signed requests.

use std::sync::Arc;

use mock_gitlab::{Audience, GitRef, JobSpec, KeyPool, Project, Settings, Trigger};
use trustcheck_lab::aws::accounts::{Account, OidcProvider, Role};
use trustcheck_lab::aws::{SigningKeys, sign_request};
use trustcheck_lab::{BootOptions, World, WorldSpec, host_now};

use crate::load::post;

/// The role of the world.
pub const ROLE: &str = "arn:aws:iam::111122223333:role/deploy";

/// Its trust policy: every branch of the project.
pub const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/gitlab.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"gitlab.com:sub":"project_path:group/project:*"}}}]}"#;

/// How much of the journal a world keeps that stays up.
const KEPT: usize = 1_000;

/// The world's description.
///
/// # Panics
/// Never: all of it is written here.
#[must_use]
pub fn spec() -> WorldSpec {
    let settings = Settings {
        projects: vec![Project::new("group/project")],
        ..Settings::default()
    };
    let provider = OidcProvider::new("https://gitlab.com", ["https://gitlab.com"]).expect("a provider");
    let trust = iam_policy::Policy::parse(TRUST).expect("a policy");
    let account = Account::new("111122223333")
        .with_oidc_provider(provider)
        .with_role(Role::new("111122223333", "deploy", trust));
    WorldSpec::new(vec![settings], vec![account])
}

/// Boots the world as one that stays up: its journal keeps the newest entries only.
///
/// # Panics
/// Where it does not boot.
pub async fn boot(keys: &KeyPool) -> World {
    World::boot_with(spec(), keys, 7, BootOptions::default().keep(KEPT))
        .await
        .expect("it boots")
}

/// The ID tokens of `count` jobs, all different.
///
/// # Panics
/// Where GitLab does not make them.
#[must_use]
pub fn tokens(world: &World, count: usize) -> Vec<String> {
    let gitlab = &world.gitlabs()[0];
    let now = world.clock().now();
    let token = |number: usize| {
        let push = Trigger::push(GitRef::Branch(format!("branch-{number}")));
        let pipeline = gitlab.pipeline("group/project", &push, now).expect("a pipeline");
        let job = gitlab.job(&pipeline, JobSpec::new("load"), now);
        let token = gitlab.id_token(&job, &Audience::from("https://gitlab.com"), now);
        token.expect("a token").jwt
    };
    (0..count).map(token).collect()
}

/// A login with each token.
#[must_use]
pub fn logins(tokens: &[String]) -> Arc<Vec<Vec<u8>>> {
    let request = |token: &String| {
        let body = format!(
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=load&RoleArn={}&WebIdentityToken={token}",
            ROLE.replace(':', "%3A").replace('/', "%2F")
        );
        post(&HEADERS, &body)
    };
    Arc::new(tokens.iter().map(request).collect())
}

const HEADERS: [(&str, &str); 2] = [
    ("host", "sts.amazonaws.com"),
    ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
];

/// A GetCallerIdentity request signed by the session that each of these answers to a login has begun.
///
/// # Panics
/// Where an answer has no credentials.
#[must_use]
pub fn identity_requests(answers: &[String]) -> Arc<Vec<Vec<u8>>> {
    let request = |answer: &String| {
        let text = |name: &str| {
            let rest = answer.split_once(&format!("<{name}>")).expect(name).1;
            rest.split_once('<').expect(name).0.to_owned()
        };
        let (id, secret, token) = (text("AccessKeyId"), text("SecretAccessKey"), text("SessionToken"));
        let body = "Action=GetCallerIdentity&Version=2011-06-15";
        let mut request = axum::http::Request::post("/")
            .body(body.as_bytes().to_vec())
            .expect("a request");
        for (name, value) in HEADERS {
            request
                .headers_mut()
                .insert(name, value.parse().expect("a header"));
        }
        let keys = SigningKeys {
            access_key_id: &id,
            secret_access_key: &secret,
            session_token: Some(&token),
        };
        sign_request(&mut request, keys, ("sts", "us-east-1"), host_now()).expect("it can be signed");
        let headers: Vec<(&str, &str)> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().expect("a header")))
            .collect();
        post(&headers, body)
    };
    Arc::new(answers.iter().map(request).collect())
}

/// The answers to some requests, one after the other.
///
/// # Panics
/// Where there is none.
pub async fn answers(world: &World, requests: &[Vec<u8>]) -> Vec<String> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut answers = Vec::new();
    for request in requests {
        let mut stream = tokio::net::TcpStream::connect(world.edge())
            .await
            .expect("it listens");
        let text = String::from_utf8_lossy(request).replacen("\r\n", "\r\nconnection: close\r\n", 1);
        stream
            .write_all(text.as_bytes())
            .await
            .expect("it takes the request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answers.push(answer);
    }
    answers
}
