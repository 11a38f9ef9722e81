//! An AWS with one account, and what it reported.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use http::Request;
use http_body_util::BodyExt as _;
use iam_policy::Policy;
use jiff::Timestamp;
use mock_aws::accounts::{Account, OidcProvider, Role};
use mock_aws::{AccessKey, Aws, AwsConfig, Call, Cause, Event, Network};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::client::{Answer, sign};
use super::credentials::Credentials;
use super::issuer::TestIssuer;
use super::token::TokenBuilder;

/// 2026-09-12T00:00:00Z, the world's time when it begins.
pub(crate) const NOW: i64 = 1_789_171_200;

pub(crate) const ACCOUNT: &str = "111122223333";

/// An account without providers and roles, until a test makes some.
pub(crate) const OTHER_ACCOUNT: &str = "444455556666";

/// The time of the host, which is another one.
pub(crate) const HOST_NOW: i64 = NOW + 1_000_000;

pub(crate) struct World {
    pub(crate) aws: Arc<Aws>,
    pub(crate) issuer: TestIssuer,
    clock: Arc<AtomicI64>,
    events: Arc<Mutex<Vec<Event>>>,
}

/// A trust policy that lets in the whole group, and may tag.
fn deployable(provider_arn: &str) -> Value {
    let prefix = provider_arn.split_once("oidc-provider/").unwrap().1;
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Federated": provider_arn },
            "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"],
            "Condition": { "StringLike": { format!("{prefix}:sub"): "project_path:group/*" } },
        }],
    })
}

impl World {
    /// An issuer, an account with its provider, and the role `deploy`.
    pub(crate) async fn new() -> Self {
        Self::with_issuer(TestIssuer::start().await)
    }

    pub(crate) fn with_issuer(issuer: TestIssuer) -> Self {
        let network = issuer.network.clone();
        Self::with_network(issuer, network)
    }

    pub(crate) fn with_network(issuer: TestIssuer, network: Network) -> Self {
        let provider = OidcProvider::new(&issuer.url, [issuer.url.as_str()]).unwrap();
        let policy = Policy::parse(&deployable(&provider.arn(ACCOUNT)).to_string()).unwrap();
        let account = Account::new(ACCOUNT)
            .with_oidc_provider(provider)
            .with_role(Role::new(ACCOUNT, "deploy", policy.clone()))
            .with_role(Role::new(ACCOUNT, "long", policy.clone()).with_max_session_duration(7200))
            .with_role(Role::new(ACCOUNT, "nested", policy).with_path("/ci/"));
        let clock = Arc::new(AtomicI64::new(NOW));
        let events = Arc::new(Mutex::new(Vec::new()));
        let (world_clock, sink) = (Arc::clone(&clock), Arc::clone(&events));
        let mut config = AwsConfig::new(
            Arc::new(move || Timestamp::from_second(world_clock.load(Ordering::Relaxed)).unwrap()),
            // certificates of the tests are made by a clock of their own, which is far from the limits
            Arc::new(|| Timestamp::from_second(HOST_NOW).unwrap()),
            [7; 32],
            1,
        );
        config.accounts = vec![account, Account::new(OTHER_ACCOUNT)];
        config.network = network;
        let jane = Credentials::user();
        config.access_keys = vec![
            AccessKey::root(ACCOUNT, "test", "test"),
            AccessKey::user(ACCOUNT, "jane", jane.key_id, jane.secret),
        ];
        config.events = Arc::new(move |event| sink.lock().unwrap().push(event));
        World {
            aws: Aws::new(config),
            issuer,
            clock,
            events,
        }
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A good token.
    pub(crate) fn token(&self) -> TokenBuilder {
        TokenBuilder::new(&self.issuer.url)
    }

    pub(crate) fn role_arn(&self, name: &str) -> String {
        format!("arn:aws:iam::{ACCOUNT}:role/{name}")
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.aws.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// A call with these parameters beside `Action` and `Version`, in a form.
    pub(crate) async fn call(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let mut all = vec![("Action", action), ("Version", "2011-06-15")];
        all.extend_from_slice(parameters);
        let body = serde_html_form::to_string(all).unwrap();
        let request = Request::post("/")
            .header("host", "127.0.0.1:4566")
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    /// The same, signed.
    pub(crate) async fn signed_call(
        &self,
        credentials: &Credentials,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Answer {
        let mut all = vec![("Action", action), ("Version", "2011-06-15")];
        all.extend_from_slice(parameters);
        let body = serde_html_form::to_string(all).unwrap();
        let request = Request::post("/")
            .header("host", "127.0.0.1:4566")
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .body(body.into_bytes())
            .unwrap();
        let identity = (
            credentials.key_id.as_str(),
            credentials.secret.as_str(),
            credentials.token.as_deref(),
        );
        self.send(sign(request, identity, ("us-east-1", "sts"), HOST_NOW))
            .await
    }

    /// A session of `deploy` by a token.
    pub(crate) async fn session(&self, token: &str) -> Credentials {
        Credentials::of(&self.assume(token).await)
    }

    /// AssumeRole of a role, in a session `next`, with more parameters.
    pub(crate) async fn assume_role(
        &self,
        credentials: &Credentials,
        role_arn: &str,
        more: &[(&str, &str)],
    ) -> Answer {
        let usual = [("RoleArn", role_arn), ("RoleSessionName", "next")];
        let mut parameters: Vec<(&str, &str)> = more.to_vec();
        parameters.extend(
            usual
                .into_iter()
                .filter(|(name, _)| more.iter().all(|(given, _)| given != name)),
        );
        self.signed_call(credentials, "AssumeRole", &parameters).await
    }

    /// A role `target` that trusts these principals (`Principal`'s `AWS`) for these actions under this condition.
    /// Returns its ARN.
    pub(crate) fn trust_aws(
        &self,
        account: &str,
        principal: &Value,
        actions: &Value,
        condition: &Value,
    ) -> String {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": { "AWS": principal },
            "Action": actions,
            "Condition": condition,
        }]});
        self.target(account, &policy)
    }

    /// A role `target` with a trust policy and sessions of up to twelve hours. Returns its ARN.
    pub(crate) fn target(&self, account: &str, policy: &Value) -> String {
        let policy = Policy::parse(&policy.to_string()).unwrap();
        let role = Role::new(account, "target", policy)
            .with_path("/chained/")
            .with_max_session_duration(43_200);
        let arn = role.arn(account);
        self.aws.update_account(account, |account| {
            account.roles.retain(|other| other.name != "target");
            account.roles.push(role);
        });
        arn
    }

    /// AssumeRoleWithWebIdentity of `deploy` with a token.
    pub(crate) async fn assume(&self, token: &str) -> Answer {
        self.assume_with(token, &[]).await
    }

    /// The same with more parameters; those given replace the usual ones.
    pub(crate) async fn assume_with(&self, token: &str, more: &[(&str, &str)]) -> Answer {
        let role = self.role_arn("deploy");
        let usual = [
            ("RoleArn", role.as_str()),
            ("RoleSessionName", "job-1"),
            ("WebIdentityToken", token),
        ];
        let mut parameters: Vec<(&str, &str)> = more.to_vec();
        parameters.extend(
            usual
                .into_iter()
                .filter(|(name, _)| more.iter().all(|(given, _)| given != name)),
        );
        self.call("AssumeRoleWithWebIdentity", &parameters).await
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    /// The last call that was reported.
    pub(crate) fn last_call(&self) -> Call {
        self.events()
            .into_iter()
            .rev()
            .find_map(|event| match event {
                Event::Call(call) => Some(*call),
                _ => None,
            })
            .unwrap()
    }

    /// Why the last call was refused.
    pub(crate) fn cause(&self) -> Cause {
        self.last_call().cause.expect("a refused call has a cause")
    }

    /// The name of the cause of the last call, as JSON has it.
    pub(crate) fn cause_kind(&self) -> String {
        serde_json::to_value(self.cause()).unwrap()["kind"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}
