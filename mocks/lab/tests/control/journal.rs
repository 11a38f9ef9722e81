//! The journal, in parts and as it is written.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{Plane, open};

async fn advance(plane: &Plane, by: &str) {
    plane
        .ask(Method::POST, "/v1/clock", json!({ "advance": by }))
        .await;
}

#[tokio::test]
async fn it_is_read_in_parts() {
    let plane = open().await;
    for by in ["1m", "2m", "3m"] {
        advance(&plane, by).await;
    }
    let (_, first) = plane.ask(Method::GET, "/v1/journal?limit=2", Value::Null).await;
    let entry = &first["entries"][1];
    assert_eq!(
        (&entry["number"], &entry["of"], &entry["change"], &entry["by"]),
        (&json!(1), &json!("change"), &json!("clock-moved"), &json!("PT2M"))
    );
    assert!(entry["at"].is_string());
    assert_eq!(first["next"], 2);
    let (_, second) = plane.ask(Method::GET, "/v1/journal?from=2", Value::Null).await;
    assert_eq!(second["entries"].as_array().unwrap().len(), 1);
    assert_eq!(second["next"], 3);
    let (_, none) = plane.ask(Method::GET, "/v1/journal?from=3", Value::Null).await;
    assert_eq!(none, json!({ "entries": [], "next": 3 }));
    plane.close().await;
}

#[tokio::test]
async fn tokens_in_it_cannot_be_used() {
    let plane = open().await;
    let (_, token) = plane
        .ask(Method::POST, "/v1/tokens", json!({ "aud": "secret-audience" }))
        .await;
    let (_, journal) = plane.ask(Method::GET, "/v1/journal", Value::Null).await;
    let (text, jwt) = (journal.to_string(), token["token"].as_str().unwrap());
    assert!(text.contains("secret-audience"), "{text}");
    assert!(!text.contains(jwt.rsplit('.').next().unwrap()), "{text}");
    plane.close().await;
}

/// The next event of a stream: its id and its data.
async fn event(answer: &mut Response, buffer: &mut String) -> (u64, Value) {
    loop {
        if let Some((event, rest)) = buffer.split_once("\n\n") {
            let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            assert_eq!(field("event: "), "entry");
            let read = (
                field("id: ").parse().unwrap(),
                serde_json::from_str(field("data: ")).unwrap(),
            );
            *buffer = rest.to_owned();
            return read;
        }
        let chunk = tokio::time::timeout(Duration::from_secs(30), answer.chunk());
        buffer.push_str(std::str::from_utf8(&chunk.await.unwrap().unwrap().unwrap()).unwrap());
    }
}

#[tokio::test]
async fn it_is_followed_from_any_entry() {
    let plane = open().await;
    advance(&plane, "1m").await;
    advance(&plane, "2m").await;
    let follow = async |target: &str, seen: Option<&str>| {
        let mut request = plane.request(Method::GET, target);
        if let Some(seen) = seen {
            request = request.header("last-event-id", seen);
        }
        request.send().await.unwrap()
    };
    let mut all = follow("/v1/journal/stream?from=0", None).await;
    let mut rest = follow("/v1/journal/stream", Some("0")).await;
    let mut new = follow("/v1/journal/stream", None).await;
    advance(&plane, "3m").await;
    for (answer, expected) in [
        (&mut all, &[(0, "PT1M"), (1, "PT2M"), (2, "PT3M")][..]),
        (&mut rest, &[(1, "PT2M"), (2, "PT3M")]),
        (&mut new, &[(2, "PT3M")]),
    ] {
        let mut buffer = String::new();
        for (number, by) in expected {
            let (id, data) = event(answer, &mut buffer).await;
            assert_eq!((id, data["by"].as_str()), (*number, Some(*by)));
            assert_eq!(data["number"], *number);
        }
    }
    // closing it ends its streams
    let (control, world) = (plane.control, plane.world);
    control.close().await;
    world.stop().await;
    while let Ok(Some(_)) = all.chunk().await {}
}
