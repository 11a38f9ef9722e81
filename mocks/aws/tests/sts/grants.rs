//! What a good token gets.

use rstest::rstest;
use serde_json::json;

use crate::support::{ACCOUNT, EC_256, EC_384, EC_521, Key, NOW, RSA_A, World};

#[tokio::test]
async fn the_answer_has_the_shape_of_aws() {
    let world = World::new().await;
    let answer = world.assume(&world.token().build()).await;
    answer.assert_granted();
    let text = |name| answer.element(name).unwrap();
    let role_id = world
        .aws
        .account(ACCOUNT)
        .unwrap()
        .role("/", "deploy")
        .unwrap()
        .id
        .clone();
    let expected = format!(
        "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <AssumeRoleWithWebIdentityResult>
    <Audience>https://gitlab.example.com</Audience>
    <AssumedRoleUser>
      <AssumedRoleId>{role_id}:job-1</AssumedRoleId>
      <Arn>arn:aws:sts::111122223333:assumed-role/deploy/job-1</Arn>
    </AssumedRoleUser>
    <Provider>arn:aws:iam::111122223333:oidc-provider/gitlab.example.com</Provider>
    <Credentials>
      <AccessKeyId>{}</AccessKeyId>
      <SecretAccessKey>{}</SecretAccessKey>
      <SessionToken>{}</SessionToken>
      <Expiration>2026-09-12T01:00:00Z</Expiration>
    </Credentials>
    <SubjectFromWebIdentityToken>project_path:group/app:ref_type:branch:ref:main</SubjectFromWebIdentityToken>
    <PackedPolicySize>25</PackedPolicySize>
  </AssumeRoleWithWebIdentityResult>
  <ResponseMetadata>
    <RequestId>{}</RequestId>
  </ResponseMetadata>
</AssumeRoleWithWebIdentityResponse>
",
        text("AccessKeyId"),
        text("SecretAccessKey"),
        text("SessionToken"),
        text("RequestId"),
    );
    assert_eq!(answer.body, expected);
    assert!(role_id.starts_with("AROA") && role_id.len() == 21, "{role_id}");
    assert!(text("AccessKeyId").starts_with("ASIA") && text("AccessKeyId").len() == 20);
    assert_eq!(text("SecretAccessKey").len(), 40);
    assert!(text("SessionToken").len() > 300, "{}", text("SessionToken").len());
    assert_eq!(answer.headers["content-type"], "text/xml");
    assert_eq!(answer.headers["x-amzn-requestid"], text("RequestId").as_str());
    assert!(answer.headers.contains_key("x-amz-sts-extended-request-id"));
}

#[tokio::test]
async fn the_event_tells_what_happened_and_keeps_the_secrets() {
    let world = World::new().await;
    let token = world.token().build();
    let answer = world.assume_with(&token, &[("DurationSeconds", "900")]).await;
    answer.assert_granted();
    let json = serde_json::to_value(world.events()).unwrap();
    assert_eq!(json[0]["event"], "issuer-fetch");
    assert_eq!(
        json[0]["url"],
        "https://gitlab.example.com/.well-known/openid-configuration"
    );
    assert_eq!(json[1]["url"], "https://gitlab.example.com/keys");
    let call = &json[2];
    assert_eq!(call["event"], "call");
    assert_eq!(call["service"], "sts");
    assert_eq!(call["action"], "AssumeRoleWithWebIdentity");
    assert_eq!(call["at"], "2026-09-12T00:00:00Z");
    assert_eq!(call["parameters"]["RoleArn"], world.role_arn("deploy"));
    assert_eq!(call["parameters"]["DurationSeconds"], "900");
    assert_eq!(call["token"]["header"]["kid"], "a");
    assert_eq!(call["token"]["claims"]["project_id"], "42");
    assert_eq!(call["response"], json!({ "status": 200 }));
    assert_eq!(call["decision"]["effect"], "allow");
    assert_eq!(
        call["issued"]["arn"],
        "arn:aws:sts::111122223333:assumed-role/deploy/job-1"
    );
    assert_eq!(call["issued"]["expiration"], "2026-09-12T00:15:00Z");
    assert_eq!(call["request_id"], answer.element("RequestId").unwrap());
    let all = json.to_string();
    let signature = token.rsplit_once('.').unwrap().1;
    for secret in [
        signature,
        &answer.element("SecretAccessKey").unwrap(),
        &answer.element("SessionToken").unwrap(),
    ] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn get_and_post_are_the_same() {
    let world = World::new().await;
    let query = serde_html_form::to_string([
        ("Action", "AssumeRoleWithWebIdentity"),
        ("Version", "2011-06-15"),
        ("RoleArn", &world.role_arn("deploy")),
        ("RoleSessionName", "job-1"),
        ("WebIdentityToken", &world.token().build()),
        ("NoSuchParameter", "is ignored"),
    ])
    .unwrap();
    let request = http::Request::get(format!("/?{query}")).header("host", "sts.eu-west-1.amazonaws.com");
    world
        .send(request.body(axum::body::Body::empty()).unwrap())
        .await
        .assert_granted();
}

#[rstest]
#[case::rs256(RSA_A, "RS256", "a")]
#[case::rs384(RSA_A, "RS384", "a")]
#[case::rs512(RSA_A, "RS512", "a")]
#[case::es256(EC_256, "ES256", "p256")]
#[case::es384(EC_384, "ES384", "p384")]
#[case::es512(EC_521, "ES512", "p521")]
#[tokio::test]
async fn all_six_algorithms(#[case] key: Key, #[case] algorithm: &str, #[case] kid: &str) {
    let world = World::new().await;
    world
        .assume(&world.token().signed_by(key, algorithm, kid).build())
        .await
        .assert_granted();
}

#[rstest]
#[case::no_type(|token: crate::support::TokenBuilder| token.without_header("typ"))]
#[case::no_nbf(|token: crate::support::TokenBuilder| token.without("nbf"))]
#[case::list_of_one_audience(|token: crate::support::TokenBuilder| token.claim("aud", json!(["https://gitlab.example.com"])))]
#[case::times_as_text(|token: crate::support::TokenBuilder| token
    .claim("iat", NOW.to_string())
    .claim("nbf", NOW.to_string())
    .claim("exp", (NOW + 60).to_string()))]
#[case::expired_within_leeway(|token: crate::support::TokenBuilder| token.claim("exp", NOW - 299))]
#[case::nbf_within_leeway(|token: crate::support::TokenBuilder| token.claim("nbf", NOW + 300))]
#[case::iat_within_leeway(|token: crate::support::TokenBuilder| token.claim("iat", NOW + 300))]
#[case::old(|token: crate::support::TokenBuilder| token.claim("iat", NOW - 1_000_000))]
#[tokio::test]
async fn tolerated(#[case] change: fn(crate::support::TokenBuilder) -> crate::support::TokenBuilder) {
    let world = World::new().await;
    world
        .assume(&change(world.token()).build())
        .await
        .assert_granted();
}

#[rstest]
#[case::newline("\n")]
#[case::crlf("\r\n")]
#[tokio::test]
async fn a_line_break_after_the_token_is_tolerated(#[case] end: &str) {
    let world = World::new().await;
    world
        .assume(&format!("{}{end}", world.token().build()))
        .await
        .assert_granted();
}

#[tokio::test]
async fn the_last_of_duplicate_claims_counts() {
    let world = World::new().await;
    let token = world.token();
    let claims = token
        .claims_text()
        .replacen('{', "{\"sub\":\"project_path:other/app\",\"aud\":\"x\",", 1);
    let good = token.build_from(token.header_text().as_bytes(), claims.as_bytes());
    world.assume(&good).await.assert_granted();
}

#[tokio::test]
async fn credentials_outlive_the_token() {
    let world = World::new().await;
    let token = world.token().claim("exp", NOW + 60).build();
    let long = world.role_arn("long");
    let answer = world
        .assume_with(&token, &[("RoleArn", &long), ("DurationSeconds", "7200")])
        .await;
    answer.assert_granted();
    assert_eq!(answer.element("Expiration").unwrap(), "2026-09-12T02:00:00Z");
    // and the token may be used again
    world.assume(&token).await.assert_granted();
}

#[tokio::test]
async fn the_path_of_a_role_is_not_in_its_sessions() {
    let world = World::new().await;
    let nested = world.role_arn("ci/nested");
    let answer = world
        .assume_with(&world.token().build(), &[("RoleArn", &nested)])
        .await;
    assert_eq!(
        answer.element("Arn").as_deref(),
        Some("arn:aws:sts::111122223333:assumed-role/nested/job-1")
    );
}

#[tokio::test]
async fn azp_takes_the_place_of_aud() {
    let world = World::new().await;
    let token = world
        .token()
        .claim("aud", json!(["x", "y"]))
        .claim("azp", "https://gitlab.example.com")
        .build();
    let answer = world.assume(&token).await;
    assert_eq!(
        answer.element("Audience").as_deref(),
        Some("https://gitlab.example.com")
    );
}

#[rstest]
#[case::usual("project_path:group/a", None, "25")]
#[case::one("p", None, "24")]
#[case::none("", None, "24")]
#[case::source_identity("project_path:group/a", Some("jane"), "26")]
#[tokio::test]
async fn packed_policy_size(#[case] subject: &str, #[case] identity: Option<&str>, #[case] expected: &str) {
    let world = World::new().await;
    let policy = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow",
        "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.example.com" },
        "Action": ["sts:AssumeRoleWithWebIdentity", "sts:SetSourceIdentity"],
    }});
    world.aws.update_account(ACCOUNT, |account| {
        account.roles[0].trust_policy = policy.to_string().parse().unwrap();
    });
    let mut token = world.token().claim("sub", subject);
    if let Some(identity) = identity {
        token = token.claim("https://aws.amazon.com/source_identity", identity);
    }
    let answer = world.assume(&token.build()).await;
    answer.assert_granted();
    assert_eq!(answer.element("PackedPolicySize").as_deref(), Some(expected));
    assert_eq!(answer.element("SourceIdentity").as_deref(), identity);
}

#[rstest]
#[case::number(json!(42), "42")]
#[case::long(json!("project_path:group/".repeat(15) + "abcdefghijklmno"), &("project_path:group/".repeat(15) + "abcdefghijklmno"))]
#[tokio::test]
async fn subjects_come_back(#[case] subject: serde_json::Value, #[case] expected: &str) {
    let world = World::new().await;
    world.aws.update_account(ACCOUNT, |account| {
        let open = account.roles[0]
            .trust_policy
            .text()
            .replace("project_path:group/*", "*");
        account.roles[0].trust_policy = open.parse().unwrap();
    });
    let answer = world.assume(&world.token().claim("sub", subject).build()).await;
    answer.assert_granted();
    assert_eq!(
        answer.element("SubjectFromWebIdentityToken").as_deref(),
        Some(expected)
    );
    if expected.len() == 300 {
        assert_eq!(answer.element("PackedPolicySize").as_deref(), Some("34"));
    }
}

#[tokio::test]
async fn the_session_token_can_be_asked_to_be_long() {
    let world = World::new().await;
    let answer = world
        .assume_with(&world.token().build(), &[("MinimumSessionTokenSize", "4096")])
        .await;
    assert!(answer.element("SessionToken").unwrap().len() >= 4096);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids() {
    let (one, other) = (World::new().await, World::new().await);
    let token = one.token().build();
    let (one, other) = (one.assume(&token).await, other.assume(&token).await);
    assert_eq!(one.body, other.body);
}
