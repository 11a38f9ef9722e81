use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4;
use http::HeaderMap;
use jiff::Timestamp;
use proptest::prelude::*;
use rstest::rstest;

use super::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let name: http::HeaderName = name.parse().unwrap();
        headers.append(name, value.parse().unwrap());
    }
    headers
}

/// Requests of the signing test suite that AWS publishes for its SDKs, and of the examples in the IAM User Guide.
#[rstest]
#[case::get_vanilla("GET", "/", "", &[("host", "example.amazonaws.com")], "service", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
#[case::get_query_plus("GET", "/", "c+d", &[("host", "example.amazonaws.com")], "service", "host;x-amz-date", "ae684ce3aadc299e3ac7d9216fcc039c7edf40dea57cf5b3005821dd2f176654")]
#[case::iam_list_users("GET", "/", "Action=ListUsers&Version=2010-05-08", &[("host", "iam.amazonaws.com"), ("content-type", "application/x-www-form-urlencoded; charset=utf-8")], "iam", "content-type;host;x-amz-date", "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")]
fn published_examples(
    #[case] method: &str,
    #[case] path: &str,
    #[case] query: &str,
    #[case] more: &[(&str, &str)],
    #[case] service: &str,
    #[case] signed_headers: &str,
    #[case] signature: &str,
) {
    let mut headers = headers(more);
    headers.insert("x-amz-date", "20150830T123600Z".parse().unwrap());
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/{service}/aws4_request, \
         SignedHeaders={signed_headers}, Signature={signature}"
    );
    headers.insert("authorization", authorization.parse().unwrap());
    let request = HttpRequest {
        method,
        path,
        query,
        headers: &headers,
        host: None,
        body: b"",
    };
    let read = Signature::read(&request).unwrap();
    read.check_scope(ExpectedScope {
        service,
        region: Some("us-east-1"),
    })
    .unwrap();
    read.verify(&request, SECRET).unwrap();
    assert_eq!(
        read.verify(&request, "other").unwrap_err().kind,
        RefusalKind::WrongSignature
    );
}

/// A request signed by the SDK's signer, in the header or in the query.
fn signed_by_the_sdk(
    method: &str,
    path: &str,
    query: &str,
    more: &[(String, String)],
    body: &[u8],
    location: SignatureLocation,
) -> (String, HeaderMap) {
    let identity = Credentials::new(
        "AKIDEXAMPLE",
        SECRET,
        Some("a/session+token==".into()),
        None,
        "test",
    )
    .into();
    let mut settings = SigningSettings::default();
    settings.signature_location = location;
    if location == SignatureLocation::QueryParams {
        settings.expires_in = Some(Duration::from_secs(60));
    }
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region("eu-west-1")
        .name("sts")
        .time(SystemTime::UNIX_EPOCH + Duration::from_secs(1_789_171_200))
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let mark = if query.is_empty() { "" } else { "?" };
    let uri = format!("https://sts.eu-west-1.amazonaws.com{path}{mark}{query}");
    let pairs = more.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let signable = SignableRequest::new(method, &uri, pairs, SignableBody::Bytes(body)).unwrap();
    let (instructions, _) = sign(signable, &params).unwrap().into_parts();
    let mut request = http::Request::builder()
        .method(method)
        .uri(&uri)
        .body(())
        .unwrap();
    for (name, value) in more {
        let name: http::HeaderName = name.parse().unwrap();
        request.headers_mut().append(name, value.parse().unwrap());
    }
    instructions.apply_to_request_http1x(&mut request);
    let query = request.uri().query().unwrap_or_default().to_owned();
    (query, request.headers().clone())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    // no `+` in the query: the signer of this version takes it for a blank, against the published test suite
    #[test]
    fn agrees_with_the_signer_of_the_sdk(
        method in "GET|POST|PUT",
        segments in proptest::collection::vec("[A-Za-z0-9._~-]{1,4}|%[0-7][0-9A-F]|\\.|\\.\\.|", 0..5),
        query in proptest::collection::vec(("[A-Za-z0-9._~-]{1,5}|%[2-7][0-9A-F]", "([A-Za-z0-9._~-]|%[2-7][0-9A-F]){0,6}"), 0..5),
        values in proptest::collection::vec("[!-~]{1,5}( {1,3}[!-~]{1,5}){0,2}", 0..3),
        body in proptest::collection::vec(any::<u8>(), 0..40),
        in_query in any::<bool>(),
    ) {
        let path = format!("/{}", segments.join("/"));
        let query = query.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        let more: Vec<(String, String)> =
            values.into_iter().enumerate().map(|(index, value)| (format!("x-custom-{index}"), value)).collect();
        let location = if in_query { SignatureLocation::QueryParams } else { SignatureLocation::Headers };
        let (query, headers) = signed_by_the_sdk(&method, &path, &query, &more, &body, location);
        let host = Some("sts.eu-west-1.amazonaws.com");
        let request =
            HttpRequest { method: &method, path: &path, query: &query, headers: &headers, host, body: &body };
        let signature = Signature::read(&request).unwrap();
        prop_assert_eq!(signature.session_token.as_deref(), Some("a/session+token=="));
        signature.check_scope(ExpectedScope { service: "sts", region: Some("eu-west-1") }).unwrap();
        signature.check_time(Timestamp::from_second(1_789_171_200).unwrap()).unwrap();
        if let Err(refusal) = signature.verify(&request, SECRET) {
            return Err(TestCaseError::fail(format!("{:?}", refusal.cause)));
        }
        // whatever is changed, the signature is no longer good
        let other = HttpRequest { method: "DELETE", ..request };
        prop_assert!(signature.verify(&other, SECRET).is_err());
        let other = HttpRequest { path: "/elsewhere", ..request };
        prop_assert!(signature.verify(&other, SECRET).is_err());
        let other = HttpRequest { host: Some("evil.example"), ..request };
        prop_assert!(signature.verify(&other, SECRET).is_err());
        let other = HttpRequest { body: b"another body that is longer than any of these", ..request };
        prop_assert!(signature.verify(&other, SECRET).is_err());
    }

    #[test]
    fn any_header_is_a_signature_or_not(header in "(AWS4-HMAC-SHA256 )?[ -~]{0,200}", query in "[!-~]{0,100}") {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", header.parse().unwrap());
        headers.insert("x-amz-date", "20150830T123600Z".parse().unwrap());
        let request = HttpRequest { method: "GET", path: "/", query: &query, headers: &headers, host: None, body: b"" };
        if let Ok(signature) = Signature::read(&request) {
            prop_assert!(signature.verify(&request, SECRET).is_err());
        }
    }
}

#[rstest]
#[case::good("20260912T010203Z", Some(1_789_174_923))]
#[case::extended("2026-09-12T01:02:03Z", None)]
#[case::no_zone("20260912T010203", None)]
#[case::month("20261312T010203Z", None)]
#[case::hour("20260912T250203Z", None)]
#[case::sign("+0260912T010203Z", None)]
#[case::wide("２０２６0912T010203Z", None)]
fn times(#[case] text: &str, #[case] second: Option<i64>) {
    assert_eq!(amz_date::parse(text).map(Timestamp::as_second), second);
}

#[test]
fn the_date_of_http_will_do() {
    let headers = headers(&[
        ("host", "sts.amazonaws.com"),
        ("date", "Sun, 30 Aug 2015 12:36:00 GMT"),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=A/20150830/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=x",
        ),
    ]);
    let request = HttpRequest {
        method: "GET",
        path: "/",
        query: "",
        headers: &headers,
        host: None,
        body: b"",
    };
    let signature = Signature::read(&request).unwrap();
    signature
        .check_scope(ExpectedScope {
            service: "sts",
            region: None,
        })
        .unwrap();
    signature
        .check_time("2015-08-30T12:36:00Z".parse().unwrap())
        .unwrap();
}

#[test]
fn presigned_requests_to_sts_stay_good_for_a_quarter_of_an_hour() {
    let (query, headers) = signed_by_the_sdk(
        "GET",
        "/",
        "Action=GetCallerIdentity",
        &[],
        b"",
        SignatureLocation::QueryParams,
    );
    let host = Some("sts.eu-west-1.amazonaws.com");
    let request = HttpRequest {
        method: "GET",
        path: "/",
        query: &query,
        headers: &headers,
        host,
        body: b"",
    };
    let signature = Signature::read(&request).unwrap();
    let at = |second: i64| Timestamp::from_second(1_789_171_200 + second).unwrap();
    signature.check_time(at(900)).unwrap();
    let refusal = signature.check_time(at(901)).unwrap_err();
    let message = "Signature expired: 20260912T000000Z is now earlier than 20260912T000001Z (20260912T001501Z - 15 min.)";
    assert_eq!(refusal.kind, RefusalKind::DoesNotMatch(message.into()));
}

#[rstest]
#[case::usual("us-east-1", true)]
#[case::government("us-gov-west-1", true)]
#[case::new("ap-southeast-4", true)]
#[case::none("", false)]
#[case::global("aws-global", false)]
#[case::number("us-east-x", false)]
#[case::upper("US-EAST-1", false)]
fn regions(#[case] region: &str, #[case] good: bool) {
    let (_, scope) =
        credential_scope::CredentialScope::parse(&format!("A/20260912/{region}/sts/aws4_request")).unwrap();
    let checked = scope.check(
        ExpectedScope {
            service: "sts",
            region: None,
        },
        "20260912T000000Z",
    );
    assert_eq!(checked.is_ok(), good);
}
