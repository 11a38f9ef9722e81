//! Role chaining: what temporary credentials can assume, for how long, and what goes on to the next session.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{ACCOUNT, Credentials, World};

const DEPLOY: &str = "arn:aws:iam::111122223333:role/deploy";
const TARGET: &str = "arn:aws:iam::111122223333:role/chained/target";
const JANE: &str = "arn:aws:iam::111122223333:user/jane";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/deploy/job-1";
const LIMIT: &str =
    "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining";

fn everything() -> Value {
    json!(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])
}

/// A role that trusts `deploy`, itself and Jane.
fn chainable(world: &World, condition: &Value) -> String {
    world.trust_aws(ACCOUNT, &json!([DEPLOY, TARGET, JANE]), &everything(), condition)
}

async fn deploy(world: &World) -> Credentials {
    world.session(&world.token().build()).await
}

/// A session of `deploy` with a transitive tag `Team`, another tag, and a source identity.
async fn marked(world: &World) -> Credentials {
    let tags = json!({
        "principal_tags": { "Team": ["core"], "Stage": ["prod"] },
        "transitive_tag_keys": ["team"],
    });
    let token = world
        .token()
        .claim("https://aws.amazon.com/tags", tags)
        .claim("https://aws.amazon.com/source_identity", "jane.doe")
        .build();
    world.session(&token).await
}

#[tokio::test]
async fn an_hour_at_most() {
    let world = World::new().await;
    let target = chainable(&world, &json!({}));
    let deploy = deploy(&world).await;
    let lasting = async |seconds| {
        world
            .assume_role(&deploy, &target, &[("DurationSeconds", seconds)])
            .await
    };
    let answer = lasting("3600").await;
    assert_eq!(
        answer.element("Expiration").as_deref(),
        Some("2026-09-12T01:00:00Z")
    );
    lasting("3601").await.assert_error(400, "ValidationError", LIMIT);
    assert_eq!(world.cause_kind(), "duration-above-chaining-limit");
    lasting("43200").await.assert_error(400, "ValidationError", LIMIT);
    // the limit of the role comes first
    let message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    world.aws.update_account(ACCOUNT, |account| {
        account.roles[3].max_session_duration = 3600;
    });
    lasting("3601")
        .await
        .assert_error(400, "ValidationError", message);
    assert_eq!(world.cause_kind(), "duration-above-role-maximum");
}

#[tokio::test]
async fn long_term_keys_are_not_limited_to_the_hour_and_sessions_of_users_are() {
    let world = World::new().await;
    let target = chainable(&world, &json!({}));
    let long = [("DurationSeconds", "43200")];
    let answer = world.assume_role(&Credentials::user(), &target, &long).await;
    assert_eq!(
        answer.element("Expiration").as_deref(),
        Some("2026-09-12T12:00:00Z")
    );
    let session = world
        .signed_call(&Credentials::user(), "GetSessionToken", &[])
        .await;
    let session = Credentials::of(&session);
    let answer = world.assume_role(&session, &target, &long).await;
    answer.assert_error(400, "ValidationError", LIMIT);
    world.assume_role(&session, &target, &[]).await.assert_granted();
}

#[tokio::test]
async fn limits_are_told_to_those_who_are_trusted() {
    let world = World::new().await;
    let target = world.trust_aws(ACCOUNT, &json!(JANE), &everything(), &json!({}));
    let answer = world
        .assume_role(&deploy(&world).await, &target, &[("DurationSeconds", "43200")])
        .await;
    assert_eq!(answer.error().1, "AccessDenied");
}

#[tokio::test]
async fn transitive_tags_go_on_and_others_do_not() {
    let world = World::new().await;
    let target = chainable(
        &world,
        &json!({ "StringEquals": { "aws:PrincipalTag/Team": "core", "aws:PrincipalTag/Stage": "prod" } }),
    );
    let first = Credentials::of(&world.assume_role(&marked(&world).await, &target, &[]).await);
    // in the second session Team is left and Stage is not
    let target = chainable(
        &world,
        &json!({ "StringEquals": { "aws:PrincipalTag/Team": "core" }, "Null": { "aws:PrincipalTag/Stage": "true" } }),
    );
    let second = Credentials::of(&world.assume_role(&first, &target, &[]).await);
    // and Team stays transitive
    world.assume_role(&second, &target, &[]).await.assert_granted();
}

#[tokio::test]
async fn inherited_tags_need_permission() {
    let world = World::new().await;
    let actions = json!(["sts:AssumeRole", "sts:SetSourceIdentity"]);
    let target = world.trust_aws(ACCOUNT, &json!(DEPLOY), &actions, &json!({}));
    let answer = world.assume_role(&marked(&world).await, &target, &[]).await;
    let message =
        format!("User: {SESSION} is not authorized to perform: sts:TagSession on resource: {target}");
    answer.assert_error(403, "AccessDenied", &message);
    assert_eq!(
        serde_json::to_value(world.cause()).unwrap()["tag_keys"],
        json!(["Team"])
    );
}

#[rstest]
#[case::same_case("Team")]
#[case::other_case("TEAM")]
#[tokio::test]
async fn inherited_tags_cannot_be_set_again(#[case] key: &str) {
    let world = World::new().await;
    let target = chainable(&world, &json!({}));
    let tag = [("Tags.member.1.Key", key), ("Tags.member.1.Value", "core")];
    let answer = world.assume_role(&marked(&world).await, &target, &tag).await;
    let message = "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag \
                   key from the calling session.";
    answer.assert_error(400, "InvalidParameterValue", message);
    assert_eq!(world.cause_kind(), "invalid-session-tags");
}

#[tokio::test]
async fn tags_can_be_added() {
    let world = World::new().await;
    let target = chainable(&world, &json!({}));
    // `Stage` of the first session is not transitive, so it can be set anew
    let tag = [("Tags.member.1.Key", "stage"), ("Tags.member.1.Value", "test")];
    let first = Credentials::of(&world.assume_role(&marked(&world).await, &target, &tag).await);
    let target = chainable(
        &world,
        &json!({ "StringEquals": { "aws:PrincipalTag/Team": "core", "aws:PrincipalTag/Stage": "test" } }),
    );
    world.assume_role(&first, &target, &[]).await.assert_granted();
}

#[rstest]
#[case::inherited(None)]
#[case::repeated(Some("jane.doe"))]
#[tokio::test]
async fn the_source_identity_goes_on(#[case] asked: Option<&str>) {
    let world = World::new().await;
    let target = chainable(
        &world,
        &json!({ "StringEquals": { "sts:SourceIdentity": "jane.doe", "aws:SourceIdentity": "jane.doe" } }),
    );
    let more: Vec<(&str, &str)> = asked
        .map(|identity| ("SourceIdentity", identity))
        .into_iter()
        .collect();
    let first = world.assume_role(&marked(&world).await, &target, &more).await;
    assert_eq!(first.element("SourceIdentity").as_deref(), Some("jane.doe"));
    let second = world.assume_role(&Credentials::of(&first), &target, &[]).await;
    assert_eq!(second.element("SourceIdentity").as_deref(), Some("jane.doe"));
}

#[tokio::test]
async fn the_source_identity_cannot_be_changed() {
    let world = World::new().await;
    let target = chainable(&world, &json!({}));
    let answer = world
        .assume_role(&marked(&world).await, &target, &[("SourceIdentity", "john")])
        .await;
    let message = "The source identity is already set for this assume role session";
    answer.assert_error(400, "ValidationError", message);
    assert_eq!(world.cause_kind(), "source-identity-fixed");
}

#[tokio::test]
async fn an_inherited_source_identity_needs_permission() {
    let world = World::new().await;
    let actions = json!(["sts:AssumeRole", "sts:TagSession"]);
    let target = world.trust_aws(ACCOUNT, &json!(DEPLOY), &actions, &json!({}));
    let answer = world.assume_role(&marked(&world).await, &target, &[]).await;
    let message =
        format!("User: {SESSION} is not authorized to perform: sts:SetSourceIdentity on resource: {target}");
    answer.assert_error(403, "AccessDenied", &message);
}

#[tokio::test]
async fn keys_of_the_web_identity_stay_in_its_own_session() {
    let world = World::new().await;
    let target = chainable(&world, &json!({}));
    let first = Credentials::of(&world.assume_role(&deploy(&world).await, &target, &[]).await);
    let gone = json!({ "Null": { "aws:FederatedProvider": "true", "gitlab.example.com:sub": "true" } });
    let target = chainable(&world, &gone);
    world.assume_role(&first, &target, &[]).await.assert_granted();
}

#[rstest]
// a grant to the role is limited by the policy of the session, one to the session itself is not
#[case::role_and_other_action(json!(DEPLOY), json!({ "Action": "s3:*" }), Some(""))]
#[case::role_and_action(json!(DEPLOY), json!({ "Action": "sts:AssumeRole" }), None)]
#[case::session_and_other_action(json!(SESSION), json!({ "Action": "s3:*" }), None)]
#[case::session_and_deny(json!(SESSION), json!({ "Effect": "Deny", "Action": "*" }), Some(" with an explicit deny in a session policy"))]
#[tokio::test]
async fn session_policies_bind_the_caller(
    #[case] principal: Value,
    #[case] statement: Value,
    #[case] refused: Option<&str>,
) {
    let world = World::new().await;
    let mut statement = statement;
    statement["Resource"] = json!("*");
    if statement.get("Effect").is_none() {
        statement["Effect"] = json!("Allow");
    }
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    let session = world
        .assume_with(&world.token().build(), &[("Policy", &policy)])
        .await;
    let target = world.trust_aws(ACCOUNT, &principal, &everything(), &json!({}));
    let answer = world.assume_role(&Credentials::of(&session), &target, &[]).await;
    match refused {
        None => answer.assert_granted(),
        Some(context) => {
            let message = format!(
                "User: {SESSION} is not authorized to perform: sts:AssumeRole on resource: {target}{context}"
            );
            answer.assert_error(403, "AccessDenied", &message);
            assert_eq!(world.cause_kind(), "caller-not-allowed");
            assert!(
                world.cause().to_string().contains("session policy"),
                "{}",
                world.cause()
            );
        }
    }
}

#[tokio::test]
async fn another_process_with_the_seed_key_goes_on_with_the_chain() {
    let (one, other) = (World::new().await, World::new().await);
    let target = chainable(&one, &json!({}));
    chainable(&other, &json!({}));
    let first = Credentials::of(&one.assume_role(&marked(&one).await, &target, &[]).await);
    let second = other.assume_role(&first, &target, &[]).await;
    assert_eq!(second.element("SourceIdentity").as_deref(), Some("jane.doe"));
}
