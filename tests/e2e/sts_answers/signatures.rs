//! The rows about signed calls.

use serde_json::{Value, json};

use super::table::{Table, signed};
use super::world::{ACCOUNT, JANE, ROOT};

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                        Access Key and signing method. Consult the service documentation for details.";
const INVALID_TOKEN: &str = "The security token included in the request is invalid.";

/// The rows about signed calls.
pub(super) fn signatures(session: &Value, table: &mut Table) {
    let part = |index: usize| session[index].as_str().unwrap().to_owned();
    let (id, secret, token) = (part(0), part(1), part(2));
    let altered = |text: &str| text.chars().rev().collect::<String>();
    let identity = |keys: Value| signed("GetCallerIdentity", json!({}), keys);
    let mut refused = |name: &str, keys: Value, code: &'static str, message: &str| {
        table.call(name, identity(keys), (403, code), vec![message.to_owned()]);
    };
    refused(
        "access key",
        json!(["AKIANOSUCHKEYNOSUCHK", secret, null]),
        "InvalidClientTokenId",
        INVALID_TOKEN,
    );
    refused(
        "altered token",
        json!([id, secret, altered(&token)]),
        "InvalidClientTokenId",
        INVALID_TOKEN,
    );
    refused(
        "no session token",
        json!([id, secret, null]),
        "InvalidClientTokenId",
        INVALID_TOKEN,
    );
    refused(
        "wrong secret",
        json!([id, altered(&secret), token]),
        "SignatureDoesNotMatch",
        MISMATCH,
    );
    refused(
        "wrong secret of a user",
        json!([JANE[0], ROOT[1], null]),
        "SignatureDoesNotMatch",
        MISMATCH,
    );

    let denied = (403, "AccessDenied");
    let assume = |role: &str, changes: Value| {
        let mut parameters =
            json!({ "RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/{role}"), "RoleSessionName": "next" });
        parameters
            .as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        signed("AssumeRole", parameters, session.clone())
    };
    let message = format!(
        "User: arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ci is not authorized to perform: sts:AssumeRole on resource: \
         arn:aws:iam::{ACCOUNT}:role/tagger"
    );
    table.call(
        "untrusted role",
        assume("tagger", json!({})),
        denied,
        vec![message],
    );
    let chained =
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining";
    let order = assume("next", json!({ "DurationSeconds": 3601 }));
    table.call(
        "chained",
        order,
        (400, "ValidationError"),
        vec![chained.to_owned()],
    );
    let tags = (400, "InvalidParameterValue");
    let order = assume(
        "next",
        json!({ "Tags": [{ "Key": "a", "Value": "b" }], "TransitiveTagKeys": ["c"] }),
    );
    let message = "The specified transitive tag key must be included in the requested tags.";
    table.call("transitive key", order, tags, vec![message.to_owned()]);
    let order = assume(
        "next",
        json!({ "Tags": [{ "Key": "a", "Value": "b" }, { "Key": "A", "Value": "c" }] }),
    );
    let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    table.call("tags twice", order, tags, vec![message.to_owned()]);
    for (operation, parameters) in [
        ("GetSessionToken", json!({})),
        ("GetFederationToken", json!({ "Name": "bob" })),
    ] {
        let order = signed(operation, parameters, session.clone());
        let message = format!("Cannot call {operation} with session credentials");
        table.call(operation, order, denied, vec![message]);
    }
    let order = signed(
        "DecodeAuthorizationMessage",
        json!({ "EncodedMessage": "x" }),
        json!([JANE[0], JANE[1], null]),
    );
    let invalid = (400, "InvalidAuthorizationMessageException");
    table.call("message", order, invalid, vec!["Message is not valid".to_owned()]);
}
