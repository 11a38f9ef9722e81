//! How much load the mock STS bears, beside two bare servers under the same load in the same run:
//! `cargo bench -p trustcheck-tests --bench load`.
//!
//! V is a bare axum handler that verifies one RS256 signature, H one that verifies nothing. Every answer is checked to be
//! a success. The four are measured in turn, so that a machine that slows down slows all; medians are printed.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_gitlab::KeyPool;
use trustcheck_lab::World;
use trustcheck_tests::federation::{self, answers, identity_requests, logins, tokens};
use trustcheck_tests::load::{self, Until, drive};

/// How many tokens, and sessions, are used in turn.
const DISTINCT: usize = 64;
const ROUNDS: usize = 7;
const SLICE: Until = Until::Time(Duration::from_millis(700));

fn main() {
    // `cargo test --benches` only asks whether it starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    trustcheck_lab::install_crypto_provider();
    let keys = KeyPool::open(trustcheck_tests::cache().join("keys"));
    keys.key_set(0, &mut |_| {}).expect("keys");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let world = runtime.block_on(federation::boot(&keys));
    let tokens = tokens(&world, DISTINCT);
    let verifier = runtime.block_on(serve(verifier(&world)));
    let handler = runtime.block_on(serve(Router::new().route("/", post(|_: Bytes| async { "ok" }))));

    let logins = logins(&tokens);
    let identities = identity_requests(&runtime.block_on(answers(&world, &logins)));
    let headers = [("host", "localhost")];
    let bare: Arc<Vec<Vec<u8>>> = Arc::new(tokens.iter().map(|token| load::post(&headers, token)).collect());
    println!("answers a second, {DISTINCT} tokens and sessions in turn; medians of {ROUNDS} rounds");
    for connections in [16, 64] {
        let measured = [
            (verifier, &bare),
            (world.edge(), &logins),
            (handler, &bare),
            (world.edge(), &identities),
        ];
        let mut rates = [(); 4].map(|()| Vec::new());
        for round in 0..=ROUNDS {
            for (rates, (address, requests)) in rates.iter_mut().zip(measured) {
                let rate = drive(address, connections, requests, SLICE).rate();
                // The first round warms up.
                if round > 0 {
                    rates.push(rate);
                }
            }
        }
        let [v, login, h, identity] = &rates;
        println!("{connections} connections");
        row(
            "AssumeRoleWithWebIdentity",
            login,
            "V",
            v,
            "at least 0.5, aim 0.7",
        );
        row(
            "GetCallerIdentity, signed",
            identity,
            "H",
            h,
            "at least 0.4, aim 0.55",
        );
    }
}

fn row(what: &str, ours: &[f64], name: &str, baseline: &[f64], goal: &str) {
    let ratios: Vec<f64> = ours
        .iter()
        .zip(baseline)
        .map(|(ours, baseline)| ours / baseline)
        .collect();
    println!(
        "  {what:<26} {:>8.0}   {name} {:>8.0}   ratio {:.2} ({goal})",
        median(ours),
        median(baseline),
        median(&ratios)
    );
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Serves a bare router.
async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("a port");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// V: takes a token as its body and verifies the signature with the world's key. Nothing else: no claims, no time.
fn verifier(world: &World) -> Router {
    let jwks = world.gitlabs()[0].keys();
    let jwk = jwks.ci().jwk();
    let number = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
    let jwk = serde_json::to_value(jwk).expect("a JWK");
    let part = |name: &str| number(jwk[name].as_str().expect(name));
    let components = RsaPublicKeyComponents {
        n: part("n"),
        e: part("e"),
    };
    let key = Arc::new(
        components
            .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
            .expect("a public key"),
    );
    let verify = move |body: Bytes| {
        let key = Arc::clone(&key);
        async move {
            let token = std::str::from_utf8(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
            let (input, signature) = token.rsplit_once('.').ok_or(StatusCode::BAD_REQUEST)?;
            let signature = URL_SAFE_NO_PAD
                .decode(signature)
                .map_err(|_| StatusCode::BAD_REQUEST)?;
            key.verify_sig(input.as_bytes(), &signature)
                .map_err(|_| StatusCode::FORBIDDEN)?;
            Ok::<_, StatusCode>("ok")
        }
    };
    Router::new().route("/", post(verify))
}
