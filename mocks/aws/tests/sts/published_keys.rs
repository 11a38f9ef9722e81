//! Which of the issuer's keys count.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{EC_256, EC_384, EC_521, RSA_A, RSA_B, TokenBuilder, World, rsa_certificate};

const NOT_VALIDATED: &str = "The web identity token provided could not be validated. See the \
                             AssumeRoleWithWebIdentity documentation for requirements.";
const NO_KEY: &str = "Couldn't retrieve verification key from your identity provider,  please reference \
                      AssumeRoleWithWebIdentity documentation for requirements";

fn with(mut jwk: Value, name: &str, value: impl Into<Value>) -> Value {
    jwk[name] = value.into();
    jwk
}

fn without(mut jwk: Value, names: &[&str]) -> Value {
    for name in names {
        jwk.as_object_mut().unwrap().remove(*name);
    }
    jwk
}

fn same(token: TokenBuilder) -> TokenBuilder {
    token
}

fn no_kid(token: TokenBuilder) -> TokenBuilder {
    token.without_header("kid")
}

fn empty_kid(token: TokenBuilder) -> TokenBuilder {
    token.header("kid", "")
}

fn es256(token: TokenBuilder) -> TokenBuilder {
    token.signed_by(EC_256, "ES256", "p256")
}

fn a() -> Value {
    RSA_A.jwk("a")
}

#[rstest]
#[case::plain(vec![a()], same)]
#[case::no_kid_in_the_token(vec![a()], no_kid)]
#[case::empty_kid_in_the_token(vec![a()], empty_kid)]
#[case::no_kid_beside_an_unusable_key(vec![a(), with(RSA_B.jwk("b"), "use", "enc")], no_kid)]
#[case::no_use(vec![without(a(), &["use"])], same)]
#[case::alg_is_ignored(vec![with(a(), "alg", "RS512")], same)]
#[case::later_of_two(vec![RSA_B.jwk("a"), a()], same)]
#[case::same_certificate(vec![with(a(), "x5c", json!([rsa_certificate()]))], same)]
#[case::rubbish_beside(vec![json!(1), json!({ "kty": "OKP", "kid": "o" }), json!({}), a()], same)]
#[case::padded(vec![with(a(), "e", "AQAB=")], same)]
#[case::leading_zero(vec![with(a(), "e", "AAEAAQ")], same)]
#[case::a_hundred((0..99).map(|number| RSA_B.jwk(&number.to_string())).chain([a()]).collect(), same)]
#[case::too_many_of_the_other_kind((0..101).map(|number| RSA_B.jwk(&number.to_string())).chain([EC_256.jwk("p256")]).collect(), es256)]
#[tokio::test]
async fn usable(#[case] keys: Vec<Value>, #[case] change: fn(TokenBuilder) -> TokenBuilder) {
    let world = World::new().await;
    world.issuer.publish_keys(&keys);
    world
        .assume(&change(world.token()).build())
        .await
        .assert_granted();
}

#[rstest]
#[case::other_kid(vec![RSA_A.jwk("z")], same, NO_KEY, "unknown-kid")]
#[case::no_kid_in_the_key(vec![without(a(), &["kid"])], same, NO_KEY, "unknown-kid")]
#[case::no_kid_in_either(vec![without(a(), &["kid"])], no_kid, NO_KEY, "no-kid")]
#[case::no_kid_of_two(vec![a(), RSA_B.jwk("b")], no_kid, NO_KEY, "no-kid")]
#[case::no_kid_of_another_kind(vec![EC_256.jwk("p256")], no_kid, NO_KEY, "unknown-kid")]
#[case::for_encryption(vec![with(a(), "use", "enc")], same, NO_KEY, "unusable-key")]
#[case::key_ops(vec![with(a(), "key_ops", json!(["verify"]))], same, NOT_VALIDATED, "unusable-key")]
#[case::earlier_of_two(vec![a(), RSA_B.jwk("a")], same, NOT_VALIDATED, "bad-signature")]
#[case::certificate_only(vec![without(with(a(), "x5c", json!([rsa_certificate()])), &["n", "e"])], same, NO_KEY, "unusable-key")]
#[case::other_certificate(vec![with(RSA_B.jwk("a"), "x5c", json!([rsa_certificate()]))], same, NO_KEY, "unusable-key")]
#[case::certificate_of_rubbish(vec![with(a(), "x5c", json!(["AAAA"]))], same, NO_KEY, "unusable-key")]
#[case::too_many((0..100).map(|number| RSA_B.jwk(&number.to_string())).chain([a()]).collect(), same, NO_KEY, "too-many-keys")]
#[case::small_modulus(vec![with(a(), "n", "AQAB")], same, NO_KEY, "unusable-key")]
#[case::other_curve(vec![EC_384.jwk("p256")], es256, NOT_VALIDATED, "bad-signature")]
#[case::unknown_curve(vec![with(EC_256.jwk("p256"), "crv", "secp256k1")], es256, NO_KEY, "unusable-key")]
#[case::off_the_curve(vec![with(EC_256.jwk("p256"), "x", "AQAB")], es256, NO_KEY, "unusable-key")]
#[case::long_coordinate(vec![with(EC_256.jwk("p256"), "x", EC_521.jwk("p")["x"].clone())], es256, NO_KEY, "unusable-key")]
#[tokio::test]
async fn unusable(
    #[case] keys: Vec<Value>,
    #[case] change: fn(TokenBuilder) -> TokenBuilder,
    #[case] message: &str,
    #[case] cause: &str,
) {
    let world = World::new().await;
    world.issuer.publish_keys(&keys);
    let answer = world.assume(&change(world.token()).build()).await;
    answer.assert_error(400, "InvalidIdentityToken", message);
    assert_eq!(world.cause_kind(), cause, "{}", world.cause());
}

#[tokio::test]
async fn keys_are_fetched_once_over_one_connection() {
    let world = World::new().await;
    for _ in 0..5 {
        world.assume(&world.token().build()).await.assert_granted();
    }
    assert_eq!(
        world.issuer.requests(),
        ["/.well-known/openid-configuration", "/keys"]
    );
    assert_eq!(world.issuer.connections(), 1);
}

#[tokio::test]
async fn calls_at_once_share_a_fetch() {
    let world = World::new().await;
    let token = world.token().build();
    let answers = tokio::join!(world.assume(&token), world.assume(&token), world.assume(&token));
    for answer in [answers.0, answers.1, answers.2] {
        answer.assert_granted();
    }
    assert_eq!(world.issuer.requests().len(), 2);
}

#[tokio::test]
async fn an_unknown_kid_makes_sts_look_again() {
    let world = World::new().await;
    world.assume(&world.token().build()).await.assert_granted();
    world.issuer.publish_keys(&[RSA_B.jwk("b")]);
    world
        .assume(&world.token().signed_by(RSA_B, "RS256", "b").build())
        .await
        .assert_granted();
    // the old key is gone with it
    let answer = world.assume(&world.token().build()).await;
    answer.assert_error(400, "InvalidIdentityToken", NO_KEY);
}

#[tokio::test]
async fn a_flood_of_unknown_kids_is_not_passed_on() {
    let world = World::new().await;
    for number in 0..100 {
        let token = world.token().header("kid", format!("z{number}")).build();
        world
            .assume(&token)
            .await
            .assert_error(400, "InvalidIdentityToken", NO_KEY);
    }
    let asked = world.issuer.requests().len();
    assert!(asked <= 2 * 11, "{asked}");
    // good tokens are none the worse for it
    world.assume(&world.token().build()).await.assert_granted();
    assert_eq!(world.issuer.requests().len(), asked);
    // and after a while a new key is found again
    world.advance(60);
    world.issuer.publish_keys(&[RSA_B.jwk("b")]);
    let token = world.token().signed_by(RSA_B, "RS256", "b").build();
    world.assume(&token).await.assert_granted();
}

#[tokio::test]
async fn keys_are_kept_for_a_while_and_not_for_ever() {
    let mut world = World::new().await;
    let token = world.token().claim("exp", crate::support::NOW + 100_000).build();
    world.assume(&token).await.assert_granted();
    world.issuer.stop().await;
    world.advance(3000);
    world.assume(&token).await.assert_granted();
    world.advance(3000);
    world
        .assume(&token)
        .await
        .assert_error(400, "InvalidIdentityToken", NO_KEY);
    assert_eq!(world.cause_kind(), "issuer-unreachable");
}

#[tokio::test]
async fn a_copy_that_is_held_is_used_until_it_is_an_hour_old() {
    let world = World::new().await;
    world.aws.hold_issuer_keys(&world.issuer.url).await.unwrap();
    world.issuer.publish_keys(&[RSA_B.jwk("b")]);
    let new = || world.token().signed_by(RSA_B, "RS256", "b").build();
    world.assume(&world.token().build()).await.assert_granted();
    let answer = world.assume(&new()).await;
    answer.assert_error(400, "InvalidIdentityToken", NO_KEY);
    assert_eq!(world.cause_kind(), "unknown-kid");
    assert_eq!(world.issuer.requests().len(), 2);
    world.advance(3600);
    world.assume(&new()).await.assert_granted();
    // and from then on as usual
    world.issuer.publish_keys(&[RSA_A.jwk("a")]);
    world.assume(&world.token().build()).await.assert_granted();
}

#[tokio::test]
async fn only_keys_that_can_be_fetched_can_be_held() {
    let mut world = World::new().await;
    world.issuer.stop().await;
    let cause = world.aws.hold_issuer_keys(&world.issuer.url).await.unwrap_err();
    assert!(cause.to_string().contains("no connection"), "{cause}");
}
