//! Tokens, verified by another library with nothing but what the instance publishes.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use mock_gitlab::{
    Audience, Claims, Event, EventSink, IdToken, Instance, KeySet, SigningKey, TokenKind, test_key_set,
};
use serde_json::json;
use tower::ServiceExt as _;

use crate::pages::get;
use crate::sample::{instance, now, push_job, settings, settings_of};

async fn served_keys(gitlab: &Arc<Instance>) -> JwkSet {
    let (_, body) = get(gitlab, "/oauth/discovery/keys").await;
    serde_json::from_slice(&body).unwrap()
}

/// Verifies as GitLab's own check of an issuer does: find the key by its `kid`, then check the signature.
fn verify(token: &str, keys: &JwkSet) -> Result<Claims, String> {
    let header = decode_header(token).map_err(|error| error.to_string())?;
    let jwk = keys.find(&header.kid.ok_or("no kid")?).ok_or("unknown kid")?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let key = DecodingKey::from_jwk(jwk).map_err(|error| error.to_string())?;
    Ok(decode::<Claims>(token, &key, &validation)
        .map_err(|error| error.to_string())?
        .claims)
}

#[tokio::test]
async fn all_tokens_verify_against_the_served_keys() {
    let gitlab = instance(settings_of("16.0"));
    let keys = served_keys(&gitlab).await;
    let job = push_job(&gitlab);
    let mut tokens: Vec<IdToken> = gitlab
        .legacy_tokens(&job, false, now())
        .into_iter()
        .map(|(_, token)| token)
        .collect();
    tokens.push(gitlab.id_token(&job, &Audience::from("a"), now()).unwrap());
    let odd = json!({ "exp": 1, "project_id": 20, "made_up": [null] });
    tokens.push(gitlab.sign(odd.as_object().unwrap().clone()));
    assert_eq!(tokens.len(), 5);
    for token in tokens {
        assert_eq!(verify(&token.jwt, &keys).as_ref(), Ok(&token.claims));
    }
}

/// The times hold by the library's own clock-free rules, too.
#[tokio::test]
async fn issuer_and_audience_hold() {
    let gitlab = instance(settings());
    let keys = served_keys(&gitlab).await;
    let token = gitlab
        .id_token(&push_job(&gitlab), &Audience::from("sts.amazonaws.com"), now())
        .unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.set_issuer(&["https://gitlab.com"]);
    validation.set_audience(&["sts.amazonaws.com"]);
    let key = DecodingKey::from_jwk(keys.find(&token.kid).unwrap()).unwrap();
    assert!(decode::<Claims>(&token.jwt, &key, &validation).is_ok());
    validation.set_audience(&["https://gitlab.com"]);
    assert!(decode::<Claims>(&token.jwt, &key, &validation).is_err());
}

#[tokio::test]
async fn a_changed_token_does_not_verify() {
    let gitlab = instance(settings());
    let keys = served_keys(&gitlab).await;
    let token = gitlab
        .id_token(&push_job(&gitlab), &Audience::from("a"), now())
        .unwrap();
    let [header, _, signature] = token.jwt.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts")
    };
    let mut claims = token.claims.clone();
    claims["sub"] = "project_path:another/project:ref_type:branch:ref:main".into();
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims).unwrap());
    assert_eq!(
        verify(&format!("{header}.{payload}.{signature}"), &keys),
        Err("InvalidSignature".to_owned())
    );
}

#[test]
fn the_header_is_gitlabs_to_the_letter() {
    let gitlab = instance(settings());
    let token = gitlab
        .id_token(&push_job(&gitlab), &Audience::from("a"), now())
        .unwrap();
    let parts: Vec<Vec<u8>> = token
        .jwt
        .split('.')
        .map(|part| URL_SAFE_NO_PAD.decode(part).unwrap())
        .collect();
    let header = format!(
        r#"{{"kid":"{}","typ":"JWT","alg":"RS256"}}"#,
        test_key_set().ci().kid()
    );
    assert_eq!(parts[0], header.as_bytes());
    assert_eq!(parts[1], serde_json::to_vec(&token.claims).unwrap());
    assert_eq!(parts[2].len(), 256);
}

/// A verifier that takes the first key of the set is wrong, here as at gitlab.com.
#[tokio::test]
async fn the_first_key_is_not_the_one() {
    let gitlab = instance(settings());
    let keys = served_keys(&gitlab).await;
    let token = gitlab
        .id_token(&push_job(&gitlab), &Audience::from("a"), now())
        .unwrap();
    let place = keys
        .keys
        .iter()
        .position(|jwk| jwk.common.key_id.as_deref() == Some(&token.kid));
    assert_eq!((place, keys.keys.len()), (Some(1), 3));
}

#[tokio::test]
async fn replaced_keys_are_published_and_the_old_ones_are_gone() {
    let gitlab = instance(settings());
    let (before, job) = (served_keys(&gitlab).await, push_job(&gitlab));
    let old = gitlab.id_token(&job, &Audience::from("a"), now()).unwrap();
    // Another set without making keys: the old one, with its roles exchanged.
    let keys = test_key_set();
    let again = |key: &SigningKey| SigningKey::from_pem(&pem_of(key.kid())).unwrap();
    let (login, ci) = (again(keys.ci()), again(keys.cloud_connector().unwrap()));
    gitlab.replace_keys(Arc::new(KeySet::new(login, ci, again(keys.login().unwrap()))));
    let new = gitlab.id_token(&job, &Audience::from("a"), now()).unwrap();
    let after = served_keys(&gitlab).await;
    assert_ne!(old.kid, new.kid);
    assert_ne!(before, after);
    assert!(verify(&new.jwt, &after).is_ok());
}

fn pem_of(kid: &str) -> String {
    let file: serde_json::Value = serde_json::from_str(include_str!("../../test-keys/slot.json")).unwrap();
    let roles = ["login", "ci", "cloud_connector"];
    let role = roles.into_iter().find(|role| file[role]["kid"] == kid).unwrap();
    file[role]["private_key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_listener_hears_of_tokens_and_pages_but_gets_no_signature() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = {
        let heard = Arc::clone(&heard);
        EventSink::new(move |event| heard.lock().unwrap().push(event))
    };
    let gitlab = Arc::new(Instance::new(settings(), test_key_set(), 1, sink).unwrap());
    let job = push_job(&gitlab);
    let token = gitlab.id_token(&job, &Audience::from("a"), now()).unwrap();
    let request = axum::http::Request::get("/oauth/discovery/keys?x=1")
        .header("user-agent", "verifier/1")
        .body(axum::body::Body::empty())
        .unwrap();
    gitlab.router().oneshot(request).await.unwrap();
    let heard = heard.lock().unwrap();
    let signature = token.jwt.rsplit('.').next().unwrap();
    assert!(!format!("{heard:?}").contains(signature));
    assert_eq!(
        *heard,
        [
            Event::TokenIssued {
                kind: TokenKind::IdToken,
                job_id: Some(job.id),
                claims: token.claims.clone(),
                kid: token.kid.clone(),
            },
            Event::Answered {
                method: "GET".to_owned(),
                path: "/oauth/discovery/keys".to_owned(),
                page: mock_gitlab::Page::Jwks,
                status: 200,
                user_agent: Some("verifier/1".to_owned()),
            },
        ]
    );
}
