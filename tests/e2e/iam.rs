//! IAM as its clients see it: boto3 of a pinned version against the service model that comes with it, row by row against
//! what was recorded of AWS, and the AWS CLI that builds a login from nothing and takes it down.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mock_gitlab::{KeyPool, Project, Settings};
use rustix::process::Signal;
use tokio_util::sync::CancellationToken;
use trustcheck::context::Context;
use trustcheck::tools;
use trustcheck_lab::aws::AccessKey;
use trustcheck_lab::aws::accounts::Account;
use trustcheck_lab::{BootOptions, World, WorldSpec};
use trustcheck_tests::python::tools_are_needed;
use trustcheck_tests::{repository, write};

use crate::serve::{run_script_with, serve};
use crate::trustcheck;

const ACCOUNT: &str = "111122223333";

/// A world with one account, its root user and one user, and GitLab.com for an issuer.
async fn world() -> World {
    trustcheck_lab::install_crypto_provider();
    let keys = KeyPool::open(Path::new(env!("CARGO_TARGET_TMPDIR")).join("keys"));
    let gitlab = Settings {
        projects: vec![Project::new("group/project")],
        ..Settings::default()
    };
    let mut account = Account::new(ACCOUNT);
    account.alias = Some("acme".to_owned());
    let options = BootOptions::default()
        .access_key(AccessKey::root(ACCOUNT, "test", "test"))
        .access_key(AccessKey::user(ACCOUNT, "jane", "AKIAJANE", "jane"));
    World::boot_with(WorldSpec::new(vec![gitlab], vec![account]), &keys, 1, options)
        .await
        .unwrap()
}

/// A tool at its pinned version; nothing where it cannot be had, which is said.
async fn pinned(name: &str) -> Option<PathBuf> {
    let context = Context::capture().unwrap();
    let tool = tools::find(name).unwrap();
    match tool.pinned(&context, &CancellationToken::new(), &|_| {}).await {
        Ok(ready) => ready.directory,
        Err(missing) => {
            assert!(!tools_are_needed(), "{name}: {missing}");
            skipped(&format!("{name}: {missing}"));
            None
        }
    }
}

/// Says so past the capture of the test's output.
fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// Runs a script of `tests/boto3` against a world, and returns the last line it prints.
async fn script(name: &str) -> Option<String> {
    let directory = pinned("python/boto3").await?;
    let world = world().await;
    let output = tokio::process::Command::new(directory.join("python3"))
        .arg("-B")
        .arg(repository().join("tests/boto3").join(name))
        .env_clear()
        .env("AWS_ENDPOINT_URL", format!("http://{}", world.edge()))
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    world.shutdown().await;
    let (told, complained) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{told}{complained}");
    told.lines().last().map(str::to_owned)
}

/// The number that a line begins with.
fn count(line: &str) -> usize {
    line.split(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_operation_answers_in_the_shapes_of_the_service_model() {
    if let Some(told) = script("iam_operations.py").await {
        assert!(count(&told) >= 52, "{told}");
    }
}

#[tokio::test]
async fn every_refusal_is_worded_as_recorded() {
    if let Some(told) = script("iam_rows.py").await {
        assert!(count(&told) >= 288, "{told}");
    }
}

/// From nothing to a login and back, as tutorials have it.
const LIFE: &str = r#"
set -e
export AWS_PAGER=
printf '[default]\ncli_follow_urlparam = false\n' > config
export AWS_CONFIG_FILE=$PWD/config
PROVIDER=arn:aws:iam::123456789012:oidc-provider/gitlab.com
cat > trust.json <<END
{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": "$PROVIDER"},
 "Action": "sts:AssumeRoleWithWebIdentity",
 "Condition": {"StringEquals": {"gitlab.com:aud": "https://gitlab.com"}, "StringLike": {"gitlab.com:sub": "project_path:my-group/*"}}}]}
END
cat > policy.json <<END
{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "*"}]}
END
# older models do not know that IAM finds the thumbprint itself
case "$($AWS --version)" in aws-cli/2.*) MORE="--thumbprint-list $(printf '%040d' 0)" ;; esac
$AWS iam create-open-id-connect-provider --url https://gitlab.com --client-id-list https://gitlab.com $MORE
$AWS iam create-role --role-name deploy --assume-role-policy-document file://trust.json --query Role.Arn --output text
$AWS iam put-role-policy --role-name deploy --policy-name look --policy-document file://policy.json
ARN=$($AWS iam create-policy --policy-name base --policy-document file://policy.json --query Policy.Arn --output text)
$AWS iam attach-role-policy --role-name deploy --policy-arn $ARN
$AWS iam attach-role-policy --role-name deploy --policy-arn arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess
$AWS iam get-role --role-name deploy --query Role.AssumeRolePolicyDocument.Version
OUT=$($AWS sts assume-role-with-web-identity --role-arn arn:aws:iam::123456789012:role/deploy --role-session-name me \
  --web-identity-token $TOKEN --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)
(
  export $(printf 'AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_SESSION_TOKEN=%s' $OUT)
  $AWS sts get-caller-identity
  $AWS iam get-role --role-name deploy --query Role.RoleName
  if $AWS iam list-roles 2> denied; then exit 1; fi
  grep -q 'because no identity-based policy allows the iam:ListRoles action' denied
)
$AWS iam detach-role-policy --role-name deploy --policy-arn arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess
$AWS iam detach-role-policy --role-name deploy --policy-arn $ARN
$AWS iam delete-policy --policy-arn $ARN
$AWS iam delete-role-policy --role-name deploy --policy-name look
$AWS iam delete-role --role-name deploy
$AWS iam delete-open-id-connect-provider --open-id-connect-provider-arn $PROVIDER
test "$($AWS iam list-roles --query 'length(Roles)')" = 0
echo all gone
"#;

/// The AWS CLIs to try: the pinned one of PyPI, and a version 2 that the host has.
async fn clis() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = pinned("aws").await.into_iter().map(|at| at.join("aws")).collect();
    let second = ["/usr/bin/aws", "/usr/local/bin/aws"].map(PathBuf::from);
    let second = second.into_iter().find(|program| {
        let output = Command::new(program).arg("--version").output();
        output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).starts_with("aws-cli/2"))
    });
    match second {
        Some(program) => found.push(program),
        None => skipped("the host has no AWS CLI 2 (Debian's package `awscli`)"),
    }
    found
}

#[test]
fn the_aws_cli_builds_a_login_from_nothing_and_takes_it_down() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for cli in runtime.block_on(clis()) {
        let directory = tempfile::tempdir().unwrap();
        let token = trustcheck(directory.path()).args(["token"]).run().stdout;
        serve(directory.path(), &[], Signal::TERM, |served| {
            let environment = served.ready["environment"].as_object().unwrap();
            let exports: String = environment
                .iter()
                .map(|(name, value)| format!("export {name}={}\n", value.as_str().unwrap()))
                .collect();
            let script = format!(
                "{exports}AWS='aws --endpoint-url {}'\nTOKEN={}\n{LIFE}",
                served.text("endpoint_url"), // the oldest know no variable for it
                token.trim()
            );
            run_script_with(served.directory, &script, "all gone", cli.parent());
        });
    }
}

/// What the CLI prints of an account whose role may look at roles and read from S3.
const DETAILS: &str = r#"{
  "UserDetailList": [], "GroupDetailList": [], "IsTruncated": false,
  "RoleDetailList": [{
    "Path": "/ci/", "RoleName": "deploy", "RoleId": "AROAEXAMPLEEXAMPLE123",
    "Arn": "arn:aws:iam::111122223333:role/ci/deploy", "CreateDate": "2024-02-03T04:05:06+00:00",
    "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [{
      "Effect": "Allow", "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com" },
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": { "StringLike": { "gitlab.com:sub": "project_path:group/*" } } }] },
    "InstanceProfileList": [],
    "RolePolicyList": [{ "PolicyName": "look", "PolicyDocument": {
      "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "iam:GetRole", "Resource": "*" } } }],
    "AttachedManagedPolicies": [
      { "PolicyName": "AmazonS3ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" }],
    "Tags": [], "RoleLastUsed": {}
  }],
  "Policies": []
}"#;

/// A scenario of a real account's role: it logs in, may look, and is refused what it may not.
const IMPORTED: &str = r#"name: A real account's role
world:
  gitlab: { projects: [{ path: group/project }] }
  aws:
    accounts:
      "111122223333":
        oidc_providers: [{ url: https://gitlab.com, client_ids: [https://gitlab.com] }]
        import: details.json
steps:
  - name: log in
    call:
      operation: AssumeRoleWithWebIdentity
      parameters: { RoleArn: arn:aws:iam::111122223333:role/ci/deploy, RoleSessionName: me }
  - name: look
    call: { service: iam, operation: GetRole, parameters: { RoleName: deploy }, credentials: log in }
    expect: { response: { status: 200, fields: { Role.RoleId: AROAEXAMPLEEXAMPLE123 } } }
  - name: too much
    call: { service: iam, operation: ListRoles, credentials: log in }
    expect:
      error: { code: AccessDenied, status: 403, cause: caller-not-allowed }
      decision: { effect: implicit-deny, action: "iam:ListRoles" }
"#;

#[test]
fn an_imported_role_has_the_permissions_of_the_real_one() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "details.json", DETAILS);
    write(directory.path(), "imported.yml", IMPORTED);
    let done = trustcheck(directory.path()).args(["run", "imported.yml"]).run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    let why = "statement 1 of the policy does not match";
    assert!(done.stdout.contains(why), "{}", done.stdout);
}
