//! The scripts of the articles that users start from, pasted into a scenario as they were published.

use trustcheck_tests::write;

use crate::{WORLD, trustcheck};

/// A world as the article assumes it, running its pipeline on the branch `main`.
fn run(pipeline: &str, job: &str, version: &str, variables: &str, expect: &str) -> trustcheck_tests::Done {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), ".gitlab-ci.yml", pipeline);
    let world = WORLD.replace("projects:", &format!("version: \"{version}\", projects:"));
    let scenario = format!(
        "{world}\nneeds: [aws]\ntrigger: {{ branch: main }}\nvariables:\n  ROLE_ARN: arn:aws:iam::111122223333:role/deploy\n{variables}\
         run: {{ pipeline: .gitlab-ci.yml, jobs: [{job}] }}\nexpect:\n{expect}"
    );
    write(directory.path(), "article.yml", &scenario);
    trustcheck(directory.path())
        .args(["run", "--deny-skips", "article.yml"])
        .run()
}

#[test]
fn the_documentation_page_with_its_bash_array() {
    let pipeline = "\
assume role:
  script:
    - >
      STS=($(aws sts assume-role-with-web-identity
      --role-arn ${ROLE_ARN}
      --role-session-name \"GitLabRunner-${CI_PROJECT_ID}-${CI_PIPELINE_ID}\"
      --web-identity-token $CI_JOB_JWT_V2
      --duration-seconds 3600
      --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]'
      --output text))
    - export AWS_ACCESS_KEY_ID=\"${STS[0]}\"
    - export AWS_SECRET_ACCESS_KEY=\"${STS[1]}\"
    - export AWS_SESSION_TOKEN=\"${STS[2]}\"
    - aws sts get-caller-identity
";
    let expect = "  job: success\n  output: { contains: \"assumed-role/deploy/GitLabRunner-20-\" }\n";
    let done = run(pipeline, "assume role", "15.11", "", expect);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    // The same page on a GitLab that has removed the variable: the CLI's own words, and no call of AWS.
    let expect = "  job: failed\n  output: { contains: \"argument --web-identity-token: expected one argument\" }\n  \
                  journal: { call: \"sts:AssumeRoleWithWebIdentity\", times: 0 }\n";
    let done = run(pipeline, "assume role", "17.0", "", expect);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn the_template_that_writes_to_tmp() {
    let pipeline = r#"
.aws-login:
  image: registry.gitlab.com/gitlab-org/cloud-deploy/aws-base:latest
  id_tokens:
    GITLAB_OIDC_TOKEN:
      aud: $OIDC_AUDIENCE
  before_script: |
    mkdir -p ~/.aws
    echo "${GITLAB_OIDC_TOKEN}" > /tmp/web_identity_token
    echo -e "[default]\nregion=${AWS_REGION}\nrole_arn=${AWS_ROLE_ARN}\nweb_identity_token_file=/tmp/web_identity_token" > ~/.aws/config

test-aws:
  extends: .aws-login
  script: |
    aws sts get-caller-identity
"#;
    let variables = "  AWS_ROLE_ARN: arn:aws:iam::111122223333:role/deploy\n  AWS_REGION: us-east-1\n  OIDC_AUDIENCE: https://gitlab.com\n";
    let expect = "  job: success\n  output: { contains: \"assumed-role/deploy/\" }\n";
    let done = run(pipeline, "test-aws", "18.5", variables, expect);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(
        !std::path::Path::new("/tmp/web_identity_token").exists(),
        "the job's file is left in /tmp"
    );
}

#[test]
fn the_guide_whose_image_has_no_apk() {
    let pipeline = r#"
stages:
  - build
  - test
image:
  name: amazon/aws-cli:latest
  entrypoint: [""]
build:
  id_tokens:
    GITLAB_OIDC_TOKEN:
      aud: https://gitlab.com
  stage: build
  before_script:
    - echo "Setting up environment..."
    # install aws cli
    - apk --no-cache add curl python3 py3-pip
    - pip3 install --no-cache-dir awscli --break-system-packages
  script:
    - echo "Connected to AWS from GitLab and retrieved credentials."
"#;
    let expect = "  job: failed\n  exit_code: 127\n  output: { contains: [\"apk: command not found\", \"ERROR: Job failed: exit code 127\"] }\n";
    let done = run(pipeline, "build", "18.5", "", expect);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn the_one_liner_with_its_quirk() {
    let pipeline = r#"
build:
  id_tokens:
    GITLAB_OIDC_TOKEN:
      aud: https://gitlab.com
  before_script:
    - >
      export $(printf "AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_SESSION_TOKEN=%s"
      $(aws sts assume-role-with-web-identity
      --role-arn ${ROLE_ARN}
      --role-session-name "GitLabRunner-${CI_PROJECT_ID}-${CI_PIPELINE_ID}"
      --web-identity-token ${GITLAB_OIDC_TOKEN}
      --duration-seconds 3600
      --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]'
      --output text))
    - aws sts get-caller-identity
  script:
    - echo "Connected to AWS from GitLab and retrieved credentials."
    - echo "Build completed."
"#;
    let expect = "  job: success\n  output: { contains: [\"assumed-role/deploy/GitLabRunner-20-\", \"Build completed.\"] }\n";
    let done = run(pipeline, "build", "18.5", "", expect);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}
