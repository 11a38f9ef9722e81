//! The rows about tokens.

use serde_json::{Value, json};
use trustcheck_lab::World;

use super::table::{Table, login};
use super::world::{ACCOUNT, OTHER, claims_of, token_of};

const BAD: &str = "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation \
                   for requirements.";
const NO_KEY: &str = "Couldn't retrieve verification key from your identity provider,  please reference \
                      AssumeRoleWithWebIdentity documentation for requirements";
const NOT_A_JWT: &str =
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
const DENIED: &str = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
const TIME: &str = "Invalid timestamp in token claims.";

/// The rows about tokens: AccessDenied, InvalidIdentityToken, ExpiredTokenException, InternalFailure.
pub(super) fn tokens(world: &World, table: &mut Table) {
    let token = |changes: Value| token_of(world, 0, &changes);
    let good = token(json!({}));
    let denied = (403, "AccessDenied");
    let role = |name: &str| json!({ "RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/{name}") });
    table.login("no such role", &good, role("none"), denied, DENIED);
    table.login("explicit deny", &good, role("denied"), denied, DENIED);
    table.login(
        "other subject",
        &token(json!({ "sub": "project_path:x" })),
        json!({}),
        denied,
        DENIED,
    );
    table.login(
        "subject in another case",
        &token(json!({ "sub": "project_path:Group/a" })),
        json!({}),
        denied,
        DENIED,
    );
    let tags = json!({ "https://aws.amazon.com/tags": { "principal_tags": { "a": ["b"] } } });
    table.login(
        "tags",
        &token(tags),
        json!({}),
        denied,
        "Not authorized to perform sts:TagSession",
    );
    let identity = json!({ "https://aws.amazon.com/source_identity": "someone" });
    table.login(
        "identity",
        &token(identity),
        json!({}),
        denied,
        "Not authorized to perform sts:SetSourceIdentity",
    );
    let unrecognized = "Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens";
    table.login(
        "provider id",
        &good,
        json!({ "ProviderId": "gitlab.com" }),
        denied,
        unrecognized,
    );
    let invalid = (400, "InvalidIdentityToken");
    let amazon = "Provided Token is not a Login With Amazon token";
    table.login(
        "amazon",
        &good,
        json!({ "ProviderId": "www.amazon.com" }),
        invalid,
        amazon,
    );
    let facebook = "graph.facebook.com rejected OAuth token with response \"Bad signature\" and code 190";
    table.login(
        "facebook",
        &good,
        json!({ "ProviderId": "graph.facebook.com" }),
        (403, "IDPRejectedClaim"),
        facebook,
    );

    let no_provider = "No OpenIDConnect provider found in your account for ";
    table.token(
        "issuer",
        token(json!({ "iss": "https://x.example.com" })),
        &format!("{no_provider}https://x.example.com"),
    );
    table.token(
        "issuer with slash",
        token(json!({ "iss": "https://gitlab.com/" })),
        &format!("{no_provider}https://gitlab.com/"),
    );
    let elsewhere = json!({ "RoleArn": format!("arn:aws:iam::{OTHER}:role/elsewhere") });
    table.login(
        "account of the role",
        &good,
        elsewhere,
        invalid,
        &format!("{no_provider}https://gitlab.com"),
    );
    table.token("opaque", "glpat-something".to_owned(), NOT_A_JWT);
    let keys = world.gitlabs()[0].keys();
    let with_header = |header: &str| {
        let payload = Value::Object(claims_of(world, &world.gitlabs()[0])).to_string();
        keys.ci().sign_with_header(header.as_bytes(), payload.as_bytes())
    };
    let kid = keys.ci().kid().to_owned();
    table.token(
        "crit",
        with_header(&format!(r#"{{"alg":"RS256","kid":"{kid}","crit":["x"]}}"#)),
        NOT_A_JWT,
    );
    for claim in ["iss", "sub", "aud", "iat", "exp"] {
        table.token(
            claim,
            token(json!({ claim: "-" })),
            &format!("Missing a required claim: {claim}"),
        );
    }
    table.token(
        "no audience",
        token(json!({ "aud": [] })),
        "Claim is not allowed to be empty: aud",
    );
    let several = "Token audience contains more than one audience while authorized party is not present";
    table.token(
        "audiences",
        token(json!({ "aud": ["https://gitlab.com", "b"] })),
        several,
    );
    for (name, claims) in [
        ("audience", json!({ "aud": "https://elsewhere" })),
        ("empty audience", json!({ "aud": "" })),
        ("party", json!({ "azp": "x" })),
        ("empty party", json!({ "azp": "" })),
    ] {
        table.token(name, token(claims), BAD);
    }
    let (head, signature) = good.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    table.token("signature", format!("{head}.{other}{}", &signature[1..]), BAD);
    table.token("no signature", format!("{head}."), BAD);
    table.token("unknown key", with_header(r#"{"alg":"RS256","kid":"x"}"#), NO_KEY);
    table.token("no key id", with_header(r#"{"alg":"RS256"}"#), NO_KEY);
    table.token("empty key id", with_header(r#"{"alg":"RS256","kid":""}"#), NO_KEY);
    table.token(
        "algorithm",
        with_header(&format!(r#"{{"alg":"none","kid":"{kid}"}}"#)),
        BAD,
    );
    table.token("discovery down", token_of(world, 1, &json!({})), NO_KEY);
    table.token("keys down", token_of(world, 2, &json!({})), NO_KEY);
    let thumbprint = "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint";
    table.token("certificate", token_of(world, 3, &json!({})), thumbprint);
    for (claim, value) in [
        ("iat", json!(1.5)),
        ("exp", Value::Null),
        ("nbf", json!("soon")),
        ("exp", json!(true)),
    ] {
        table.token(&format!("{claim} {value}"), token(json!({ claim: value })), TIME);
    }
    let now = world.clock().now().as_second();
    let later = now + 4_000;
    table.token(
        "issued later",
        token(json!({ "iat": later })),
        &format!("Token issued in the future: {later}"),
    );
    // The messages have the second of the call in them.
    let seconds = now..=now + 300;
    let early = seconds.clone().map(|now| {
        let now = now + 300;
        format!("Token not yet valid: current date/time {now} must be after or equal to the not-before date/time {later}")
    });
    let order = login(&token(json!({ "nbf": later })), json!({}));
    table.call("not yet", order, invalid, early.collect());
    let expired = seconds.map(|time| {
        let exp = now - 301;
        format!(
            "Token expired: current date/time {} must be before the expiration date/time {exp}",
            time - 300
        )
    });
    let order = login(&token(json!({ "exp": now - 301 })), json!({}));
    table.call(
        "expired",
        order,
        (400, "ExpiredTokenException"),
        expired.collect(),
    );
    let as_text = json!({ "https://aws.amazon.com/tags": { "principal_tags": { "a": "b" } } });
    table.token(
        "tag as text",
        token(as_text),
        "principal_tags passed in claim is not in correct format.",
    );
    let roles = |value: Value| token(json!({ "https://aws.amazon.com/roles": value }));
    let absent = "The target role ARN is not present in the roles claim of the identity token";
    table.token(
        "other role",
        roles(json!(["arn:aws:iam::111122223333:role/other"])),
        absent,
    );
    table.token(
        "no roles",
        roles(json!([])),
        "The roles claim contains no valid role ARNs",
    );
    table.token(
        "empty roles",
        roles(json!("")),
        "The roles claim contains no valid role ARNs",
    );
    table.token(
        "roles of a number",
        roles(json!(1)),
        "The roles claim is not in a supported format",
    );
    let unknown = "Unknown error validating third-party token";
    table.login(
        "subject of null",
        &token(json!({ "sub": null })),
        json!({}),
        (500, "InternalFailure"),
        unknown,
    );
}
