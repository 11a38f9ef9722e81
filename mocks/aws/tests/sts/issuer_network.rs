//! Issuers that cannot be reached, cannot be trusted, or answer something else.

use std::sync::Arc;
use std::time::Duration;

use mock_aws::{Network, Route};
use rstest::rstest;
use rustls::RootCertStore;
use serde_json::json;

use crate::support::{ACCOUNT, CertificateKind, TestIssuer, World};

const NO_KEY: &str = "Couldn't retrieve verification key from your identity provider,  please reference \
                      AssumeRoleWithWebIdentity documentation for requirements";
const THUMBPRINT: &str = "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint";
const DISCOVERY: &str = "/.well-known/openid-configuration";

async fn assert_no_key(world: &World, cause: &str, text: &str) {
    let answer = world.assume(&world.token().build()).await;
    answer.assert_error(400, "InvalidIdentityToken", NO_KEY);
    assert_eq!(world.cause_kind(), cause, "{}", world.cause());
    let sentence = world.cause().to_string();
    assert!(sentence.contains(text), "{sentence}");
    let event = serde_json::to_value(world.events()).unwrap()[0].clone();
    assert_eq!(event["event"], "issuer-fetch");
}

#[tokio::test]
async fn no_such_host() {
    let issuer = TestIssuer::start().await;
    let world = World::with_network(issuer, Network::unreachable());
    assert_no_key(
        &world,
        "issuer-unreachable",
        "there is no host `gitlab.example.com` with port 443",
    )
    .await;
}

#[tokio::test]
async fn nobody_listens() {
    let mut issuer = TestIssuer::start().await;
    issuer.stop().await;
    assert_no_key(&World::with_issuer(issuer), "issuer-unreachable", "no connection").await;
}

#[tokio::test(start_paused = true)]
async fn an_issuer_that_never_answers_is_given_five_seconds() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let issuer = TestIssuer::start().await;
    let roots = Arc::new(RootCertStore::empty());
    let world = World::with_network(issuer, Network::new(move |_, _| Some(address), roots));
    let begin = tokio::time::Instant::now();
    assert_no_key(&world, "issuer-unreachable", "no answer within 5 s").await;
    assert_eq!(begin.elapsed().as_secs(), 5);
}

#[tokio::test]
async fn no_tls_at_all() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 200 OK\r\n\r\n").await;
        }
    });
    let issuer = TestIssuer::start().await;
    let roots = Arc::new(RootCertStore::empty());
    let world = World::with_network(issuer, Network::new(move |_, _| Some(address), roots));
    assert_no_key(&world, "issuer-unreachable", "no TLS").await;
}

#[rstest]
#[case::gone(404, "404")]
#[case::broken(500, "500")]
#[case::created(201, "201")]
#[tokio::test]
async fn other_statuses(#[case] status: u16, #[case] text: &str) {
    for path in [DISCOVERY, "/keys"] {
        let issuer = TestIssuer::start().await;
        issuer.publish_raw(path, status, b"{}");
        assert_no_key(&World::with_issuer(issuer), "issuer-answer", text).await;
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let issuer = TestIssuer::start().await;
    issuer.redirect("/keys", "https://gitlab.example.com/other-keys");
    let world = World::with_issuer(issuer);
    assert_no_key(&world, "issuer-answer", "302").await;
    assert_eq!(world.issuer.requests(), [DISCOVERY, "/keys"]);
}

#[rstest]
#[case::not_json(DISCOVERY, b"<html>".as_slice(), "not a JSON object")]
#[case::no_jwks_uri(DISCOVERY, br#"{"issuer":"https://gitlab.example.com"}"#, "no `jwks_uri`")]
#[case::http_jwks(
    DISCOVERY,
    br#"{"issuer":"https://gitlab.example.com","jwks_uri":"http://gitlab.example.com/keys"}"#,
    "the scheme is `http`"
)]
#[case::keys_not_json("/keys", b"x", "not a JSON object")]
#[case::keys_not_a_list("/keys", br#"{"keys":{}}"#, "no `keys`")]
#[case::no_keys("/keys", br#"{"keys":[]}"#, "`keys` is empty")]
#[case::not_utf8("/keys", b"{\"keys\":[\"\xff\"]}", "not a JSON object")]
#[tokio::test]
async fn other_documents(#[case] path: &str, #[case] body: &[u8], #[case] text: &str) {
    let issuer = TestIssuer::start().await;
    issuer.publish_raw(path, 200, body);
    assert_no_key(&World::with_issuer(issuer), "issuer-answer", text).await;
}

#[tokio::test]
async fn a_document_without_end_is_cut_off() {
    let issuer = TestIssuer::start().await;
    issuer.publish_raw("/keys", 200, &vec![b' '; 2 << 20]);
    assert_no_key(
        &World::with_issuer(issuer),
        "issuer-unreachable",
        "larger than 1048576 bytes",
    )
    .await;
}

#[rstest]
#[case::other("https://gitlab.com")]
#[case::slash("https://gitlab.example.com/")]
#[tokio::test]
async fn the_document_has_to_be_of_the_issuer(#[case] other: &str) {
    let issuer = TestIssuer::start().await;
    issuer.publish(
        DISCOVERY,
        &json!({ "issuer": other, "jwks_uri": "https://gitlab.example.com/keys" }),
    );
    assert_no_key(&World::with_issuer(issuer), "issuer-mismatch", other).await;
}

#[rstest]
#[case::port("https://gitlab.example.com:8443")]
#[case::path("https://gitlab.example.com/gitlab")]
#[case::slash("https://gitlab.example.com/")]
#[tokio::test]
async fn urls_with_more_than_a_host(#[case] url: &str) {
    let issuer = TestIssuer::start_with(url, CertificateKind::Trusted).await;
    let world = World::with_issuer(issuer);
    world.assume(&world.token().build()).await.assert_granted();
}

#[rstest]
#[case::private(CertificateKind::Private)]
#[case::self_signed(CertificateKind::SelfSigned)]
#[tokio::test]
async fn thumbprints_stand_in_for_an_authority(#[case] kind: CertificateKind) {
    let issuer = TestIssuer::start_with("https://gitlab.example.com", kind).await;
    let thumbprint = issuer.thumbprint.clone();
    let world = World::with_issuer(issuer);
    let answer = world.assume(&world.token().build()).await;
    answer.assert_error(400, "InvalidIdentityToken", THUMBPRINT);
    assert_eq!(world.cause_kind(), "issuer-untrusted-certificate");
    assert!(
        world.cause().to_string().contains(&thumbprint),
        "{}",
        world.cause()
    );
    let set = |thumbprints: [String; 1]| {
        world.aws.update_account(ACCOUNT, |account| {
            account.oidc_providers[0] = account.oidc_providers[0].clone().with_thumbprints(thumbprints);
        });
    };
    set(["0".repeat(40)]);
    let answer = world.assume(&world.token().build()).await;
    answer.assert_error(400, "InvalidIdentityToken", THUMBPRINT);
    set([thumbprint.to_uppercase()]);
    world.assume(&world.token().build()).await.assert_granted();
}

#[tokio::test]
async fn thumbprints_do_not_count_for_a_trusted_authority() {
    let world = World::new().await;
    world.aws.update_account(ACCOUNT, |account| {
        account.oidc_providers[0] = account.oidc_providers[0]
            .clone()
            .with_thumbprints(["0".repeat(40)]);
    });
    world.assume(&world.token().build()).await.assert_granted();
}

#[tokio::test]
async fn a_certificate_for_another_name_is_of_no_use() {
    let issuer = TestIssuer::start_with("https://gitlab.example.com", CertificateKind::OtherName).await;
    assert_no_key(&World::with_issuer(issuer), "issuer-unreachable", "no TLS").await;
}

#[rstest]
#[case::in_time(4_999, true)]
#[case::too_late(5_000, false)]
#[tokio::test]
async fn an_answer_may_take_less_than_five_seconds_of_the_world(
    #[case] latency_ms: u64,
    #[case] granted: bool,
) {
    let issuer = TestIssuer::start().await;
    let route = Route {
        address: issuer.address,
        latency: Duration::from_millis(latency_ms),
    };
    let network = Network::with_routes(move |_| Some(route), Arc::clone(&issuer.roots));
    let world = World::with_network(issuer, network);
    if granted {
        world.assume(&world.token().build()).await.assert_granted();
    } else {
        assert_no_key(&world, "issuer-unreachable", "no answer within 5 s").await;
    }
}

#[tokio::test]
async fn a_document_that_lies_elsewhere_is_asked_for_there() {
    let issuer = TestIssuer::start().await;
    // a socket that never listens: its port refuses connections and stays taken
    let closed = tokio::net::TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let (there, nowhere) = (issuer.address, closed.local_addr().unwrap());
    let network = Network::with_routes(
        move |to| Some(if to.path == "/keys" { nowhere } else { there }.into()),
        Arc::clone(&issuer.roots),
    );
    let world = World::with_network(issuer, network);
    assert_no_key(&world, "issuer-unreachable", "Connection refused").await;
    assert_eq!(world.issuer.requests(), [DISCOVERY]);
}
