//! Who may use it.

use reqwest::Method;
use rstest::rstest;

use crate::{TOKEN, open, read};

#[rstest]
#[case::no_token(None, 401)]
#[case::other_token(Some("Bearer other"), 401)]
#[case::part_of_it(Some("Bearer the-toke"), 401)]
#[case::other_scheme(Some("Basic the-token"), 401)]
#[case::the_token(Some("Bearer the-token"), 200)]
#[tokio::test]
async fn the_token_is_needed(#[case] authorization: Option<&str>, #[case] status: u16) {
    let plane = open().await;
    let mut request = plane.bare(Method::GET, "/v1/clock");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    let answer = request.send().await.unwrap();
    let challenge = answer.headers().get("www-authenticate").cloned();
    let (given, body) = read(answer).await;
    assert_eq!(given, status, "{body}");
    assert_eq!(challenge.is_some(), status == 401);
    plane.close().await;
}

#[rstest]
#[case::rebound(&[("host", "evil.example:80")])]
#[case::rebound_to_a_name_like_ours(&[("host", "localhost.evil.example")])]
#[case::no_name(&[("host", "")])]
#[case::page_elsewhere(&[("origin", "https://evil.example")])]
#[case::page_of_a_file(&[("origin", "null")])]
#[case::page_on_another_port(&[("origin", "http://127.0.0.1:1")])]
#[case::image_elsewhere(&[("sec-fetch-site", "cross-site")])]
#[case::same_site(&[("sec-fetch-site", "same-site")])]
#[tokio::test]
async fn web_pages_are_refused_even_with_the_token(
    #[case] headers: &[(&'static str, &'static str)],
    #[values("/v1/clock", "/v1/health", "/openapi.json")] path: &str,
) {
    let plane = open().await;
    let mut request = plane.request(Method::GET, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (status, body) = read(request.send().await.unwrap()).await;
    assert!(status == 403 || status == 400, "{status} {body}");
    plane.close().await;
}

#[tokio::test]
async fn its_own_page_and_other_names_of_this_computer_are_let_in() {
    let plane = open().await;
    let own = format!("http://{}", plane.control.address());
    let port = plane.control.address().port();
    for (name, value) in [
        ("origin", own),
        ("host", format!("localhost:{port}")),
        ("host", format!("[::1]:{port}")),
        ("sec-fetch-site", "same-origin".to_owned()),
    ] {
        let request = plane.request(Method::GET, "/v1/clock").header(name, &value);
        let (status, body) = read(request.send().await.unwrap()).await;
        assert_eq!(status, 200, "{name}: {value}: {body}");
    }
    plane.close().await;
}

#[tokio::test]
async fn large_bodies_are_refused() {
    let plane = open().await;
    let request = plane
        .request(Method::POST, "/v1/tokens")
        .body("x".repeat(300_000));
    let (status, _) = read(request.send().await.unwrap()).await;
    assert_eq!(status, 413);
    plane.close().await;
}

#[tokio::test]
async fn it_is_not_on_the_port_of_the_protocols_and_they_are_not_on_its() {
    let plane = open().await;
    let there = format!("http://{}/v1/clock", plane.world.edge());
    let answer = plane.client.get(there).bearer_auth(TOKEN).send().await;
    assert!(!answer.is_ok_and(|answer| answer.status() == 200));
    let sts = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];
    let (status, _) = read(plane.request(Method::POST, "/").form(&sts).send().await.unwrap()).await;
    assert_eq!(status, 404);
    plane.close().await;
}

#[tokio::test]
async fn a_control_plane_that_is_closed_no_longer_listens() {
    let plane = open().await;
    let address = plane.control.address();
    let (status, _) = read(plane.bare(Method::GET, "/v1/health").send().await.unwrap()).await;
    assert_eq!(status, 200);
    plane.close().await;
    std::net::TcpStream::connect(address).unwrap_err();
}
