use rstest::rstest;

use super::discovery;
use super::key_set::KeySet;
use super::url::HttpsUrl;
use crate::cause::Cause;

#[rstest]
#[case::plain("https://gitlab.com", "gitlab.com", 443, "gitlab.com", "/")]
#[case::port_and_path("https://h.example:8443/a/b?c", "h.example", 8443, "h.example:8443", "/a/b?c")]
#[case::ipv4("https://127.0.0.1:1/x", "127.0.0.1", 1, "127.0.0.1:1", "/x")]
#[case::ipv6("https://[::1]:1/x", "::1", 1, "[::1]:1", "/x")]
fn urls(
    #[case] text: &str,
    #[case] host: &str,
    #[case] port: u16,
    #[case] authority: &str,
    #[case] path: &str,
) {
    let expected = HttpsUrl {
        host: host.into(),
        port,
        authority: authority.into(),
        path: path.into(),
    };
    assert_eq!(HttpsUrl::parse(text), Ok(expected));
}

#[rstest]
#[case::http("http://gitlab.com", "the scheme is `http`, and has to be `https`")]
#[case::relative("/keys", "not an absolute URL")]
#[case::user("https://a@b.example/", "a user name in the URL")]
#[case::file("file:///etc/passwd", "not a URL: invalid format")]
#[case::nothing("", "not a URL: empty string")]
fn bad_urls(#[case] text: &str, #[case] why: &str) {
    assert_eq!(HttpsUrl::parse(text), Err(why.to_owned()));
}

#[rstest]
#[case::plain("https://gitlab.com", "https://gitlab.com/.well-known/openid-configuration")]
#[case::path("https://h/gitlab", "https://h/gitlab/.well-known/openid-configuration")]
#[case::slash("https://h/gitlab/", "https://h/gitlab/.well-known/openid-configuration")]
fn locations(#[case] issuer: &str, #[case] location: &str) {
    assert_eq!(discovery::location(issuer), location);
}

#[test]
fn a_document_of_another_issuer() {
    let document = br#"{ "issuer": "https://b", "jwks_uri": "https://b/keys" }"#;
    let cause = discovery::jwks_uri("https://a/x", document, "https://a").unwrap_err();
    let expected = Cause::IssuerMismatch {
        url: "https://a/x".into(),
        found: "https://b".into(),
        expected: "https://a".into(),
    };
    assert_eq!(cause, expected);
}

#[rstest]
#[case::deep(format!("{{\"keys\":[{}{}]}}", "[".repeat(500), "]".repeat(500)))]
#[case::text("\"keys\"".into())]
#[case::no_keys("{}".into())]
fn key_sets_that_are_none(#[case] text: String) {
    KeySet::read(text.as_bytes()).unwrap_err();
}

proptest::proptest! {
    #[test]
    fn any_document_is_a_key_set_or_not(
        kty in "RSA|EC|oct", crv in "P-256|P-384|P-521|x", member in "[A-Za-z0-9_-]{0,400}",
    ) {
        let jwk = serde_json::json!({ "kty": kty, "kid": "a", "crv": crv, "x": member, "y": member, "n": member, "e": member });
        let _ = KeySet::read(serde_json::json!({ "keys": [jwk] }).to_string().as_bytes());
    }
}
