//! GetCallerIdentity, and with it the signatures of requests and the sessions behind them.

use axum::body::Body;
use http::Request;
use rstest::rstest;

use crate::support::{ACCOUNT, Credentials, HOST_NOW, World, sign};

const BODY: &str = "Action=GetCallerIdentity&Version=2011-06-15";
const INVALID: &str = "The security token included in the request is invalid.";
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check \
                        your AWS Secret Access Key and signing method. Consult the service documentation for \
                        details.";

fn unsigned(host: &str) -> Request<Vec<u8>> {
    Request::post("/")
        .header("host", host)
        .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
        .body(BODY.into())
        .unwrap()
}

fn signed_for(credentials: &Credentials, host: &str, scope: (&str, &str), at: i64) -> Request<Body> {
    let identity = (
        credentials.key_id.as_str(),
        credentials.secret.as_str(),
        credentials.token.as_deref(),
    );
    sign(unsigned(host), identity, scope, at)
}

fn signed(credentials: &Credentials) -> Request<Body> {
    signed_for(credentials, "127.0.0.1:4566", ("us-east-1", "sts"), HOST_NOW)
}

async fn session(world: &World) -> Credentials {
    world.session(&world.token().build()).await
}

#[tokio::test]
async fn of_a_session() {
    let world = World::new().await;
    let credentials = session(&world).await;
    let answer = world.send(signed(&credentials)).await;
    let role_id = world.aws.account(ACCOUNT).unwrap().roles[0].id.clone();
    let id = answer
        .element("RequestId")
        .unwrap_or_else(|| panic!("{}", answer.body));
    assert_eq!(
        answer.body,
        format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <GetCallerIdentityResult>
    <Arn>arn:aws:sts::111122223333:assumed-role/deploy/job-1</Arn>
    <UserId>{role_id}:job-1</UserId>
    <Account>111122223333</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata>
    <RequestId>{id}</RequestId>
  </ResponseMetadata>
</GetCallerIdentityResponse>
"
        )
    );
    let caller = world.last_call().caller.unwrap();
    assert_eq!(caller.access_key_id, credentials.key_id);
}

#[tokio::test]
async fn of_a_long_term_key() {
    let world = World::new().await;
    let answer = world.send(signed(&Credentials::long_term())).await;
    assert_eq!(
        answer.element("Arn").as_deref(),
        Some("arn:aws:iam::111122223333:root")
    );
    assert_eq!(answer.element("UserId").as_deref(), Some(ACCOUNT));
}

#[tokio::test]
async fn another_process_with_the_seed_key_honours_the_session() {
    let (one, other) = (World::new().await, World::new().await);
    let credentials = session(&one).await;
    assert_eq!(other.send(signed(&credentials)).await.status, 200);
}

#[rstest]
#[case::global("sts.amazonaws.com", "us-east-1")]
#[case::regional("sts.eu-west-1.amazonaws.com", "eu-west-1")]
#[case::address("127.0.0.1:4566", "eu-west-1")]
#[case::name("localhost", "ap-southeast-4")]
#[tokio::test]
async fn endpoints_and_regions(#[case] host: &str, #[case] region: &str) {
    let world = World::new().await;
    let request = signed_for(&Credentials::long_term(), host, (region, "sts"), HOST_NOW);
    let answer = world.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn unsigned_requests() {
    let world = World::new().await;
    let answer = world.call("GetCallerIdentity", &[]).await;
    answer.assert_error(
        403,
        "MissingAuthenticationToken",
        "Request is missing Authentication Token",
    );
    assert_eq!(world.cause().to_string(), "the request is not signed");
}

#[rstest]
#[case::bearer(
    "Bearer abc",
    403,
    "MissingAuthenticationToken",
    "Request is missing Authentication Token"
)]
#[case::old(
    "AWS test:abc",
    403,
    "MissingAuthenticationToken",
    "Request is missing Authentication Token"
)]
#[case::nothing(
    "AWS4-HMAC-SHA256",
    400,
    "IncompleteSignature",
    "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
)]
#[case::no_equals(
    "AWS4-HMAC-SHA256 Credential",
    400,
    "IncompleteSignature",
    "'Credential' not a valid key=value pair (missing equal-sign) in Authorization header"
)]
#[tokio::test]
async fn incomplete_headers(
    #[case] header: &str,
    #[case] status: u16,
    #[case] code: &str,
    #[case] message: &str,
) {
    let world = World::new().await;
    let mut request = unsigned("127.0.0.1").map(Body::from);
    request
        .headers_mut()
        .insert("authorization", header.parse().unwrap());
    world.send(request).await.assert_error(status, code, message);
}

#[rstest]
#[case::no_signature(
    "Signature=",
    "X=",
    400,
    "IncompleteSignature",
    "Authorization header requires 'Signature' parameter."
)]
#[case::no_headers(
    "SignedHeaders=",
    "X=",
    400,
    "IncompleteSignature",
    "Authorization header requires 'SignedHeaders' parameter."
)]
#[case::short_credential(
    "/us-east-1/sts/",
    "/us-east-1/",
    400,
    "IncompleteSignature",
    "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'test/20260923/us-east-1/aws4_request'"
)]
#[case::terminator(
    "aws4_request",
    "aws5_request",
    403,
    "SignatureDoesNotMatch",
    "Credential should be scoped with a valid terminator: 'aws4_request'"
)]
#[case::date(
    "/20260923/",
    "/20260922/",
    403,
    "SignatureDoesNotMatch",
    "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP"
)]
#[case::no_region(
    "/us-east-1/",
    "/nowhere/",
    403,
    "SignatureDoesNotMatch",
    "Credential should be scoped to a valid Region, not nowhere"
)]
#[case::host_not_signed(
    "content-type;host;",
    "content-type;",
    403,
    "SignatureDoesNotMatch",
    "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
)]
#[case::tampered("Signature=", "Signature=0", 403, "SignatureDoesNotMatch", MISMATCH)]
#[case::unknown_key(
    "Credential=test/",
    "Credential=AKIAIOSFODNN7EXAMPLE/",
    403,
    "InvalidClientTokenId",
    INVALID
)]
#[tokio::test]
async fn tampered_headers(
    #[case] from: &str,
    #[case] to: &str,
    #[case] status: u16,
    #[case] code: &str,
    #[case] message: &str,
) {
    let world = World::new().await;
    let mut request = signed(&Credentials::long_term());
    let header = request.headers()["authorization"].to_str().unwrap().to_owned();
    assert!(header.contains(from), "{header}");
    request
        .headers_mut()
        .insert("authorization", header.replacen(from, to, 1).parse().unwrap());
    world.send(request).await.assert_error(status, code, message);
}

#[rstest]
#[case::service("127.0.0.1", ("us-east-1", "s3"), None)]
#[case::service_of_endpoint("sts.amazonaws.com", ("us-east-1", "iam"), Some("Credential should be scoped to correct service: 'sts'"))]
#[case::region_of_endpoint("sts.eu-west-1.amazonaws.com", ("us-east-1", "sts"), Some("Credential should be scoped to a valid Region, not us-east-1"))]
#[case::region_of_the_global_endpoint("sts.amazonaws.com", ("eu-west-1", "sts"), Some("Credential should be scoped to a valid Region, not eu-west-1"))]
#[tokio::test]
async fn scopes(#[case] host: &str, #[case] scope: (&str, &str), #[case] message: Option<&str>) {
    let world = World::new().await;
    let answer = world
        .send(signed_for(&Credentials::long_term(), host, scope, HOST_NOW))
        .await;
    match message {
        Some(message) => answer.assert_error(403, "SignatureDoesNotMatch", message),
        // without a name the scope says which service is meant
        None => assert_eq!(answer.error().1, "NotImplemented"),
    }
}

#[rstest]
#[case::late(-301, "Signature expired: 20260923T134139Z is now earlier than 20260923T134140Z (20260923T134640Z - 5 min.)")]
#[case::early(
    301,
    "Signature not yet current: 20260923T135141Z is still later than 20260923T135140Z (20260923T134640Z + 5 min.)"
)]
#[tokio::test]
async fn skewed_clocks(#[case] skew: i64, #[case] message: &str) {
    let world = World::new().await;
    let scope = ("us-east-1", "sts");
    let at = |skew| signed_for(&Credentials::long_term(), "127.0.0.1", scope, HOST_NOW + skew);
    world
        .send(at(skew))
        .await
        .assert_error(403, "SignatureDoesNotMatch", message);
    assert_eq!(world.cause_kind(), "request-time");
    assert_eq!(world.send(at(skew - skew.signum())).await.status, 200);
}

#[tokio::test]
async fn a_wrong_secret_is_explained() {
    let world = World::new().await;
    let credentials = Credentials {
        secret: "wrong".into(),
        ..session(&world).await
    };
    world
        .send(signed(&credentials))
        .await
        .assert_error(403, "SignatureDoesNotMatch", MISMATCH);
    let cause = serde_json::to_value(world.cause()).unwrap();
    assert_eq!(cause["kind"], "wrong-signature");
    let canonical = cause["canonical_request"].as_str().unwrap();
    assert!(
        canonical.starts_with("POST\n/\n\ncontent-type:application/x-www-form-urlencoded; charset=utf-8\n")
    );
    assert!(
        canonical.contains("x-amz-security-token:[session token]\n"),
        "{canonical}"
    );
    assert!(
        cause["string_to_sign"]
            .as_str()
            .unwrap()
            .starts_with("AWS4-HMAC-SHA256\n20260923T134640Z\n")
    );
    assert!(!cause.to_string().contains(credentials.token.as_deref().unwrap()));
}

#[tokio::test]
async fn a_changed_body() {
    let world = World::new().await;
    let request = signed(&Credentials::long_term()).map(|_| Body::from(format!("{BODY}&x=1")));
    world
        .send(request)
        .await
        .assert_error(403, "SignatureDoesNotMatch", MISMATCH);
}

#[tokio::test]
async fn session_tokens() {
    let world = World::new().await;
    let good = session(&world).await;
    let refused = async |token: Option<String>, cause: &str| {
        let credentials = Credentials {
            token,
            key_id: good.key_id.clone(),
            secret: good.secret.clone(),
        };
        let answer = world.send(signed(&credentials)).await;
        answer.assert_error(403, "InvalidClientTokenId", INVALID);
        assert_eq!(world.cause_kind(), cause);
    };
    refused(None, "no-session-token").await;
    refused(Some("rubbish".into()), "bad-session-token").await;
    let mut tampered = good.token.clone().unwrap().into_bytes();
    tampered[100] = if tampered[100] == b'A' { b'B' } else { b'A' };
    refused(Some(String::from_utf8(tampered).unwrap()), "bad-session-token").await;
    let other = session(&world).await;
    refused(other.token, "bad-session-token").await;
    let stray = Credentials {
        token: good.token.clone(),
        ..Credentials::long_term()
    };
    world
        .send(signed(&stray))
        .await
        .assert_error(403, "InvalidClientTokenId", INVALID);
}

#[tokio::test]
async fn sessions_end_by_the_worlds_clock() {
    let world = World::new().await;
    let credentials = session(&world).await;
    world.advance(3599);
    assert_eq!(world.send(signed(&credentials)).await.status, 200);
    world.advance(1);
    let message = "The security token included in the request is expired";
    world
        .send(signed(&credentials))
        .await
        .assert_error(403, "ExpiredToken", message);
    assert_eq!(world.cause_kind(), "session-expired");
}

#[tokio::test]
async fn sessions_end_with_their_role() {
    let world = World::new().await;
    let credentials = session(&world).await;
    let wrong_secret = Credentials {
        secret: "wrong".into(),
        ..credentials.clone()
    };
    let role = world
        .aws
        .update_account(ACCOUNT, |account| account.roles.remove(0));
    for credentials in [&credentials, &wrong_secret] {
        let answer = world.send(signed(credentials)).await;
        answer.assert_error(403, "InvalidClientTokenId", INVALID);
        assert_eq!(world.cause_kind(), "role-of-session-gone");
    }
    // another role of the same name is not the one
    world.aws.update_account(ACCOUNT, |account| {
        let mut other = role.clone();
        other.id = "AROAOTHEROTHEROTHERQQ".into();
        account.roles.push(other);
    });
    let answer = world.send(signed(&credentials)).await;
    answer.assert_error(403, "InvalidClientTokenId", INVALID);
    // and the end of the session is told first
    world.advance(3600);
    assert_eq!(world.send(signed(&credentials)).await.error().1, "ExpiredToken");
}
