//! The rows about parameters.

use serde_json::{Map, Value, json};
use trustcheck_lab::World;

use super::table::{Table, constraint, login};
use super::world::{ACCOUNT, token_of};

/// The rows about parameters: ValidationError, MalformedInput, MalformedPolicyDocument, PackedPolicyTooLarge.
pub(super) fn parameters(world: &World, table: &mut Table) {
    let good = token_of(world, 0, &json!({}));
    let invalid = (400, "ValidationError");
    let long = "n".repeat(65);
    let null = "not be null";
    let rows = [
        ("no role", json!({ "RoleArn": null }), constraint(" null", "roleArn", null)),
        ("no name", json!({ "RoleSessionName": null }), constraint(" null", "roleSessionName", null)),
        ("no token", json!({ "WebIdentityToken": null }), constraint(" null", "webIdentityToken", null)),
        (
            "name",
            json!({ "RoleSessionName": "Session1:2" }),
            constraint(" 'Session1:2'", "roleSessionName", r"satisfy regular expression pattern: [\w+=,.@-]*"),
        ),
        (
            "long name",
            json!({ "RoleSessionName": long }),
            constraint(&format!(" '{long}'"), "roleSessionName", "have length less than or equal to 64"),
        ),
        (
            "short name",
            json!({ "RoleSessionName": "n" }),
            constraint(" 'n'", "roleSessionName", "have length greater than or equal to 2"),
        ),
        (
            "short time",
            json!({ "DurationSeconds": 123 }),
            constraint(" '123'", "durationSeconds", "have value greater than or equal to 900"),
        ),
        (
            "long time",
            json!({ "DurationSeconds": 86_400 }),
            constraint(" '86400'", "durationSeconds", "have value less than or equal to 43200"),
        ),
        (
            "short role",
            json!({ "RoleArn": "x" }),
            constraint(" 'x'", "roleArn", "have length greater than or equal to 20"),
        ),
        (
            "short token",
            json!({ "WebIdentityToken": "x" }),
            constraint("", "webIdentityToken", "have length greater than or equal to 4"),
        ),
        (
            "long token",
            json!({ "WebIdentityToken": "x".repeat(20_001) }),
            constraint("", "webIdentityToken", "have length less than or equal to 20000"),
        ),
        (
            "two at once",
            json!({ "RoleArn": null, "RoleSessionName": "n" }),
            "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null; Value 'n' \
             at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2"
                .to_owned(),
        ),
        ("words", json!({ "RoleArn": "nothing-valid-in-here" }), "nothing-valid-in-here is invalid".to_owned()),
        (
            "partition",
            json!({ "RoleArn": "arn::b:::something/test-role" }),
            "arn::b:::something/test-role is invalid".to_owned(),
        ),
        ("blank", json!({ "RoleArn": "arn:a:a::aaaaaaaaaa:" }), "arn:a:a::aaaaaaaaaa: is invalid".to_owned()),
        (
            "provider",
            json!({ "RoleArn": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com") }),
            "Request ARN is invalid".to_owned(),
        ),
        (
            "above the role's maximum",
            json!({ "DurationSeconds": 3601 }),
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.".to_owned(),
        ),
    ];
    for (name, changes, message) in rows {
        table.login(name, &good, changes, invalid, &message);
    }
    for duration in [" 900 ", "900.0", "9e2", "2147483648"] {
        let message = "integer must follow xsd1.1 definition";
        let changes = json!({ "DurationSeconds": duration });
        table.login(
            &format!("duration {duration}"),
            &good,
            changes,
            (400, "MalformedInput"),
            message,
        );
    }
    let policy = json!({ "Policy": "{" });
    table.login(
        "policy",
        &good,
        policy,
        (400, "MalformedPolicyDocument"),
        "This policy contains invalid Json",
    );
    let arns: Vec<Value> = (0..10)
        .map(|number| json!({ "arn": format!("arn:aws:iam::{ACCOUNT}:policy/{}{number}", "p".repeat(600)) }))
        .collect();
    let percents = (101..400).map(|percent| {
        format!("Packed policy consumes {percent}% of allotted space, please use smaller policy.")
    });
    let order = login(&good, json!({ "PolicyArns": arns }));
    table.call(
        "packed policies",
        order,
        (400, "PackedPolicyTooLarge"),
        percents.collect(),
    );
    let tags: Map<String, Value> = (0..40)
        .map(|number| (format!("k{number}"), json!(["v".repeat(250)])))
        .collect();
    let tags = json!({ "https://aws.amazon.com/tags": { "principal_tags": tags } });
    let percents = (101..400)
        .map(|percent| format!("Packed size of session tags consumes {percent}% of allotted space."));
    let tagger = json!({ "RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/tagger") });
    let order = login(&token_of(world, 0, &tags), tagger);
    table.call(
        "packed tags",
        order,
        (400, "PackedPolicyTooLarge"),
        percents.collect(),
    );
}
