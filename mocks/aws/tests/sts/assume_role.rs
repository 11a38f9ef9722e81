//! AssumeRole: who may, and what comes back.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{ACCOUNT, Answer, Credentials, OTHER_ACCOUNT, World};

const DEPLOY: &str = "arn:aws:iam::111122223333:role/deploy";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/deploy/job-1";
const JANE: &str = "arn:aws:iam::111122223333:user/jane";

fn everything() -> Value {
    json!(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])
}

async fn deploy(world: &World) -> Credentials {
    world.session(&world.token().build()).await
}

/// That the caller was refused an action on a role, in AWS's words.
#[track_caller]
fn assert_denied(answer: &Answer, caller: &str, action: &str, role_arn: &str, context: &str) {
    let message =
        format!("User: {caller} is not authorized to perform: {action} on resource: {role_arn}{context}");
    answer.assert_error(403, "AccessDenied", &message);
}

#[tokio::test]
async fn the_answer_has_the_shape_of_aws() {
    let world = World::new().await;
    let target = world.trust_aws(ACCOUNT, &json!(DEPLOY), &everything(), &json!({}));
    let answer = world
        .assume_role(&deploy(&world).await, &target, &[("DurationSeconds", "900")])
        .await;
    answer.assert_granted();
    let text = |name| answer.element(name).unwrap();
    let role_id = world.aws.account(ACCOUNT).unwrap().roles[3].id.clone();
    let expected = format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <AssumeRoleResult>
    <AssumedRoleUser>
      <AssumedRoleId>{role_id}:next</AssumedRoleId>
      <Arn>arn:aws:sts::111122223333:assumed-role/target/next</Arn>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>{}</AccessKeyId>
      <SecretAccessKey>{}</SecretAccessKey>
      <SessionToken>{}</SessionToken>
      <Expiration>2026-09-12T00:15:00Z</Expiration>
    </Credentials>
  </AssumeRoleResult>
  <ResponseMetadata>
    <RequestId>{}</RequestId>
  </ResponseMetadata>
</AssumeRoleResponse>
",
        text("AccessKeyId"),
        text("SecretAccessKey"),
        text("SessionToken"),
        text("RequestId"),
    );
    assert_eq!(answer.body, expected);
    let next = world
        .signed_call(&Credentials::of(&answer), "GetCallerIdentity", &[])
        .await;
    assert_eq!(
        next.element("Arn").as_deref(),
        Some("arn:aws:sts::111122223333:assumed-role/target/next")
    );
}

#[tokio::test]
async fn the_event_tells_what_happened_and_keeps_the_secrets() {
    let world = World::new().await;
    let target = world.trust_aws(ACCOUNT, &json!(DEPLOY), &everything(), &json!({}));
    let deploy = deploy(&world).await;
    let answer = world
        .assume_role(
            &deploy,
            &target,
            &[
                ("ExternalId", "x-1"),
                ("Tags.member.1.Key", "Team"),
                ("Tags.member.1.Value", "core"),
                ("TransitiveTagKeys.member.1", "Team"),
            ],
        )
        .await;
    answer.assert_granted();
    let call = serde_json::to_value(world.last_call()).unwrap();
    assert_eq!(call["action"], "AssumeRole");
    assert_eq!(call["caller"]["arn"], SESSION);
    assert_eq!(call["parameters"]["RoleArn"], target);
    assert_eq!(call["parameters"]["ExternalId"], "x-1");
    assert_eq!(call["parameters"]["Tags"], "Team=core");
    assert_eq!(call["parameters"]["TransitiveTagKeys"], "Team");
    assert_eq!(call["decision"]["effect"], "allow");
    assert_eq!(call["decision"]["action"], "sts:AssumeRole");
    assert_eq!(
        call["issued"]["arn"],
        "arn:aws:sts::111122223333:assumed-role/target/next"
    );
    assert_eq!(call["issued"]["expiration"], "2026-09-12T01:00:00Z");
    assert_eq!(call["response"], json!({ "status": 200 }));
    let all = call.to_string();
    for secret in [
        deploy.token.unwrap(),
        answer.element("SecretAccessKey").unwrap(),
        answer.element("SessionToken").unwrap(),
    ] {
        assert!(!all.contains(&secret), "{secret}");
    }
}

#[rstest]
#[case::role(json!(DEPLOY), None)]
#[case::session(json!(SESSION), None)]
#[case::everybody(json!("*"), None)]
#[case::one_of_several(json!([JANE, DEPLOY]), None)]
#[case::account(json!("111122223333"), Some("caller-not-allowed"))]
#[case::account_root(json!("arn:aws:iam::111122223333:root"), Some("caller-not-allowed"))]
#[case::account_and_role(json!(["111122223333", DEPLOY]), None)]
#[case::other_role(json!("arn:aws:iam::111122223333:role/long"), Some("trust-policy-denied"))]
#[case::other_session(json!("arn:aws:sts::111122223333:assumed-role/deploy/job-2"), Some("trust-policy-denied"))]
#[case::other_account(json!("444455556666"), Some("trust-policy-denied"))]
#[case::user(json!(JANE), Some("trust-policy-denied"))]
#[tokio::test]
async fn principals_within_an_account(#[case] principal: Value, #[case] refused: Option<&str>) {
    let world = World::new().await;
    let target = world.trust_aws(ACCOUNT, &principal, &everything(), &json!({}));
    let answer = world.assume_role(&deploy(&world).await, &target, &[]).await;
    match refused {
        None => answer.assert_granted(),
        Some(cause) => {
            assert_denied(&answer, SESSION, "sts:AssumeRole", &target, "");
            assert_eq!(world.cause_kind(), cause);
            // of a refusal for lack of permission there is no policy that decided
            assert_eq!(
                world.last_call().decision.is_none(),
                cause == "caller-not-allowed"
            );
        }
    }
}

#[rstest]
#[case::role(json!(DEPLOY))]
#[case::session(json!(SESSION))]
#[case::account(json!("111122223333"))]
#[case::everybody(json!("*"))]
#[tokio::test]
async fn another_account_needs_permission_on_both_sides(#[case] principal: Value) {
    let world = World::new().await;
    let target = world.trust_aws(OTHER_ACCOUNT, &principal, &everything(), &json!({}));
    let answer = world.assume_role(&deploy(&world).await, &target, &[]).await;
    assert_denied(&answer, SESSION, "sts:AssumeRole", &target, "");
    assert_eq!(world.cause_kind(), "caller-not-allowed");
    let why = world.cause().to_string();
    assert!(why.contains("is in another account"), "{why}");
}

#[rstest]
#[case::user(ACCOUNT, json!(JANE), true)]
#[case::account(ACCOUNT, json!("arn:aws:iam::111122223333:root"), true)]
#[case::across_accounts(OTHER_ACCOUNT, json!("111122223333"), true)]
#[case::user_across_accounts(OTHER_ACCOUNT, json!(JANE), true)]
#[case::not_named(ACCOUNT, json!(DEPLOY), false)]
#[case::not_named_across_accounts(OTHER_ACCOUNT, json!("444455556666"), false)]
#[tokio::test]
async fn a_long_term_key_is_an_administrators(
    #[case] account: &str,
    #[case] principal: Value,
    #[case] granted: bool,
) {
    let world = World::new().await;
    let target = world.trust_aws(account, &principal, &everything(), &json!({}));
    let answer = world.assume_role(&Credentials::user(), &target, &[]).await;
    if granted {
        let session = Credentials::of(&answer);
        let identity = world.signed_call(&session, "GetCallerIdentity", &[]).await;
        assert_eq!(identity.element("Account").as_deref(), Some(account));
    } else {
        assert_denied(&answer, JANE, "sts:AssumeRole", &target, "");
        assert_eq!(world.cause_kind(), "trust-policy-denied");
    }
}

#[tokio::test]
async fn a_role_of_the_same_name_at_another_path_is_another_principal() {
    let world = World::new().await;
    let nested = world.role_arn("ci/nested");
    let session = Credentials::of(
        &world
            .assume_with(&world.token().build(), &[("RoleArn", &nested)])
            .await,
    );
    let without_path = json!("arn:aws:iam::111122223333:role/nested");
    let target = world.trust_aws(ACCOUNT, &without_path, &everything(), &json!({}));
    let answer = world.assume_role(&session, &target, &[]).await;
    assert_eq!(answer.error().1, "AccessDenied");
    let target = world.trust_aws(ACCOUNT, &json!(nested), &everything(), &json!({}));
    world.assume_role(&session, &target, &[]).await.assert_granted();
}

#[tokio::test]
async fn root_users_assume_nothing() {
    let world = World::new().await;
    let target = world.trust_aws(ACCOUNT, &json!("*"), &everything(), &json!({}));
    let root = Credentials::long_term();
    let text = "Roles may not be assumed by root accounts.";
    let answer = world.assume_role(&root, &target, &[]).await;
    answer.assert_error(403, "AccessDenied", text);
    assert_eq!(world.cause_kind(), "root-assumes-role");
    let session = Credentials::of(&world.signed_call(&root, "GetSessionToken", &[]).await);
    let answer = world.assume_role(&session, &target, &[]).await;
    answer.assert_error(403, "AccessDenied", text);
}

#[rstest]
#[case::role(ACCOUNT, "nobody", "no-such-role")]
#[case::account("999988887777", "target", "no-such-account")]
#[tokio::test]
async fn what_is_not_there_is_not_trusting(#[case] account: &str, #[case] role: &str, #[case] cause: &str) {
    let world = World::new().await;
    let arn = format!("arn:aws:iam::{account}:role/{role}");
    let answer = world.assume_role(&Credentials::user(), &arn, &[]).await;
    assert_denied(&answer, JANE, "sts:AssumeRole", &arn, "");
    assert_eq!(world.cause_kind(), cause);
}

#[rstest]
#[case::in_one_account(ACCOUNT, " with an explicit deny in the role trust policy")]
#[case::across_accounts(OTHER_ACCOUNT, "")]
#[tokio::test]
async fn explicit_denies(#[case] account: &str, #[case] context: &str) {
    let world = World::new().await;
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole" },
        { "Effect": "Deny", "Principal": { "AWS": JANE }, "Action": "sts:AssumeRole" },
    ]});
    let target = world.target(account, &policy);
    let answer = world.assume_role(&Credentials::user(), &target, &[]).await;
    assert_denied(&answer, JANE, "sts:AssumeRole", &target, context);
    assert_eq!(
        serde_json::to_value(world.cause()).unwrap()["effect"],
        "explicit-deny"
    );
    let decision = serde_json::to_value(world.last_call().decision).unwrap();
    assert_eq!(decision["deciding"], json!([1]));
}

#[rstest]
#[case::right(Some("s3cret"), true)]
#[case::wrong(Some("other"), false)]
#[case::absent(None, false)]
#[tokio::test]
async fn external_ids(#[case] given: Option<&str>, #[case] granted: bool) {
    let world = World::new().await;
    let condition = json!({ "StringEquals": { "sts:ExternalId": "s3cret" } });
    let target = world.trust_aws(ACCOUNT, &json!(JANE), &everything(), &condition);
    let more: Vec<(&str, &str)> = given.map(|id| ("ExternalId", id)).into_iter().collect();
    let answer = world.assume_role(&Credentials::user(), &target, &more).await;
    if granted {
        answer.assert_granted();
    } else {
        assert_denied(&answer, JANE, "sts:AssumeRole", &target, "");
    }
}

#[rstest]
#[case::principal(json!({ "ArnEquals": { "aws:PrincipalArn": DEPLOY } }))]
#[case::account(json!({ "StringEquals": { "aws:PrincipalAccount": ACCOUNT } }))]
#[case::kind(json!({ "StringEquals": { "aws:PrincipalType": "AssumedRole" } }))]
#[case::user_id(json!({ "StringLike": { "aws:userid": "AROA*:job-1" } }))]
#[case::session_name(json!({ "StringEquals": { "sts:RoleSessionName": "next" } }))]
#[case::issued(json!({ "DateEquals": { "aws:TokenIssueTime": "2026-09-12T00:00:00Z" } }))]
#[case::no_mfa(json!({ "Bool": { "aws:MultiFactorAuthPresent": "false" } }))]
#[case::provider(json!({ "StringEquals": {
    "aws:FederatedProvider": "arn:aws:iam::111122223333:oidc-provider/gitlab.example.com"
} }))]
#[case::subject(json!({ "StringLike": { "gitlab.example.com:sub": "project_path:group/app:*" } }))]
#[case::no_request_tags(json!({ "Null": { "aws:TagKeys": "true", "sts:ExternalId": "true" } }))]
#[case::call(json!({ "StringEquals": { "aws:RequestedRegion": "us-east-1" }, "Bool": { "aws:SecureTransport": "true" } }))]
#[tokio::test]
async fn condition_keys_of_a_session(#[case] condition: Value) {
    let world = World::new().await;
    let target = world.trust_aws(ACCOUNT, &json!(DEPLOY), &everything(), &condition);
    let answer = world.assume_role(&deploy(&world).await, &target, &[]).await;
    answer.assert_granted();
}

#[rstest]
#[case::user(json!({ "StringEquals": { "aws:username": "jane", "aws:PrincipalType": "User" } }))]
#[case::arn(json!({ "ArnEquals": { "aws:PrincipalArn": JANE } }))]
#[case::no_session(json!({ "Null": { "aws:TokenIssueTime": "true", "aws:MultiFactorAuthPresent": "true" } }))]
#[tokio::test]
async fn condition_keys_of_a_user(#[case] condition: Value) {
    let world = World::new().await;
    let target = world.trust_aws(ACCOUNT, &json!(JANE), &everything(), &condition);
    let answer = world.assume_role(&Credentials::user(), &target, &[]).await;
    answer.assert_granted();
}

#[tokio::test]
async fn tags_need_permission() {
    let world = World::new().await;
    let tags = [
        ("Tags.member.1.Key", "Project"),
        ("Tags.member.1.Value", "Automation"),
        ("Tags.member.2.Key", "Team"),
        ("Tags.member.2.Value", ""),
        ("TransitiveTagKeys.member.1", "project"),
    ];
    let condition = json!({
        "StringEquals": { "aws:RequestTag/Project": "Automation", "aws:RequestTag/team": "" },
        "ForAllValues:StringEquals": { "aws:TagKeys": ["Project", "Team"], "sts:TransitiveTagKeys": "project" },
    });
    let target = world.trust_aws(ACCOUNT, &json!(JANE), &everything(), &condition);
    let answer = world.assume_role(&Credentials::user(), &target, &tags).await;
    answer.assert_granted();
    assert!(answer.element("PackedPolicySize").is_some());
    let target = world.trust_aws(ACCOUNT, &json!(JANE), &json!("sts:AssumeRole"), &json!({}));
    let answer = world.assume_role(&Credentials::user(), &target, &tags).await;
    assert_denied(&answer, JANE, "sts:TagSession", &target, "");
    assert_eq!(world.cause_kind(), "tag-session-denied");
    assert_eq!(world.last_call().decision.unwrap().action, "sts:TagSession");
}

#[rstest]
#[case::duplicates(&["a", "A"], &[], "Duplicate tag keys found. Please note that Tag keys are case insensitive.")]
#[case::repeated(&["a", "a"], &[], "Duplicate tag keys found. Please note that Tag keys are case insensitive.")]
#[case::transitive_without_tag(&["a"], &["b"], "The specified transitive tag key must be included in the requested tags.")]
#[case::transitive_alone(&[], &["b"], "The specified transitive tag key must be included in the requested tags.")]
#[tokio::test]
async fn tags_that_do_not_go_together(
    #[case] keys: &[&str],
    #[case] transitive: &[&str],
    #[case] message: &str,
) {
    let world = World::new().await;
    let target = world.trust_aws(ACCOUNT, &json!(JANE), &everything(), &json!({}));
    let mut parameters = Vec::new();
    for (index, key) in keys.iter().enumerate() {
        parameters.push((format!("Tags.member.{}.Key", index + 1), *key));
        parameters.push((format!("Tags.member.{}.Value", index + 1), "v"));
    }
    for (index, key) in transitive.iter().enumerate() {
        parameters.push((format!("TransitiveTagKeys.member.{}", index + 1), *key));
    }
    let parameters: Vec<(&str, &str)> = parameters
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    let answer = world
        .assume_role(&Credentials::user(), &target, &parameters)
        .await;
    answer.assert_error(400, "InvalidParameterValue", message);
    assert_eq!(world.cause_kind(), "invalid-session-tags");
}

#[rstest]
#[case::right("jane", None)]
// the condition stands for both actions, and the source identity is asked about first (recorded)
#[case::wrong("john", Some("sts:SetSourceIdentity"))]
#[tokio::test]
async fn source_identities(#[case] identity: &str, #[case] refused: Option<&str>) {
    let world = World::new().await;
    let condition = json!({ "StringEquals": { "sts:SourceIdentity": "jane" } });
    let target = world.trust_aws(ACCOUNT, &json!(JANE), &everything(), &condition);
    let answer = world
        .assume_role(&Credentials::user(), &target, &[("SourceIdentity", identity)])
        .await;
    match refused {
        None => {
            answer.assert_granted();
            let end = "</Credentials>\n    <SourceIdentity>jane</SourceIdentity>\n  </AssumeRoleResult>";
            assert!(answer.body.contains(end), "{}", answer.body);
        }
        Some(action) => {
            assert_denied(&answer, JANE, action, &target, "");
            assert_eq!(world.cause_kind(), "source-identity-denied");
        }
    }
    // without one it is the role itself that is refused
    let answer = world.assume_role(&Credentials::user(), &target, &[]).await;
    assert_denied(&answer, JANE, "sts:AssumeRole", &target, "");
}

#[rstest]
#[case::small("s3:ListBucket", "16")]
#[case::larger(&"s3:ListBucket".repeat(70), "38")]
#[tokio::test]
async fn session_policies_have_a_size(#[case] action: &str, #[case] size: &str) {
    let world = World::new().await;
    let target = world.trust_aws(ACCOUNT, &json!(JANE), &everything(), &json!({}));
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": action, "Resource": "*" }
    ]});
    let policy = policy.to_string();
    let answer = world
        .assume_role(&Credentials::user(), &target, &[("Policy", &policy)])
        .await;
    answer.assert_granted();
    assert_eq!(answer.element("PackedPolicySize").as_deref(), Some(size));
}

#[rstest]
#[case::rubbish("x", "MalformedPolicyDocument")]
#[case::too_large(&json!({ "Version": "2012-10-17", "Statement": [
    { "Effect": "Allow", "Action": "s3:x".repeat(1000), "Resource": "*" }
]}).to_string(), "PackedPolicyTooLarge")]
#[tokio::test]
async fn session_policies_that_do_not_do(#[case] policy: &str, #[case] code: &str) {
    let world = World::new().await;
    let target = world.trust_aws(ACCOUNT, &json!(JANE), &everything(), &json!({}));
    let answer = world
        .assume_role(&Credentials::user(), &target, &[("Policy", policy)])
        .await;
    assert_eq!((answer.error().0, answer.error().1.as_str()), (400, code));
}

#[rstest]
#[case::no_role(
    "RoleArn",
    None,
    "Value null at 'roleArn' failed to satisfy constraint: Member must not be null"
)]
#[case::short_external_id(
    "ExternalId",
    Some("x"),
    "Value 'x' at 'externalId' failed to satisfy constraint: Member must have length greater than or equal to 2"
)]
#[case::external_id("ExternalId", Some("a b"), r"Value 'a b' at 'externalId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@:\/-]*")]
#[case::source_identity("SourceIdentity", Some("aws:x"), r"Value 'aws:x' at 'sourceIdentity' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*")]
#[case::serial_number(
    "SerialNumber",
    Some("12345678"),
    "Value '12345678' at 'serialNumber' failed to satisfy constraint: Member must have length greater than or equal to 9"
)]
#[case::token_code("TokenCode", Some("12345x"), r"Value '12345x' at 'tokenCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [\d]*")]
#[case::tag_without_value(
    "Tags.member.1.Key",
    Some("a"),
    "Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null"
)]
#[case::transitive_key("TransitiveTagKeys.member.1", Some("#"), r"Value '[#]' at 'transitiveTagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+, Member must not be null]")]
#[case::duration(
    "DurationSeconds",
    Some("43201"),
    "Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200"
)]
#[tokio::test]
async fn constraints(#[case] name: &str, #[case] value: Option<&str>, #[case] problem: &str) {
    let world = World::new().await;
    let role = world.role_arn("deploy");
    let mut parameters = vec![("RoleSessionName", "next")];
    if name != "RoleArn" {
        parameters.push(("RoleArn", &role));
    }
    parameters.extend(value.map(|value| (name, value)));
    let answer = world
        .signed_call(&Credentials::user(), "AssumeRole", &parameters)
        .await;
    let message = format!("1 validation error detected: {problem}");
    answer.assert_error(400, "ValidationError", &message);
    assert_eq!(world.cause_kind(), "invalid-parameters");
}

#[rstest]
#[case::no_arn("nothing-valid-in-here", "nothing-valid-in-here is invalid")]
#[case::empty_parts("arn::b:::something/test-role", "arn::b:::something/test-role is invalid")]
#[case::provider(
    "arn:aws:iam::111122223333:oidc-provider/gitlab.com",
    "Request ARN is invalid"
)]
#[tokio::test]
async fn arns_of_no_role(#[case] arn: &str, #[case] message: &str) {
    let world = World::new().await;
    let answer = world.assume_role(&Credentials::user(), arn, &[]).await;
    answer.assert_error(400, "ValidationError", message);
}

#[rstest]
#[case::device(&[("SerialNumber", "arn:aws:iam::111122223333:mfa/jane"), ("TokenCode", "123456")], "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.")]
#[case::code_alone(&[("TokenCode", "123456")], "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.")]
#[tokio::test]
async fn nobody_has_a_device(#[case] parameters: &[(&str, &str)], #[case] message: &str) {
    let world = World::new().await;
    let target = world.trust_aws(ACCOUNT, &json!(JANE), &everything(), &json!({}));
    let answer = world.assume_role(&Credentials::user(), &target, parameters).await;
    answer.assert_error(403, "AccessDenied", message);
    assert_eq!(world.cause_kind(), "unusable-mfa-code");
}

#[tokio::test]
async fn contexts_are_refused_and_not_ignored() {
    let world = World::new().await;
    let target = world.trust_aws(ACCOUNT, &json!(JANE), &everything(), &json!({}));
    let context = [(
        "ProvidedContexts.member.1.ProviderArn",
        "arn:aws:iam::aws:contextProvider/IdentityCenter",
    )];
    let answer = world.assume_role(&Credentials::user(), &target, &context).await;
    let message = "The parameter ProvidedContexts is not available in this mock of AWS";
    answer.assert_error(501, "NotImplemented", message);
    assert_eq!(world.cause_kind(), "parameter-not-mocked");
}

#[tokio::test]
async fn unsigned_calls_are_told_so_before_anything_else() {
    let world = World::new().await;
    let answer = world.call("AssumeRole", &[]).await;
    let message = "Request is missing Authentication Token";
    answer.assert_error(403, "MissingAuthenticationToken", message);
}
