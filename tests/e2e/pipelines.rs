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
