//! The discovery document, the key set and the rest of the site.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use mock_gitlab::{Instance, Settings, test_key_set};
use rstest::rstest;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::sample::{instance, settings};

const DISCOVERY: &str = "/.well-known/openid-configuration";
const JWKS: &str = "/oauth/discovery/keys";

async fn ask(gitlab: &Arc<Instance>, request: Request<Body>) -> (StatusCode, HeaderMap, Bytes) {
    let (parts, body) = gitlab.router().oneshot(request).await.unwrap().into_parts();
    (
        parts.status,
        parts.headers,
        body.collect().await.unwrap().to_bytes(),
    )
}

/// A page that must be there.
pub(crate) async fn get(gitlab: &Arc<Instance>, path: &str) -> (HeaderMap, Bytes) {
    let (status, headers, body) = ask(gitlab, Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    (headers, body)
}

fn at(url: &str) -> Arc<Instance> {
    instance(Settings {
        url: url.parse().unwrap(),
        ..settings()
    })
}

/// gitlab.com's document of 2025-26, to the letter.
#[tokio::test]
async fn discovery_of_gitlab_com() {
    let (headers, body) = get(&at("https://gitlab.com"), DISCOVERY).await;
    let expected = concat!(
        r#"{"issuer":"https://gitlab.com","authorization_endpoint":"https://gitlab.com/oauth/authorize","#,
        r#""token_endpoint":"https://gitlab.com/oauth/token","revocation_endpoint":"https://gitlab.com/oauth/revoke","#,
        r#""introspection_endpoint":"https://gitlab.com/oauth/introspect","#,
        r#""userinfo_endpoint":"https://gitlab.com/oauth/userinfo","jwks_uri":"https://gitlab.com/oauth/discovery/keys","#,
        r#""scopes_supported":["api","read_api","read_user","create_runner","manage_runner","k8s_proxy","self_rotate","mcp","#,
        r#""read_repository","write_repository","read_registry","write_registry","read_virtual_registry","#,
        r#""write_virtual_registry","read_observability","write_observability","ai_features","sudo","admin_mode","#,
        r#""read_service_ping","openid","profile","email","ai_workflows","user:*"],"response_types_supported":["code"],"#,
        r#""response_modes_supported":["query","fragment","form_post"],"#,
        r#""grant_types_supported":["authorization_code","password","client_credentials","device_code","refresh_token"],"#,
        r#""token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"],"#,
        r#""subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256"],"#,
        r#""claim_types_supported":["normal"],"claims_supported":["iss","sub","aud","exp","iat","sub_legacy","name","#,
        r#""nickname","preferred_username","email","email_verified","website","profile","picture","groups","#,
        r#""groups_direct","https://gitlab.org/claims/groups/owner","https://gitlab.org/claims/groups/maintainer","#,
        r#""https://gitlab.org/claims/groups/developer"],"code_challenge_methods_supported":["plain","S256"]}"#,
    );
    assert_eq!(std::str::from_utf8(&body).unwrap(), expected);
    assert_eq!(headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(headers["cache-control"], "max-age=0, private, must-revalidate");
}

#[tokio::test]
async fn the_key_set_is_three_keys_of_six_members() {
    let (headers, body) = get(&at("https://gitlab.com"), JWKS).await;
    let keys = test_key_set();
    let expected: Vec<String> = keys
        .jwks()
        .map(|jwk| {
            let (kid, n) = (jwk.kid(), jwk.n());
            format!(r#"{{"kty":"RSA","kid":"{kid}","e":"AQAB","n":"{n}","use":"sig","alg":"RS256"}}"#)
        })
        .to_vec();
    assert_eq!(
        std::str::from_utf8(&body).unwrap(),
        format!(r#"{{"keys":[{}]}}"#, expected.join(","))
    );
    assert_eq!(headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(
        headers["cache-control"],
        "max-age=86400, public, must-revalidate, no-transform"
    );
}

#[rstest]
#[case::port("https://git.example.com:8443", "")]
#[case::http("http://localhost:3000", "")]
#[case::path("https://example.com/gitlab", "/gitlab")]
#[case::deep_path("https://example.com/a/b", "/a/b")]
#[tokio::test]
async fn other_instances(#[case] url: &str, #[case] root: &str) {
    let gitlab = at(url);
    let (_, body) = get(&gitlab, &format!("{root}{DISCOVERY}")).await;
    let document: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(document["issuer"], url);
    assert_eq!(document["jwks_uri"], format!("{url}/oauth/discovery/keys"));
    get(&gitlab, &format!("{root}{JWKS}")).await;
}

/// The instance's own document does not know of the custom issuer.
#[tokio::test]
async fn a_custom_issuer_changes_tokens_only() {
    let gitlab = instance(Settings {
        ci_id_tokens_issuer_url: Some("https://public.example.com".to_owned()),
        ..settings()
    });
    let (_, body) = get(&gitlab, DISCOVERY).await;
    assert_eq!(
        serde_json::from_slice::<Value>(&body).unwrap()["issuer"],
        "https://gitlab.com"
    );
    assert_eq!(gitlab.issuer(), "https://public.example.com");
}

#[rstest]
#[case::plain("https://public.example.com", "https://public.example.com", "")]
#[case::slash("https://public.example.com/", "https://public.example.com", "")]
#[case::bucket(
    "https://s3.eu-west-1.amazonaws.com/oidc",
    "https://s3.eu-west-1.amazonaws.com/oidc",
    "/oidc"
)]
#[tokio::test]
async fn the_copy_at_a_custom_issuer(#[case] issuer: &str, #[case] url: &str, #[case] root: &str) {
    let gitlab = instance(Settings {
        ci_id_tokens_issuer_url: Some(issuer.to_owned()),
        ..settings()
    });
    let (at, router) = gitlab.published_copy().unwrap();
    assert_eq!(at.to_string(), url);
    let fetch = async |path: &str| {
        let request = Request::get(format!("{root}{path}")).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert!(!response.headers().contains_key("cache-control"));
        response.into_body().collect().await.unwrap().to_bytes()
    };
    let mut document: Value = serde_json::from_slice(&fetch(DISCOVERY).await).unwrap();
    assert_eq!(document["issuer"], issuer);
    assert_eq!(document["jwks_uri"], format!("{url}/oauth/discovery/keys"));
    assert_eq!(fetch(JWKS).await, get(&gitlab, JWKS).await.1);
    // Nothing else is changed.
    document["issuer"] = "https://gitlab.com".into();
    document["jwks_uri"] = "https://gitlab.com/oauth/discovery/keys".into();
    assert_eq!(
        serde_json::to_vec(&document).unwrap(),
        get(&gitlab, DISCOVERY).await.1
    );
    let front = router
        .oneshot(Request::get(format!("{root}/")).body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(front.status(), StatusCode::NOT_FOUND);
}

#[rstest]
#[case::unknown("https://gitlab.com", Method::GET, "/nowhere")]
#[case::trailing_slash("https://gitlab.com", Method::GET, "/oauth/discovery/keys/")]
#[case::post("https://gitlab.com", Method::POST, JWKS)]
#[case::delete("https://gitlab.com", Method::DELETE, DISCOVERY)]
#[case::outside_of_the_root("https://example.com/gitlab", Method::GET, DISCOVERY)]
#[case::another_root("https://example.com/gitlab", Method::GET, "/gitlab2/oauth/discovery/keys")]
#[case::login_is_not_part_of_it("https://gitlab.com", Method::POST, "/oauth/token")]
#[tokio::test]
async fn everything_else_is_a_404_page(#[case] url: &str, #[case] method: Method, #[case] path: &str) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .body(Body::empty())
        .unwrap();
    let (status, headers, body) = ask(&at(url), request).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert!(body.starts_with(b"<!DOCTYPE html>"));
}

#[rstest]
#[case::root("https://gitlab.com", "/", "https://gitlab.com/users/sign_in")]
#[case::relative(
    "https://example.com/gitlab",
    "/gitlab",
    "https://example.com/gitlab/users/sign_in"
)]
#[tokio::test]
async fn the_front_page_leads_to_the_sign_in(#[case] url: &str, #[case] path: &str, #[case] location: &str) {
    let (status, headers, _) = ask(&at(url), Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(
        (status, headers["location"].to_str().unwrap()),
        (StatusCode::FOUND, location)
    );
}

#[rstest]
#[tokio::test]
async fn head_has_the_headers_of_get(#[values(DISCOVERY, JWKS)] path: &str) {
    let gitlab = at("https://gitlab.com");
    let (get_headers, get_body) = get(&gitlab, path).await;
    let (status, headers, body) = ask(&gitlab, Request::head(path).body(Body::empty()).unwrap()).await;
    assert_eq!((status, body.len()), (StatusCode::OK, 0));
    for name in ["content-type", "cache-control", "etag"] {
        assert_eq!(headers[name], get_headers[name], "{name}");
    }
    assert_eq!(headers["content-length"], get_body.len().to_string());
}

#[rstest]
#[case::same("ETAG", true)]
#[case::strong("STRONG", true)]
#[case::among_others("\"x\", ETAG", true)]
#[case::any("*", true)]
#[case::other("W/\"0123\"", false)]
#[case::unquoted("0123", false)]
#[tokio::test]
async fn a_document_that_is_still_the_same_is_not_sent(
    #[values(DISCOVERY, JWKS)] path: &str,
    #[case] if_none_match: &str,
    #[case] unchanged: bool,
) {
    let gitlab = at("https://gitlab.com");
    let (headers, _) = get(&gitlab, path).await;
    let etag = headers["etag"].to_str().unwrap();
    assert!(etag.starts_with("W/\"") && etag.len() == 36, "{etag}");
    let value = if_none_match
        .replace("ETAG", etag)
        .replace("STRONG", etag.trim_start_matches("W/"));
    let request = Request::get(path)
        .header("if-none-match", value)
        .body(Body::empty())
        .unwrap();
    let (status, answered, body) = ask(&gitlab, request).await;
    assert_eq!(answered["etag"], etag);
    assert_eq!(answered["cache-control"], headers["cache-control"]);
    if unchanged {
        assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
    } else {
        assert_eq!(status, StatusCode::OK);
    }
}

#[tokio::test]
async fn two_instances_do_not_share_pages() {
    let (one, other) = (at("https://gitlab.com"), at("https://git.example.com"));
    assert_ne!(get(&one, DISCOVERY).await.1, get(&other, DISCOVERY).await.1);
    assert_ne!(json!(one.url().to_string()), json!(other.url().to_string()));
}
