//! GetAccessKeyInfo and DecodeAuthorizationMessage.

use rstest::rstest;

use crate::support::{Credentials, World};

#[rstest]
#[case::configured("AKIAJANEJANEJANEJANE")]
#[case::temporary_of_nobody("ASIARTX3GSDSQAASGRLH")]
#[tokio::test]
async fn keys_have_accounts(#[case] key_id: &str) {
    let world = World::new().await;
    let answer = world
        .signed_call(
            &Credentials::user(),
            "GetAccessKeyInfo",
            &[("AccessKeyId", key_id)],
        )
        .await;
    let id = answer
        .element("RequestId")
        .unwrap_or_else(|| panic!("{}", answer.body));
    assert_eq!(
        answer.body,
        format!(
            "<GetAccessKeyInfoResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <GetAccessKeyInfoResult>
    <Account>111122223333</Account>
  </GetAccessKeyInfoResult>
  <ResponseMetadata>
    <RequestId>{id}</RequestId>
  </ResponseMetadata>
</GetAccessKeyInfoResponse>
"
        )
    );
    assert_eq!(world.last_call().parameters["AccessKeyId"], key_id);
}

#[tokio::test]
async fn the_account_of_a_session_is_known_without_a_record_of_it() {
    let (one, other) = (World::new().await, World::new().await);
    let session = one.session(&one.token().build()).await;
    let answer = other
        .signed_call(
            &Credentials::long_term(),
            "GetAccessKeyInfo",
            &[("AccessKeyId", &session.key_id)],
        )
        .await;
    assert_eq!(answer.element("Account").as_deref(), Some("111122223333"));
}

#[rstest]
#[case::older_form("AKIAIOSFODNN7EXAMPLE")]
#[case::other_account("ASIAY34FZKBOKMUTVV7A")]
#[case::words("not_an_access_key_id")]
#[tokio::test]
async fn keys_of_nobody(#[case] key_id: &str) {
    let world = World::new().await;
    let answer = world
        .signed_call(
            &Credentials::user(),
            "GetAccessKeyInfo",
            &[("AccessKeyId", key_id)],
        )
        .await;
    let message = format!("The access key {key_id} does not exist");
    answer.assert_error(400, "ValidationError", &message);
    assert_eq!(world.cause_kind(), "unknown-key-owner");
}

#[rstest]
#[case::short(
    "AccessKeyId",
    "GetAccessKeyInfo",
    "test",
    "Value 'test' at 'accessKeyId' failed to satisfy constraint: Member must have length greater than or equal to 16"
)]
#[case::empty(
    "EncodedMessage",
    "DecodeAuthorizationMessage",
    "",
    "Value '' at 'encodedMessage' failed to satisfy constraint: Member must have length greater than or equal to 1"
)]
#[case::absent(
    "X",
    "DecodeAuthorizationMessage",
    "",
    "Value null at 'encodedMessage' failed to satisfy constraint: Member must not be null"
)]
#[tokio::test]
async fn constraints(#[case] name: &str, #[case] action: &str, #[case] value: &str, #[case] problem: &str) {
    let world = World::new().await;
    let answer = world
        .signed_call(&Credentials::user(), action, &[(name, value)])
        .await;
    let message = format!("1 validation error detected: {problem}");
    answer.assert_error(400, "ValidationError", &message);
}

#[tokio::test]
async fn no_message_is_valid() {
    let world = World::new().await;
    let answer = world
        .signed_call(
            &Credentials::user(),
            "DecodeAuthorizationMessage",
            &[("EncodedMessage", "rHU-pVHMSckD0OAc5l3r9")],
        )
        .await;
    answer.assert_error(
        400,
        "InvalidAuthorizationMessageException",
        "Message is not valid",
    );
    assert_eq!(world.cause_kind(), "invalid-authorization-message");
}

#[rstest]
#[case::key("GetAccessKeyInfo", ("AccessKeyId", "AKIAJANEJANEJANEJANE"))]
#[case::message("DecodeAuthorizationMessage", ("EncodedMessage", "x"))]
#[tokio::test]
async fn roles_need_permission(#[case] action: &str, #[case] parameter: (&str, &str)) {
    let world = World::new().await;
    let session = world.session(&world.token().build()).await;
    let answer = world.signed_call(&session, action, &[parameter]).await;
    let message = format!(
        "User: arn:aws:sts::111122223333:assumed-role/deploy/job-1 is not authorized to perform: sts:{action} because \
         no identity-based policy allows the sts:{action} action"
    );
    answer.assert_error(403, "AccessDenied", &message);
    assert_eq!(world.cause_kind(), "caller-not-allowed");
}

#[tokio::test]
async fn sessions_of_users_cannot_ask() {
    let world = World::new().await;
    let session = world
        .signed_call(&Credentials::user(), "GetSessionToken", &[])
        .await;
    let answer = world
        .signed_call(
            &Credentials::of(&session),
            "GetAccessKeyInfo",
            &[("AccessKeyId", "AKIAJANEJANEJANEJANE")],
        )
        .await;
    let message =
        "User: arn:aws:iam::111122223333:user/jane is not authorized to perform: sts:GetAccessKeyInfo";
    answer.assert_error(403, "AccessDenied", message);
    assert_eq!(world.cause_kind(), "wrong-kind-of-credentials");
}
