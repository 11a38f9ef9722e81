//! The library as others embed it: a world, reached by ordinary HTTP clients.

use std::net::SocketAddr;

use mock_gitlab::{KeyPool, Project, Settings};
use reqwest::{Certificate, Client, Proxy};
use trustcheck_lab::{Record, World, WorldSpec};

async fn boot() -> World {
    trustcheck_lab::install_crypto_provider();
    let keys = KeyPool::open(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("keys"));
    let self_managed = Settings {
        projects: vec![Project::new("group/project")],
        ..Settings::new("https://gitlab.example.com:8443/git".parse().unwrap())
    };
    let settings = Settings {
        projects: vec![Project::new("group/project")],
        ..Settings::default()
    };
    World::boot(WorldSpec::new(vec![settings, self_managed], Vec::new()), &keys, 1)
        .await
        .unwrap()
}

/// A client that trusts the world's CA and finds the world's hosts where they are.
fn client(world: &World) -> Client {
    let edge: SocketAddr = world.edge();
    Client::builder()
        .no_proxy()
        .tls_certs_only([Certificate::from_pem(world.authority().pem().as_bytes()).unwrap()])
        .resolve("gitlab.com", edge)
        .resolve("sts.eu-west-1.amazonaws.com", edge)
        .build()
        .unwrap()
}

/// A client that asks the world for every host, as a job does.
fn through_proxy(world: &World) -> Client {
    Client::builder()
        .proxy(Proxy::all(format!("http://{}", world.edge())).unwrap())
        .tls_certs_only([Certificate::from_pem(world.authority().pem().as_bytes()).unwrap()])
        .build()
        .unwrap()
}

#[tokio::test]
async fn the_issuer_is_discovered_over_tls() {
    let world = boot().await;
    let client = client(&world);
    let discovery: serde_json::Value = client
        .get("https://gitlab.com/.well-known/openid-configuration")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(discovery["issuer"], "https://gitlab.com");
    let jwks: serde_json::Value = client
        .get(discovery["jwks_uri"].as_str().unwrap())
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(jwks["keys"].as_array().unwrap().len(), 3);
    let fetched = world
        .journal()
        .entries()
        .into_iter()
        .filter(|entry| matches!(entry.record, Record::Gitlab(_)));
    assert_eq!(fetched.count(), 2);
    world.shutdown().await;
}

#[tokio::test]
async fn one_port_answers_plain_http_tls_and_proxy_requests() {
    let world = boot().await;
    let plain = client(&world)
        .get(format!("http://{}/", world.edge()))
        .send()
        .await;
    // STS sends a request without an action to a web page, which is not in this world.
    assert!(plain.is_err() || plain.is_ok_and(|answer| answer.status().is_redirection()));
    let unknown = client(&world)
        .post("https://sts.eu-west-1.amazonaws.com/")
        .form(&[("Action", "NoSuchAction"), ("Version", "2011-06-15")])
        .send()
        .await
        .unwrap();
    assert_eq!(unknown.status(), 400);
    assert!(
        unknown
            .text()
            .await
            .unwrap()
            .contains("Could not find operation NoSuchAction for version 2011-06-15")
    );

    let proxied = through_proxy(&world);
    let discovery = proxied
        .get("https://gitlab.com/.well-known/openid-configuration")
        .send()
        .await
        .unwrap();
    assert_eq!(discovery.status(), 200);
    let own_path = "https://gitlab.example.com:8443/git/.well-known/openid-configuration";
    let own: serde_json::Value = proxied.get(own_path).send().await.unwrap().json().await.unwrap();
    assert_eq!(own["issuer"], "https://gitlab.example.com:8443/git");
    world.shutdown().await;
}

#[tokio::test]
async fn other_hosts_do_not_exist_and_are_journalled() {
    let world = boot().await;
    let proxied = through_proxy(&world);
    proxied
        .get("https://registry.npmjs.org/")
        .send()
        .await
        .unwrap_err();
    let plain = proxied
        .get("http://169.254.169.254/latest/meta-data/")
        .send()
        .await
        .unwrap();
    assert_eq!(plain.status(), 502);
    let refused: Vec<String> = world
        .journal()
        .entries()
        .into_iter()
        .filter_map(|entry| match entry.record {
            Record::Refused(refused) => Some(refused.host),
            _ => None,
        })
        .collect();
    assert_eq!(refused, ["registry.npmjs.org:443", "169.254.169.254"]);
    world.shutdown().await;
}

#[tokio::test]
async fn worlds_do_not_know_each_other() {
    let (one, other) = (boot().await, boot().await);
    let stranger = Client::builder()
        .no_proxy()
        .tls_certs_only([Certificate::from_pem(other.authority().pem().as_bytes()).unwrap()])
        .resolve("gitlab.com", one.edge())
        .build()
        .unwrap();
    stranger
        .get("https://gitlab.com/oauth/discovery/keys")
        .send()
        .await
        .unwrap_err();
    assert!(one.journal().is_empty());
    one.shutdown().await;
    other.shutdown().await;
}

#[tokio::test]
async fn a_world_that_is_shut_down_no_longer_listens() {
    let world = boot().await;
    let edge = world.edge();
    std::net::TcpStream::connect(edge).unwrap();
    world.shutdown().await;
    std::net::TcpStream::connect(edge).unwrap_err();
}
