//! What other clients than STS see of faults.

use jiff::SignedDuration;
use reqwest::{Certificate, Client, Proxy};
use trustcheck_lab::{CertificateFault, Delay, Fault, PageFault, World};

use crate::support::{GITLAB, boot, met};

fn client(world: &World) -> Client {
    Client::builder()
        .proxy(Proxy::all(format!("http://{}", world.edge())).unwrap())
        .tls_certs_only([Certificate::from_pem(world.authority().pem().as_bytes()).unwrap()])
        .build()
        .unwrap()
}

async fn get(world: &World, path: &str) -> Result<(u16, String), reqwest::Error> {
    let answer = client(world).get(format!("{GITLAB}{path}")).send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

#[tokio::test]
async fn pages_that_are_down_cut_the_connection_and_others_do_not() {
    let world = boot().await;
    world.set_fault(0, Fault::Jwks(PageFault::Down)).unwrap();
    get(&world, "/oauth/discovery/keys").await.unwrap_err();
    let (status, _) = get(&world, "/.well-known/openid-configuration").await.unwrap();
    assert_eq!(status, 200);
    // reqwest may try once more
    assert!(!met(&world).is_empty());
    assert!(met(&world).iter().all(|path| path == "/oauth/discovery/keys"));
    world.shutdown().await;
}

#[tokio::test]
async fn pages_break_off() {
    let world = boot().await;
    world.set_fault(0, Fault::Jwks(PageFault::Truncated)).unwrap();
    get(&world, "/oauth/discovery/keys").await.unwrap_err();
    world.shutdown().await;
}

#[tokio::test]
async fn pages_have_another_status_or_text() {
    let world = boot().await;
    let status = PageFault::Status(503.try_into().unwrap());
    world.set_fault(0, Fault::Jwks(status)).unwrap();
    world.set_fault(0, Fault::Discovery(PageFault::Html)).unwrap();
    let (status, text) = get(&world, "/oauth/discovery/keys").await.unwrap();
    assert!(
        status == 503 && text.contains("503 Service Unavailable"),
        "{text}"
    );
    let (status, text) = get(&world, "/.well-known/openid-configuration").await.unwrap();
    assert!(status == 200 && text.contains("<h1>Sign in"), "{text}");
    world.shutdown().await;
}

#[tokio::test]
async fn slow_pages_come_in_the_end() {
    let world = boot().await;
    let delay = Delay::try_from(SignedDuration::from_millis(1)).unwrap();
    world.set_fault(0, Fault::Jwks(PageFault::Slow(delay))).unwrap();
    let (status, text) = get(&world, "/oauth/discovery/keys").await.unwrap();
    assert!(status == 200 && text.contains("\"keys\""), "{text}");
    assert_eq!(met(&world), ["/oauth/discovery/keys"]);
    world.shutdown().await;
}

#[tokio::test]
async fn the_discovery_document_says_something_else() {
    let world = boot().await;
    world.set_fault(0, Fault::Issuer("https://other".into())).unwrap();
    world.set_fault(0, Fault::JwksUri("https://keys".into())).unwrap();
    let (_, text) = get(&world, "/.well-known/openid-configuration").await.unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["issuer"], "https://other");
    assert_eq!(document["jwks_uri"], "https://keys");
    assert_eq!(document["token_endpoint"], format!("{GITLAB}/oauth/token"));
    world.shutdown().await;
}

#[rstest::rstest]
#[tokio::test]
async fn certificates_are_not_trusted(
    #[values(
        CertificateFault::ForeignAuthority,
        CertificateFault::WrongName,
        CertificateFault::Expired
    )]
    fault: CertificateFault,
) {
    let world = boot().await;
    world.set_fault(0, Fault::Certificate(fault)).unwrap();
    get(&world, "/oauth/discovery/keys").await.unwrap_err();
    world.clear_faults(0, None).unwrap();
    get(&world, "/oauth/discovery/keys").await.unwrap();
    world.shutdown().await;
}
