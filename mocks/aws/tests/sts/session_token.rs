//! GetSessionToken.

use rstest::rstest;

use crate::support::{Credentials, World};

const REFUSED: &str = "Cannot call GetSessionToken with session credentials";

#[tokio::test]
async fn the_answer_has_the_shape_of_aws() {
    let world = World::new().await;
    let answer = world
        .signed_call(&Credentials::user(), "GetSessionToken", &[])
        .await;
    answer.assert_granted();
    let text = |name| answer.element(name).unwrap();
    let expected = format!(
        "<GetSessionTokenResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <GetSessionTokenResult>
    <Credentials>
      <AccessKeyId>{}</AccessKeyId>
      <SecretAccessKey>{}</SecretAccessKey>
      <SessionToken>{}</SessionToken>
      <Expiration>2026-09-12T12:00:00Z</Expiration>
    </Credentials>
  </GetSessionTokenResult>
  <ResponseMetadata>
    <RequestId>{}</RequestId>
  </ResponseMetadata>
</GetSessionTokenResponse>
",
        text("AccessKeyId"),
        text("SecretAccessKey"),
        text("SessionToken"),
        text("RequestId"),
    );
    assert_eq!(answer.body, expected);
    let issued = world.last_call().issued.unwrap();
    assert_eq!(issued.arn, "arn:aws:iam::111122223333:user/jane");
    // the session is the user
    let identity = |credentials: Credentials| {
        let world = &world;
        async move {
            let answer = world.signed_call(&credentials, "GetCallerIdentity", &[]).await;
            (answer.element("Arn"), answer.element("UserId"))
        }
    };
    assert_eq!(
        identity(Credentials::of(&answer)).await,
        identity(Credentials::user()).await
    );
}

#[rstest]
#[case::user(Credentials::user(), Some("129600"), "2026-09-13T12:00:00Z")]
#[case::short(Credentials::user(), Some("0900"), "2026-09-12T00:15:00Z")]
#[case::root(Credentials::long_term(), None, "2026-09-12T01:00:00Z")]
#[case::root_gets_an_hour_at_most(Credentials::long_term(), Some("7200"), "2026-09-12T01:00:00Z")]
#[case::root_short(Credentials::long_term(), Some("900"), "2026-09-12T00:15:00Z")]
#[tokio::test]
async fn durations(#[case] caller: Credentials, #[case] seconds: Option<&str>, #[case] expiration: &str) {
    let world = World::new().await;
    let parameters: Vec<(&str, &str)> = seconds.map(|it| ("DurationSeconds", it)).into_iter().collect();
    let answer = world.signed_call(&caller, "GetSessionToken", &parameters).await;
    assert_eq!(answer.element("Expiration").as_deref(), Some(expiration));
}

#[rstest]
#[case::zero("0", "ValidationError")]
#[case::long("129601", "ValidationError")]
#[case::blanks(" 900 ", "MalformedInput")]
#[case::fraction("900.0", "MalformedInput")]
#[tokio::test]
async fn bad_durations(#[case] seconds: &str, #[case] code: &str) {
    let world = World::new().await;
    let answer = world
        .signed_call(
            &Credentials::user(),
            "GetSessionToken",
            &[("DurationSeconds", seconds)],
        )
        .await;
    assert_eq!((answer.error().0, answer.error().1.as_str()), (400, code));
}

#[tokio::test]
async fn sessions_are_refused() {
    let world = World::new().await;
    let of_a_role = world.session(&world.token().build()).await;
    let user = Credentials::user();
    let of_a_user = Credentials::of(&world.signed_call(&user, "GetSessionToken", &[]).await);
    let federated = world
        .signed_call(&user, "GetFederationToken", &[("Name", "guest")])
        .await;
    for session in [of_a_role, of_a_user, Credentials::of(&federated)] {
        let answer = world.signed_call(&session, "GetSessionToken", &[]).await;
        answer.assert_error(403, "AccessDenied", REFUSED);
        assert_eq!(world.cause_kind(), "wrong-kind-of-credentials");
        assert!(world.last_call().issued.is_none());
    }
}

#[tokio::test]
async fn nobody_has_a_device() {
    let world = World::new().await;
    let code = [("SerialNumber", "GAHT12345678"), ("TokenCode", "123456")];
    let answer = world
        .signed_call(&Credentials::user(), "GetSessionToken", &code)
        .await;
    answer.assert_error(
        403,
        "AccessDenied",
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is \
         valid and associated with this user.",
    );
}
