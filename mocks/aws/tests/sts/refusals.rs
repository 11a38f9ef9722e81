//! Every error of the operation, with its exact text and the cause behind it.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{ACCOUNT, NOW, RSA_A, RSA_B, TokenBuilder, World};

const NOT_VALIDATED: &str = "The web identity token provided could not be validated. See the \
                             AssumeRoleWithWebIdentity documentation for requirements.";
const NO_KEY: &str = "Couldn't retrieve verification key from your identity provider,  please reference \
                      AssumeRoleWithWebIdentity documentation for requirements";
const NOT_A_JWT: &str =
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
const NOT_AUTHORIZED: &str = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

type Change = fn(TokenBuilder) -> TokenBuilder;

#[rstest]
#[case::no_iss(|t: TokenBuilder| t.without("iss"), "Missing a required claim: iss", "missing-claim")]
#[case::no_sub(|t: TokenBuilder| t.without("sub"), "Missing a required claim: sub", "missing-claim")]
#[case::no_aud(|t: TokenBuilder| t.without("aud"), "Missing a required claim: aud", "missing-claim")]
#[case::no_iat(|t: TokenBuilder| t.without("iat"), "Missing a required claim: iat", "missing-claim")]
#[case::no_exp(|t: TokenBuilder| t.without("exp"), "Missing a required claim: exp", "missing-claim")]
#[case::empty_aud(|t: TokenBuilder| t.claim("aud", json!([])), "Claim is not allowed to be empty: aud", "empty-claim")]
#[case::two_audiences(|t: TokenBuilder| t.claim("aud", json!(["https://gitlab.example.com", "b"])), "Token audience contains more than one audience while authorized party is not present", "several-audiences")]
#[case::other_audience(|t: TokenBuilder| t.claim("aud", "https://gitlab.com"), NOT_VALIDATED, "audience-not-registered")]
#[case::audience_with_slash(|t: TokenBuilder| t.claim("aud", "https://gitlab.example.com/"), NOT_VALIDATED, "audience-not-registered")]
#[case::audience_of_blank(|t: TokenBuilder| t.claim("aud", ""), NOT_VALIDATED, "audience-not-registered")]
#[case::other_azp(|t: TokenBuilder| t.claim("azp", "x"), NOT_VALIDATED, "audience-not-registered")]
#[case::azp_of_blank(|t: TokenBuilder| t.claim("azp", ""), NOT_VALIDATED, "audience-not-registered")]
#[case::other_key(|t: TokenBuilder| t.with_key(RSA_B), NOT_VALIDATED, "bad-signature")]
#[case::unknown_kid(|t: TokenBuilder| t.header("kid", "z"), NO_KEY, "unknown-kid")]
#[case::no_kid(|t: TokenBuilder| t.without_header("kid"), NO_KEY, "no-kid")]
#[case::empty_kid(|t: TokenBuilder| t.header("kid", ""), NO_KEY, "no-kid")]
#[case::kid_of_another_kind(|t: TokenBuilder| t.header("kid", "p256"), NO_KEY, "unknown-kid")]
#[case::crit(|t: TokenBuilder| t.header("crit", json!(["x"])), NOT_A_JWT, "not-a-jwt")]
#[case::fractional_exp(|t: TokenBuilder| t.claim("exp", 1_789_171_200.5), "Invalid timestamp in token claims.", "invalid-timestamp")]
#[case::exp_of_null(|t: TokenBuilder| t.claim("exp", Value::Null), "Invalid timestamp in token claims.", "invalid-timestamp")]
#[case::iat_of_words(|t: TokenBuilder| t.claim("iat", "now"), "Invalid timestamp in token claims.", "invalid-timestamp")]
#[case::nbf_of_list(|t: TokenBuilder| t.claim("nbf", json!([])), "Invalid timestamp in token claims.", "invalid-timestamp")]
#[case::nbf_of_null(|t: TokenBuilder| t.claim("nbf", Value::Null), "Invalid timestamp in token claims.", "invalid-timestamp")]
#[case::from_the_future(|t: TokenBuilder| t.claim("iat", NOW + 301), "Token issued in the future: 1789171501", "token-from-the-future")]
#[case::not_yet(|t: TokenBuilder| t.claim("nbf", NOW + 301), "Token not yet valid: current date/time 1789171500 must be after or equal to the not-before date/time 1789171501", "token-not-yet-valid")]
#[case::tags_as_text(|t: TokenBuilder| t.claim("https://aws.amazon.com/tags", json!({ "principal_tags": { "Project": "x" } })), "principal_tags passed in claim is not in correct format.", "malformed-aws-claim")]
#[case::tags_of_two(|t: TokenBuilder| t.claim("https://aws.amazon.com/tags", json!({ "principal_tags": { "Project": ["x", "y"] } })), "principal_tags passed in claim is not in correct format.", "malformed-aws-claim")]
#[case::roles_empty(|t: TokenBuilder| t.claim("https://aws.amazon.com/roles", json!([])), "The roles claim contains no valid role ARNs", "role-not-in-roles-claim")]
#[case::roles_blank(|t: TokenBuilder| t.claim("https://aws.amazon.com/roles", ""), "The roles claim contains no valid role ARNs", "role-not-in-roles-claim")]
#[case::roles_other(|t: TokenBuilder| t.claim("https://aws.amazon.com/roles", json!(["arn:aws:iam::111122223333:role/other"])), "The target role ARN is not present in the roles claim of the identity token", "role-not-in-roles-claim")]
#[case::roles_number(|t: TokenBuilder| t.claim("https://aws.amazon.com/roles", 1), "The roles claim is not in a supported format", "malformed-aws-claim")]
#[tokio::test]
async fn invalid_identity_token(#[case] change: Change, #[case] message: &str, #[case] cause: &str) {
    let world = World::new().await;
    let answer = world.assume(&change(world.token()).build()).await;
    answer.assert_error(400, "InvalidIdentityToken", message);
    assert_eq!(world.cause_kind(), cause, "{}", world.cause());
    assert!(answer.body.starts_with(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    <Type>"
    ));
}

#[tokio::test]
async fn an_expired_token() {
    let world = World::new().await;
    let token = world.token().claim("exp", NOW - 300).build();
    world.assume(&token).await.assert_error(
        400,
        "ExpiredTokenException",
        "Token expired: current date/time 1789170900 must be before the expiration date/time 1789170900",
    );
    assert_eq!(
        world.cause().to_string(),
        "the token expired at 2026-09-11T23:55:00Z, 300 s before the call at 2026-09-12T00:00:00Z; AWS allows \
         five minutes"
    );
}

#[tokio::test]
async fn a_token_expires_as_the_world_goes_on() {
    let world = World::new().await;
    let token = world.token().build();
    world.advance(3600 + 299);
    world.assume(&token).await.assert_granted();
    world.advance(1);
    assert_eq!(world.assume(&token).await.error().1, "ExpiredTokenException");
}

#[tokio::test]
async fn a_subject_of_null_is_too_much_for_aws() {
    let world = World::new().await;
    let token = world.token().claim("sub", Value::Null).build();
    let message = "Unknown error validating third-party token";
    world
        .assume(&token)
        .await
        .assert_error(500, "InternalFailure", message);
}

#[rstest]
#[case::amazon(
    "www.amazon.com",
    400,
    "InvalidIdentityToken",
    "Provided Token is not a Login With Amazon token"
)]
#[case::facebook(
    "graph.facebook.com",
    403,
    "IDPRejectedClaim",
    "graph.facebook.com rejected OAuth token with response \"Bad signature\" and code 190"
)]
#[case::other(
    "gitlab.com",
    403,
    "AccessDenied",
    "Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens"
)]
#[tokio::test]
async fn provider_ids(#[case] id: &str, #[case] status: u16, #[case] code: &str, #[case] message: &str) {
    let world = World::new().await;
    let answer = world
        .assume_with(&world.token().build(), &[("ProviderId", id)])
        .await;
    answer.assert_error(status, code, message);
    assert_eq!(world.cause_kind(), "provider-id-with-id-token");
}

#[rstest]
#[case::words("abcd")]
#[case::two_parts("eyJhbGciOiJSUzI1NiJ9.e30")]
#[case::four_parts("eyJhbGciOiJSUzI1NiJ9.e30.AA.AA")]
#[case::gitlab_access_token("glpat-abcdefghijklmnopqrst")]
#[case::not_base64("!!!.???.***")]
#[case::header_is_a_list("W10.e30.AA")]
#[case::no_alg("e30.e30.AA")]
#[case::blank_inside("eyJhbGciOiJSUzI1NiJ9 .e30.AA")]
#[tokio::test]
async fn not_jwts(#[case] token: &str) {
    let world = World::new().await;
    world
        .assume(token)
        .await
        .assert_error(400, "InvalidIdentityToken", NOT_A_JWT);
    assert_eq!(world.cause_kind(), "not-a-jwt");
}

#[rstest]
#[case::other("https://gitlab.com")]
#[case::slash("https://gitlab.example.com/")]
#[case::http("http://gitlab.example.com")]
#[case::case("https://GitLab.example.com")]
#[case::path("https://gitlab.example.com/gitlab")]
#[tokio::test]
async fn no_provider(#[case] issuer: &str) {
    let world = World::new().await;
    let answer = world.assume(&world.token().claim("iss", issuer).build()).await;
    answer.assert_error(
        400,
        "InvalidIdentityToken",
        &format!("No OpenIDConnect provider found in your account for {issuer}"),
    );
    assert_eq!(world.cause_kind(), "no-oidc-provider");
    assert!(
        world.issuer.requests().is_empty(),
        "an issuer that nobody registered is not asked"
    );
}

#[tokio::test]
async fn the_provider_has_to_be_in_the_account_of_the_role() {
    let world = World::new().await;
    world.aws.update_account("444455556666", |account| {
        account
            .roles
            .push(world.aws.account(ACCOUNT).unwrap().roles[0].clone());
    });
    let other = "arn:aws:iam::444455556666:role/deploy";
    let answer = world
        .assume_with(&world.token().build(), &[("RoleArn", other)])
        .await;
    answer.assert_error(
        400,
        "InvalidIdentityToken",
        "No OpenIDConnect provider found in your account for https://gitlab.example.com",
    );
    assert_eq!(
        world.cause().to_string(),
        "account 444455556666 has no OIDC provider for the issuer `https://gitlab.example.com`; it has none; a \
         provider for it is in `111122223333`"
    );
}

#[tokio::test]
async fn no_such_account() {
    let world = World::new().await;
    let other = "arn:aws:iam::111122223334:role/deploy";
    let answer = world
        .assume_with(&world.token().build(), &[("RoleArn", other)])
        .await;
    assert_eq!(answer.error().1, "InvalidIdentityToken");
    assert_eq!(
        world.cause().to_string(),
        "there is no account 111122223334 (did you mean `111122223333`?); the accounts of this AWS are \
         `111122223333`, `444455556666`"
    );
}

#[rstest]
#[case::typing_error("deplyo", "deploy")]
#[case::without_its_path("nested", "ci/nested")]
#[tokio::test]
async fn no_such_role(#[case] name: &str, #[case] meant: &str) {
    let world = World::new().await;
    let role = world.role_arn(name);
    let answer = world
        .assume_with(&world.token().build(), &[("RoleArn", &role)])
        .await;
    answer.assert_error(403, "AccessDenied", NOT_AUTHORIZED);
    let cause = world.cause().to_string();
    assert!(cause.contains(&format!("(did you mean `{meant}`?)")), "{cause}");
}

#[tokio::test]
async fn a_role_that_does_not_exist_is_not_told_apart_from_one_that_does_not_trust() {
    let world = World::new().await;
    let stranger = world.token().claim("sub", "project_path:other/app").build();
    let role = world.role_arn("nobody");
    let (one, other) = (
        world.assume(&stranger).await,
        world.assume_with(&stranger, &[("RoleArn", &role)]).await,
    );
    assert_eq!(one.error(), other.error());
    // and only a good token learns even that
    let forged = world.token().with_key(RSA_B).build();
    let answer = world.assume_with(&forged, &[("RoleArn", &role)]).await;
    answer.assert_error(400, "InvalidIdentityToken", NOT_VALIDATED);
}

#[tokio::test]
async fn the_cause_of_a_wrong_audience_names_the_slash() {
    let world = World::new().await;
    world
        .assume(&world.token().claim("aud", "https://gitlab.example.com/").build())
        .await;
    assert_eq!(
        world.cause().to_string(),
        "the audience `https://gitlab.example.com/` (claim `aud`) is not registered with the OIDC provider \
         arn:aws:iam::111122223333:oidc-provider/gitlab.example.com, which accepts `https://gitlab.example.com`: \
         `https://gitlab.example.com` differs only in the slash at the end"
    );
}

#[tokio::test]
async fn longer_than_the_role_allows() {
    let world = World::new().await;
    let token = world.token().build();
    let answer = world.assume_with(&token, &[("DurationSeconds", "3601")]).await;
    let message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    answer.assert_error(400, "ValidationError", message);
    assert_eq!(world.cause_kind(), "duration-above-role-maximum");
    // those whom the role does not trust do not learn its limit
    let stranger = world.token().claim("sub", "project_path:other/app").build();
    let answer = world.assume_with(&stranger, &[("DurationSeconds", "3601")]).await;
    answer.assert_error(403, "AccessDenied", NOT_AUTHORIZED);
}

#[tokio::test]
async fn more_than_fits_into_a_session() {
    let world = World::new().await;
    let policies: Vec<(String, String)> = (1..=10)
        .map(|number| {
            let arn = format!("arn:aws:iam::111122223333:policy/{}", "p".repeat(400));
            (format!("PolicyArns.member.{number}.arn"), arn)
        })
        .collect();
    let parameters: Vec<(&str, &str)> = policies.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let answer = world.assume_with(&world.token().build(), &parameters).await;
    answer.assert_error(
        400,
        "PackedPolicyTooLarge",
        "Packed policy consumes 130% of allotted space, please use smaller policy.",
    );
    let tags: serde_json::Map<String, Value> = (0..50)
        .map(|number| (format!("key{number}"), json!(["v".repeat(256)])))
        .collect();
    let claim = json!({ "principal_tags": tags });
    let answer = world
        .assume(&world.token().claim("https://aws.amazon.com/tags", claim).build())
        .await;
    answer.assert_error(
        400,
        "PackedPolicyTooLarge",
        "Packed size of session tags consumes 318% of allotted space.",
    );
}

#[tokio::test]
async fn every_refusal_has_a_cause_that_serializes_and_reads_well() {
    let world = World::new().await;
    for token in [
        world.token().with_key(RSA_B).build(),
        world.token().header("kid", "z").build(),
        world.token().signed_by(RSA_A, "RS256", "z").build(),
        "abcd".to_owned(),
    ] {
        world.assume(&token).await;
        let cause = world.cause();
        assert!(serde_json::to_value(&cause).unwrap()["kind"].is_string());
        let sentence = cause.to_string();
        assert!(
            !sentence.ends_with('.') && sentence.starts_with(char::is_lowercase),
            "{sentence}"
        );
    }
}
