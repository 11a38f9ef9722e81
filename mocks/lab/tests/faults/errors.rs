//! The table: each fault that is there before the first login, and the error of that login.

use jiff::SignedDuration;
use rstest::rstest;
use trustcheck_lab::{CertificateFault, Delay, Fault, FaultKind, KeyFault, PageFault, Skew};

use crate::support::{assert_granted, assert_no_key, boot, boot_with, cause, login, met, token};

const DISCOVERY: &str = "/.well-known/openid-configuration";
const JWKS: &str = "/oauth/discovery/keys";

fn slow(milliseconds: i64) -> PageFault {
    PageFault::Slow(Delay::try_from(SignedDuration::from_millis(milliseconds)).unwrap())
}

fn status(status: u16) -> PageFault {
    PageFault::Status(status.try_into().unwrap())
}

#[rstest]
#[case::down(PageFault::Down, "Connection refused")]
#[case::slow(slow(5_000), "no answer within 5 s")]
#[case::slower(PageFault::Slow(Delay::TOO_LONG), "no answer within 5 s")]
#[case::not_found(status(404), "the status is 404 and not 200")]
#[case::broken(status(500), "the status is 500 and not 200")]
#[case::truncated(PageFault::Truncated, "the answer broke off")]
#[case::html(PageFault::Html, "not a JSON object")]
#[tokio::test]
async fn pages(#[values(DISCOVERY, JWKS)] path: &str, #[case] fault: PageFault, #[case] why: &str) {
    let fault = if path == JWKS {
        Fault::Jwks(fault)
    } else {
        Fault::Discovery(fault)
    };
    let world = boot().await;
    world.set_fault(0, fault.clone()).unwrap();
    assert_no_key(&login(&world, &token(&world)).await);
    assert!(cause(&world).contains(why), "{}", cause(&world));
    assert!(cause(&world).contains(path), "{}", cause(&world));
    assert_eq!(met(&world), [path]);
    // it ends when it is cleared, since nothing was there to be cached
    world.clear_faults(0, Some(fault.kind())).unwrap();
    assert_granted(&login(&world, &token(&world)).await);
    world.shutdown().await;
}

#[tokio::test]
async fn an_answer_just_in_time_is_good_and_its_time_passes() {
    let world = boot().await;
    world.set_fault(0, Fault::Jwks(slow(4_999))).unwrap();
    let before = world.clock().now();
    assert_granted(&login(&world, &token(&world)).await);
    let passed = world.clock().now().duration_since(before);
    assert!(passed >= SignedDuration::from_millis(4_999), "{passed:?}");
    world.shutdown().await;
}

#[rstest]
#[case::issuer(Fault::Issuer("https://gitlab.example.com/".into()), "`https://gitlab.example.com/`")]
#[case::private_host(Fault::JwksUri("https://gitlab.internal/oauth/discovery/keys".into()), "there is no host `gitlab.internal`")]
#[case::plain_http(Fault::JwksUri("http://gitlab.example.com/oauth/discovery/keys".into()), "the scheme is `http`")]
#[case::other_page(Fault::JwksUri("https://gitlab.example.com/-/jwks".into()), "the status is 404")]
#[case::key_missing(Fault::Keys(KeyFault::Unpublished), "the issuer has no key")]
#[case::expired(Fault::Certificate(CertificateFault::Expired), "certificate expired")]
#[case::wrong_name(Fault::Certificate(CertificateFault::WrongName), "not valid for name")]
#[tokio::test]
async fn documents_and_certificates(#[case] fault: Fault, #[case] why: &str) {
    let world = boot().await;
    world.set_fault(0, fault).unwrap();
    assert_no_key(&login(&world, &token(&world)).await);
    assert!(cause(&world).contains(why), "{}", cause(&world));
    world.clear_faults(0, None).unwrap();
    assert_granted(&login(&world, &token(&world)).await);
    world.shutdown().await;
}

const THUMBPRINT: &str = "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint";

#[tokio::test]
async fn a_foreign_authority() {
    let world = boot_with(&[&"0".repeat(40)]).await;
    let foreign = Fault::Certificate(CertificateFault::ForeignAuthority);
    world.set_fault(0, foreign).unwrap();
    let refused = (400, "InvalidIdentityToken".into(), THUMBPRINT.into());
    assert_eq!(login(&world, &token(&world)).await, refused);
    // a provider that lists the authority's thumbprint is content with it
    let thumbprint = world.authority().foreign_thumbprint().unwrap();
    world.aws().update_account(crate::support::ACCOUNT, |account| {
        account.oidc_providers[0] = account.oidc_providers[0].clone().with_thumbprints([thumbprint]);
    });
    assert_granted(&login(&world, &token(&world)).await);
    world.shutdown().await;
}

/// The leeway is 300 s either way, and a token says `nbf` five seconds before its `iat`.
#[rstest]
#[case::a_little_ahead(290, None)]
#[case::ahead(303, Some(("InvalidIdentityToken", "Token issued in the future: ")))]
#[case::far_ahead(600, Some(("InvalidIdentityToken", "Token not yet valid: current date/time ")))]
#[case::a_little_behind(-3_800, None)]
#[case::far_behind(-7_200, Some(("ExpiredTokenException", "Token expired: current date/time ")))]
#[tokio::test]
async fn clocks(#[case] skew: i64, #[case] error: Option<(&str, &str)>) {
    let world = boot().await;
    world
        .set_fault(0, Fault::Clock(Skew(SignedDuration::from_secs(skew))))
        .unwrap();
    let answer = login(&world, &token(&world)).await;
    match error {
        None => assert_granted(&answer),
        Some((code, message)) => {
            assert_eq!((answer.0, answer.1.as_str()), (400, code));
            assert!(answer.2.starts_with(message), "{}", answer.2);
        }
    }
    world.clear_faults(0, Some(FaultKind::Clock)).unwrap();
    assert_granted(&login(&world, &token(&world)).await);
    world.shutdown().await;
}

#[tokio::test]
async fn faults_of_one_kind_replace_each_other_and_others_add_up() {
    let world = boot().await;
    world.set_fault(0, Fault::Jwks(status(404))).unwrap();
    world.set_fault(0, Fault::Jwks(status(500))).unwrap();
    world.set_fault(0, Fault::Issuer("https://x".into())).unwrap();
    assert_eq!(
        world.faults(0),
        [Fault::Jwks(status(500)), Fault::Issuer("https://x".into())]
    );
    world.clear_faults(0, None).unwrap();
    assert_eq!(world.faults(0), []);
    world.set_fault(1, Fault::Jwks(status(404))).unwrap_err();
    world.shutdown().await;
}
