//! `trustcheck pipeline`: a project's own file, from outside.

use trustcheck_tests::{Done, write};

use crate::{WORLD, trustcheck};

/// The login of the documentation page.
const LOGIN: &str = r#"
variables: { ROLE_ARN: "arn:aws:iam::111122223333:role/deploy" }
.aws:
  image: amazon/aws-cli
  id_tokens: { TOKEN: { aud: "https://gitlab.com" } }
  before_script:
    - >
      output=$(aws sts assume-role-with-web-identity
      --role-arn ${ROLE_ARN} --role-session-name "runner-${CI_PIPELINE_ID}" --web-identity-token ${TOKEN}
      --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)
    - export $(printf "AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_SESSION_TOKEN=%s" $output)
build: { stage: build, script: [echo building, cat README.txt] }
deploy: { extends: .aws, stage: deploy, script: [aws sts get-caller-identity] }
tagged: { rules: [{ if: $CI_COMMIT_TAG }], script: [echo "tag $CI_COMMIT_TAG"] }
apply: { stage: deploy, when: manual, script: [echo applied] }
"#;

fn pipeline(text: &str, arguments: &[&str]) -> Done {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), ".gitlab-ci.yml", text);
    write(directory.path(), "README.txt", "of the repository\n");
    let world = WORLD.split_once("world:").map_or(WORLD, |(_, world)| world);
    write(directory.path(), "world.yml", &format!("world:{world}"));
    write(
        directory.path(),
        "vars.env",
        "# of the project\nGREETING=hello there\n",
    );
    trustcheck(directory.path())
        .args(["pipeline"])
        .args(arguments.iter().copied())
        .run()
}

#[test]
fn without_a_world_every_role_of_the_file_trusts_the_project() {
    let done = pipeline(LOGIN, &[]);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stderr.contains(
            "no --world: inferred one in which arn:aws:iam::111122223333:role/deploy trusts every token of the project, for the audience https://gitlab.com"
        ),
        "{}",
        done.stderr
    );
    for line in [
        "=== build",
        "of the repository",
        "$ aws sts get-caller-identity",
        "assumed-role/deploy/runner-574",
        "\nJob succeeded",
        "pipeline success",
        "✓ deploy: success (exit code 0)\n    sts:AssumeRoleWithWebIdentity arn:aws:iam::111122223333:role/deploy: let in",
        "- apply: manual",
    ] {
        assert!(done.stdout.contains(line), "{line}: {}", done.stdout);
    }
}

#[test]
fn a_login_that_is_turned_away_says_why() {
    let text = LOGIN.replace("aud: \"https://gitlab.com\"", "aud: \"https://gitlab.com/\"");
    let done = pipeline(&text, &["--world", "world.yml", "--job", "deploy"]);
    assert_eq!(done.code, 1, "{}{}", done.stdout, done.stderr);
    for line in [
        "The web identity token provided could not be validated",
        "ERROR: Job failed: exit code 25",
        "✗ deploy: failed",
        "role/deploy: turned away",
    ] {
        assert!(done.stdout.contains(line), "{line}: {}", done.stdout);
    }
}

#[test]
fn jobs_are_listed_with_the_reasons_of_the_others() {
    let done = pipeline(LOGIN, &["--list"]);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert_eq!(
        done.stdout,
        "build   build   on_success\n\
         deploy  deploy  on_success; id_tokens TOKEN\n\
         deploy  apply   manual\n\n\
         not created:\n  tagged: none of its rules matches (.gitlab-ci.yml:14:18)\n"
    );
    let done = pipeline(LOGIN, &["--list", "--branch", "f", "--merge-request"]);
    assert_eq!(done.code, 2, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stderr
            .contains("without `rules` a job is not in merge request pipelines"),
        "{}",
        done.stderr
    );
}

#[test]
fn the_trigger_and_the_variables_come_from_the_command_line() {
    let text = "j: { script: ['echo \"$CI_COMMIT_TAG $CI_PIPELINE_SOURCE $A $GREETING\"'] }\nmanual: { when: manual, script: [echo by hand] }\n";
    let arguments = [
        "--tag",
        "v1",
        "--schedule",
        "--variable",
        "A=b",
        "--variable-file",
        "vars.env",
        "--job",
        "j",
        "--job",
        "manual",
    ];
    let done = pipeline(text, &arguments);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout.contains("\nv1 schedule b hello there\n"),
        "{}",
        done.stdout
    );
    assert!(done.stdout.contains("\nby hand\n"), "{}", done.stdout);
}

#[test]
fn lint_says_what_gitlab_says() {
    let done = pipeline("j: { script: [a], id_tokens: { T: {} } }\n", &["--lint"]);
    assert_eq!(done.code, 2, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stderr
            .contains("jobs:j:id_tokens:t config missing required keys: aud"),
        "{}",
        done.stderr
    );
    let done = pipeline("j: { script: [a] }\n", &["--lint"]);
    assert_eq!(done.stdout, ".gitlab-ci.yml is valid: 1 jobs would be created\n");
}

#[test]
fn a_job_that_is_not_there_is_an_error() {
    let done = pipeline("j: { script: [echo] }\n", &["--job", "k"]);
    assert_eq!(done.code, 2, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stderr.contains("the file has no such job; its jobs are j"),
        "{}",
        done.stderr
    );
}

#[test]
fn each_job_is_a_test_of_the_report() {
    let directory = tempfile::tempdir().unwrap();
    write(
        directory.path(),
        ".gitlab-ci.yml",
        "good: { script: [echo] }\nbad: { script: [exit 3] }\n",
    );
    let done = trustcheck(directory.path())
        .args(["pipeline", "--report", "junit=junit.xml"])
        .run();
    assert_eq!(done.code, 1, "{}{}", done.stdout, done.stderr);
    let junit = std::fs::read_to_string(directory.path().join("junit.xml")).unwrap();
    assert!(
        junit.contains("tests=\"2\" skipped=\"0\" failures=\"1\""),
        "{junit}"
    );
    assert!(junit.contains("<testcase name=\"bad\""), "{junit}");
}
