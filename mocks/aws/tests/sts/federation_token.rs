//! GetFederationToken.

use rstest::rstest;
use serde_json::json;

use crate::support::{ACCOUNT, Credentials, World};

const GUEST: &str = "arn:aws:sts::111122223333:federated-user/guest";

async fn guest(world: &World, more: &[(&str, &str)]) -> crate::support::Answer {
    let mut parameters = vec![("Name", "guest")];
    parameters.extend_from_slice(more);
    world
        .signed_call(&Credentials::user(), "GetFederationToken", &parameters)
        .await
}

#[tokio::test]
async fn the_answer_has_the_shape_of_aws() {
    let world = World::new().await;
    let answer = guest(&world, &[("DurationSeconds", "900")]).await;
    answer.assert_granted();
    let text = |name| answer.element(name).unwrap();
    let expected = format!(
        "<GetFederationTokenResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <GetFederationTokenResult>
    <Credentials>
      <AccessKeyId>{}</AccessKeyId>
      <SecretAccessKey>{}</SecretAccessKey>
      <SessionToken>{}</SessionToken>
      <Expiration>2026-09-12T00:15:00Z</Expiration>
    </Credentials>
    <FederatedUser>
      <Arn>{GUEST}</Arn>
      <FederatedUserId>111122223333:guest</FederatedUserId>
    </FederatedUser>
    <PackedPolicySize>0</PackedPolicySize>
  </GetFederationTokenResult>
  <ResponseMetadata>
    <RequestId>{}</RequestId>
  </ResponseMetadata>
</GetFederationTokenResponse>
",
        text("AccessKeyId"),
        text("SecretAccessKey"),
        text("SessionToken"),
        text("RequestId"),
    );
    assert_eq!(answer.body, expected);
    let call = world.last_call();
    assert_eq!(call.issued.unwrap().arn, GUEST);
    assert_eq!(call.parameters["Name"], "guest");
    let identity = world
        .signed_call(&Credentials::of(&answer), "GetCallerIdentity", &[])
        .await;
    assert_eq!(identity.element("Arn").as_deref(), Some(GUEST));
    assert_eq!(identity.element("UserId").as_deref(), Some("111122223333:guest"));
}

#[tokio::test]
async fn sessions_are_refused() {
    let world = World::new().await;
    let of_a_role = world.session(&world.token().build()).await;
    let trust = json!("arn:aws:iam::111122223333:role/deploy");
    let target = world.trust_aws(ACCOUNT, &trust, &json!("sts:AssumeRole"), &json!({}));
    let chained = Credentials::of(&world.assume_role(&of_a_role, &target, &[]).await);
    let federated = Credentials::of(&guest(&world, &[]).await);
    for session in [of_a_role, chained, federated] {
        let answer = world
            .signed_call(&session, "GetFederationToken", &[("Name", "guest")])
            .await;
        let message = "Cannot call GetFederationToken with session credentials";
        answer.assert_error(403, "AccessDenied", message);
        assert_eq!(world.cause_kind(), "wrong-kind-of-credentials");
        let sentence = world.cause().to_string();
        assert!(
            sentence.ends_with("GetFederationToken takes long-term access keys only"),
            "{sentence}"
        );
    }
}

#[rstest]
#[case::user(Credentials::user(), "2026-09-12T12:00:00Z")]
#[case::root(Credentials::long_term(), "2026-09-12T01:00:00Z")]
#[tokio::test]
async fn default_durations(#[case] caller: Credentials, #[case] expiration: &str) {
    let world = World::new().await;
    let answer = world
        .signed_call(&caller, "GetFederationToken", &[("Name", "guest")])
        .await;
    assert_eq!(answer.element("Expiration").as_deref(), Some(expiration));
}

#[rstest]
#[case::no_name(&[], "Value null at 'name' failed to satisfy constraint: Member must not be null")]
#[case::long_name(&[("Name", "abcdefghijklmnopqrstuvwxyz1234567")], "Value 'abcdefghijklmnopqrstuvwxyz1234567' at 'name' failed to satisfy constraint: Member must have length less than or equal to 32")]
#[case::tag(&[("Name", "guest"), ("Tags.member.1.Key", "#"), ("Tags.member.1.Value", "x")], r"Value '#' at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+")]
#[tokio::test]
async fn constraints(#[case] parameters: &[(&str, &str)], #[case] problem: &str) {
    let world = World::new().await;
    let answer = world
        .signed_call(&Credentials::user(), "GetFederationToken", parameters)
        .await;
    let message = format!("1 validation error detected: {problem}");
    answer.assert_error(400, "ValidationError", &message);
}

#[rstest]
#[case::policy(&[("Policy", "x")], "MalformedPolicyDocument")]
#[case::tags(&[("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "1"), ("Tags.member.2.Key", "A"), ("Tags.member.2.Value", "2")], "InvalidParameterValue")]
#[tokio::test]
async fn what_cannot_be_in_a_session(#[case] parameters: &[(&str, &str)], #[case] code: &str) {
    let world = World::new().await;
    let answer = guest(&world, parameters).await;
    assert_eq!((answer.error().0, answer.error().1.as_str()), (400, code));
}

#[tokio::test]
async fn federated_users_call_next_to_nothing_of_sts() {
    let world = World::new().await;
    let federated = Credentials::of(&guest(&world, &[]).await);
    let target = world.trust_aws(ACCOUNT, &json!("*"), &json!("sts:AssumeRole"), &json!({}));
    let answer = world.assume_role(&federated, &target, &[]).await;
    let message = format!("User: {GUEST} is not authorized to perform: sts:AssumeRole on resource: {target}");
    answer.assert_error(403, "AccessDenied", &message);
    let cause = world.cause().to_string();
    assert!(
        cause.ends_with("from GetFederationToken, which cannot call AssumeRole"),
        "{cause}"
    );
}
