//! IAM from outside, where a world chooses how it behaves, and what its changes mean for STS.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, too")]

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use http::Request;
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use mock_aws::accounts::{Account, IamSettings};
use mock_aws::{AccessKey, Aws, AwsConfig, Call, Event, SigningKeys, sign_request};
use rstest::rstest;
use tower::ServiceExt as _;

const ACCOUNT: &str = "111122223333";

/// An AWS with one account and its root user.
struct World {
    aws: Arc<Aws>,
    clock: Arc<AtomicI64>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl World {
    fn new(settings: IamSettings) -> Self {
        let clock = Arc::new(AtomicI64::new(1_789_171_200));
        let calls = Arc::new(Mutex::new(Vec::new()));
        let (now, sink) = (Arc::clone(&clock), Arc::clone(&calls));
        let time: mock_aws::Clock =
            Arc::new(move || Timestamp::from_second(now.load(Ordering::Relaxed)).unwrap());
        let mut config = AwsConfig::new(Arc::clone(&time), time, [7; 32], 1);
        config.accounts = vec![Account::new(ACCOUNT)];
        config.access_keys = vec![AccessKey::root(ACCOUNT, "test", "test")];
        config.iam = settings;
        config.events = Arc::new(move |event| {
            if let Event::Call(call) = event {
                sink.lock().unwrap().push(*call);
            }
        });
        World {
            aws: Aws::new(config),
            clock,
            calls,
        }
    }

    /// Status and text of the answer to a signed call.
    async fn call(&self, action: &str, parameters: &[(&str, &str)]) -> (u16, String) {
        let mut all = vec![("Action", action), ("Version", "2010-05-08")];
        all.extend_from_slice(parameters);
        let body = serde_html_form::to_string(all).unwrap();
        let mut request = Request::post("/")
            .header("host", "iam.amazonaws.com")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.into_bytes())
            .unwrap();
        let keys = SigningKeys {
            access_key_id: "test",
            secret_access_key: "test",
            session_token: None,
        };
        let now = Timestamp::from_second(self.clock.load(Ordering::Relaxed)).unwrap();
        sign_request(&mut request, keys, ("iam", "us-east-1"), now).unwrap();
        let answer = self.aws.router().oneshot(request.map(Body::from)).await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn create_role(&self, name: &str, condition: &str) -> u16 {
        let trust = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow",
                "Principal": {{"Federated": "arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com"}},
                "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {{{condition}}}}}}}"#
        );
        let parameters = [("RoleName", name), ("AssumeRolePolicyDocument", &trust)];
        self.call("CreateRole", &parameters).await.0
    }

    fn advance(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    /// The last call that was reported.
    fn last_call(&self) -> Call {
        self.calls.lock().unwrap().last().unwrap().clone()
    }
}

const SCOPED: &str = r#""StringLike": {"gitlab.com:sub": "project_path:group/*"}"#;

#[rstest]
#[case::todays(IamSettings::default(), 400)]
#[case::older(IamSettings::default().without_shared_provider_control(), 200)]
#[tokio::test]
async fn trust_in_a_shared_issuer_is_controlled_since_2025(
    #[case] settings: IamSettings,
    #[case] status: u16,
) {
    let world = World::new(settings);
    assert_eq!(world.create_role("deploy", "").await, status);
    let cause = world.last_call().cause;
    assert_eq!(
        cause.is_some_and(|cause| cause.name() == "refused-document"),
        status == 400
    );
    assert_eq!(world.create_role("scoped", SCOPED).await, 200);
}

#[tokio::test]
async fn changes_are_seen_at_once_unless_a_world_wants_it_otherwise() {
    let world = World::new(IamSettings::default());
    assert_eq!(world.create_role("deploy", SCOPED).await, 200);
    assert_eq!(world.call("GetRole", &[("RoleName", "deploy")]).await.0, 200);
}

#[tokio::test]
async fn changes_may_take_their_time() {
    let settings = IamSettings::default().with_propagation(SignedDuration::from_secs(10));
    let world = World::new(settings);
    let role = ("RoleName", "deploy");
    assert_eq!(world.create_role("deploy", SCOPED).await, 200);
    // who changes sees the newest state, who reads an older one
    assert_eq!(world.create_role("deploy", SCOPED).await, 409);
    let tag = [role, ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")];
    assert_eq!(world.call("TagRole", &tag).await.0, 200);
    assert_eq!(world.call("GetRole", &[role]).await.0, 404);
    assert!(world.aws.account(ACCOUNT).unwrap().roles.is_empty());
    world.advance(9);
    assert_eq!(world.call("GetRole", &[role]).await.0, 404);
    world.advance(1);
    assert_eq!(world.call("GetRole", &[role]).await.0, 200);
    assert_eq!(world.call("DeleteRole", &[role]).await.0, 200);
    assert_eq!(world.call("GetRole", &[role]).await.0, 200);
    world.advance(10);
    assert_eq!(world.call("GetRole", &[role]).await.0, 404);
}

#[tokio::test]
async fn a_refusal_explains_itself_in_the_journal_alone() {
    let world = World::new(IamSettings::default());
    world.create_role("deploy", SCOPED).await;
    let (_, text) = world.call("GetRole", &[("RoleName", "deplyo")]).await;
    assert!(!text.contains("mean"), "{text}");
    let call = world.last_call();
    assert_eq!(call.service, "iam");
    assert_eq!(call.parameters["RoleName"], "deplyo");
    assert_eq!(
        call.cause.unwrap().to_string(),
        format!("there is no role `deplyo` in account {ACCOUNT} (did you mean `deploy`?)")
    );
    world.create_role("other", r#""StringLike": {"sub": "x"}"#).await;
    assert_eq!(
        world.last_call().cause.unwrap().to_string(),
        "IAM refuses the policy document: the condition key `sub` has no prefix (line 3): write it with the issuer or \
         service it belongs to, e.g. `gitlab.com:sub`"
    );
}

#[rstest]
#[case::operation("CreateUser", &[], "The operation CreateUser")]
#[case::parameter("CreateRole", &[("MaxSigninSessionDuration", "60")], "The parameter MaxSigninSessionDuration")]
#[case::structure("CreateOpenIDConnectProvider", &[("ContextProvider.SubjectSourceKey", "x")], "The parameter ContextProvider")]
#[tokio::test]
async fn what_is_not_mocked_is_refused_by_name(
    #[case] action: &str,
    #[case] parameters: &[(&str, &str)],
    #[case] what: &str,
) {
    let world = World::new(IamSettings::default());
    let (status, text) = world.call(action, parameters).await;
    assert_eq!(status, 501);
    let message = format!("<Message>{what} is not available in this mock of AWS</Message>");
    assert!(text.contains(&message), "{text}");
}

#[tokio::test]
async fn ids_repeat_with_the_seed() {
    let worlds = [
        World::new(IamSettings::default()),
        World::new(IamSettings::default()),
    ];
    let id = |world: &World| world.aws.account(ACCOUNT).unwrap().roles[0].id.clone();
    for world in &worlds {
        world.create_role("deploy", SCOPED).await;
    }
    let first = id(&worlds[0]);
    assert_eq!(first, id(&worlds[1]));
    // another role of the same name has another id
    worlds[0].call("DeleteRole", &[("RoleName", "deploy")]).await;
    worlds[0].create_role("deploy", SCOPED).await;
    assert_ne!(id(&worlds[0]), first);
}
