//! `trustcheck token`: the tokens of jobs and tokens with any claims, good at a world that `serve` puts up.

use rustix::process::Signal;
use serde_json::Value;
use trustcheck_tests::{Done, write};

use crate::serve::{ROLE, WORLD, serve};
use crate::trustcheck;

/// A directory with a world and a scenario, and what `token` does in it.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), "world.yml", WORLD);
        let scenario = "name: x\nworld: world.yml\ntrigger: { branch: feature/x, source: web }\n";
        write(directory.path(), "scenario.yml", scenario);
        let of_matrix = scenario.replace("feature/x", "'$[[ matrix.branch ]]'");
        write(
            directory.path(),
            "matrix.yml",
            &format!("{of_matrix}matrix: {{ branch: [a, b] }}\n"),
        );
        Place(directory)
    }

    fn run(&self, arguments: &[&str]) -> Done {
        trustcheck(self.0.path())
            .args(["token"])
            .args(arguments.iter().copied())
            .run()
    }

    fn token(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert_eq!(
            (done.code, done.stdout.lines().count()),
            (0, 1),
            "{}{}",
            done.stdout,
            done.stderr
        );
        done.stdout.trim().to_owned()
    }

    /// A token with claims made of those of a good one.
    fn altered(&self, alter: impl FnOnce(&mut Value)) -> String {
        let done = self.run(&["--world", "world.yml", "--json"]);
        let mut claims = serde_json::from_str::<Value>(&done.stdout).unwrap()["claims"].take();
        alter(&mut claims);
        write(
            self.0.path(),
            "claims.json",
            &serde_json::to_string_pretty(&claims).unwrap(),
        );
        self.token(&["--world", "world.yml", "--claims", "claims.json"])
    }
}

#[test]
fn without_options_it_is_known_to_a_world_without_options() {
    let place = Place::new();
    let token = place.token(&[]);
    serve(place.0.path(), &[], Signal::TERM, |served| {
        let (status, text) = served.assume("arn:aws:iam::123456789012:role/any", &token);
        assert_eq!(status, 400);
        assert!(
            text.contains("No OpenIDConnect provider found in your account for https://gitlab.com"),
            "{text}"
        );
    });
}

#[test]
fn what_it_signs_is_verified_against_the_keys_of_the_same_world() {
    let place = Place::new();
    let good = place.token(&["--world", "world.yml"]);
    // The world without options has the same first GitLab, and so the same keys.
    let default = place.token(&["--project", "group/project"]);
    let expired = place.altered(|claims| claims["exp"] = 1_000_000_000.into());
    let no_subject = place.altered(|claims| drop(claims.as_object_mut().unwrap().remove("sub")));
    let other = place.altered(|claims| claims["aud"] = "https://example.com".into());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let forged = format!(
        "{signed}.{}{}",
        if signature.starts_with('A') { 'B' } else { 'A' },
        &signature[1..]
    );
    serve(
        place.0.path(),
        &["--world", "world.yml"],
        Signal::TERM,
        |served| {
            for (what, token, expected, words) in [
                ("good", &good, 200, "<AssumedRoleUser>"),
                ("default", &default, 200, "<AssumedRoleUser>"),
                ("expired", &expired, 400, "<Code>ExpiredTokenException</Code>"),
                (
                    "no subject",
                    &no_subject,
                    400,
                    "<Code>InvalidIdentityToken</Code>",
                ),
                (
                    "another audience",
                    &other,
                    400,
                    "<Code>InvalidIdentityToken</Code>",
                ),
                ("forged", &forged, 400, "<Code>InvalidIdentityToken</Code>"),
            ] {
                let (status, text) = served.assume(ROLE, token);
                assert_eq!(status, expected, "{what}: {text}");
                assert!(text.contains(words), "{what}: {text}");
            }
        },
    );
}

#[rstest::rstest]
#[case::default(&[], "sub", "project_path:my-group/my-project:ref_type:branch:ref:main".into())]
#[case::default_audience(&[], "aud", "https://gitlab.com".into())]
#[case::project(&["--project", "acme/shop"], "project_path", "acme/shop".into())]
#[case::tag(&["--tag", "v1"], "sub", "project_path:my-group/my-project:ref_type:tag:ref:v1".into())]
#[case::source(&["--source", "schedule"], "pipeline_source", "schedule".into())]
#[case::merge_request(&["--branch", "x", "--merge-request"], "pipeline_source", "merge_request_event".into())]
#[case::into_a_branch(&["--branch", "x", "--merge-request=stable"], "ref", "x".into())]
#[case::user(&["--user", "alice"], "user_login", "alice".into())]
#[case::one_audience(&["--aud", "a"], "aud", "a".into())]
#[case::a_list_of_one(&["--aud", "a", "--list-aud"], "aud", vec!["a"].into())]
#[case::two_audiences(&["--aud", "a", "--aud", "b"], "aud", vec!["a", "b"].into())]
#[case::world(&["--world", "world.yml"], "project_path", "group/project".into())]
#[case::scenario(&["--world", "scenario.yml"], "ref", "feature/x".into())]
#[case::scenario_with_its_source(&["--world", "scenario.yml", "--branch", "y"], "pipeline_source", "web".into())]
#[case::matrix_with_a_branch(&["--world", "matrix.yml", "--branch", "y"], "ref", "y".into())]
fn the_trigger_decides_the_claims(#[case] arguments: &[&str], #[case] claim: &str, #[case] expected: Value) {
    let place = Place::new();
    let done = place.run(&[arguments, &["--json"]].concat());
    assert_eq!(done.code, 0, "{}", done.stderr);
    let whole: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(whole["claims"][claim], expected);
    assert_eq!(whole["header"]["alg"], "RS256");
    assert_eq!(whole["token"].as_str().unwrap().split('.').count(), 3);
}

#[test]
fn claims_on_standard_input_are_signed_to_the_letter() {
    let directory = tempfile::tempdir().unwrap();
    let input = tempfile::NamedTempFile::new_in(directory.path()).unwrap();
    std::fs::write(
        input.path(),
        "{ \"sub\": \"a b\", \"exp\": 1, \"exp\": 2.50,\n \"big\": 123456789012345678901234567890 }\n",
    )
    .unwrap();
    let script = format!(
        "{} token --claims - < {}",
        env!("CARGO_BIN_EXE_trustcheck-under-test"),
        input.path().display()
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .output()
        .unwrap();
    let token = String::from_utf8(output.stdout).unwrap();
    let payload = token.trim().split('.').nth(1).unwrap();
    let text = decoded(payload);
    assert_eq!(
        text,
        r#"{"sub":"a b","exp":1,"exp":2.50,"big":123456789012345678901234567890}"#
    );
}

/// Base64url without padding (RFC 4648 §5).
fn decoded(text: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: String = text
        .bytes()
        .map(|byte| {
            format!(
                "{:06b}",
                ALPHABET.iter().position(|known| *known == byte).unwrap()
            )
        })
        .collect();
    let bytes = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap());
    String::from_utf8(bytes.collect()).unwrap()
}

#[test]
fn decoded_it_can_be_read_and_not_used() {
    let done = Place::new().run(&["--decode"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let documents: Vec<Value> = serde_json::Deserializer::from_str(&done.stdout)
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let [header, claims] = documents.as_slice() else {
        panic!("{}", done.stdout)
    };
    assert_eq!(
        (&header["typ"], &claims["iss"]),
        (&"JWT".into(), &"https://gitlab.com".into())
    );
    assert!(!done.stdout.contains("eyJ"), "{}", done.stdout);
    assert!(done.stderr.starts_with("issued 20"), "{}", done.stderr);
}

#[rstest::rstest]
#[case::unknown_project(&["--world", "world.yml", "--project", "group/projcet"], "the world has no project `group/projcet`; did you mean `group/project`?")]
#[case::unknown_user(&["--world", "world.yml", "--user", "bob"], "bob")]
#[case::no_path(&["--project", "shop"], "`shop` cannot be the path of a project")]
#[case::no_branch(&["--branch", "a:b"], "`a:b` cannot be a branch")]
#[case::branch_and_tag(&["--branch", "a", "--tag", "b"], "cannot be used with")]
#[case::unknown_source(&["--source", "pusch"], "`pusch` is not a pipeline source")]
#[case::merge_request_from_nowhere(&["--merge-request"], "name it with --branch")]
#[case::merge_request_by_push(&["--branch", "x", "--merge-request", "--source", "push"], "a pipeline with the source `push` has no merge request")]
#[case::matrix(&["--world", "matrix.yml"], "the scenario's matrix decides what starts the pipeline")]
#[case::claims_of_a_job(&["--claims", "claims.json", "--tag", "v1"], "cannot be used with")]
#[case::no_such_claims(&["--claims", "none.json"], "cannot read `none.json`: there is no such file")]
#[case::no_claims(&["--claims", "world.yml"], "the claims are not a JSON object")]
#[case::no_such_world(&["--world", "none.yml"], "cannot read the file: there is no such file")]
fn slips_are_told(#[case] arguments: &[&str], #[case] message: &str) {
    let done = Place::new().run(arguments);
    assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{}", done.stderr);
    assert!(
        done.stderr.contains(message),
        "no `{message}` in:\n{}",
        done.stderr
    );
}
