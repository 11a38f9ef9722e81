//! Real programs in a sandbox, as users have them: unchanged, with nothing told of any mock.

use trustcheck_tests::write;

use super::{PATH, Who, can_be, has, open_directory, run, skip, succeeds, trustcheck};
use crate::WORLD;

/// The notes of an article on Terraform, as they were published: the issuer's keys, and the fingerprint of its certificate
/// as IAM wants it.
#[rstest::rstest]
#[case::root(Who::Me)]
#[case::user(Who::Nobody)]
fn the_terraform_articles_notes_run_as_printed(#[case] who: Who) {
    if !can_be(who) || !has("curl") || !has("jq") || !has("openssl") {
        return;
    }
    let script = "curl https://gitlab.com/.well-known/openid-configuration -s | jq .jwks_uri -r\n\
                  # get hex encoded sha1 hash of cert\n\
                  echo quit | openssl s_client -connect gitlab.com:443 2>/dev/null | openssl x509 -noout -fingerprint | cut -d= -f2 | sed -e s/://g | tr '[:upper:]' '[:lower:]'";
    let expect = "  job: success\n  output: { matches: '(?m)^https://gitlab.com/oauth/discovery/keys\\n(?s:.*)^[0-9a-f]{40}$' }\n";
    let done = run(who, script, expect);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

/// The same article goes on to make the provider with that fingerprint; a login through it works.
#[test]
fn the_terraform_articles_fingerprint_makes_a_provider_that_works() {
    if !has("openssl") {
        return;
    }
    let directory = open_directory();
    write(directory.path(), "provider.yml", PROVIDER);
    let done = trustcheck(Who::Me, directory.path())
        .args(["run", "--executor", "sandbox", "--deny-skips", "provider.yml"])
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

/// The provider that was there is deleted, and its tokens are of no use until the new one is made.
const PROVIDER: &str = r#"name: A provider from nothing
needs: [aws]
executor: sandbox
world:
  gitlab: { url: https://gitlab.com, projects: [{ path: group/project }] }
  aws:
    accounts:
      "111122223333":
        oidc_providers: [{ url: https://gitlab.com, client_ids: [https://gitlab.com] }]
        roles:
          setup:
            policies:
              providers:
                Version: "2012-10-17"
                Statement: { Effect: Allow, Action: "iam:*OpenIDConnectProvider*", Resource: "*" }
            trust_policy:
              Version: "2012-10-17"
              Statement:
                Effect: Allow
                Principal: { Federated: arn:aws:iam::111122223333:oidc-provider/gitlab.com }
                Action: sts:AssumeRoleWithWebIdentity
run:
  id_tokens: { TOKEN: { aud: https://gitlab.com } }
  script: |
    log_in() {
      aws sts assume-role-with-web-identity --role-arn arn:aws:iam::111122223333:role/setup --role-session-name "$1" \
        --web-identity-token $TOKEN --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text
    }
    STS=$(log_in first)
    export $(printf 'AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_SESSION_TOKEN=%s' $STS)
    export AWS_DEFAULT_REGION=us-east-1
    PROVIDER=arn:aws:iam::111122223333:oidc-provider/gitlab.com
    aws iam delete-open-id-connect-provider --open-id-connect-provider-arn $PROVIDER
    aws configure set cli_follow_urlparam false # else version 1 takes the page at https://gitlab.com for the audience
    if log_in meanwhile; then exit 1; fi
    THUMBPRINT=$(echo quit | openssl s_client -connect gitlab.com:443 2>/dev/null | openssl x509 -noout -fingerprint | cut -d= -f2 | sed -e s/://g | tr '[:upper:]' '[:lower:]')
    aws iam create-open-id-connect-provider --url https://gitlab.com --client-id-list https://gitlab.com --thumbprint-list $THUMBPRINT
    test "$(aws iam get-open-id-connect-provider --open-id-connect-provider-arn $PROVIDER --query 'ThumbprintList[0]' --output text)" = $THUMBPRINT
    STS=$(log_in again)
    export $(printf 'AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_SESSION_TOKEN=%s' $STS)
    aws sts get-caller-identity
    ! env | grep AWS_ENDPOINT
expect:
  job: success
  output: { contains: [No OpenIDConnect provider found in your account, assumed-role/setup/again] }
"#;

/// `s_client` ends with 0 whatever it thinks of a certificate, so its opinion is read.
#[test]
fn openssl_verifies_the_certificate() {
    if !has("openssl") {
        return;
    }
    succeeds(
        Who::Me,
        "openssl s_client -connect sts.eu-west-1.amazonaws.com:443 -verify_hostname sts.eu-west-1.amazonaws.com </dev/null 2>&1 | grep -x 'Verification: OK'\n\
         (openssl s_client -connect gitlab.com:443 -verify_hostname example.org </dev/null 2>&1 || true) | grep -i 'Hostname mismatch'",
    );
}

#[rstest::rstest]
#[case::curl("curl", "curl -fsS https://gitlab.com/oauth/discovery/keys")]
#[case::curl_without_variables("curl", "env -i /usr/bin/curl -fsS https://gitlab.com/oauth/discovery/keys")]
#[case::wget("wget", "wget -qO- https://gitlab.com/oauth/discovery/keys")]
#[case::git(
    "git",
    "(git ls-remote https://gitlab.com/group/project 2>&1 || true) | grep 'not found'"
)]
#[case::python(
    "python3",
    "python3 -c 'import urllib.request as r; print(r.urlopen(\"https://gitlab.com/oauth/discovery/keys\").status)'"
)]
#[case::python_without_variables(
    "python3",
    "env -i /usr/bin/python3 -c 'import urllib.request as r; print(r.urlopen(\"https://gitlab.com/oauth/discovery/keys\").status)'"
)]
#[case::node(
    "node",
    "node -e 'fetch(\"https://gitlab.com/oauth/discovery/keys\").then(answer => console.log(answer.status))'"
)]
#[case::ruby(
    "ruby",
    "ruby -ropen-uri -e 'puts URI.open(\"https://gitlab.com/oauth/discovery/keys\").status'"
)]
fn a_client_trusts_the_world(#[case] program: &str, #[case] script: &str) {
    if has(program) {
        succeeds(Who::Me, script);
    }
}

#[test]
fn java_trusts_the_world_without_a_variable() {
    if !has("javac") {
        return;
    }
    succeeds(
        Who::Me,
        "cat >Fetch.java <<'END'\n\
         public class Fetch {\n\
         \x20 public static void main(String[] arguments) throws Exception {\n\
         \x20   var url = new java.net.URL(\"https://gitlab.com/oauth/discovery/keys\");\n\
         \x20   System.out.println(((java.net.HttpURLConnection) url.openConnection()).getResponseCode());\n\
         \x20 }\n\
         }\n\
         END\n\
         java Fetch.java",
    );
}

/// The `go` command fetches modules with Go's own client.
#[test]
fn go_trusts_the_world() {
    let has_go = std::path::Path::new("/usr/local/go/bin/go").exists() || has("go");
    if has_go {
        succeeds(
            Who::Me,
            "export PATH=$PATH:/usr/local/go/bin GOPROXY=https://gitlab.com GONOSUMDB=* GOFLAGS=-mod=mod\n\
             (go list -m example.org/x@v1.0.0 2>&1 || true) | tee /dev/stderr | grep '404 Not Found'",
        );
    }
}

/// A login and a call with its credentials.
const LOGIN: &str = "    STS=$(aws sts assume-role-with-web-identity --role-arn arn:aws:iam::111122223333:role/deploy --role-session-name test \
     --web-identity-token $TOKEN --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)\n    \
     export $(printf 'AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_SESSION_TOKEN=%s' $STS)\n    \
     aws sts get-caller-identity\n    aws --version\n    ! env | grep AWS_ENDPOINT\n";

fn logs_in(who: Who, path: Option<&str>, region: &str, version: &str) {
    let directory = open_directory();
    let needs = if path.is_none() { "needs: [aws]\n" } else { "" };
    let text = format!(
        "{WORLD}\n{needs}executor: sandbox\nrun:\n  id_tokens: {{ TOKEN: {{ aud: https://gitlab.com }} }}\n  script: |\n    {region}\n{LOGIN}\
         expect:\n  job: success\n  output: {{ contains: [assumed-role/deploy/test, '{version}'] }}\n"
    );
    write(directory.path(), "login.yml", &text);
    let mut program = trustcheck(who, directory.path());
    if let Some(path) = path {
        program = program.env("PATH", path);
    }
    let done = program
        .args(["run", "--executor", "sandbox", "--deny-skips", "login.yml"])
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

/// An AWS CLI older than endpoint variables: it goes where it always went.
#[rstest::rstest]
#[case::root(Who::Me)]
#[case::user(Who::Nobody)]
fn debians_aws_cli_logs_in(#[case] who: Who) {
    if !can_be(who) {
        return;
    }
    // Continuous integration keeps it out of the way of those tests that want the one from PyPI.
    let is_version_2 = |directory: &&str| {
        std::process::Command::new(format!("{directory}/aws"))
            .arg("--version")
            .env_clear()
            .output()
            .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).starts_with("aws-cli/2"))
    };
    let Some(directory) = ["/usr/lib/debian-awscli", "/usr/bin"]
        .into_iter()
        .find(is_version_2)
    else {
        return skip("the host has no AWS CLI 2 of Debian's");
    };
    let path = format!("{directory}:{PATH}");
    logs_in(
        who,
        Some(&path),
        "export AWS_DEFAULT_REGION=eu-west-1",
        "aws-cli/2",
    );
}

#[test]
fn the_aws_cli_of_pypi_logs_in() {
    logs_in(Who::Me, None, "true", "aws-cli/");
}
