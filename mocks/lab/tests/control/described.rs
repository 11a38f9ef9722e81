//! The description is true: each documented operation answers as documented, and there is none that is not.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::schema::mismatch;
use crate::{Plane, open, read};

/// A request for each operation, good and bad ones: method, path with query, body, status.
fn requests() -> Vec<(&'static str, &'static str, Value, u16)> {
    let null = || Value::Null;
    vec![
        ("get", "/v1/health", null(), 200),
        ("get", "/openapi.json", null(), 200),
        ("post", "/v1/tokens", json!({ "project": "group/project" }), 201),
        ("post", "/v1/tokens", json!({ "claims": { "sub": "x" } }), 201),
        ("post", "/v1/tokens", json!({ "project": "other" }), 400),
        ("post", "/v1/keys/rotate", json!({ "old_key": "kept" }), 200),
        ("post", "/v1/keys/rotate", json!({ "old_key": "burnt" }), 400),
        (
            "put",
            "/v1/faults",
            json!({ "fault": { "jwks": { "slow": "6s" } } }),
            200,
        ),
        (
            "put",
            "/v1/faults",
            json!({ "fault": { "jwks": { "status": 503 } } }),
            200,
        ),
        (
            "put",
            "/v1/faults",
            json!({ "fault": { "certificate": "wrong-name" } }),
            200,
        ),
        ("put", "/v1/faults", json!({ "fault": { "clock": "-2h" } }), 200),
        (
            "put",
            "/v1/faults",
            json!({ "fault": { "keys": "unpublished" } }),
            200,
        ),
        (
            "put",
            "/v1/faults",
            json!({ "fault": { "issuer": "https://other" } }),
            200,
        ),
        (
            "put",
            "/v1/faults",
            json!({ "fault": { "discovery": "down" } }),
            200,
        ),
        ("get", "/v1/faults", null(), 200),
        ("post", "/v1/keys/rotate", json!({ "old_key": "cached" }), 409),
        ("put", "/v1/faults", json!({ "fault": "jwks" }), 400),
        (
            "delete",
            "/v1/faults?kind=jwks&gitlab=https%3A%2F%2Fgitlab.com",
            null(),
            200,
        ),
        ("delete", "/v1/faults?kind=nothing", null(), 400),
        ("get", "/v1/clock", null(), 200),
        ("post", "/v1/clock", json!({ "advance": "61m" }), 200),
        ("post", "/v1/clock", json!({ "advance": "soon" }), 400),
        ("get", "/v1/journal?from=0&limit=2", null(), 200),
        ("get", "/v1/journal?from=x", null(), 400),
        ("get", "/v1/journal/stream?from=0", null(), 200),
        ("get", "/v1/journal/stream?form=0", null(), 400),
        ("get", "/v1/world", null(), 200),
        ("post", "/v1/reset", null(), 204),
    ]
}

fn document() -> Value {
    trustcheck_lab::control::openapi()
}

#[tokio::test]
async fn each_operation_answers_as_documented() {
    let (plane, document) = (open().await, document());
    let mut tried = BTreeSet::new();
    for (method, target, body, status) in requests() {
        let path = target.split('?').next().unwrap();
        let operation = &document["paths"][path][method];
        tried.insert((path.to_owned(), method.to_owned()));
        if let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema")
            && status < 300
        {
            assert_eq!(mismatch(&body, schema, &document), None, "{method} {target}");
        }
        let mut request = plane.request(method.to_uppercase().parse().unwrap(), target);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{method} {target}");
        let described = &operation["responses"][status.to_string()];
        assert!(
            described.is_object(),
            "{method} {target}: {status} is not documented"
        );
        let kind = answer.headers().get("content-type").cloned();
        let Some(kind) = kind.map(|kind| kind.to_str().unwrap().to_owned()) else {
            assert!(described["content"].is_null(), "{method} {target} has no body");
            continue;
        };
        let schema = described["content"][kind.as_str()]["schema"].clone();
        assert!(schema.is_object(), "{method} {target}: {kind} is not documented");
        if kind == "application/json" {
            let (_, value) = read(answer).await;
            assert_eq!(mismatch(&value, &schema, &document), None, "{method} {target}");
        }
    }
    assert_eq!(
        tried,
        operations(&document),
        "a documented operation has no request here"
    );
    plane.close().await;
}

fn operations(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().unwrap();
    let methods = |(path, methods): (&String, &Value)| {
        let path = path.clone();
        let methods: Vec<String> = methods.as_object().unwrap().keys().cloned().collect();
        methods.into_iter().map(move |method| (path.clone(), method))
    };
    paths.iter().flat_map(methods).collect()
}

#[tokio::test]
async fn nothing_is_undocumented() {
    let (plane, document) = (open().await, document());
    let known = operations(&document);
    let paths: BTreeSet<&str> = known.iter().map(|(path, _)| path.as_str()).collect();
    for path in paths
        .iter()
        .copied()
        .chain(["/", "/v1", "/v1/journal/", "/v1/nothing", "/docs"])
    {
        for method in ["get", "put", "post", "delete", "patch"] {
            if known.contains(&(path.to_owned(), method.to_owned())) {
                continue;
            }
            let expected = if paths.contains(path) { 405 } else { 404 };
            let (status, body) = ask(&plane, method, path).await;
            assert_eq!(status, expected, "{method} {path}");
            assert!(body["error"].is_string(), "{body}");
        }
    }
    plane.close().await;
}

async fn ask(plane: &Plane, method: &str, path: &str) -> (u16, Value) {
    let method: Method = method.to_uppercase().parse().unwrap();
    plane.ask(method, path, Value::Null).await
}

#[tokio::test]
async fn every_operation_but_two_is_refused_without_the_token_as_documented() {
    let (plane, document) = (open().await, document());
    for (path, method) in operations(&document) {
        let operation = &document["paths"][&path][&method];
        let is_open = operation["security"] == json!([{}]) || operation["security"] == json!([]);
        let answer = plane
            .bare(method.to_uppercase().parse().unwrap(), &path)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status() == 401, !is_open, "{method} {path}");
        assert_eq!(
            operation["responses"]["401"].is_object(),
            !is_open,
            "{method} {path}"
        );
    }
    plane.close().await;
}

#[tokio::test]
async fn the_server_shows_the_same_document() {
    let plane = open().await;
    let (_, shown) = ask(&plane, "get", "/openapi.json").await;
    assert_eq!(shown, document());
    assert!(
        shown["openapi"].as_str().unwrap().starts_with("3.1"),
        "{}",
        shown["openapi"]
    );
    plane.close().await;
}
