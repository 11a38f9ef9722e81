//! Requests that reach no operation.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use rstest::rstest;

use crate::support::World;

const FORM: &str = "application/x-www-form-urlencoded";

fn request(method: Method, uri: &str, content_type: Option<&str>, body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(uri)
        .header("host", "127.0.0.1:4566");
    if let Some(kind) = content_type {
        request = request.header("content-type", kind);
    }
    request.body(body.into()).unwrap()
}

#[rstest]
#[case::nothing(Method::GET, "/", None, "", "https://aws.amazon.com/iam")]
#[case::get_keeps_its_query(
    Method::GET,
    "/?Version=2011-06-15",
    None,
    "",
    "https://aws.amazon.com/iam?Version=2011-06-15"
)]
#[case::post(
    Method::POST,
    "/",
    Some(FORM),
    "Version=2011-06-15",
    "https://aws.amazon.com/iam"
)]
#[case::post_without_type(
    Method::POST,
    "/",
    None,
    "Action=GetCallerIdentity&Version=2011-06-15",
    "https://aws.amazon.com/iam"
)]
#[case::post_of_json(
    Method::POST,
    "/",
    Some("application/json"),
    "{\"Action\":\"GetCallerIdentity\"}",
    "https://aws.amazon.com/iam"
)]
#[tokio::test]
async fn without_an_action(
    #[case] method: Method,
    #[case] uri: &str,
    #[case] kind: Option<&str>,
    #[case] body: &'static str,
    #[case] location: &str,
) {
    let world = World::new().await;
    let answer = world.send(request(method, uri, kind, body)).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert_eq!(answer.headers["location"], location);
    assert_eq!(answer.body, "");
    assert!(!answer.headers.contains_key("content-type"));
    assert_eq!(world.cause_kind(), "missing-action");
}

#[rstest]
#[case::unknown(
    "Action=NoSuchAction&Version=2011-06-15",
    "Could not find operation NoSuchAction for version 2011-06-15"
)]
#[case::no_version(
    "Action=GetCallerIdentity",
    "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED"
)]
#[case::empty_version(
    "Action=GetCallerIdentity&Version=",
    "Could not find operation GetCallerIdentity for version "
)]
#[case::wrong_version(
    "Action=GetCallerIdentity&Version=2010-01-01",
    "Could not find operation GetCallerIdentity for version 2010-01-01"
)]
#[case::empty(
    "Action=&Version=2011-06-15",
    "Could not find operation  for version 2011-06-15"
)]
#[case::case(
    "Action=getcalleridentity&Version=2011-06-15",
    "Could not find operation getcalleridentity for version 2011-06-15"
)]
#[case::first_of_two(
    "Action=X&Action=GetCallerIdentity&Version=2011-06-15&Version=1",
    "Could not find operation X for version 2011-06-15"
)]
#[tokio::test]
async fn unknown_actions(#[case] form: &'static str, #[case] message: &str) {
    let world = World::new().await;
    for request in [
        request(Method::POST, "/", Some(FORM), form),
        request(Method::GET, &format!("/?{form}"), None, ""),
    ] {
        let answer = world.send(request).await;
        answer.assert_error(400, "InvalidAction", message);
        assert!(
            answer
                .body
                .starts_with("<ErrorResponse xmlns=\"http://webservices.amazon.com/AWSFault/2005-15-09\">\n"),
            "{}",
            answer.body
        );
        assert_eq!(world.cause_kind(), "unknown-action");
    }
}

#[tokio::test]
async fn an_error_has_the_shape_of_aws() {
    let world = World::new().await;
    let answer = world
        .send(request(Method::POST, "/", Some(FORM), "Action=X&Version=1"))
        .await;
    let id = answer.element("RequestId").unwrap();
    assert_eq!(
        answer.body,
        format!(
            "<ErrorResponse xmlns=\"http://webservices.amazon.com/AWSFault/2005-15-09\">\n  <Error>\n    \
             <Type>Sender</Type>\n    <Code>InvalidAction</Code>\n    <Message>Could not find operation X for \
             version 1</Message>\n  </Error>\n  <RequestId>{id}</RequestId>\n</ErrorResponse>\n"
        )
    );
    assert_eq!(answer.headers["content-type"], "text/xml");
    assert_eq!(answer.headers["x-amzn-requestid"], id.as_str());
    let shape: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(shape, [8, 4, 4, 4, 12], "{id}");
}

#[rstest]
#[case::host("s3.eu-west-1.amazonaws.com", "/bucket/key", "s3")]
#[case::bucket("bucket.s3.amazonaws.com", "/key", "s3")]
#[case::other(
    "sqs.eu-west-1.amazonaws.com",
    "/?Action=ListQueues&Version=2012-11-05",
    "sqs"
)]
#[tokio::test]
async fn services_that_are_not_there(#[case] host: &str, #[case] uri: &str, #[case] service: &str) {
    let world = World::new().await;
    let answer = world
        .send(
            Request::get(uri)
                .header("host", host)
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    let message = format!("The service {service} is not available in this mock of AWS");
    answer.assert_error(501, "NotImplemented", &message);
    assert_eq!(world.cause_kind(), "service-not-mocked");
    assert_eq!(world.last_call().service, service);
}

#[rstest]
#[case::host("iam.amazonaws.com", "/?Action=ListRoles&Version=2010-05-08")]
#[case::version("127.0.0.1", "/?Action=ListRoles&Version=2010-05-08")]
#[tokio::test]
async fn iam_answers_in_its_own_namespace(#[case] host: &str, #[case] uri: &str) {
    let world = World::new().await;
    let request = Request::get(uri).header("host", host);
    let answer = world.send(request.body(Body::empty()).unwrap()).await;
    answer.assert_error(
        403,
        "MissingAuthenticationToken",
        "Request is missing Authentication Token",
    );
    let root = "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">";
    assert!(answer.body.starts_with(root), "{}", answer.body);
    assert!(!answer.headers.contains_key("x-amz-sts-extended-request-id"));
}

#[tokio::test]
async fn operations_that_are_not_there() {
    let world = World::new().await;
    let answer = world.call("AssumeRoleWithSAML", &[]).await;
    let message = "The operation AssumeRoleWithSAML is not available in this mock of AWS";
    answer.assert_error(501, "NotImplemented", message);
    assert_eq!(world.cause_kind(), "operation-not-mocked");
}

#[tokio::test]
async fn a_body_without_end_is_refused() {
    let world = World::new().await;
    let body = format!(
        "Action=GetCallerIdentity&Version=2011-06-15&X={}",
        "a".repeat(300_000)
    );
    let answer = world.send(request(Method::POST, "/", Some(FORM), body)).await;
    assert_eq!(answer.status, 413);
    assert_eq!(world.cause_kind(), "body-too-large");
}

#[rstest]
#[case::not_utf8(b"Action=%FF%FE&Version=2011-06-15".as_slice())]
#[case::raw_bytes(b"Action=\xff\xfe&Version=2011-06-15")]
#[case::bad_escape(b"Action=%zz%&Version=2011-06-15")]
#[case::control(b"Action=a%00b&Version=%01")]
#[case::only_separators(b"Action=%26&&&==&Version")]
#[case::markup(b"Action=%3C%2FMessage%3E%3C!%5BCDATA%5B&Version=%3C")]
#[tokio::test]
async fn malformed_forms_get_an_error_of_aws(#[case] body: &'static [u8]) {
    let world = World::new().await;
    let answer = world.send(request(Method::POST, "/", Some(FORM), body)).await;
    assert_eq!(answer.error().1, "InvalidAction");
    let illegal = |character: char| character < ' ' && !"\t\n\r".contains(character);
    assert!(!answer.body.contains(illegal), "{:?}", answer.body);
}

#[rstest]
#[case::put(Method::PUT)]
#[case::delete(Method::DELETE)]
#[case::options(Method::OPTIONS)]
#[case::head(Method::HEAD)]
#[tokio::test]
async fn other_methods_do_not_get_far(#[case] method: Method) {
    let world = World::new().await;
    let answer = world.send(request(method, "/some/path", None, "")).await;
    assert_eq!(answer.status, StatusCode::FOUND);
}
