//! `call:` — the built-in client: what it sends, what it is answered, and what is expected of that.

use trustcheck_tests::{Done, write};

use crate::{scenario, trustcheck};

fn run(rest: &str) -> Done {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "test.yml", &scenario(rest));
    trustcheck(directory.path())
        .args([
            "run",
            "test.yml",
            "--report",
            "json=report.json",
            "--report",
            "pretty",
        ])
        .run()
}

#[track_caller]
fn passes(rest: &str) {
    let done = run(rest);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

/// The call that logs in; `more` goes below it.
fn login(more: &str) -> String {
    format!(
        "call:\n      operation: AssumeRoleWithWebIdentity\n      parameters: {{ RoleArn: \
         arn:aws:iam::111122223333:role/deploy, RoleSessionName: ci }}\n{more}"
    )
}

#[test]
fn a_job_logs_in_and_asks_who_it_is() {
    let steps = format!(
        "steps:
  - name: log in
    {}
    expect:
      response:
        status: 200
        code: {{ absent: true }}
        fields:
          Audience: https://gitlab.com
          Provider: arn:aws:iam::111122223333:oidc-provider/gitlab.com
          SubjectFromWebIdentityToken: project_path:group/project:ref_type:branch:ref:main
          AssumedRoleUser.Arn: arn:aws:sts::111122223333:assumed-role/deploy/ci
          Credentials.AccessKeyId: {{ matches: '^ASIA[A-Z0-9]{{16}}$' }}
          PackedPolicySize: '25'
          SourceIdentity: {{ absent: true }}
      decision: {{ effect: allow }}
  - call: {{ operation: GetCallerIdentity, credentials: log in }}
    expect:
      response: {{ fields: {{ Arn: arn:aws:sts::111122223333:assumed-role/deploy/ci, Account: '111122223333' }} }}
  - call: {{ operation: GetCallerIdentity, credentials: {{ step: log in }}, region: eu-central-1, method: GET }}
  - call: GetCallerIdentity
    expect: {{ response: {{ status: 403, code: MissingAuthenticationToken }} }}
  - advance: 61m
  - call: {{ operation: GetCallerIdentity, credentials: log in }}
    expect: {{ error: {{ status: 403, code: ExpiredToken, cause: session-expired }}, response: {{ code: ExpiredToken }} }}
expect:
  journal:
    - {{ call: 'sts:GetCallerIdentity', times: 4 }}
    - {{ fetch: /oauth/discovery/keys, times: 1 }}
",
        login("")
    );
    passes(&steps);
}

/// Each kind of spoiled token, and AWS's answer to it.
#[rstest::rstest]
#[case::signature("signature", "InvalidIdentityToken", "could not be validated")]
#[case::no_signature("no-signature", "InvalidIdentityToken", "could not be validated")]
#[case::alg_none("alg-none", "InvalidIdentityToken", "could not be validated")]
#[case::hs256("hs256", "InvalidIdentityToken", "could not be validated")]
#[case::other_key("other-key", "InvalidIdentityToken", "could not be validated")]
#[case::wrong_kid("wrong-kid", "InvalidIdentityToken", "Couldn't retrieve verification key")]
#[case::no_kid("no-kid", "InvalidIdentityToken", "Couldn't retrieve verification key")]
#[case::payload("payload", "InvalidIdentityToken", "could not be validated")]
#[case::crit("crit", "InvalidIdentityToken", "is not a valid JWT")]
#[case::opaque("opaque", "InvalidIdentityToken", "is not a valid JWT")]
#[case::expired("expired", "ExpiredTokenException", "Token expired: current date/time")]
#[case::not_yet_valid("not-yet-valid", "InvalidIdentityToken", "Token not yet valid: current")]
#[case::from_the_future("from-the-future", "InvalidIdentityToken", "Token issued in the future: ")]
fn spoiled_tokens_are_refused(#[case] spoil: &str, #[case] code: &str, #[case] message: &str) {
    let call = login(&format!("      token: {{ spoil: {spoil} }}\n"));
    passes(&format!(
        "run:\n    {call}expect:\n  response: {{ status: 400, code: {code}, message: {{ contains: {message:?} }} }}\n"
    ));
}

/// Each kind of spoiled signature, and AWS's answer to it.
#[rstest::rstest]
#[case::secret("secret", "SignatureDoesNotMatch", "The request signature we calculated")]
#[case::access_key(
    "access-key",
    "InvalidClientTokenId",
    "The security token included in the request is invalid"
)]
#[case::session_token(
    "session-token",
    "InvalidClientTokenId",
    "The security token included in the request is invalid"
)]
#[case::no_session_token(
    "no-session-token",
    "InvalidClientTokenId",
    "The security token included in the request"
)]
#[case::late("late", "SignatureDoesNotMatch", "Signature expired: ")]
#[case::early("early", "SignatureDoesNotMatch", "Signature not yet current: ")]
fn spoiled_signatures_are_refused(#[case] spoil: &str, #[case] code: &str, #[case] message: &str) {
    passes(&format!(
        "steps:\n  - name: log in\n    {}\n  - call: {{ operation: GetCallerIdentity, credentials: {{ step: log in, spoil: \
         {spoil} }} }}\n    expect: {{ response: {{ status: 403, code: {code}, message: {{ contains: {message:?} }} }} }}\n",
        login("")
    ));
}

#[rstest::rstest]
#[case::claims(
    "{ claims: { sub: someone } }",
    "AccessDenied",
    "sts:AssumeRoleWithWebIdentity"
)]
#[case::null("{ claims: { sub: null } }", "InternalFailure", "Unknown error validating")]
#[case::without("{ without: [aud] }", "InvalidIdentityToken", "Missing a required claim: aud")]
#[case::time("{ claims: { exp: now-301s } }", "ExpiredTokenException", "Token expired")]
#[case::audience(
    "{ aud: https://elsewhere }",
    "InvalidIdentityToken",
    "could not be validated"
)]
#[case::audiences(
    "{ aud: [https://gitlab.com, b] }",
    "InvalidIdentityToken",
    "more than one audience"
)]
#[case::text("glpat-x", "InvalidIdentityToken", "is not a valid JWT")]
fn tokens_are_minted_to_order(#[case] token: &str, #[case] code: &str, #[case] message: &str) {
    let call = login(&format!("      token: {token}\n"));
    passes(&format!(
        "run:\n    {call}expect:\n  response: {{ code: {code}, message: {{ contains: {message:?} }} }}\n"
    ));
}

#[test]
fn an_unmet_answer_is_shown_without_its_secrets() {
    let done = run(&format!(
        "run:\n    {}expect:\n  response: {{ status: 403, fields: {{ Audience: other, Nothing: x }} }}\n",
        login("")
    ));
    assert_eq!(done.code, 1, "{}{}", done.stdout, done.stderr);
    for part in [
        "expected status 403",
        "actual   status 200",
        "expected Audience `other`",
        "actual   Audience `https://gitlab.com`",
        "actual   no Nothing",
        "the last answer, with status 200",
        "<SecretAccessKey>[MASKED]</SecretAccessKey>",
        "<SessionToken>[MASKED]</SessionToken>",
        "--> test.yml:",
    ] {
        assert!(done.stdout.contains(part), "no `{part}` in:\n{}", done.stdout);
    }
}

#[test]
fn a_step_without_credentials_has_none_to_give() {
    let done = run(&format!(
        "steps:\n  - name: log in\n    {}    expect: {{ response: {{ status: 400 }} }}\n  - call: {{ operation: \
         GetCallerIdentity, credentials: log in }}\n",
        login("      token: x.y.z\n")
    ));
    assert_eq!(done.code, 3, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout.contains("the step `log in` got no credentials"),
        "{}",
        done.stdout
    );
}

#[test]
fn parameters_are_nested_as_in_the_api_reference() {
    let directory = tempfile::tempdir().unwrap();
    let rest = "run:
  call:
    operation: AssumeRoleWithWebIdentity
    parameters:
      RoleArn: arn:aws:iam::111122223333:role/deploy
      RoleSessionName: ci
      DurationSeconds: 900
      ProviderId: null
      PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/A' }, { arn: short }]
      Policy: { Version: '2012-10-17', Statement: [] }
expect:
  response:
    message: \"1 validation error detected: Value 'short' at 'policyArns.2.member.arn' failed to satisfy constraint: Member must \
    have length greater than or equal to 20\"
";
    write(directory.path(), "test.yml", &scenario(rest));
    let done = trustcheck(directory.path()).args(["run", "test.yml"]).run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}
