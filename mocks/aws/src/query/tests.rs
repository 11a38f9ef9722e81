use rstest::rstest;
use serde::Serialize;

use super::*;

#[test]
fn parameters_keep_order_and_the_first_value() {
    let parameters = Parameters::read("Action=A&Version=1", b"Action=B&X=a+b%26c&Y=%zz&Z=%FF&=&&W");
    assert_eq!(parameters.get("Action"), Some("A"));
    assert_eq!(parameters.get("X"), Some("a b&c"));
    assert_eq!(parameters.get("Y"), Some("%zz"));
    assert_eq!(parameters.get("Z"), Some("\u{FFFD}"));
    assert_eq!(parameters.get("W"), Some(""));
    assert_eq!(parameters.get("V"), None);
}

#[test]
fn lists_go_by_number() {
    let form =
        b"P.member.10.arn=c&P.member.2.arn=b&P.member.1.arn=a&P.member.2.arn=x&P.member.n.arn=y&P.arn=z";
    assert_eq!(Parameters::read("", form).list("P", Some("arn")), ["a", "b", "c"]);
    assert_eq!(
        Parameters::read("", b"T.member.2=b&T.member.1=a").list("T", None),
        ["a", "b"]
    );
}

#[test]
fn structures_go_by_number() {
    let form = b"T.member.10.Key=c&T.member.2.Value=b&T.member.2.Key=a&T.member.2.Key=x&T.member.n.Key=y&T.member.3=z\
                 &T.member.4.Other=w";
    let found = Parameters::read("", form);
    assert_eq!(
        found.structures("T", ["Key", "Value"]),
        [[Some("a"), Some("b")], [Some("c"), None]]
    );
}

#[rstest]
#[case::plain("900", Some(900))]
#[case::zeros("0900", Some(900))]
#[case::plus("+900", Some(900))]
#[case::zero("0", Some(0))]
#[case::blanks(" 900 ", None)]
#[case::fraction("900.0", None)]
#[case::exponent("9e2", None)]
#[case::too_large("2147483648", None)]
#[case::empty("", None)]
fn integers(#[case] text: &str, #[case] expected: Option<i32>) {
    let form = serde_html_form::to_string([("N", text)]).unwrap();
    let found = Parameters::read("", form.as_bytes()).integer("N");
    match expected {
        Some(number) => assert_eq!(found.unwrap(), Some(number)),
        None => assert_eq!(found.unwrap_err().error.code, "MalformedInput"),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Thing {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u32>,
}

impl QueryResult for Thing {
    const RESPONSE: &'static str = "GetThingResponse";
    const RESULT: &'static str = "GetThingResult";
}

#[test]
fn results_look_as_aws_writes_them() {
    let text = result_document(
        &Thing {
            name: "a<b&c>d'e\"f".into(),
            size: None,
        },
        "https://ns/",
        "id-1",
    );
    assert_eq!(
        text,
        "<GetThingResponse xmlns=\"https://ns/\">\n  <GetThingResult>\n    \
         <Name>a&lt;b&amp;c&gt;d'e\"f</Name>\n  </GetThingResult>\n  <ResponseMetadata>\n    \
         <RequestId>id-1</RequestId>\n  </ResponseMetadata>\n</GetThingResponse>\n"
    );
}

#[test]
fn errors_look_as_aws_writes_them() {
    let error = ApiError::validation("Value 'a\u{1}' at 'x'");
    assert_eq!(
        error_document(&error, "https://ns/", "id-1"),
        "<ErrorResponse xmlns=\"https://ns/\">\n  <Error>\n    <Type>Sender</Type>\n    \
         <Code>ValidationError</Code>\n    <Message>Value 'a\u{FFFD}' at 'x'</Message>\n  </Error>\n  \
         <RequestId>id-1</RequestId>\n</ErrorResponse>\n"
    );
}
