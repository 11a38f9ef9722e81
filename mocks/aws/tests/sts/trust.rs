//! The context that a trust policy is evaluated in.

use iam_policy::Effect;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{ACCOUNT, CertificateKind, NOW, TestIssuer, TokenBuilder, World};

const NOT_AUTHORIZED: &str = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

/// Puts a policy for `sts:AssumeRoleWithWebIdentity` with this condition in the place of the role's.
fn trust(world: &World, condition: &Value) {
    trust_actions(world, &json!("sts:AssumeRoleWithWebIdentity"), condition);
}

fn trust_actions(world: &World, actions: &Value, condition: &Value) {
    world.aws.update_account(ACCOUNT, |account| {
        let provider = account.oidc_providers[0].arn(ACCOUNT);
        let policy = json!({ "Version": "2012-10-17", "Statement": {
            "Effect": "Allow",
            "Principal": { "Federated": provider },
            "Action": actions,
            "Condition": condition,
        }});
        account.roles[0].trust_policy = policy.to_string().parse().unwrap();
    });
}

async fn world_of(url: &str) -> World {
    World::with_issuer(TestIssuer::start_with(url, CertificateKind::Trusted).await)
}

#[rstest]
#[case::federated_provider(
    "aws:FederatedProvider",
    "arn:aws:iam::111122223333:oidc-provider/gitlab.example.com"
)]
#[case::account("aws:PrincipalAccount", "111122223333")]
#[case::kind("aws:PrincipalType", "User")]
#[case::user_id("aws:userid", "arn:aws:iam::111122223333:oidc-provider/gitlab.example.com")]
#[case::session_name("sts:RoleSessionName", "job-1")]
#[case::authorized_by_idp("sts:RoleAuthorizedByIdp", "false")]
#[case::transport("aws:SecureTransport", "true")]
#[case::source_ip("aws:SourceIp", "127.0.0.1")]
#[case::time("aws:CurrentTime", "2026-09-12T00:00:00Z")]
#[case::epoch("aws:EpochTime", "1789171200")]
#[case::region("aws:RequestedRegion", "us-east-1")]
#[case::aud("gitlab.example.com:aud", "https://gitlab.example.com")]
#[case::sub("gitlab.example.com:sub", "project_path:group/app:ref_type:branch:ref:main")]
#[case::key_case("GITLAB.EXAMPLE.COM:SUB", "project_path:group/app:ref_type:branch:ref:main")]
#[tokio::test]
async fn keys_that_are_there(#[case] key: &str, #[case] value: &str) {
    let world = World::new().await;
    let token = world.token().build();
    trust(&world, &json!({ "StringEquals": { key: value } }));
    world.assume(&token).await.assert_granted();
    trust(&world, &json!({ "StringEquals": { key: format!("{value}x") } }));
    world
        .assume(&token)
        .await
        .assert_error(403, "AccessDenied", NOT_AUTHORIZED);
}

#[rstest]
#[case::principal_arn("aws:PrincipalArn")]
#[case::issuer("gitlab.example.com:iss")]
#[case::project_path("gitlab.example.com:project_path")]
#[case::project_id_of_self_managed("gitlab.example.com:project_id")]
#[case::other_issuer("gitlab.com:sub")]
#[case::original_audience("gitlab.example.com:oaud")]
#[case::source_identity("sts:SourceIdentity")]
#[case::tag_keys("aws:TagKeys")]
#[tokio::test]
async fn keys_that_are_not(#[case] key: &str) {
    let world = World::new().await;
    trust(&world, &json!({ "Null": { key: "true" } }));
    world.assume(&world.token().build()).await.assert_granted();
    trust(&world, &json!({ "StringLike": { key: "*" } }));
    world
        .assume(&world.token().build())
        .await
        .assert_error(403, "AccessDenied", NOT_AUTHORIZED);
}

#[rstest]
#[case::project_id("gitlab.com:project_id", "42", true)]
#[case::ref_protected("gitlab.com:ref_protected", "true", true)]
#[case::project_path("gitlab.com:project_path", "group/app", false)]
#[tokio::test]
async fn gitlab_com_has_more_keys(#[case] key: &str, #[case] value: &str, #[case] offered: bool) {
    let world = world_of("https://gitlab.com").await;
    trust(&world, &json!({ "StringEquals": { key: value } }));
    let answer = world.assume(&world.token().build()).await;
    assert_eq!(answer.status == 200, offered, "{}", answer.body);
}

#[tokio::test]
async fn the_path_of_an_issuer_is_part_of_its_keys() {
    let world = world_of("https://example.com/gitlab").await;
    trust(
        &world,
        &json!({ "StringLike": { "example.com/gitlab:sub": "project_path:group/*" } }),
    );
    let answer = world.assume(&world.token().build()).await;
    answer.assert_granted();
    assert_eq!(
        answer.element("Provider").as_deref(),
        Some("arn:aws:iam::111122223333:oidc-provider/example.com/gitlab")
    );
    assert_eq!(
        world.issuer.requests(),
        ["/gitlab/.well-known/openid-configuration", "/gitlab/keys"]
    );
}

#[tokio::test]
async fn azp_moves_the_audience() {
    let world = World::new().await;
    let condition = json!({
        "StringEquals": { "gitlab.example.com:aud": "https://gitlab.example.com" },
        "ForAllValues:StringEquals": { "gitlab.example.com:oaud": ["x", "y"] },
        "ForAnyValue:StringEquals": { "gitlab.example.com:oaud": "x" },
    });
    trust(&world, &condition);
    let token = world
        .token()
        .claim("aud", json!(["x", "y"]))
        .claim("azp", "https://gitlab.example.com")
        .build();
    world.assume(&token).await.assert_granted();
}

#[tokio::test]
async fn amr_has_several_values() {
    let world = World::new().await;
    trust(
        &world,
        &json!({ "ForAnyValue:StringEquals": { "gitlab.example.com:amr": "mfa" } }),
    );
    world
        .assume(&world.token().claim("amr", json!(["pwd", "mfa"])).build())
        .await
        .assert_granted();
    let answer = world
        .assume(&world.token().claim("amr", json!(["pwd"])).build())
        .await;
    answer.assert_error(403, "AccessDenied", NOT_AUTHORIZED);
}

#[tokio::test]
async fn anybody_of_aws_is_not_a_web_identity() {
    let world = World::new().await;
    world.aws.update_account(ACCOUNT, |account| {
        let policy = r#"{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Principal": { "AWS": "*" },
            "Action": "sts:AssumeRoleWithWebIdentity" } }"#;
        account.roles[0].trust_policy = policy.parse().unwrap();
    });
    let answer = world.assume(&world.token().build()).await;
    answer.assert_error(403, "AccessDenied", NOT_AUTHORIZED);
    assert_eq!(world.cause_kind(), "trust-policy-denied");
}

#[tokio::test]
async fn the_decision_is_on_the_record() {
    let world = World::new().await;
    world
        .assume(&world.token().claim("sub", "project_path:other/app").build())
        .await;
    let call = world.last_call();
    let decision = call.decision.unwrap();
    assert_eq!(decision.effect, Effect::ImplicitDeny);
    let failed: Vec<_> = decision.failed().map(|condition| condition.key.clone()).collect();
    assert_eq!(failed, ["gitlab.example.com:sub"]);
    assert_eq!(
        call.cause.unwrap().to_string(),
        "the trust policy of arn:aws:iam::111122223333:role/deploy does not allow it (implicit-deny)"
    );
}

#[tokio::test]
async fn an_explicit_deny_wins() {
    let world = World::new().await;
    world.aws.update_account(ACCOUNT, |account| {
        let provider = account.oidc_providers[0].arn(ACCOUNT);
        let statement = |effect: &str| {
            json!({ "Effect": effect, "Principal": { "Federated": provider },
            "Action": "sts:AssumeRoleWithWebIdentity" })
        };
        let policy = json!({ "Version": "2012-10-17", "Statement": [statement("Allow"), statement("Deny")] });
        account.roles[0].trust_policy = policy.to_string().parse().unwrap();
    });
    world
        .assume(&world.token().build())
        .await
        .assert_error(403, "AccessDenied", NOT_AUTHORIZED);
    assert!(
        world.cause().to_string().ends_with("(explicit-deny)"),
        "{}",
        world.cause()
    );
}

fn nested_tags(token: TokenBuilder) -> TokenBuilder {
    let claim = json!({
        "principal_tags": { "Project": ["Automation"], "Team": ["x"] },
        "transitive_tag_keys": ["Project"],
    });
    token.claim("https://aws.amazon.com/tags", claim)
}

fn flat_tags(token: TokenBuilder) -> TokenBuilder {
    token
        .claim("https://aws.amazon.com/tags/principal_tags/Project", "Automation")
        .claim("https://aws.amazon.com/tags/principal_tags/Team", "x")
        .claim(
            "https://aws.amazon.com/tags/transitive_tag_keys",
            json!(["Project"]),
        )
}

#[rstest]
#[case::nested(nested_tags)]
#[case::flat(flat_tags)]
#[tokio::test]
async fn tags(#[case] tagged: fn(TokenBuilder) -> TokenBuilder) {
    let world = World::new().await;
    let token = tagged(world.token()).build();
    let condition = json!({
        "StringEquals": { "aws:RequestTag/Project": "Automation", "aws:RequestTag/team": "x" },
        "ForAllValues:StringEquals": { "aws:TagKeys": ["Project", "Team"], "sts:TransitiveTagKeys": "Project" },
        "ForAnyValue:StringEquals": { "aws:TagKeys": "Team", "sts:TransitiveTagKeys": "Project" },
    });
    trust_actions(
        &world,
        &json!(["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]),
        &condition,
    );
    let answer = world.assume(&token).await;
    answer.assert_granted();
    assert_eq!(answer.element("PackedPolicySize").as_deref(), Some("25"));
    trust_actions(&world, &json!("sts:AssumeRoleWithWebIdentity"), &condition);
    world
        .assume(&token)
        .await
        .assert_error(403, "AccessDenied", "Not authorized to perform sts:TagSession");
    assert_eq!(world.cause_kind(), "tag-session-denied");
    assert_eq!(world.last_call().decision.unwrap().action, "sts:TagSession");
}

#[rstest]
#[case::transitive_without_tag(json!({ "principal_tags": {}, "transitive_tag_keys": ["Team"] }), "InvalidParameterValue", "The specified transitive tag key must be included in the requested tags.")]
#[case::duplicates(json!({ "principal_tags": { "a": ["1"], "A": ["2"] } }), "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")]
#[case::not_an_object(json!("x"), "InvalidIdentityToken", "principal_tags passed in claim is not in correct format.")]
#[case::long_value(json!({ "principal_tags": { "a": ["v".repeat(257)] } }), "InvalidIdentityToken", "principal_tags passed in claim is not in correct format.")]
#[case::transitive_text(json!({ "transitive_tag_keys": "a" }), "InvalidIdentityToken", "transitive_tag_keys passed in claim is not in correct format.")]
#[tokio::test]
async fn malformed_tags(#[case] claim: Value, #[case] code: &str, #[case] message: &str) {
    let world = World::new().await;
    let token = world.token().claim("https://aws.amazon.com/tags", claim).build();
    world.assume(&token).await.assert_error(400, code, message);
}

#[tokio::test]
async fn a_source_identity_needs_permission() {
    let world = World::new().await;
    let token = world
        .token()
        .claim("https://aws.amazon.com/source_identity", "jane")
        .build();
    let both = json!(["sts:AssumeRoleWithWebIdentity", "sts:SetSourceIdentity"]);
    trust_actions(
        &world,
        &both,
        &json!({ "StringEquals": { "sts:SourceIdentity": "jane" } }),
    );
    let answer = world.assume(&token).await;
    assert_eq!(answer.element("SourceIdentity").as_deref(), Some("jane"));
    trust(&world, &json!({}));
    let message = "Not authorized to perform sts:SetSourceIdentity";
    world
        .assume(&token)
        .await
        .assert_error(403, "AccessDenied", message);
    assert_eq!(world.cause_kind(), "source-identity-denied");
}

#[rstest]
#[case::list(json!(["arn:aws:iam::111122223333:role/deploy"]))]
#[case::list_with_rubbish(json!([1, "x", " arn:aws:iam::111122223333:role/deploy "]))]
#[case::text(json!("arn:aws:iam::111122223333:role/other; arn:aws:iam::111122223333:role/deploy"))]
#[tokio::test]
async fn the_roles_claim_authorizes(#[case] claim: Value) {
    let world = World::new().await;
    trust(&world, &json!({ "Bool": { "sts:RoleAuthorizedByIdp": "true" } }));
    let token = world.token().claim("https://aws.amazon.com/roles", claim).build();
    world.assume(&token).await.assert_granted();
    let plain = world
        .token()
        .claim("https://aws.amazon.com/roles", Value::Null)
        .build();
    world
        .assume(&plain)
        .await
        .assert_error(403, "AccessDenied", NOT_AUTHORIZED);
}

#[tokio::test]
async fn time_in_conditions_is_the_worlds() {
    let world = World::new().await;
    trust(
        &world,
        &json!({ "DateLessThan": { "aws:CurrentTime": "2026-09-12T00:30:00Z" } }),
    );
    let token = world.token().claim("exp", NOW + 7200).build();
    world.assume(&token).await.assert_granted();
    world.advance(1800);
    world
        .assume(&token)
        .await
        .assert_error(403, "AccessDenied", NOT_AUTHORIZED);
}
