use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn token(header: &str, claims: &str, signature: &[u8]) -> String {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    format!(
        "{}.{}.{}",
        part(header.as_bytes()),
        part(claims.as_bytes()),
        part(signature)
    )
}

#[test]
fn a_token_comes_apart() {
    let text = token(
        r#"{"alg":"RS256","kid":"a"}"#,
        r#"{"sub":"x","n":1,"sub":"y"}"#,
        b"\x01\x02",
    );
    let line = format!("{text}\r\n");
    let (jwt, decoded) = Jwt::decode(&line).unwrap();
    assert_eq!(jwt.signing_input, text.rsplit_once('.').unwrap().0);
    assert_eq!(jwt.signature, [1, 2]);
    assert_eq!((jwt.algorithm.as_str(), jwt.kid.as_deref()), ("RS256", Some("a")));
    assert_eq!(decoded.claims["sub"], "y");
    assert_eq!(decoded.header["alg"], "RS256");
}

#[rstest]
#[case::two_parts("a.b", "it has 2 part(s) separated by full stops, and a JWT has 3")]
#[case::no_base64("!.e30.AA", "its header is not base64url: invalid symbol 33, offset 0.")]
#[case::no_object(
    "W10.e30.AA",
    "its header is not a JSON object: invalid type: sequence, expected a map at line 1 column 0"
)]
#[case::no_algorithm("e30.e30.AA", "its header has no `alg`, or not as text")]
fn what_is_wrong_is_said(#[case] text: &str, #[case] why: &str) {
    assert_eq!(Jwt::decode(text).unwrap_err(), why);
}

#[rstest]
#[case::absent("{\"alg\":\"x\"}", None)]
#[case::null("{\"alg\":\"x\",\"kid\":null}", None)]
#[case::empty("{\"alg\":\"x\",\"kid\":\"\"}", None)]
#[case::there("{\"alg\":\"x\",\"kid\":\"k\"}", Some("k"))]
fn kids(#[case] header: &str, #[case] kid: Option<&str>) {
    assert_eq!(
        Jwt::decode(&token(header, "{}", b"")).unwrap().0.kid.as_deref(),
        kid
    );
}

#[rstest]
#[case::rs(Algorithm::Rs384, KeyType::Rsa)]
#[case::es(Algorithm::Es512, KeyType::Ec)]
fn algorithms_have_names_and_kinds(#[case] algorithm: Algorithm, #[case] kind: KeyType) {
    assert_eq!(Algorithm::parse(algorithm.name()), Some(algorithm));
    assert_eq!(algorithm.key_type(), kind);
}

#[rstest]
#[case("none")]
#[case("HS256")]
#[case("PS256")]
#[case("EdDSA")]
#[case("ES256K")]
#[case("rs256")]
#[case("RS1")]
#[case("")]
fn other_algorithms_are_none(#[case] name: &str) {
    assert_eq!(Algorithm::parse(name), None);
}

proptest! {
    #[test]
    fn any_text_is_a_token_or_not(text in ".{0,200}") {
        let _ = Jwt::decode(&text);
    }

    #[test]
    fn any_bytes_in_the_parts_are_a_token_or_not(
        header in proptest::collection::vec(any::<u8>(), 0..50),
        claims in proptest::collection::vec(any::<u8>(), 0..50),
    ) {
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let _ = Jwt::decode(&format!("{}.{}.AA", part(&header), part(&claims)));
    }

    #[test]
    fn signatures_come_back(signature in proptest::collection::vec(any::<u8>(), 0..600)) {
        let text = token(r#"{"alg":"RS256"}"#, "{}", &signature);
        prop_assert_eq!(Jwt::decode(&text).unwrap().0.signature, signature);
    }
}
