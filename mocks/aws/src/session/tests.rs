use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn session() -> Session {
    Session {
        access_key_id: "ASIAABCDEFGHIJKLMNOP".into(),
        account: "111122223333".into(),
        identity: Identity::Role {
            name: "deploy".into(),
            id: "AROAABCDEFGHIJKLMNOPQ".into(),
            session_name: "job-1".into(),
        },
        issued: 1_789_000_000,
        expires: 1_789_003_600,
        provider: Some("arn:aws:iam::111122223333:oidc-provider/gitlab.com".into()),
        federated_keys: BTreeMap::from([("gitlab.com:sub".into(), vec!["project_path:a/b".into()])]),
        tags: BTreeMap::new(),
        transitive_tag_keys: Vec::new(),
        source_identity: None,
        policy: None,
        policy_arns: Vec::new(),
    }
}

#[test]
fn a_session_comes_back_from_its_token() {
    let seal = Seal::new(&[7; 32]);
    let token = seal.seal(&session(), 0);
    assert!(token.len() > 300 && token.len() < 2000, "{}", token.len());
    assert_eq!(seal.open(&token), Ok(session()));
}

#[test]
fn two_processes_with_one_seed_key_honour_each_other() {
    let (one, other) = (Seal::new(&[7; 32]), Seal::new(&[7; 32]));
    assert_eq!(other.open(&one.seal(&session(), 0)), Ok(session()));
    assert_eq!(one.secret_access_key("ASIAX"), other.secret_access_key("ASIAX"));
    let stranger = Seal::new(&[8; 32]);
    assert_eq!(stranger.open(&one.seal(&session(), 0)), Err(UnsealError::Seal));
    assert_ne!(
        stranger.secret_access_key("ASIAX"),
        one.secret_access_key("ASIAX")
    );
}

#[rstest]
#[case::below(100)]
#[case::above(4096)]
#[case::odd(3001)]
fn tokens_are_padded_to_a_minimum(#[case] minimum: usize) {
    let seal = Seal::new(&[7; 32]);
    let token = seal.seal(&session(), minimum);
    assert!(token.len() >= minimum);
    assert_eq!(seal.open(&token), Ok(session()));
}

#[test]
fn secret_keys_have_forty_characters_of_base64() {
    let secret = Seal::new(&[7; 32]).secret_access_key("ASIAABCDEFGHIJKLMNOP");
    assert_eq!(secret.len(), 40);
    assert!(
        secret
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
    );
}

#[rstest]
#[case::role(session().identity, "arn:aws:sts::111122223333:assumed-role/deploy/job-1", "AROAABCDEFGHIJKLMNOPQ:job-1")]
#[case::user(
    Identity::User { arn: "arn:aws:iam::111122223333:user/jane".into(), user_id: "AIDAX".into() },
    "arn:aws:iam::111122223333:user/jane",
    "AIDAX"
)]
#[case::federated(
    Identity::FederatedUser { name: "jane".into() },
    "arn:aws:sts::111122223333:federated-user/jane",
    "111122223333:jane"
)]
fn identities_have_names(#[case] identity: Identity, #[case] arn: &str, #[case] user_id: &str) {
    let session = Session {
        identity,
        ..session()
    };
    assert_eq!(
        (session.arn().as_str(), session.user_id().as_str()),
        (arn, user_id)
    );
    let seal = Seal::new(&[7; 32]);
    assert_eq!(seal.open(&seal.seal(&session, 0)), Ok(session));
}

#[test]
fn a_session_ends_at_its_second() {
    let at = |second| Timestamp::from_second(second).unwrap();
    assert!(!session().has_expired(at(1_789_003_599)));
    assert!(session().has_expired(at(1_789_003_600)));
}

proptest! {
    #[test]
    fn no_other_text_opens(token in ".{0,300}") {
        prop_assert!(Seal::new(&[7; 32]).open(&token).is_err());
    }

    #[test]
    fn no_changed_token_opens(position in 0_usize..400, mask in 1_u8..=255) {
        let seal = Seal::new(&[7; 32]);
        let mut bytes = base64::Engine::decode(
            &base64::engine::general_purpose::STANDARD,
            seal.seal(&session(), 0),
        ).unwrap();
        let position = position % bytes.len();
        bytes[position] ^= mask;
        let token = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes);
        prop_assert!(seal.open(&token).is_err());
    }
}
