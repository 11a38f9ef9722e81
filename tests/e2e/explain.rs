//! `trustcheck explain`: a policy and a token in, the decision, the place and the reason out.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};
use trustcheck_tests::{Done, repository, write};

use crate::trustcheck;

const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "GitLabJobs",
      "Effect": "Allow",
      "Principal": {
        "Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"
      },
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": {
        "StringEquals": {
          "gitlab.com:aud": "https://gitlab.com",
          "gitlab.com:sub": "project_path:group/app:ref_type:branch:ref:main"
        }
      }
    }
  ]
}
"#;

const CLAIMS: &str = r#"{
  "iss": "https://gitlab.com",
  "aud": "https://gitlab.com",
  "sub": "project_path:group/app:ref_type:branch:ref:main",
  "project_path": "group/app",
  "exp": 1
}
"#;

/// A directory with `trust.json` and `claims.json`.
fn files(policy: &str, claims: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "trust.json", policy);
    write(directory.path(), "claims.json", claims);
    directory
}

fn explain(directory: &Path, arguments: &[&str]) -> Done {
    trustcheck(directory)
        .args(["explain"])
        .args(arguments.iter().copied())
        .run()
}

/// With something on standard input.
fn explain_with(directory: &Path, arguments: &[&str], input: &[u8]) -> Done {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(input).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    trustcheck(directory)
        .args(["explain"])
        .args(arguments.iter().copied())
        .stdin(file)
        .run()
}

const BOTH: [&str; 4] = ["--trust-policy", "trust.json", "--claims", "claims.json"];

#[rstest::rstest]
#[case::allowed("allowed", POLICY, CLAIMS, 0)]
#[case::wildcard_under_string_equals("wildcard", &POLICY.replace("ref:main", "ref:*"), CLAIMS, 1)]
#[case::several_audiences(
    "several_audiences", POLICY, &CLAIMS.replace(r#""aud": "https://gitlab.com""#, r#""aud": ["https://gitlab.com", "https://vault.example.com"]"#), 1
)]
#[case::key_not_offered("key_not_offered", &POLICY.replace("gitlab.com:aud\": \"https://gitlab.com", "gitlab.com:project_path\": \"group/app"), CLAIMS, 1)]
#[case::explicit_deny(
    "explicit_deny",
    &POLICY.replace("    {\n      \"Sid\"", r#"    {
      "Sid": "NoForks",
      "Effect": "Deny",
      "Principal": "*",
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": { "StringNotLike": { "gitlab.com:sub": "project_path:group/other:*" } }
    },
    {
      "Sid""#).replace(r#""Principal": "*""#, r#""Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com" }"#),
    CLAIMS,
    1
)]
#[case::other_statements(
    "other_statements",
    &POLICY.replace("main\"", "release\"").replace("    {\n      \"Sid\"", r#"    {
      "Effect": "Allow",
      "Principal": { "Service": "ec2.amazonaws.com" },
      "Action": "sts:AssumeRole"
    },
    {
      "Sid""#),
    CLAIMS,
    1
)]
fn decisions_are_explained(
    #[case] name: &str,
    #[case] policy: &str,
    #[case] claims: &str,
    #[case] code: i32,
) {
    let directory = files(policy, claims);
    let done = explain(directory.path(), &BOTH);
    assert_eq!(done.code, code, "{}{}", done.stdout, done.stderr);
    assert_eq!(done.stderr, "");
    insta::assert_snapshot!(name, done.stdout);
}

#[test]
fn what_anybody_could_use_is_noted_though_it_is_allowed() {
    let policy = POLICY.replace(
        ",\n          \"gitlab.com:sub\": \"project_path:group/app:ref_type:branch:ref:main\"",
        "",
    );
    assert_ne!(policy, POLICY);
    let directory = files(&policy, CLAIMS);
    let done = explain(directory.path(), &BOTH);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    let note = "note: trust.json:8:22: no condition compares `gitlab.com:sub`";
    assert!(done.stdout.contains(note), "no `{note}` in:\n{}", done.stdout);
}

/// The statement that is nearest comes first, and its edit alone is tried.
#[test]
fn of_many_statements_the_nearest_are_shown() {
    let statement = |number: usize| {
        let subject = format!("project_path:group/app{number}:ref_type:branch:ref:main");
        let audience = if number == 7 {
            "https://gitlab.com"
        } else {
            "https://other.example"
        };
        json!({
            "Sid": format!("S{number}"), "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"},
            "Condition": {"StringEquals": {"gitlab.com:aud": audience, "gitlab.com:sub": subject}},
        })
    };
    let statements: Vec<Value> = (0..10).map(statement).collect();
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    let directory = files(&policy.to_string(), CLAIMS);
    let done = explain(directory.path(), &BOTH);
    assert_eq!(done.code, 1, "{}{}", done.stdout, done.stderr);
    let first = done
        .stdout
        .lines()
        .find(|line| line.starts_with("error: "))
        .unwrap();
    assert_eq!(
        first,
        "error: statement 8 (`S7`): the condition on `gitlab.com:sub` does not match"
    );
    assert_eq!(done.stdout.matches("error: ").count(), 12, "{}", done.stdout);
    for said in [
        "With the edit of statement 8, the trust policy lets this token in.",
        "note: 7 more are left out here",
    ] {
        assert!(done.stdout.contains(said), "no `{said}` in:\n{}", done.stdout);
    }
}

/// What the suggestion of the wildcard case comes to, once it is made by hand.
#[test]
fn the_suggested_edit_lets_the_token_in() {
    let policy = POLICY
        .replace("ref:main", "ref:*")
        .replace("StringEquals", "StringLike");
    let directory = files(&policy, CLAIMS);
    let done = explain(directory.path(), &BOTH);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn the_json_is_the_decision() {
    let directory = files(&POLICY.replace("ref:main", "ref:*"), CLAIMS);
    let done = explain(directory.path(), &[&BOTH[..], &["--json"]].concat());
    assert_eq!(done.code, 1);
    let decision: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(decision["effect"], "implicit-deny");
    assert_eq!(decision["token_refused"], Value::Null);
    let condition = &decision["statements"][0]["conditions"][1];
    assert_eq!(condition["reason"]["code"], "wildcard-under-literal");
    assert_eq!(
        condition["request_values"],
        json!(["project_path:group/app:ref_type:branch:ref:main"])
    );
    let span = |name: &str| usize::try_from(condition["key_span"][name].as_u64().unwrap()).unwrap();
    let policy = decision["policy"].as_str().unwrap();
    assert_eq!(&policy[span("start")..span("end")], "\"gitlab.com:sub\"");
}

/// Header, payload, and a signature that nobody looks at.
fn token(claims: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let base64url = |text: &str| -> String {
        text.as_bytes()
            .chunks(3)
            .flat_map(|chunk| {
                let bits = chunk
                    .iter()
                    .fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte))
                    << (8 * (3 - chunk.len()));
                (0..=chunk.len())
                    .map(move |index| char::from(ALPHABET[(bits >> (18 - 6 * index) & 63) as usize]))
            })
            .collect()
    };
    format!(
        "{}.{}.AAAA",
        base64url(r#"{"alg":"RS256","kid":"x"}"#),
        base64url(claims)
    )
}

#[rstest::rstest]
#[case::an_argument(false)]
#[case::standard_input(true)]
fn tokens_are_taken_apart(#[case] on_stdin: bool) {
    let with_times = CLAIMS.replace("\"exp\": 1", "\"iat\": 1, \"exp\": 2");
    let directory = files(POLICY, "");
    let token = token(&with_times);
    let given = if on_stdin { "-" } else { &token };
    let arguments = ["--trust-policy", "trust.json", "--token", given];
    let done = explain_with(directory.path(), &arguments, format!("{token}\n").as_bytes());
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(!done.stdout.contains(&token), "the token is printed");
}

#[test]
fn what_the_aws_cli_prints_is_read() {
    let document: Value = serde_json::from_str(&POLICY.replace("group/app", "group/*")).unwrap();
    let role = |document: Value| {
        let arn = "arn:aws:iam::111122223333:role/ci/deploy";
        serde_json::to_string_pretty(
            &json!({"Role": {"RoleName": "deploy", "Arn": arn, "AssumeRolePolicyDocument": document}}),
        )
    };
    let encoded: String = document
        .to_string()
        .bytes()
        .map(|byte| format!("%{byte:02x}"))
        .collect();
    let forms = [
        (role(document.clone()).unwrap(), "--> trust.json:18:33"),
        (
            role(Value::from(encoded.as_str())).unwrap(),
            "--> trust.json (decoded) (laid out):14:29",
        ),
        (encoded, "--> trust.json (decoded) (laid out):14:29"),
        (document.to_string(), "--> trust.json (laid out):14:29"),
    ];
    for (text, place) in forms {
        let directory = files(&text, CLAIMS);
        let done = explain(directory.path(), &BOTH);
        assert_eq!(done.code, 1, "{}{}", done.stdout, done.stderr);
        assert!(done.stdout.contains(place), "no `{place}` in:\n{}", done.stdout);
        assert!(
            done.stdout
                .contains("write `StringLike` instead of `StringEquals`"),
            "{}",
            done.stdout
        );
    }
}

#[rstest::rstest]
#[case::by_arn(&["--role", "arn:aws:iam::111122223333:role/agent-release-wildcard"], 1, "policies/wildcard-under-string-equals.json:14:29")]
#[case::by_name(&["--role", "agent-release-branches"], 0, "allowed: ")]
#[case::of_another_audience(&["--role", "arn:aws:iam::777788889999:role/agent-release"], 1, "is not registered with the OIDC provider")]
fn roles_of_a_world_are_explained(#[case] role: &[&str], #[case] code: i32, #[case] said: &str) {
    let claims = CLAIMS.replace("group/app", "observability/agent");
    let seed = repository().join("scenarios/seeds/docs-page");
    for file in ["worlds/company.yml", "logs-in.yml"] {
        let arguments = [&["--world", file, "--claims", "-"], role].concat();
        let done = explain_with(&seed, &arguments, claims.as_bytes());
        assert_eq!(done.code, code, "{file}: {}{}", done.stdout, done.stderr);
        assert!(
            done.stdout.contains(said),
            "{file}: no `{said}` in:\n{}",
            done.stdout
        );
    }
}

#[rstest::rstest]
#[case::no_policy(&["--claims", "claims.json"], "--trust-policy")]
#[case::no_token(&["--trust-policy", "trust.json"], "give --token JWT, or --claims FILE")]
#[case::both(&["--trust-policy", "trust.json", "--claims", "claims.json", "--token", "x"], "cannot be used with")]
#[case::no_such_file(&["--trust-policy", "none.json", "--claims", "claims.json"], "cannot read `none.json`: there is no such file")]
#[case::no_token_at_all(&["--trust-policy", "trust.json", "--token", "x"], "the token is not a JWT")]
#[case::stdin_twice(&["--trust-policy", "-", "--claims", "-"], "only one thing can be read from standard input")]
#[case::account(&["--trust-policy", "trust.json", "--claims", "claims.json", "--account", "1"], "twelve digits")]
#[case::session_name(&["--trust-policy", "trust.json", "--claims", "claims.json", "--session-name", "a b"], "2 to 64")]
#[case::context(&["--trust-policy", "trust.json", "--claims", "claims.json", "--context", "x"], "KEY=VALUE")]
#[case::broken_policy(&["--trust-policy", "claims.json", "--claims", "claims.json"], "--> claims.json:2:3")]
#[case::batch_with_others(&["--batch", "--trust-policy", "trust.json"], "cannot be used with")]
fn bad_input_ends_with_two(#[case] arguments: &[&str], #[case] message: &str) {
    let directory = files(POLICY, CLAIMS);
    let done = explain(directory.path(), arguments);
    assert_eq!(done.code, 2, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stderr.contains(message),
        "no `{message}` in:\n{}",
        done.stderr
    );
    assert_eq!(done.stdout, "");
}

#[test]
fn broken_files_are_shown_with_a_caret() {
    let directory = files(&POLICY.replace("\"Allow\"", "\"allow\""), CLAIMS);
    insta::assert_snapshot!("broken_policy", explain(directory.path(), &BOTH).stderr);
    let directory = files(POLICY, &CLAIMS.replace("group/app\",", "group/app\""));
    insta::assert_snapshot!("broken_claims", explain(directory.path(), &BOTH).stderr);
}

#[test]
fn a_role_that_a_world_lacks_is_told() {
    let seed = repository().join("scenarios/seeds/docs-page");
    let role = |role: &str| {
        let arguments = ["--world", "worlds/company.yml", "--claims", "-", "--role", role];
        let done = explain_with(&seed, &arguments, CLAIMS.as_bytes());
        assert_eq!(done.code, 2, "{}{}", done.stdout, done.stderr);
        done.stderr
    };
    let near = role("arn:aws:iam::111122223333:role/agent-relase");
    assert!(
        near.contains("did you mean `arn:aws:iam::111122223333:role/agent-release`?"),
        "{near}"
    );
    assert!(role("agent-release").contains("is the name of several roles"));
}

#[test]
fn a_batch_answers_line_by_line() {
    let policy: Value = serde_json::from_str(POLICY).unwrap();
    let line = |id: Value, subject: &str| {
        json!({
            "id": id, "policy": policy, "principal": "arn:aws:iam::111122223333:oidc-provider/gitlab.com",
            "action": "sts:AssumeRoleWithWebIdentity",
            "context": { "gitlab.com:sub": subject, "gitlab.com:aud": "https://gitlab.com" },
        })
        .to_string()
    };
    let main = "project_path:group/app:ref_type:branch:ref:main";
    let lines = [
        line(json!(1), main),
        "{\"id\": \"b\"".to_owned(),
        line(json!("c"), &main.replace("main", "dev")),
    ];
    let directory = files("", "");
    let done = explain_with(directory.path(), &["--batch"], lines.join("\n").as_bytes());
    assert_eq!((done.code, done.stderr.as_str()), (2, ""), "{}", done.stdout);
    let answers: Vec<Value> = done
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), 3);
    assert_eq!(
        (&answers[0]["id"], &answers[0]["decision"]),
        (&json!(1), &json!("allow"))
    );
    assert!(
        answers[1]["id"].is_null() && answers[1]["error"].is_string(),
        "{}",
        answers[1]
    );
    assert_eq!(
        (&answers[2]["id"], &answers[2]["explicit"]),
        (&json!("c"), &json!(false))
    );
    assert_eq!(answers[2]["reasons"][0]["code"], "subject-differs");
    let done = explain_with(directory.path(), &["--batch"], line(json!(1), main).as_bytes());
    assert_eq!(done.code, 0, "{}", done.stderr);
}
