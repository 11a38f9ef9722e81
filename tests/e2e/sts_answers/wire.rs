//! What no SDK sends, over plain HTTP.

use trustcheck_lab::aws::{SigningKeys, sign_request};
use trustcheck_lab::host_now;

use super::world::{JANE, boot};

/// What no SDK sends: requests without an action or a version, and signatures with something wrong.
#[tokio::test]
async fn what_no_sdk_sends_is_answered_as_known() {
    let world = boot().await;
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let url = format!("http://{}/", world.edge());
    let iam = "https://aws.amazon.com/iam";
    for (query, location) in [
        ("", iam.to_owned()),
        ("?Version=2011-06-15", format!("{iam}?Version=2011-06-15")),
    ] {
        let answer = client.get(format!("{url}{query}")).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["location"]),
            (302, &location.parse().unwrap())
        );
        assert_eq!(answer.text().await.unwrap(), "");
    }
    // without a type the form is not read, and so names no action
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    let answer = client.post(&url).body(form).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["location"]),
        (302, &iam.parse().unwrap())
    );
    for (query, message) in [
        (
            "Action=NoSuchAction&Version=2011-06-15",
            "Could not find operation NoSuchAction for version 2011-06-15",
        ),
        (
            "Action=GetCallerIdentity",
            "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED",
        ),
        (
            "Action=GetCallerIdentity&Version=",
            "Could not find operation GetCallerIdentity for version ",
        ),
        (
            "Action=GetCallerIdentity&Version=2010-01-01",
            "Could not find operation GetCallerIdentity for version 2010-01-01",
        ),
        (
            "Action=&Version=2011-06-15",
            "Could not find operation  for version 2011-06-15",
        ),
        (
            "Action=A&Action=GetCallerIdentity&Version=2011-06-15&Version=1",
            "Could not find operation A for version 2011-06-15",
        ),
    ] {
        let answer = client.get(format!("{url}?{query}")).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/xml");
        let id = answer.headers()["x-amzn-requestid"].to_str().unwrap().to_owned();
        assert!(answer.headers().contains_key("x-amz-sts-extended-request-id"));
        assert_eq!(answer.status(), 400);
        let expected = format!(
            "<ErrorResponse xmlns=\"http://webservices.amazon.com/AWSFault/2005-15-09\">\n  <Error>\n    <Type>Sender</Type>\n    \
             <Code>InvalidAction</Code>\n    <Message>{message}</Message>\n  </Error>\n  <RequestId>{id}</RequestId>\n</ErrorResponse>\n"
        );
        assert_eq!(answer.text().await.unwrap(), expected, "{query}");
    }
}

/// Signatures that no SDK makes, over HTTP.
#[rstest::rstest]
#[case::unsigned(
    Scope::default(),
    403,
    "MissingAuthenticationToken",
    "Request is missing Authentication Token"
)]
#[case::late(Scope { minutes: -16, ..Scope::default() }, 403, "SignatureDoesNotMatch", "Signature expired: ")]
#[case::early(Scope { minutes: 16, ..Scope::default() }, 403, "SignatureDoesNotMatch", "Signature not yet current: ")]
#[case::region(Scope { region: "moon", ..Scope::default() }, 403, "SignatureDoesNotMatch", "Credential should be scoped to a valid Region, not moon")]
#[case::service(Scope { service: "iam", ..Scope::default() }, 403, "SignatureDoesNotMatch", "Credential should be scoped to correct service: 'sts'")]
#[case::terminator(Scope { replace: ("aws4_request", "aws5_request"), ..Scope::default() }, 403, "SignatureDoesNotMatch", "Credential should be scoped with a valid terminator: 'aws4_request'")]
#[case::date(Scope { replace: ("/20", "/19"), ..Scope::default() }, 403, "SignatureDoesNotMatch", "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP")]
#[case::incomplete(Scope { replace: ("Signature=", "Seal="), ..Scope::default() }, 400, "IncompleteSignature", "Authorization header requires 'Signature' parameter.")]
#[tokio::test]
async fn bad_signatures_are_refused_as_known(
    #[case] scope: Scope,
    #[case] status: u16,
    #[case] code: &str,
    #[case] message: &str,
) {
    let world = boot().await;
    let body = b"Action=GetCallerIdentity&Version=2011-06-15".to_vec();
    let mut request = axum::http::Request::post(format!("http://{}/", world.edge()))
        .body(body)
        .unwrap();
    let headers = request.headers_mut();
    headers.insert("host", "sts.amazonaws.com".parse().unwrap());
    headers.insert(
        "content-type",
        "application/x-www-form-urlencoded".parse().unwrap(),
    );
    if code != "MissingAuthenticationToken" {
        let keys = SigningKeys {
            access_key_id: JANE[0],
            secret_access_key: JANE[1],
            session_token: None,
        };
        let at = host_now() + jiff::SignedDuration::from_mins(scope.minutes);
        sign_request(&mut request, keys, (scope.service, scope.region), at).unwrap();
        let authorization = request.headers()["authorization"].to_str().unwrap();
        let authorization = authorization
            .replacen(scope.replace.0, scope.replace.1, 1)
            .parse()
            .unwrap();
        request.headers_mut().insert("authorization", authorization);
    }
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.execute(request.try_into().unwrap()).await.unwrap();
    assert_eq!(answer.status(), status);
    let body = answer.text().await.unwrap();
    assert!(body.contains(&format!("<Code>{code}</Code>")), "{body}");
    assert!(body.contains(&format!("<Message>{message}")), "{body}");
}

/// What a signature is made for, and what is changed of it afterwards.
struct Scope {
    service: &'static str,
    region: &'static str,
    minutes: i64,
    replace: (&'static str, &'static str),
}

impl Default for Scope {
    fn default() -> Scope {
        Scope {
            service: "sts",
            region: "us-east-1",
            minutes: 0,
            replace: ("", ""),
        }
    }
}
