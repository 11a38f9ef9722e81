//! Parameters out of their constraints.

use rstest::rstest;

use crate::support::World;

const PATTERN: &str = r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+";

#[rstest]
#[case::no_role("RoleArn", None, "Value null at 'roleArn' failed to satisfy constraint: Member must not be null".to_owned())]
#[case::no_session_name("RoleSessionName", None, "Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null".to_owned())]
#[case::no_token("WebIdentityToken", None, "Value null at 'webIdentityToken' failed to satisfy constraint: Member must not be null".to_owned())]
#[case::bad_session_name("RoleSessionName", Some("Session1:2".into()), r"Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*".to_owned())]
#[case::umlaut("RoleSessionName", Some("jöb".into()), r"Value 'jöb' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*".to_owned())]
#[case::long_session_name("RoleSessionName", Some("a".repeat(65)), format!("Value '{}' at 'roleSessionName' failed to satisfy constraint: Member must have length less than or equal to 64", "a".repeat(65)))]
#[case::short_session_name("RoleSessionName", Some("a".into()), "Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2".to_owned())]
#[case::short_duration("DurationSeconds", Some("123".into()), "Value '123' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900".to_owned())]
#[case::zero_duration("DurationSeconds", Some("0".into()), "Value '0' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900".to_owned())]
#[case::long_duration("DurationSeconds", Some("86400".into()), "Value '86400' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200".to_owned())]
#[case::short_role("RoleArn", Some("x".into()), "Value 'x' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20".to_owned())]
#[case::empty_role("RoleArn", Some(String::new()), "Value '' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20".to_owned())]
#[case::control_character_in_role("RoleArn", Some("arn:aws:iam::111122223333:role/a\u{7f}".into()), format!("Value 'arn:aws:iam::111122223333:role/a\u{7f}' at 'roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: {PATTERN}"))]
#[case::short_token("WebIdentityToken", Some("a.b".into()), "Value at 'webIdentityToken' failed to satisfy constraint: Member must have length greater than or equal to 4".to_owned())]
#[case::long_token("WebIdentityToken", Some("a".repeat(20_001)), "Value at 'webIdentityToken' failed to satisfy constraint: Member must have length less than or equal to 20000".to_owned())]
#[case::short_provider("ProviderId", Some("abc".into()), "Value 'abc' at 'providerId' failed to satisfy constraint: Member must have length greater than or equal to 4".to_owned())]
#[case::empty_policy("Policy", Some(String::new()), "Value '' at 'policy' failed to satisfy constraint: Member must have length greater than or equal to 1".to_owned())]
#[case::long_policy("Policy", Some("p".repeat(2049)), format!("Value '{}' at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048", "p".repeat(2049)))]
#[case::short_policy_arn("PolicyArns.member.1.arn", Some("arn".into()), "Value 'arn' at 'policyArns.1.member.arn' failed to satisfy constraint: Member must have length greater than or equal to 20".to_owned())]
#[case::token_size("MinimumSessionTokenSize", Some("4097".into()), "Value '4097' at 'minimumSessionTokenSize' failed to satisfy constraint: Member must have value less than or equal to 4096".to_owned())]
#[tokio::test]
async fn each_has_its_sentence(
    #[case] parameter: &str,
    #[case] value: Option<String>,
    #[case] message: String,
) {
    let world = World::new().await;
    let (role, token) = (world.role_arn("deploy"), world.token().build());
    let usual = [
        ("RoleArn", role.as_str()),
        ("RoleSessionName", "job-1"),
        ("WebIdentityToken", &token),
    ];
    let mut parameters: Vec<(&str, &str)> =
        usual.into_iter().filter(|(name, _)| *name != parameter).collect();
    if let Some(value) = &value {
        parameters.push((parameter, value));
    }
    let answer = world.call("AssumeRoleWithWebIdentity", &parameters).await;
    answer.assert_error(
        400,
        "ValidationError",
        &format!("1 validation error detected: {message}"),
    );
    assert_eq!(world.cause_kind(), "invalid-parameters");
    assert!(world.issuer.requests().is_empty());
}

#[tokio::test]
async fn all_go_into_one_message() {
    let world = World::new().await;
    let answer = world
        .call(
            "AssumeRoleWithWebIdentity",
            &[("RoleSessionName", ":"), ("DurationSeconds", "1")],
        )
        .await;
    answer.assert_error(
        400,
        "ValidationError",
        "5 validation errors detected: \
         Value null at 'roleArn' failed to satisfy constraint: Member must not be null; \
         Value ':' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression \
         pattern: [\\w+=,.@-]*; \
         Value ':' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or \
         equal to 2; \
         Value null at 'webIdentityToken' failed to satisfy constraint: Member must not be null; \
         Value '1' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or \
         equal to 900",
    );
}

#[rstest]
#[case::blanks(" 900 ")]
#[case::fraction("900.0")]
#[case::exponent("9e2")]
#[case::too_large("2147483648")]
#[case::words("an hour")]
#[case::empty("")]
#[tokio::test]
async fn numbers_have_to_be_integers(#[case] value: &str) {
    let world = World::new().await;
    let answer = world
        .assume_with(&world.token().build(), &[("DurationSeconds", value)])
        .await;
    assert_eq!(answer.error().0, 400);
    assert_eq!(answer.error().1, "MalformedInput");
    assert_eq!(world.cause_kind(), "not-an-integer");
}

#[rstest]
#[case::zeros("0900")]
#[case::plus("+900")]
#[tokio::test]
async fn integers_may_be_written_oddly(#[case] value: &str) {
    let world = World::new().await;
    world
        .assume_with(&world.token().build(), &[("DurationSeconds", value)])
        .await
        .assert_granted();
}

#[rstest]
#[case::words("nothing-valid-in-here", "nothing-valid-in-here is invalid")]
#[case::holes("arn::b:::something/test-role", "arn::b:::something/test-role is invalid")]
#[case::no_resource("arn:a:a::aaaaaaaaaa:", "arn:a:a::aaaaaaaaaa: is invalid")]
#[case::provider(
    "arn:aws:iam::111122223333:oidc-provider/gitlab.com",
    "Request ARN is invalid"
)]
#[case::user("arn:aws:iam::111122223333:user/jane", "Request ARN is invalid")]
#[tokio::test]
async fn role_arns(#[case] arn: &str, #[case] message: &str) {
    let world = World::new().await;
    let answer = world
        .assume_with(&world.token().build(), &[("RoleArn", arn)])
        .await;
    answer.assert_error(400, "ValidationError", message);
    assert_eq!(world.cause_kind(), "invalid-role-arn");
}

#[rstest]
#[case::not_json("{", "This policy contains invalid Json")]
#[case::not_a_policy("{}", "Syntax errors in policy.")]
#[tokio::test]
async fn session_policies(#[case] policy: &str, #[case] message: &str) {
    let world = World::new().await;
    let answer = world
        .assume_with(&world.token().build(), &[("Policy", policy)])
        .await;
    answer.assert_error(400, "MalformedPolicyDocument", message);
    assert_eq!(world.cause_kind(), "malformed-session-policy");
}

#[tokio::test]
async fn too_many_policies() {
    let world = World::new().await;
    let names: Vec<String> = (1..=11)
        .map(|number| format!("PolicyArns.member.{number}.arn"))
        .collect();
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let parameters: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), arn)).collect();
    let answer = world.assume_with(&world.token().build(), &parameters).await;
    assert_eq!(answer.error().1, "ValidationError");
    assert!(answer.error().2.ends_with(
        "'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10"
    ));
    world
        .assume_with(&world.token().build(), &parameters[..10])
        .await
        .assert_granted();
}
