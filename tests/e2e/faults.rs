//! `faults:`, and faults that come and go between steps.

use trustcheck_tests::{Done, write};

use crate::{scenario, trustcheck};

fn run(rest: &str) -> Done {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "test.yml", &scenario(rest));
    trustcheck(directory.path()).args(["run", "test.yml"]).run()
}

/// A login by the real AWS CLI, and whether it succeeds.
fn login(expect: &str) -> String {
    format!(
        "{{ script: aws sts assume-role-with-web-identity --role-arn arn:aws:iam::111122223333:role/deploy \
         --role-session-name me --web-identity-token $TOKEN, id_tokens: {{ TOKEN: {{ aud: https://gitlab.com }} }}, \
         expect: {{ {expect} }} }}"
    )
}

#[test]
fn faults_come_and_go_between_steps() {
    let fails = |cause: &str| login(&format!("job: failed, error: {{ cause: {cause} }}"));
    let steps = [
        "{ fault: { jwks: 404 } }".to_owned(),
        fails("issuer-answer"),
        "{ fault: { jwks: slow } }".to_owned(),
        fails("issuer-unreachable"),
        "{ clear: jwks }".to_owned(),
        login("job: success"),
        "{ fault: { clock: -3h } }".to_owned(),
        fails("token-expired"),
        "{ clear: { gitlab: https://gitlab.com } }".to_owned(),
        "{ rotate_keys: { old_key: kept } }".to_owned(),
        login("job: success, journal: { fetch: /oauth/discovery/keys }"),
    ];
    let done = run(&format!("needs: [aws]\nsteps:\n  - {}\n", steps.join("\n  - ")));
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn a_gitlab_that_cannot_be_reached_is_down_for_jobs_too() {
    let done = run("faults: [{ jwks: 503 }, { discovery: down }]\n\
         run:\n  script: |\n    curl -s -o page -w '%{http_code}' https://gitlab.com/oauth/discovery/keys; grep -c Unavailable page\n    \
         curl -s https://gitlab.com/.well-known/openid-configuration || echo status $?\n\
         expect: { output: { matches: '503[0-9]\\s+status (52|56)' } }\n");
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}
