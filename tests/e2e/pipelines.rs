//! Pipeline files run as GitLab and its runner run them, as far as a login can tell.

use trustcheck_tests::write;

use crate::{scenario, trustcheck};

/// Decodes the payload of the token in `$TOKEN` and prints it.
const DECODE: &str = r#"    - payload=$(printf %s "$TOKEN" | cut -d. -f2 | tr '_-' '/+')
    - while [ $((${#payload} % 4)) -ne 0 ]; do payload="$payload="; done
    - printf %s "$payload" | base64 -d
"#;

/// Runs a pipeline file and its scenario, which must pass.
fn passes(pipeline: &str, rest: &str) {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), ".gitlab-ci.yml", pipeline);
    let rest = rest.replace("RUN", "run: { pipeline: .gitlab-ci.yml }");
    write(directory.path(), "pipeline.yml", &scenario(&rest));
    let done = trustcheck(directory.path()).args(["run", "pipeline.yml"]).run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn a_token_says_what_the_trigger_says() {
    let pipeline =
        format!("job:\n  id_tokens: {{ TOKEN: {{ aud: https://aws.example.com }} }}\n  script:\n{DECODE}");
    let expect = "trigger: { source: web, branch: feature/x }\nRUN\nexpect:\n  job: success\n  output:\n    contains:\n";
    let claims = [
        r#""project_path":"group/project""#,
        r#""pipeline_source":"web""#,
        r#""ref_path":"refs/heads/feature/x""#,
        r#""ref_protected":"false""#,
        r#""iss":"https://gitlab.com""#,
        r#""sub":"project_path:group/project:ref_type:branch:ref:feature/x""#,
        r#""aud":"https://aws.example.com""#,
    ];
    let lines: String = claims
        .iter()
        .map(|claim| format!("      - '{claim}'\n"))
        .collect();
    passes(&pipeline, &format!("{expect}{lines}"));
}

#[test]
fn an_undefined_variable_is_an_empty_audience() {
    let pipeline = format!("job:\n  id_tokens: {{ TOKEN: {{ aud: $MISSING }} }}\n  script:\n{DECODE}");
    passes(
        &pipeline,
        "RUN\nexpect: { job: success, output: { contains: '\"aud\":\"\"' } }\n",
    );
}

#[test]
fn a_list_stays_a_list_and_variables_are_filled_in() {
    let pipeline = format!("job:\n  id_tokens: {{ TOKEN: {{ aud: [$AUDIENCE] }} }}\n  script:\n{DECODE}");
    passes(
        &pipeline,
        "variables: { AUDIENCE: https://sts.example.com }\nRUN\nexpect: { output: { contains: '\"aud\":[\"https://sts.example.com\"]' } }\n",
    );
}

#[test]
fn a_variable_of_the_same_name_takes_the_tokens_place() {
    let pipeline = "job:\n  id_tokens: { TOKEN: { aud: a } }\n  script: [echo \"token is $TOKEN\"]\n";
    passes(
        pipeline,
        "variables: { TOKEN: garbage }\nRUN\nexpect: { output: { contains: token is garbage } }\n",
    );
}

#[test]
fn the_projects_variables_beat_the_files() {
    let pipeline =
        "variables: { A: file, B: file }\njob:\n  variables: { B: job }\n  script: ['echo \"$A $B $C\"']\n";
    passes(
        pipeline,
        "variables: { A: project, C: $B }\nRUN\nexpect: { output: { contains: project job job } }\n",
    );
}

#[test]
fn a_token_is_masked_in_the_log() {
    let pipeline = "job:\n  id_tokens: { TOKEN: { aud: a } }\n  script: ['echo \"it is $TOKEN!\"']\n";
    passes(
        pipeline,
        "RUN\nexpect: { output: { contains: 'it is [MASKED]!', excludes: 'it is eyJ' } }\n",
    );
}

#[test]
fn after_script_runs_apart_and_changes_nothing() {
    let pipeline = "job:\n  script: [export LOST=yes, exit 4]\n  after_script: ['echo \"after $CI_JOB_STATUS ${LOST:-not here}\"', exit 9]\n";
    passes(
        pipeline,
        "RUN\nexpect: { job: failed, exit_code: 4, output: { contains: [after failed not here, after_script failed] } }\n",
    );
}

#[test]
fn jobs_run_stage_by_stage_until_one_fails() {
    let pipeline = "stages: [one, two, three]\nlast: { stage: three, script: [echo never] }\n\
                    first: { stage: one, script: [echo first job] }\nsecond: { stage: two, script: ['false'] }\n";
    passes(
        pipeline,
        "RUN\nexpect: { job: failed, exit_code: 1, output: { contains: first job, excludes: never } }\n",
    );
}

#[test]
fn an_overridden_before_script_loses_the_login() {
    let pipeline = ".auth: { before_script: [export LOGGED_IN=yes] }\n\
                    kept: { extends: .auth, script: ['echo \"kept ${LOGGED_IN:-no}\"'] }\n\
                    lost: { extends: .auth, before_script: [echo mine], script: ['echo \"lost ${LOGGED_IN:-no}\"'] }\n\
                    mended: { extends: .auth, before_script: [!reference [.auth, before_script], echo mine], script: ['echo \"mended ${LOGGED_IN:-no}\"'] }\n";
    passes(
        pipeline,
        "RUN\nexpect: { job: success, output: { contains: [kept yes, lost no, mended yes] } }\n",
    );
}

#[test]
fn legacy_tokens_end_with_their_version() {
    let pipeline = "job: { script: ['echo \"${CI_JOB_JWT_V2:+there}${CI_JOB_JWT_V2:-gone}\"'] }\n";
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), ".gitlab-ci.yml", pipeline);
    for (version, expected) in [("15.11", "there"), ("16.11", "there"), ("17.0", "gone")] {
        let text = scenario(&format!(
            "run: {{ pipeline: .gitlab-ci.yml }}\nexpect: {{ output: {{ matches: '(?m)^{expected}' }} }}\n"
        ))
        .replace("projects:", &format!("version: \"{version}\", projects:"));
        write(directory.path(), "legacy.yml", &text);
        let done = trustcheck(directory.path()).args(["run", "legacy.yml"]).run();
        assert_eq!(done.code, 0, "{version}: {}{}", done.stdout, done.stderr);
    }
}

#[test]
fn jobs_hand_files_and_variables_on() {
    let pipeline = "\
stages: [build, test, deploy]
build:
  stage: build
  script: ['mkdir out', 'echo made > out/a.txt', 'echo ROLE=reader > login.env', 'printf x > other.txt']
  artifacts: { paths: [out/], reports: { dotenv: login.env } }
all: { stage: test, script: ['cat out/a.txt', 'echo \"all $ROLE\"', '! test -e other.txt'] }
none: { stage: test, dependencies: [], script: ['! test -e out', 'echo \"none ${ROLE:-without}\"'] }
needs: { stage: deploy, needs: [{ job: build, artifacts: false }], script: ['! test -e out', 'echo \"needs ${ROLE:-without}\"'] }
";
    passes(
        pipeline,
        "RUN\nexpect: { pipeline: success, output: { contains: [made, all reader, none without, needs without] } }\n",
    );
}

#[test]
fn a_dotenv_report_that_gitlab_does_not_take_fails_the_job() {
    let pipeline =
        "j:\n  script: ['printf \"# comment\\nA=1\\n\" > e']\n  artifacts: { reports: { dotenv: e } }\n";
    passes(
        pipeline,
        "RUN\nexpect: { job: failed, exit_code: 1, output: { contains: [Invalid Format, 'FATAL: invalid argument'] } }\n",
    );
}

#[test]
fn failures_lead_where_gitlab_leads() {
    let pipeline = "\
stages: [one, two, three]
fails: { stage: one, script: [exit 3] }
allowed: { stage: one, script: [exit 7], allow_failure: { exit_codes: [7] } }
next: { stage: two, script: [echo never] }
cleans: { stage: two, when: on_failure, script: [echo cleaned] }
always: { stage: three, when: always, script: [echo always] }
dag: { stage: three, needs: [allowed], script: [echo dag] }
waits: { stage: three, when: manual, needs: [], script: [echo never] }
";
    passes(
        pipeline,
        "RUN\nexpect:\n  pipeline: failed\n  jobs: { fails: failed, allowed: warning, next: skipped, cleans: success, always: success, dag: success, waits: manual }\n  output: { excludes: never }\n",
    );
}

#[test]
fn a_failing_job_is_run_again() {
    let pipeline = "j:\n  retry: { max: 2, when: script_failure }\n  id_tokens: { T: { aud: a } }\n  cache: { paths: [seen] }\n  script: ['echo run $CI_JOB_ID', exit 1]\n";
    passes(
        pipeline,
        "RUN\nexpect: { job: failed, output: { contains: [run 302, run 303, run 304], excludes: run 305 } }\n",
    );
}

#[test]
fn a_blocking_manual_job_stops_the_pipeline_until_it_is_started() {
    let pipeline = "plan: { stage: build, script: [echo plan] }\napply: { stage: deploy, rules: [{ when: manual }], script: ['echo \"apply $CI_JOB_MANUAL\"'] }\nafter: { stage: .post, script: [echo after] }\n";
    passes(
        pipeline,
        "RUN\nexpect: { pipeline: manual, jobs: { plan: success, apply: manual, after: created } }\n",
    );
    passes(
        pipeline,
        "run: { pipeline: .gitlab-ci.yml, jobs: [apply] }\nexpect: { pipeline: success, output: { contains: apply true } }\n",
    );
}

#[test]
fn rules_see_the_trigger() {
    let pipeline = "\
branch: { rules: [{ if: $CI_COMMIT_BRANCH }], script: [echo branch] }
request: { rules: [{ if: $CI_PIPELINE_SOURCE == 'merge_request_event', variables: { ROLE: reader } }], script: ['echo \"request $ROLE\"'] }
plain: { script: [echo plain] }
";
    passes(
        pipeline,
        "trigger: { branch: f, merge_request: {} }\nRUN\nexpect: { jobs: { branch: not-created, request: success, plain: not-created }, output: { contains: request reader } }\n",
    );
}

#[test]
fn a_job_that_is_asked_for_has_to_be_in_the_pipeline() {
    let directory = tempfile::tempdir().unwrap();
    let pipeline = "j: { rules: [{ if: $CI_COMMIT_TAG }], script: [echo tag] }\nk: { script: [echo k] }\n";
    write(directory.path(), ".gitlab-ci.yml", pipeline);
    let text = scenario("run: { pipeline: .gitlab-ci.yml, jobs: [j] }\nexpect: { pipeline: success }\n");
    write(directory.path(), "pipeline.yml", &text);
    let done = trustcheck(directory.path()).args(["run", "pipeline.yml"]).run();
    assert_eq!(done.code, 1, "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout
            .contains("it is not in the pipeline: none of its rules matches"),
        "{}",
        done.stdout
    );
}

#[test]
fn lint_errors_can_be_expected() {
    passes(
        "j: { trigger: a/b, id_tokens: { T: { aud: a } } }\n",
        "RUN\nexpect: { pipeline: refused, lint: 'jobs:j config contains unknown keys: id_tokens' }\n",
    );
}

#[test]
fn variables_come_from_every_level() {
    let pipeline = "\
variables: { A: file, B: file }
job:
  environment: { name: review/$CI_COMMIT_REF_SLUG }
  script: ['echo \"[$A] [$B] [$C] [$D] [$E] [${F:-none}] [$G] [$H]\"', 'cat \"$FILE\"', 'echo \"$SECRET\"']
";
    let rest = "\
trigger: { branch: feature/x, variables: { E: pipeline } }
variables:
  B: scenario
  D: [{ value: all }, { value: reviews, environment_scope: review/* }, { value: live, environment_scope: production }]
  E: scenario
  F: { value: protected, protected: true }
  G: { value: $A, raw: true }
  H: $B-$$A
  FILE: { value: content of a file, file: true }
  SECRET: { value: longsecret, masked: true }
RUN
expect: { output: { contains: ['[instance] [scenario] [group] [reviews] [pipeline] [none] [$A] [scenario-$A]', content of a file, '[MASKED]'] } }
";
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), ".gitlab-ci.yml", pipeline);
    let rest = rest.replace("RUN", "run: { pipeline: .gitlab-ci.yml }");
    let text = scenario(&rest).replace(
        "projects:",
        "variables: { A: instance, C: instance }, groups: [{ path: group, variables: { C: group } }], projects:",
    );
    write(directory.path(), "pipeline.yml", &text);
    let done = trustcheck(directory.path()).args(["run", "pipeline.yml"]).run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn a_jobs_own_environment_comes_before_that_of_the_trigger() {
    let job = |name: &str, environment: &str| {
        format!(
            "{name}:\n{environment}  id_tokens: {{ TOKEN: {{ aud: a }} }}\n  script:\n    - echo \"{name}=[$CI_ENVIRONMENT_NAME] [$SCOPED]\"\n{DECODE}"
        )
    };
    let pipeline = [
        job("own", "  environment: { name: staging, action: verify }\n"),
        job("none", ""),
    ]
    .concat();
    let rest = r#"
trigger: { environment: { name: production, action: prepare } }
variables:
  SCOPED: [{ value: of production, environment_scope: production }, { value: of staging, environment_scope: staging }]
run: { pipeline: .gitlab-ci.yml, jobs: [JOB] }
expect: { job: success, output: { contains: [CONTAINS], excludes: EXCLUDES } }
"#;
    let cases = [
        (
            "own",
            r#"'own=[staging] [of staging]', '"environment":"staging"', '"environment_action":"verify"'"#,
            "production",
        ),
        (
            "none",
            r#"'none=[production] [of production]', '"environment":"production"', '"environment_action":"prepare"'"#,
            "staging",
        ),
    ];
    for (name, contains, excludes) in cases {
        let rest = rest
            .replace("JOB", name)
            .replace("CONTAINS", contains)
            .replace("EXCLUDES", excludes);
        passes(&pipeline, &rest);
    }
}

#[test]
fn includes_come_from_folders_that_the_world_maps() {
    let directory = tempfile::tempdir().unwrap();
    let files = [
        (
            ".gitlab-ci.yml",
            "include:\n  - { local: /ci/*.yml }\n  - { project: group/templates, ref: v1, file: aws.yml }\n  - { component: $CI_SERVER_FQDN/group/templates/greet@v1, inputs: { who: you } }\n  - https://example.com/ci.yml\nj: { extends: .aws, script: [cat data.txt] }\n",
        ),
        ("repository/ci/a.yml", "a: { script: [echo from a] }\n"),
        ("repository/data.txt", "from the repository\n"),
        (
            "templates/aws.yml",
            ".aws: { before_script: [echo from the template] }\n",
        ),
        (
            "templates/templates/greet.yml",
            "spec: { inputs: { who: } }\n---\ngreet: { script: [\"echo hello $[[ inputs.who ]]\"] }\n",
        ),
        ("remote.yml", "r: { script: [echo from afar] }\n"),
    ];
    for (path, text) in files {
        write(directory.path(), path, text);
    }
    let rest = "run: { pipeline: .gitlab-ci.yml, files: repository }\nexpect: { pipeline: success, output: { contains: [from a, from the repository, from the template, hello you, from afar] } }\n";
    let text = scenario(rest).replace(
        "projects: [",
        "remotes: { 'https://example.com/ci.yml': remote.yml }, projects: [{ path: group/templates, files: { v1: templates } }, ",
    );
    let text = format!("{text}trigger: {{ project: group/project }}\n");
    write(directory.path(), "pipeline.yml", &text);
    let done = trustcheck(directory.path()).args(["run", "pipeline.yml"]).run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn child_pipelines_get_the_variables_of_their_trigger() {
    let directory = tempfile::tempdir().unwrap();
    write(
        directory.path(),
        ".gitlab-ci.yml",
        "start:\n  variables: { FROM: parent, BRANCH: $CI_COMMIT_BRANCH }\n  trigger: { include: child.yml, strategy: depend }\n",
    );
    write(
        directory.path(),
        "child.yml",
        "child: { id_tokens: { T: { aud: a } }, script: ['echo \"$FROM $BRANCH $CI_PIPELINE_SOURCE ${T:+token}\"', exit 1] }\n",
    );
    let text = scenario(
        "run: { pipeline: .gitlab-ci.yml }\nexpect: { pipeline: failed, jobs: { start: failed, child: failed }, output: { contains: parent main parent_pipeline token } }\n",
    );
    write(directory.path(), "pipeline.yml", &text);
    let done = trustcheck(directory.path()).args(["run", "pipeline.yml"]).run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn secrets_are_files_with_the_answer_that_is_given() {
    let pipeline = "j:\n  id_tokens: { VAULT: { aud: https://vault.example.com } }\n  secrets:\n    PASSWORD: { vault: a/b@c, token: $VAULT }\n    PLAIN: { vault: a/b/d@c, token: $VAULT, file: false }\n  script: ['cat \"$PASSWORD\" | tr a-z A-Z', 'echo \"$PLAIN\"']\n";
    passes(
        pipeline,
        "run: { pipeline: .gitlab-ci.yml, secrets: { PASSWORD: open sesame, PLAIN: in the open } }\nexpect: { job: success, output: { contains: [OPEN SESAME, '[MASKED]'] } }\n",
    );
    let two = pipeline
        .replace(", token: $VAULT", "")
        .replace("id_tokens: {", "id_tokens: { OTHER: { aud: a },");
    passes(
        &two,
        "run: { pipeline: .gitlab-ci.yml, secrets: { PASSWORD: a, PLAIN: b } }\nexpect: { job: failed, output: { contains: 'ERROR: Job failed (system failure): resolving secrets' } }\n",
    );
}

#[test]
fn the_log_reads_like_the_runners() {
    let pipeline = "j:\n  image: alpine\n  script: ['echo one', \"echo two\\necho three\"]\n  after_script: [echo bye]\n";
    let lines = [
        "Running with gitlab-runner 19.4.0",
        "Preparing the \"docker\" executor",
        "Executing \"step_script\" stage of the job script",
        "$ echo one",
        "$ echo two # collapsed multi-line command",
        "Running after_script",
        "Cleaning up project directory and file based variables",
        "Job succeeded",
    ];
    let lines: String = lines.iter().map(|line| format!("      - '{line}'\n")).collect();
    passes(
        pipeline,
        &format!("RUN\nexpect:\n  output:\n    excludes: section_start\n    contains:\n{lines}"),
    );
}
