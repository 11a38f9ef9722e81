//! What the operations do.

use jiff::Timestamp;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{Plane, open};

async fn mint(plane: &Plane, request: Value) -> Value {
    let (status, token) = plane.ask(Method::POST, "/v1/tokens", request).await;
    assert_eq!(status, 201, "{token}");
    token["claims"].clone()
}

#[rstest]
#[case::default(json!({}), "sub", json!("project_path:group/project:ref_type:branch:ref:main"))]
#[case::branch(json!({ "branch": "x" }), "sub", json!("project_path:group/project:ref_type:branch:ref:x"))]
#[case::tag(json!({ "tag": "v1" }), "ref_type", json!("tag"))]
#[case::source(json!({ "source": "schedule" }), "pipeline_source", json!("schedule"))]
#[case::merge_request(json!({ "branch": "x", "merge_request_into": "main" }), "pipeline_source", json!("merge_request_event"))]
#[case::environment(json!({ "environment": "production" }), "environment", json!("production"))]
#[case::audience(json!({ "aud": "sts.amazonaws.com" }), "aud", json!("sts.amazonaws.com"))]
#[case::audiences(json!({ "aud": ["a"] }), "aud", json!(["a"]))]
#[case::own_audience(json!({ "gitlab": "https://gitlab.example.com" }), "aud", json!("https://gitlab.example.com"))]
#[case::user(json!({ "user": "sample-user" }), "user_login", json!("sample-user"))]
#[case::claims(json!({ "claims": { "sub": 1 } }), "sub", json!(1))]
#[tokio::test]
async fn tokens(#[case] request: Value, #[case] claim: &str, #[case] value: Value) {
    let plane = open().await;
    assert_eq!(mint(&plane, request).await[claim], value);
    plane.close().await;
}

#[rstest]
#[case::not_json("{", "the body is not as described")]
#[case::unknown(r#"{"brnach":"x"}"#, "unknown field `brnach`")]
#[case::both(r#"{"branch":"x","tag":"y"}"#, "a branch or a tag")]
#[case::no_source(r#"{"source":"x"}"#, "`x`")]
#[case::no_gitlab(r#"{"gitlab":"https://x"}"#, "no GitLab `https://x`")]
#[case::no_project(r#"{"project":"x"}"#, "`x`")]
#[case::no_user(r#"{"user":"x"}"#, "`x`")]
#[case::more_than_claims(r#"{"claims":{},"branch":"x"}"#, "only `gitlab`")]
#[tokio::test]
async fn what_is_wrong_with_a_request_is_said(#[case] body: &'static str, #[case] message: &str) {
    let plane = open().await;
    let request = plane.request(Method::POST, "/v1/tokens").body(body);
    let (status, answer) = crate::read(request.send().await.unwrap()).await;
    assert_eq!(status, 400, "{answer}");
    assert!(answer["error"].as_str().unwrap().contains(message), "{answer}");
    plane.close().await;
}

#[tokio::test]
async fn claims_are_signed_by_the_gitlab_that_they_name() {
    let plane = open().await;
    let kid = |index: usize| plane.world.gitlabs()[index].keys().ci().kid().to_owned();
    for (request, index) in [
        (json!({ "claims": { "iss": "https://gitlab.example.com" } }), 1),
        (json!({ "claims": { "iss": "https://elsewhere" } }), 0),
        (json!({ "claims": {}, "gitlab": "https://gitlab.example.com" }), 1),
    ] {
        let (_, token) = plane.ask(Method::POST, "/v1/tokens", request).await;
        assert_eq!(token["kid"], kid(index));
    }
    plane.close().await;
}

#[tokio::test]
async fn the_clock_moves_and_tokens_with_it() {
    let plane = open().await;
    let before = plane.world.clock().now();
    let (_, time) = plane
        .ask(Method::POST, "/v1/clock", json!({ "advance": "90m" }))
        .await;
    let now: Timestamp = time["now"].as_str().unwrap().parse().unwrap();
    assert!(now.duration_since(before).as_mins() >= 90);
    let issued = mint(&plane, json!({})).await["iat"].as_i64().unwrap();
    assert!(issued >= before.as_second() + 90 * 60, "{issued}");
    plane.close().await;
}

#[tokio::test]
async fn faults_are_set_for_one_gitlab_and_cleared_for_all() {
    let plane = open().await;
    for (gitlab, fault) in [
        ("https://gitlab.com", json!({ "jwks": "down" })),
        ("https://gitlab.example.com", json!({ "jwks": "html" })),
        ("https://gitlab.example.com", json!({ "clock": "PT1H" })),
    ] {
        let request = json!({ "gitlab": gitlab, "fault": fault });
        plane.ask(Method::PUT, "/v1/faults", request).await;
    }
    let (_, left) = plane
        .ask(Method::DELETE, "/v1/faults?kind=jwks", Value::Null)
        .await;
    let clock = json!({ "gitlab": "https://gitlab.example.com", "fault": { "clock": "PT1H" } });
    assert_eq!(left, json!({ "faults": [clock] }));
    assert_eq!(plane.world.faults(1).len(), 1);
    plane.close().await;
}

#[tokio::test]
async fn a_reset_makes_the_world_what_it_was() {
    let plane = open().await;
    let kid = || plane.world.gitlabs()[0].keys().ci().kid().to_owned();
    let first = kid();
    plane.ask(Method::POST, "/v1/keys/rotate", Value::Null).await;
    assert_ne!(kid(), first);
    plane
        .ask(Method::PUT, "/v1/faults", json!({ "fault": { "keys": "lost" } }))
        .await;
    plane
        .ask(Method::POST, "/v1/clock", json!({ "advance": "-24h" }))
        .await;
    let (status, _) = plane.ask(Method::POST, "/v1/reset", Value::Null).await;
    assert_eq!(status, 204);
    assert_eq!(kid(), first);
    assert_eq!(plane.world.faults(0), []);
    let behind = trustcheck_lab::host_now().duration_since(plane.world.clock().now());
    assert!(behind.as_hours() == 0, "{behind:?}");
    mint(&plane, json!({})).await;
    assert_eq!(plane.world.journal().len(), 2);
    plane.close().await;
}

#[tokio::test]
async fn the_world_is_exported_in_the_form_of_a_world_file() {
    let plane = open().await;
    let (_, world) = plane.ask(Method::GET, "/v1/world", Value::Null).await;
    assert_eq!(world["gitlab"][1]["url"], "https://gitlab.example.com");
    assert_eq!(world["gitlab"][0]["projects"][0]["path"], "group/project");
    assert!(world["aws"]["accounts"].is_object());
    plane.close().await;
}
