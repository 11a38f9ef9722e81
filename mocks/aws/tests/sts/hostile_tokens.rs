//! Tokens made to get in: none gets credentials, and each gets AWS's answer.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{ACCOUNT, EC_256, NOW, RSA_A, RSA_B, TokenBuilder, World, base64url, rsa_public_pem};

const BAD: &str = "The web identity token provided could not be validated. See the \
                   AssumeRoleWithWebIdentity documentation for requirements.";
const NO_KEY: &str = "Couldn't retrieve verification key from your identity provider,  please reference \
                      AssumeRoleWithWebIdentity documentation for requirements";
const NOT_A_JWT: &str =
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
const TIME: &str = "Invalid timestamp in token claims.";

type Forge = fn(TokenBuilder) -> String;

/// The token with another signature.
fn with_signature(token: &str, signature: &str) -> String {
    format!("{}.{signature}", token.rsplit_once('.').unwrap().0)
}

/// An unsigned token with this `alg`.
fn unsigned(mut token: TokenBuilder, algorithm: &str) -> String {
    token.header["alg"] = json!(algorithm);
    format!(
        "{}.{}.",
        base64url(token.header_text().as_bytes()),
        base64url(token.claims_text().as_bytes())
    )
}

/// A token with a MAC under this key, which is no secret.
fn mac(mut token: TokenBuilder, algorithm: &str, key: &[u8]) -> String {
    let hash = match algorithm {
        "HS384" => hmac::HMAC_SHA384,
        "HS512" => hmac::HMAC_SHA512,
        _ => hmac::HMAC_SHA256,
    };
    token.header["alg"] = json!(algorithm);
    let input = format!(
        "{}.{}",
        base64url(token.header_text().as_bytes()),
        base64url(token.claims_text().as_bytes())
    );
    let tag = hmac::sign(&hmac::Key::new(hash, key), input.as_bytes());
    format!("{input}.{}", base64url(tag.as_ref()))
}

/// The header of a good token with another text for its claims, signed by the issuer's key.
fn claims(token: &TokenBuilder, text: &[u8]) -> String {
    token.build_from(token.header_text().as_bytes(), text)
}

/// A good token with its claims replaced after it was signed.
fn altered(token: TokenBuilder, name: &str, value: impl Into<Value>) -> String {
    let good = token.clone().build();
    let parts: Vec<&str> = good.split('.').collect();
    let text = token.claim(name, value).claims_text();
    format!("{}.{}.{}", parts[0], base64url(text.as_bytes()), parts[2])
}

fn nested(depth: usize) -> String {
    "[".repeat(depth) + &"]".repeat(depth)
}

#[rstest]
// no signature, or one that is none
#[case::alg_none(|t: TokenBuilder| unsigned(t, "none"), BAD)]
#[case::alg_none_capital(|t: TokenBuilder| unsigned(t, "None"), BAD)]
#[case::alg_none_upper(|t: TokenBuilder| unsigned(t, "NONE"), BAD)]
#[case::alg_none_mixed(|t: TokenBuilder| unsigned(t, "nOnE"), BAD)]
#[case::alg_none_with_a_signature(|t: TokenBuilder| { let good = t.clone().build(); with_signature(&unsigned(t, "none"), good.rsplit_once('.').unwrap().1) }, BAD)]
#[case::alg_empty(|t: TokenBuilder| unsigned(t, ""), BAD)]
#[case::alg_missing(|t: TokenBuilder| t.build_from(br#"{"kid":"a"}"#, t.claims_text().as_bytes()), NOT_A_JWT)]
#[case::alg_null(|t: TokenBuilder| t.build_from(br#"{"kid":"a","alg":null}"#, t.claims_text().as_bytes()), NOT_A_JWT)]
#[case::alg_number(|t: TokenBuilder| t.build_from(br#"{"kid":"a","alg":256}"#, t.claims_text().as_bytes()), NOT_A_JWT)]
#[case::alg_list(|t: TokenBuilder| t.build_from(br#"{"kid":"a","alg":["none","RS256"]}"#, t.claims_text().as_bytes()), NOT_A_JWT)]
#[case::alg_lower_case(|t: TokenBuilder| t.build_from(br#"{"kid":"a","alg":"rs256"}"#, t.claims_text().as_bytes()), BAD)]
#[case::alg_blank(|t: TokenBuilder| t.build_from(br#"{"kid":"a","alg":" RS256"}"#, t.claims_text().as_bytes()), BAD)]
#[case::alg_twice(|t: TokenBuilder| t.build_from(br#"{"kid":"a","alg":"RS256","alg":"none"}"#, t.claims_text().as_bytes()), BAD)]
#[case::signature_stripped(|t: TokenBuilder| with_signature(&t.build(), ""), BAD)]
#[case::signature_and_stop_stripped(|t: TokenBuilder| t.build().rsplit_once('.').unwrap().0.to_owned(), NOT_A_JWT)]
#[case::signature_of_zeros(|t: TokenBuilder| with_signature(&t.build(), &base64url(&[0; 256])), BAD)]
#[case::signature_of_one_byte(|t: TokenBuilder| with_signature(&t.build(), "AA"), BAD)]
#[case::signature_cut(|t: TokenBuilder| { let good = t.build(); good[..good.len() - 2].to_owned() }, BAD)]
#[case::signature_lengthened(|t: TokenBuilder| t.build() + "AAAA", BAD)]
#[case::signature_swapped(|t: TokenBuilder| { let other = t.clone().claim("jti", "2").build(); with_signature(&t.build(), other.rsplit_once('.').unwrap().1) }, BAD)]
#[case::signature_twice(|t: TokenBuilder| { let good = t.build(); let signature = good.rsplit_once('.').unwrap().1.to_owned(); format!("{good}.{signature}") }, NOT_A_JWT)]
#[case::signature_padded(|t: TokenBuilder| t.build() + "==", NOT_A_JWT)]
#[case::signature_in_the_other_alphabet(|t: TokenBuilder| with_signature(&t.build(), "a+b/"), NOT_A_JWT)]
#[case::signature_with_blank(|t: TokenBuilder| t.build().replacen("==", "", 1) + " ", NOT_A_JWT)]
// confused algorithms and keys
#[case::hs256_with_the_public_key(|t: TokenBuilder| mac(t, "HS256", rsa_public_pem().as_bytes()), BAD)]
#[case::hs256_with_the_public_key_trimmed(|t: TokenBuilder| mac(t, "HS256", rsa_public_pem().trim().as_bytes()), BAD)]
#[case::hs384_with_the_public_key(|t: TokenBuilder| mac(t, "HS384", rsa_public_pem().as_bytes()), BAD)]
#[case::hs512_with_the_public_key(|t: TokenBuilder| mac(t, "HS512", rsa_public_pem().as_bytes()), BAD)]
#[case::hs256_with_the_modulus(|t: TokenBuilder| mac(t, "HS256", RSA_A.jwk("a")["n"].as_str().unwrap().as_bytes()), BAD)]
#[case::hs256_with_an_empty_key(|t: TokenBuilder| mac(t, "HS256", b""), BAD)]
#[case::mac_under_rs256(|t: TokenBuilder| { let forged = mac(t.clone(), "HS256", rsa_public_pem().as_bytes()); with_signature(&t.build(), forged.rsplit_once('.').unwrap().1) }, BAD)]
#[case::ps256(|t: TokenBuilder| t.header("alg", "PS256").build(), BAD)]
#[case::eddsa(|t: TokenBuilder| unsigned(t, "EdDSA"), BAD)]
#[case::es256k(|t: TokenBuilder| unsigned(t, "ES256K"), BAD)]
#[case::rs256_signature_as_rs512(|t: TokenBuilder| { let good = t.clone().build(); with_signature(&t.header("alg", "RS512").build(), good.rsplit_once('.').unwrap().1) }, BAD)]
#[case::rsa_key_as_ec(|t: TokenBuilder| { let rsa = t.build(); let header = base64url(br#"{"kid":"a","alg":"ES256"}"#); format!("{header}.{}", rsa.split_once('.').unwrap().1) }, NO_KEY)]
#[case::ec_key_as_rsa(|t: TokenBuilder| t.header("kid", "p256").build(), NO_KEY)]
#[case::ec_signature_of_zeros(|t: TokenBuilder| with_signature(&t.signed_by(EC_256, "ES256", "p256").build(), &base64url(&[0; 64])), BAD)]
#[case::ec_signature_in_asn1(|t: TokenBuilder| with_signature(&t.signed_by(EC_256, "ES256", "p256").build(), &base64url(&[0x30, 6, 2, 1, 1, 2, 1, 1])), BAD)]
#[case::ec_curve_mismatch(|t: TokenBuilder| t.signed_by(EC_256, "ES256", "p384").build(), BAD)]
#[case::attackers_key(|t: TokenBuilder| t.with_key(RSA_B).build(), BAD)]
// keys that the token brings along
#[case::jwk(|t: TokenBuilder| t.with_key(RSA_B).header("jwk", RSA_B.jwk("a")).build(), BAD)]
#[case::jwk_without_kid(|t: TokenBuilder| t.with_key(RSA_B).header("jwk", RSA_B.jwk("b")).without_header("kid").build(), NO_KEY)]
#[case::jku(|t: TokenBuilder| t.with_key(RSA_B).header("jku", "https://gitlab.example.com/attacker").build(), BAD)]
#[case::x5u(|t: TokenBuilder| t.with_key(RSA_B).header("x5u", "https://gitlab.example.com/attacker").build(), BAD)]
#[case::x5c(|t: TokenBuilder| t.with_key(RSA_B).header("x5c", json!(["AAAA"])).build(), BAD)]
#[case::kid_of_a_path(|t: TokenBuilder| t.header("kid", "../../../../dev/null").build(), NO_KEY)]
#[case::kid_of_a_query(|t: TokenBuilder| t.header("kid", "a' OR '1'='1").build(), NO_KEY)]
#[case::kid_of_a_url(|t: TokenBuilder| t.header("kid", "https://evil.example.com/keys").build(), NO_KEY)]
#[case::kid_with_a_zero(|t: TokenBuilder| t.header("kid", "a\u{0}").build(), NO_KEY)]
#[case::kid_in_another_case(|t: TokenBuilder| t.header("kid", "A").build(), NO_KEY)]
#[case::kid_with_a_blank(|t: TokenBuilder| t.header("kid", "a ").build(), NO_KEY)]
#[case::kid_number(|t: TokenBuilder| t.header("kid", 1).build(), NOT_A_JWT)]
#[case::kid_list(|t: TokenBuilder| t.header("kid", json!(["a"])).build(), NOT_A_JWT)]
#[case::kid_very_long(|t: TokenBuilder| t.header("kid", "a".repeat(5000)).build(), NO_KEY)]
#[case::crit(|t: TokenBuilder| t.header("crit", json!(["exp"])).build(), NOT_A_JWT)]
#[case::crit_empty(|t: TokenBuilder| t.header("crit", json!([])).build(), NOT_A_JWT)]
#[case::unencoded_payload(|t: TokenBuilder| t.header("crit", json!(["b64"])).header("b64", false).build(), NOT_A_JWT)]
// altered after signing
#[case::altered_subject(|t: TokenBuilder| altered(t.claim("sub", "project_path:other/app"), "sub", "project_path:group/app"), BAD)]
#[case::altered_expiration(|t: TokenBuilder| altered(t, "exp", NOW + 1_000_000), BAD)]
#[case::altered_audience(|t: TokenBuilder| altered(t.claim("aud", "x"), "aud", "https://gitlab.example.com"), BAD)]
#[case::header_with_a_blank(|t: TokenBuilder| { let good = t.clone().build(); let header = format!("{} ", t.header_text()); format!("{}.{}", base64url(header.as_bytes()), good.split_once('.').unwrap().1) }, BAD)]
// numbers
#[case::exp_huge(|t: TokenBuilder| claims(&t, t.claims_text().replace(&(NOW + 3600).to_string(), "99999999999999999999").as_bytes()), TIME)]
#[case::exp_exponent(|t: TokenBuilder| claims(&t, t.claims_text().replace(&(NOW + 3600).to_string(), "1e10").as_bytes()), TIME)]
#[case::exp_beyond_doubles(|t: TokenBuilder| claims(&t, t.claims_text().replace(&(NOW + 3600).to_string(), "1e400").as_bytes()), NOT_A_JWT)]
#[case::exp_not_a_number(|t: TokenBuilder| claims(&t, t.claims_text().replace(&(NOW + 3600).to_string(), "NaN").as_bytes()), NOT_A_JWT)]
#[case::exp_text_huge(|t: TokenBuilder| t.claim("exp", "9".repeat(400)).build(), TIME)]
#[case::exp_text_with_blank(|t: TokenBuilder| t.claim("exp", format!("{} ", NOW + 60)).build(), TIME)]
#[case::exp_boolean(|t: TokenBuilder| t.claim("exp", true).build(), TIME)]
#[case::exp_list(|t: TokenBuilder| t.claim("exp", json!([NOW + 3600])).build(), TIME)]
#[case::iat_object(|t: TokenBuilder| t.claim("iat", json!({})).build(), TIME)]
// JSON
#[case::deep_claims(|t: TokenBuilder| claims(&t, t.claims_text().replacen('{', &format!("{{\"x\":{},", nested(200)), 1).as_bytes()), NOT_A_JWT)]
#[case::very_deep_claims(|t: TokenBuilder| claims(&t, nested(6000).as_bytes()), NOT_A_JWT)]
#[case::deep_header(|t: TokenBuilder| t.build_from(format!("{{\"alg\":\"RS256\",\"x\":{}}}", nested(200)).as_bytes(), t.claims_text().as_bytes()), NOT_A_JWT)]
#[case::duplicate_subject_last_stranger(|t: TokenBuilder| { let text = t.claims_text(); claims(&t, text.replacen('{', "{\"aud\":\"https://gitlab.example.com\",", 1).replace("\"aud\":\"https://gitlab.example.com\",\"iat\"", "\"aud\":\"x\",\"iat\"").as_bytes()) }, BAD)]
#[case::claims_not_utf8(|t: TokenBuilder| claims(&t, b"{\"iss\":\"\xff\"}"), NOT_A_JWT)]
#[case::claims_utf16(|t: TokenBuilder| claims(&t, b"\xff\xfe{\x00}\x00"), NOT_A_JWT)]
#[case::claims_with_a_mark(|t: TokenBuilder| claims(&t, format!("\u{feff}{}", t.claims_text()).as_bytes()), NOT_A_JWT)]
#[case::claims_with_half_a_surrogate(|t: TokenBuilder| claims(&t, t.claims_text().replacen('{', "{\"x\":\"\\ud800\",", 1).as_bytes()), NOT_A_JWT)]
#[case::claims_list(|t: TokenBuilder| claims(&t, b"[]"), NOT_A_JWT)]
#[case::claims_null(|t: TokenBuilder| claims(&t, b"null"), NOT_A_JWT)]
#[case::claims_text(|t: TokenBuilder| claims(&t, b"\"x\""), NOT_A_JWT)]
#[case::claims_nothing(|t: TokenBuilder| claims(&t, b""), NOT_A_JWT)]
#[case::claims_followed_by_more(|t: TokenBuilder| claims(&t, format!("{}{{}}", t.claims_text()).as_bytes()), NOT_A_JWT)]
#[case::claims_with_comment(|t: TokenBuilder| claims(&t, format!("{}//", t.claims_text()).as_bytes()), NOT_A_JWT)]
#[case::claims_with_comma(|t: TokenBuilder| claims(&t, t.claims_text().replace('}', ",}").as_bytes()), NOT_A_JWT)]
#[case::header_in_plain_base64(|t: TokenBuilder| { let good = t.clone().header("x", "???>>>").build(); let header = STANDARD.encode(t.header("x", "???>>>").header_text()); format!("{header}.{}", good.split_once('.').unwrap().1) }, NOT_A_JWT)]
#[case::header_padded(|t: TokenBuilder| { let good = t.clone().build(); let header = URL_SAFE.encode(t.header_text() + " "); format!("{header}.{}", good.split_once('.').unwrap().1) }, NOT_A_JWT)]
// forms of tokens
#[case::empty_parts(|_| "....".to_owned(), NOT_A_JWT)]
#[case::encrypted(|t: TokenBuilder| format!("{}.AA.AA.AA.AA", base64url(t.header_text().as_bytes())), NOT_A_JWT)]
#[case::json_serialization(|t: TokenBuilder| json!({ "payload": base64url(t.claims_text().as_bytes()), "signatures": [] }).to_string(), NOT_A_JWT)]
#[case::bearer(|t: TokenBuilder| format!("Bearer {}", t.build()), NOT_A_JWT)]
#[case::quoted(|t: TokenBuilder| format!("\"{}\"", t.build()), NOT_A_JWT)]
#[case::blank_before(|t: TokenBuilder| format!(" {}", t.build()), NOT_A_JWT)]
#[case::line_break_inside(|t: TokenBuilder| t.build().replacen('.', ".\n", 1), NOT_A_JWT)]
#[case::wrapped(|t: TokenBuilder| STANDARD_NO_PAD.encode(t.build()), NOT_A_JWT)]
#[case::zero_after(|t: TokenBuilder| t.build() + "\u{0}", NOT_A_JWT)]
#[case::full_width_stops(|t: TokenBuilder| t.build().replace('.', "\u{ff0e}"), NOT_A_JWT)]
// other issuers and audiences
#[case::issuer_with_user(|t: TokenBuilder| t.claim("iss", "https://gitlab.example.com@evil.example.com").build(), "No OpenIDConnect provider found in your account for https://gitlab.example.com@evil.example.com")]
#[case::issuer_with_fragment(|t: TokenBuilder| t.claim("iss", "https://gitlab.example.com#x").build(), "No OpenIDConnect provider found in your account for https://gitlab.example.com#x")]
#[case::issuer_with_port(|t: TokenBuilder| t.claim("iss", "https://gitlab.example.com:443").build(), "No OpenIDConnect provider found in your account for https://gitlab.example.com:443")]
#[case::issuer_without_scheme(|t: TokenBuilder| t.claim("iss", "gitlab.example.com").build(), "No OpenIDConnect provider found in your account for gitlab.example.com")]
#[case::issuer_in_a_list(|t: TokenBuilder| t.claim("iss", json!(["https://gitlab.example.com"])).build(), "No OpenIDConnect provider found in your account for [\"https://gitlab.example.com\"]")]
#[case::issuer_null(|t: TokenBuilder| t.claim("iss", Value::Null).build(), "Missing a required claim: iss")]
#[case::audience_object(|t: TokenBuilder| t.claim("aud", json!({ "https://gitlab.example.com": 1 })).build(), BAD)]
#[case::audience_nested(|t: TokenBuilder| t.claim("aud", json!([["https://gitlab.example.com"]])).build(), BAD)]
#[case::audience_with_blank(|t: TokenBuilder| t.claim("aud", "https://gitlab.example.com ").build(), BAD)]
#[case::audience_of_zero_width(|t: TokenBuilder| t.claim("aud", "https://gitlab.example.com\u{200b}").build(), BAD)]
#[case::subject_list(|t: TokenBuilder| t.claim("sub", json!(["project_path:group/app"])).build(), BAD)]
#[case::subject_object(|t: TokenBuilder| t.claim("sub", json!({})).build(), BAD)]
#[tokio::test]
async fn is_not_let_in(#[case] forge: Forge, #[case] message: &str) {
    let world = World::new().await;
    // the attacker's keys are where `jku` and `x5u` point to
    world
        .issuer
        .publish("/attacker", &json!({ "keys": [RSA_B.jwk("a")] }));
    let answer = world.assume(&forge(world.token())).await;
    answer.assert_error(400, "InvalidIdentityToken", message);
    assert!(!world.issuer.requests().contains(&"/attacker".to_owned()));
    let call = world.last_call();
    assert!(call.issued.is_none() && call.cause.is_some());
}

#[tokio::test]
async fn a_token_of_20001_characters() {
    let world = World::new().await;
    let base = world.token().claim("x", "").build().len();
    let token = (0..8)
        .map(|more| {
            world
                .token()
                .claim("x", "x".repeat((20_001 - base) * 3 / 4 - 2 + more))
                .build()
        })
        .find(|token| token.len() > 20_000)
        .unwrap();
    assert!(token.len() < 20_010);
    world.assume(&token).await.assert_error(
        400,
        "ValidationError",
        "1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: Member must have \
         length less than or equal to 20000",
    );
    let token = world
        .token()
        .claim("x", "x".repeat((20_000 - base) * 3 / 4 - 8))
        .build();
    assert!(token.len() > 19_900 && token.len() <= 20_000, "{}", token.len());
    world.assume(&token).await.assert_granted();
}

#[tokio::test]
async fn a_token_of_another_account_s_provider() {
    let world = World::new().await;
    // another account trusts an issuer; that gives nothing here
    world.aws.update_account("444455556666", |account| {
        account.oidc_providers.push(
            mock_aws::accounts::OidcProvider::new("https://evil.example.com", ["https://evil.example.com"])
                .unwrap(),
        );
    });
    let token = world
        .token()
        .claim("iss", "https://evil.example.com")
        .claim("aud", "https://evil.example.com")
        .build();
    world.assume(&token).await.assert_error(
        400,
        "InvalidIdentityToken",
        "No OpenIDConnect provider found in your account for https://evil.example.com",
    );
}

#[tokio::test]
async fn the_policy_of_a_role_may_not_name_the_provider_of_another_account() {
    let world = World::new().await;
    world.aws.update_account(ACCOUNT, |account| {
        let other = account.roles[0]
            .trust_policy
            .text()
            .replace(ACCOUNT, "444455556666");
        account.roles[0].trust_policy = other.parse().unwrap();
    });
    let message = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
    world
        .assume(&world.token().build())
        .await
        .assert_error(403, "AccessDenied", message);
}

#[rstest]
#[case::control("sub\u{0}\u{b}\u{1b}[31m")]
#[case::markup("</SubjectFromWebIdentityToken><Credentials><![CDATA[")]
#[case::entity("&lt;&#0;&nbsp;")]
#[case::not_a_character("\u{ffff}\u{fffe}")]
#[tokio::test]
async fn what_aws_repeats_stays_text(#[case] subject: &str) {
    let world = World::new().await;
    world.aws.update_account(ACCOUNT, |account| {
        let open = account.roles[0]
            .trust_policy
            .text()
            .replace("project_path:group/*", "*");
        account.roles[0].trust_policy = open.parse().unwrap();
    });
    let answer = world.assume(&world.token().claim("sub", subject).build()).await;
    answer.assert_granted();
    let mut reader = quick_xml::Reader::from_str(&answer.body);
    let mut elements = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(_) => elements += 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(elements, 16, "{}", answer.body);
    assert!(
        !answer
            .body
            .contains(['\u{0}', '\u{b}', '\u{1b}', '\u{ffff}', '\u{fffe}'])
    );
}
