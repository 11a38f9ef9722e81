//! Every operation's answer, held against the service model.

use serde_json::{Value, json};
use trustcheck_tests::python::Python;

use super::table::{ask, login, signed};
use super::world::{ACCOUNT, JANE, boot, token_of};

#[test]
fn every_answer_fits_the_service_model() {
    let Some(python) = Python::provide("boto3") else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(boot());
    let tagger = format!("arn:aws:iam::{ACCOUNT}:role/tagger");
    let full = json!({
        "https://aws.amazon.com/tags": { "principal_tags": { "a": ["b"] }, "transitive_tag_keys": ["a"] },
        "https://aws.amazon.com/source_identity": "someone",
        "https://aws.amazon.com/roles": [tagger],
    });
    let policy =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    let jane = json!([JANE[0], JANE[1], null]);
    let assume = json!({ "RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/next"), "RoleSessionName": "next" });
    let mut with_policy = assume.clone();
    with_policy["Policy"] = policy.into();
    let full_login = login(
        &token_of(&world, 0, &full),
        json!({ "RoleArn": tagger, "DurationSeconds": 7200, "Policy": policy,
                "PolicyArns": [{ "arn": "arn:aws:iam::aws:policy/ReadOnlyAccess" }] }),
    );
    let of_login = [
        "AssumedRoleUser",
        "Audience",
        "Credentials",
        "PackedPolicySize",
        "Provider",
        "SubjectFromWebIdentityToken",
    ];
    let of_full_login = [&of_login[..], &["SourceIdentity"]].concat();
    // The members there have to be: those recorded of AWS. The model knows more, which AWS leaves out.
    let calls: Vec<(&str, Value, Vec<&str>)> = vec![
        (
            "login",
            login(&token_of(&world, 0, &json!({})), json!({})),
            of_login.to_vec(),
        ),
        ("full login", full_login, of_full_login),
        (
            "AssumeRole",
            signed("AssumeRole", assume, jane.clone()),
            vec!["AssumedRoleUser", "Credentials"],
        ),
        (
            "AssumeRole with a policy",
            signed("AssumeRole", with_policy, jane.clone()),
            vec!["AssumedRoleUser", "Credentials", "PackedPolicySize"],
        ),
        (
            "GetCallerIdentity",
            signed("GetCallerIdentity", json!({}), jane.clone()),
            vec!["Account", "Arn", "UserId"],
        ),
        (
            "GetSessionToken",
            signed("GetSessionToken", json!({ "DurationSeconds": 900 }), jane.clone()),
            vec!["Credentials"],
        ),
        (
            "GetFederationToken",
            signed("GetFederationToken", json!({ "Name": "bob" }), jane.clone()),
            vec!["Credentials", "FederatedUser", "PackedPolicySize"],
        ),
        (
            "GetAccessKeyInfo",
            signed(
                "GetAccessKeyInfo",
                json!({ "AccessKeyId": JANE[0] }),
                jane.clone(),
            ),
            vec!["Account"],
        ),
    ];
    let orders: Vec<Value> = calls
        .iter()
        .map(|(name, order, _)| {
            let mut order = order.clone();
            order["name"] = (*name).into();
            order
        })
        .collect();
    let mut presigned = signed("GetCallerIdentity", json!({}), jane);
    presigned["name"] = "presigned".into();
    presigned["presigned"] = true.into();
    let orders: Vec<&Value> = orders.iter().chain([&presigned]).collect();
    let answers = ask(&python, &world, &orders);
    for (name, _, members) in &calls {
        let answer = &answers[*name];
        assert_eq!(answer["status"], 200, "{answer}");
        assert_eq!(answer["problems"], json!([]), "{answer}");
        let mut found: Vec<&str> = answer["result"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        found.sort_unstable();
        let mut expected = members.clone();
        expected.sort_unstable();
        assert_eq!(found, expected, "{name}");
    }
    let presigned = &answers["presigned"];
    assert_eq!(
        (&presigned["status"], &presigned["problems"]),
        (&json!(200), &json!([])),
        "{presigned}"
    );
}
