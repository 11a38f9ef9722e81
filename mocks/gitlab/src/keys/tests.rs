//! The pool: made once, kept private, mended when damaged.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::traits::PublicKeyParts as _;
use rstest::rstest;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::test_keys::test_key_set;

fn quiet(_: &str) {}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// The keys of the source, in place of new ones.
fn ready_made() -> Result<KeySet, KeySetError> {
    Ok(parse_slot(include_bytes!("../../test-keys/slot.json")).unwrap())
}

fn no_generation() -> Result<KeySet, KeySetError> {
    panic!("the keys were there already")
}

/// The only test that makes keys.
#[test]
fn a_slot_is_gitlab_coms_three_keys_made_once() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("cache/keys");
    let mut said = Vec::new();
    let made = KeyPool::open(&dir)
        .key_set(3, &mut |words| said.push(words.to_owned()))
        .unwrap();
    assert_eq!(
        said,
        [format!(
            "making RSA keys (once; they are kept in `{}`)",
            dir.display()
        )]
    );
    let bits: Vec<usize> = made.jwks().iter().map(|jwk| jwk.bits()).collect();
    assert_eq!(bits, [4096, 2048, 2048]);
    assert_eq!((mode(&dir), mode(&dir.join("slot-3.json"))), (0o700, 0o600));

    let mut said = Vec::new();
    let read = KeyPool::with_generator(&dir, no_generation);
    let read = read.key_set(3, &mut |words| said.push(words.to_owned())).unwrap();
    assert_eq!(read.jwks(), made.jwks());
    assert_eq!(said, [""; 0]);
    for keys in [made, read] {
        assert_eq!(keys.login().unwrap_err(), SigningKeyError::PublicAlone);
        assert!(keys.cloud_connector().is_ok());
    }
}

#[test]
fn a_pool_reads_a_slot_once() {
    let dir = tempfile::tempdir().unwrap();
    let pool = KeyPool::with_generator(dir.path(), ready_made);
    let first = pool.key_set(0, &mut quiet).unwrap();
    fs::remove_file(dir.path().join("slot-0.json")).unwrap();
    assert!(Arc::ptr_eq(&first, &pool.key_set(0, &mut quiet).unwrap()));
}

/// Two pools stand for two processes: `flock` keeps them apart as well.
#[test]
fn threads_and_pools_that_ask_at_once_make_a_slot_once() {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    fn counted() -> Result<KeySet, KeySetError> {
        MADE.fetch_add(1, Ordering::SeqCst);
        ready_made()
    }
    let dir = tempfile::tempdir().unwrap();
    let pools = [
        KeyPool::with_generator(dir.path(), counted),
        KeyPool::with_generator(dir.path(), counted),
    ];
    let start = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (pool, start) = (&pools[number % 2], &start);
            scope.spawn(move || {
                start.wait();
                pool.key_set(0, &mut quiet).unwrap()
            });
        }
    });
    assert_eq!(MADE.load(Ordering::SeqCst), 1);
}

#[test]
fn who_waits_for_another_process_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let lock = private_dir::lock(&dir.path().join("slot-0.lock"), || panic!("nobody has it")).unwrap();
    let pool = KeyPool::with_generator(dir.path(), ready_made);
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| pool.key_set(0, &mut |words| tell.send(words.to_owned()).unwrap()));
        assert_eq!(
            told.recv().unwrap(),
            "waiting for another process that makes the keys"
        );
        drop(lock);
        asking.join().unwrap().unwrap();
    });
}

fn damaged(change: impl Fn(&mut serde_json::Value)) -> Vec<u8> {
    let mut file = serde_json::from_slice(include_bytes!("../../test-keys/slot.json")).unwrap();
    change(&mut file);
    serde_json::to_vec(&file).unwrap()
}

#[rstest]
#[case::empty(Vec::new(), "EOF")]
#[case::truncated(include_bytes!("../../test-keys/slot.json")[..3000].to_vec(), "EOF")]
#[case::not_json(b"-----BEGIN PRIVATE KEY-----".to_vec(), "not a key file")]
#[case::binary(vec![0xff; 100], "not a key file")]
#[case::endless(vec![b' '; 200_000], "EOF")]
#[case::other_format(damaged(|file| file["format"] = 2.into()), "format 2")]
#[case::unknown_member(damaged(|file| file["extra"] = 1.into()), "unknown field")]
#[case::no_pem(damaged(|file| file["ci"]["private_key"] = "x".into()), "not the PEM text")]
#[case::swapped(damaged(|file| file["ci"]["private_key"] = file["login"]["private_key"].clone()), "does not belong")]
#[case::other_modulus(damaged(|file| file["login"]["n"] = file["ci"]["n"].clone()), "not what its `kid` says")]
#[case::no_base64url(damaged(|file| file["login"]["e"] = "AQAB=".into()), "not what its `kid` says")]
#[case::public_key(damaged(|file| file["ci"]["private_key"] =
    "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n".into()), "not the PEM text")]
#[case::not_rsa(damaged(|file| file["ci"]["private_key"] =
    "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n".into()), "not an RSA private key")]
fn a_damaged_slot_is_made_anew(#[case] content: Vec<u8>, #[case] reason: &str) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("slot-0.json");
    private_dir::write(&path, &content).unwrap();
    let mut said = String::new();
    let keys = KeyPool::with_generator(dir.path(), ready_made)
        .key_set(0, &mut |words| said.push_str(words))
        .unwrap();
    assert_eq!(keys.jwks(), test_key_set().jwks());
    assert!(
        said.starts_with("making new RSA keys in place of") && said.contains(reason),
        "{said}"
    );
    KeyPool::with_generator(dir.path(), no_generation)
        .key_set(0, &mut quiet)
        .unwrap();
}

#[test]
fn a_kept_key_that_is_damaged_is_an_error_when_it_is_wanted() {
    let file = damaged(|file| file["login"]["private_key"] = file["ci"]["private_key"].clone());
    let keys = parse_slot(&file).unwrap();
    assert_eq!(keys.login().unwrap_err(), SigningKeyError::Mismatch);
    assert_eq!(keys.cloud_connector().unwrap().jwk(), keys.jwks()[2]);
}

#[rstest]
#[case::group_reads(0o640)]
#[case::others_read(0o604)]
#[case::everybody_writes(0o622)]
fn an_open_slot_is_refused_with_the_remedy(#[case] open: u32) {
    let dir = tempfile::tempdir().unwrap();
    KeyPool::with_generator(dir.path(), ready_made)
        .key_set(0, &mut quiet)
        .unwrap();
    let path = dir.path().join("slot-0.json");
    fs::set_permissions(&path, fs::Permissions::from_mode(open)).unwrap();
    let error = KeyPool::open(dir.path())
        .key_set(0, &mut quiet)
        .unwrap_err()
        .to_string();
    assert!(error.contains(&format!("(its mode is {open:04o})")), "{error}");
    assert!(
        error.contains(&format!("`chmod 600 {}`", path.display())),
        "{error}"
    );
}

#[test]
fn a_directory_that_others_may_write_to_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o770)).unwrap();
    let error = KeyPool::with_generator(dir.path(), ready_made)
        .key_set(0, &mut quiet)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("others may write to") && error.contains("chmod 700"),
        "{error}"
    );
}

#[test]
fn a_link_in_place_of_a_slot_is_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    KeyPool::with_generator(dir.path(), ready_made)
        .key_set(0, &mut quiet)
        .unwrap();
    symlink(dir.path().join("slot-0.json"), dir.path().join("slot-1.json")).unwrap();
    fs::create_dir(dir.path().join("slot-2.json")).unwrap();
    let pool = KeyPool::open(dir.path());
    for slot in [1, 2] {
        let error = pool.key_set(slot, &mut quiet).unwrap_err().to_string();
        assert!(error.contains("is not a regular file"), "{error}");
    }
}

#[test]
fn a_place_that_cannot_hold_a_directory_is_an_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = KeyPool::open(file.path().join("keys"))
        .key_set(0, &mut quiet)
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("no keys from the pool: cannot open"), "{error}");
}

/// Every public member is computed again from the private key, by another library and by hand.
#[test]
fn the_published_keys_belong_to_the_private_ones() {
    let stored: serde_json::Value =
        serde_json::from_slice(include_bytes!("../../test-keys/slot.json")).unwrap();
    let keys = test_key_set();
    for (role, jwk) in ["login", "ci", "cloud_connector"].into_iter().zip(keys.jwks()) {
        let private = rsa::PrivateKey::from_pkcs8_pem(stored[role]["private_key"].as_str().unwrap()).unwrap();
        let (e, n) = (
            URL_SAFE_NO_PAD.encode(private.e_bytes()),
            URL_SAFE_NO_PAD.encode(private.n_bytes()),
        );
        let members = format!("{{\"e\":\"{e}\",\"kty\":\"RSA\",\"n\":\"{n}\"}}");
        let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(members));
        assert_eq!(
            (jwk.e(), jwk.n(), jwk.kid()),
            (e.as_str(), n.as_str(), kid.as_str())
        );
        assert_eq!(SigningKey::try_from(&private).unwrap().jwk(), jwk);
    }
}

#[test]
fn a_signature_verifies_with_its_public_key_alone() {
    let keys = test_key_set();
    let jws = keys.ci().sign(br#"{"a":1}"#);
    let (message, signature) = jws.rsplit_once('.').unwrap();
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let verify = |jwk: &Jwk| {
        RsaPublicKeyComponents {
            n: decode(jwk.n()),
            e: decode(jwk.e()),
        }
        .verify(
            &RSA_PKCS1_2048_8192_SHA256,
            message.as_bytes(),
            &decode(signature),
        )
        .is_ok()
    };
    assert_eq!(keys.jwks().map(verify), [false, true, false]);
}

#[test]
fn a_pem_survives_being_written() {
    let keys = test_key_set();
    let written = slot_file::render(&keys).unwrap();
    assert_eq!(parse_slot(&written).unwrap().jwks(), keys.jwks());
}
