//! Predefined variables: what they say, whom they agree with.

use std::collections::HashMap;

use mock_gitlab::{
    Actor, Audience, Environment, GitRef, Instance, Job, JobSpec, Layer, MergeRequest, MergeRequestEvent,
    PipelineSource, Settings, Trigger, Variable,
};
use rstest::rstest;

use crate::sample::{branch, instance, job, now, push_job, settings, settings_of, tag};

const PARENT: &str = "my-group/my-project";
const FORK: &str = "fork-user/my-project";

/// The value each name ends up with: the last one counts.
fn values(variables: &[Variable]) -> HashMap<&str, &str> {
    variables
        .iter()
        .map(|variable| (variable.name.as_str(), variable.value.as_str()))
        .collect()
}

fn of(gitlab: &Instance, job: &Job) -> HashMap<String, String> {
    let variables = gitlab.predefined_variables(job);
    values(&variables)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The examples of GitLab's reference.
#[test]
fn the_documented_examples() {
    let gitlab = instance(settings());
    let spec = JobSpec {
        image: Some("amazon/aws-cli".into()),
        ..JobSpec::new("assume role")
    };
    let job = job(&gitlab, &Trigger::push(branch("main")), spec);
    let variables = of(&gitlab, &job);
    for line in "CI=true GITLAB_CI=true CI_SERVER=yes CI_SERVER_NAME=GitLab CI_SERVER_URL=https://gitlab.com \
        CI_SERVER_HOST=gitlab.com CI_SERVER_FQDN=gitlab.com CI_SERVER_PORT=443 CI_SERVER_PROTOCOL=https \
        CI_SERVER_VERSION=19.4.0 CI_SERVER_VERSION_MAJOR=19 CI_API_V4_URL=https://gitlab.com/api/v4 \
        CI_API_GRAPHQL_URL=https://gitlab.com/api/graphql CI_TEMPLATE_REGISTRY_HOST=registry.gitlab.com \
        CI_PROJECT_ID=20 CI_PROJECT_NAME=my-project CI_PROJECT_PATH=my-group/my-project \
        CI_PROJECT_PATH_SLUG=my-group-my-project CI_PROJECT_NAMESPACE=my-group CI_PROJECT_NAMESPACE_ID=72 \
        CI_PROJECT_ROOT_NAMESPACE=my-group CI_PROJECT_URL=https://gitlab.com/my-group/my-project \
        CI_PROJECT_VISIBILITY=private CI_PROJECT_DIR=/builds/my-group/my-project CI_BUILDS_DIR=/builds \
        CI_DEFAULT_BRANCH=main CI_CONFIG_PATH=.gitlab-ci.yml CI_PIPELINE_ID=574 CI_PIPELINE_IID=12 \
        CI_PIPELINE_SOURCE=push CI_PIPELINE_URL=https://gitlab.com/my-group/my-project/-/pipelines/574 \
        CI_PIPELINE_CREATED_AT=2025-10-09T08:53:20Z CI_JOB_ID=302 CI_JOB_NAME_SLUG=assume-role CI_JOB_STAGE=test \
        CI_JOB_URL=https://gitlab.com/my-group/my-project/-/jobs/302 CI_JOB_STARTED_AT=2025-10-09T08:53:20Z \
        CI_JOB_TIMEOUT=3600 CI_JOB_IMAGE=amazon/aws-cli CI_NODE_TOTAL=1 CI_COMMIT_REF_NAME=main \
        CI_COMMIT_REF_SLUG=main CI_COMMIT_BRANCH=main CI_COMMIT_REF_PROTECTED=true GITLAB_USER_ID=1 \
        GITLAB_USER_LOGIN=sample-user GITLAB_USER_EMAIL=sample-user@example.com CI_REGISTRY=registry.gitlab.com \
        CI_REGISTRY_IMAGE=registry.gitlab.com/my-group/my-project CI_REGISTRY_USER=gitlab-ci-token"
        .split_whitespace()
    {
        let (name, value) = line.split_once('=').unwrap();
        assert_eq!(variables.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert_eq!(variables["CI_JOB_NAME"], "assume role");
    assert_eq!(variables["CI_PROJECT_TITLE"], "My Project");
    assert_eq!(variables["CI_COMMIT_SHORT_SHA"], variables["CI_COMMIT_SHA"][..8]);
    let token = &variables["CI_JOB_TOKEN"];
    assert_eq!(
        variables["CI_REPOSITORY_URL"],
        format!("https://gitlab-ci-token:{token}@gitlab.com/{PARENT}.git")
    );
}

/// Each claim that has a variable beside it says the same, whatever the trigger.
#[rstest]
#[case::push(PARENT, Trigger::push(branch("feature/Login_1")))]
#[case::tag(PARENT, Trigger::push(tag("v1.2.0")))]
#[case::schedule(PARENT, Trigger::new(PipelineSource::Schedule, branch("main")))]
#[case::merge_request(PARENT, Trigger::merge_request("feature/x", MergeRequest::new()))]
#[case::nobody(PARENT, Trigger { user: Actor::Nobody, ..Trigger::push(branch("main")) })]
#[case::fork_in_fork(FORK, Trigger::merge_request("x", MergeRequest::into_parent(PARENT)))]
#[case::fork_in_parent(PARENT, Trigger::merge_request("x", MergeRequest::from_fork(FORK)))]
fn variables_and_claims_agree(
    #[case] project: &str,
    #[case] trigger: Trigger,
    #[values(None, Some("production"), Some("review/x"))] environment: Option<&str>,
) {
    let gitlab = instance(settings());
    let pipeline = gitlab.pipeline(project, &trigger, now()).unwrap();
    let spec = JobSpec {
        environment: environment.map(Environment::new),
        ..JobSpec::new("deploy")
    };
    let job = gitlab.job(&pipeline, spec, now());
    let (variables, token) = (
        of(&gitlab, &job),
        gitlab.id_token(&job, &Audience::from("a"), now()).unwrap().claims,
    );
    let pairs = [
        ("CI_PROJECT_ID", "job_project_id"),
        ("CI_PROJECT_PATH", "job_project_path"),
        ("CI_PROJECT_NAMESPACE", "job_namespace_path"),
        ("CI_PROJECT_NAMESPACE_ID", "job_namespace_id"),
        ("CI_PROJECT_VISIBILITY", "project_visibility"),
        ("CI_PIPELINE_ID", "pipeline_id"),
        ("CI_PIPELINE_SOURCE", "pipeline_source"),
        ("CI_JOB_ID", "job_id"),
        ("CI_COMMIT_REF_NAME", "ref"),
        ("CI_COMMIT_REF_PROTECTED", "ref_protected"),
        ("CI_COMMIT_SHA", "sha"),
        ("CI_RUNNER_ID", "runner_id"),
        ("CI_ENVIRONMENT_NAME", "environment"),
        ("CI_ENVIRONMENT_TIER", "deployment_tier"),
        ("CI_ENVIRONMENT_ACTION", "environment_action"),
        ("GITLAB_USER_LOGIN", "user_login"),
        ("GITLAB_USER_EMAIL", "user_email"),
    ];
    let mut compared = 0;
    for (variable, claim) in pairs {
        let claimed = token.get(claim).filter(|value| !value.is_null());
        let claimed = claimed.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        assert_eq!(
            variables.get(variable),
            claimed.as_ref(),
            "{variable} and {claim}"
        );
        compared += usize::from(claimed.is_some());
    }
    assert!(compared >= 12, "only {compared} compared");
}

fn names(variables: &HashMap<String, String>, prefix: &str) -> Vec<String> {
    let mut names: Vec<String> = variables
        .keys()
        .filter(|name| name.starts_with(prefix))
        .cloned()
        .collect();
    names.sort();
    names
}

#[rstest]
#[case::branch(Trigger::push(branch("Feature/X")), Some("Feature/X"), None, "feature-x")]
#[case::tag(Trigger::push(tag("v1.2.0")), None, Some("v1.2.0"), "v1-2-0")]
#[case::merge_request(
    Trigger::merge_request("feature/x", MergeRequest::new()),
    None,
    None,
    "feature-x"
)]
fn branch_and_tag(
    #[case] trigger: Trigger,
    #[case] branch: Option<&str>,
    #[case] tag: Option<&str>,
    #[case] slug: &str,
) {
    let gitlab = instance(settings());
    let variables = of(&gitlab, &job(&gitlab, &trigger, JobSpec::new("test")));
    assert_eq!(variables.get("CI_COMMIT_BRANCH").map(String::as_str), branch);
    assert_eq!(variables.get("CI_COMMIT_TAG").map(String::as_str), tag);
    assert_eq!(variables["CI_COMMIT_REF_SLUG"], slug);
    assert_eq!(
        names(&variables, "CI_MERGE_REQUEST_").is_empty(),
        trigger.merge_request.is_none()
    );
}

#[test]
fn a_merge_request_of_a_fork() {
    let gitlab = instance(settings());
    let told = MergeRequest {
        iid: 7,
        event_type: MergeRequestEvent::MergedResult,
        labels: vec!["a".into(), "b".into()],
        ..MergeRequest::from_fork(FORK)
    };
    let variables = of(
        &gitlab,
        &job(
            &gitlab,
            &Trigger::merge_request("main", told),
            JobSpec::new("test"),
        ),
    );
    for (name, value) in [
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_MERGE_REQUEST_REF_PATH", "refs/merge-requests/7/head"),
        ("CI_MERGE_REQUEST_EVENT_TYPE", "merged_result"),
        ("CI_MERGE_REQUEST_PROJECT_PATH", PARENT),
        ("CI_MERGE_REQUEST_PROJECT_ID", "20"),
        ("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", FORK),
        ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "4711"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_PROTECTED", "true"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_PROTECTED", "true"),
        ("CI_MERGE_REQUEST_LABELS", "a,b"),
        ("CI_OPEN_MERGE_REQUESTS", "my-group/my-project!7"),
        ("CI_PROJECT_PATH", PARENT),
        ("CI_COMMIT_REF_PROTECTED", "false"),
        ("CI_COMMIT_BEFORE_SHA", "0000000000000000000000000000000000000000"),
    ] {
        assert_eq!(variables[name], value, "{name}");
    }
    assert_eq!(variables["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"].len(), 40);
}

#[test]
fn the_shas_of_a_detached_merge_request_are_empty() {
    let gitlab = instance(settings());
    let trigger = Trigger::merge_request("x", MergeRequest::new());
    let variables = of(&gitlab, &job(&gitlab, &trigger, JobSpec::new("test")));
    assert_eq!(variables["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"], "");
    assert_eq!(variables["CI_MERGE_REQUEST_TARGET_BRANCH_SHA"], "");
}

#[rstest]
#[case::fqdn("CI_SERVER_FQDN", "16.9", "16.10")]
#[case::graphql("CI_API_GRAPHQL_URL", "15.10", "15.11")]
#[case::ssh("CI_SERVER_SHELL_SSH_HOST", "15.10", "15.11")]
#[case::group("CI_JOB_GROUP_NAME", "17.9", "17.10")]
#[case::draft("CI_MERGE_REQUEST_DRAFT", "17.9", "17.10")]
#[case::protected("CI_MERGE_REQUEST_SOURCE_BRANCH_PROTECTED", "16.3", "16.4")]
#[case::description("CI_MERGE_REQUEST_DESCRIPTION", "16.6", "16.7")]
#[case::truncated("CI_COMMIT_MESSAGE_IS_TRUNCATED", "18.5", "18.6")]
fn variables_that_came_later(#[case] name: &str, #[case] before: &str, #[case] since: &str) {
    let has = |version| {
        let gitlab = instance(settings_of(version));
        let trigger = Trigger::merge_request("x", MergeRequest::new());
        of(&gitlab, &job(&gitlab, &trigger, JobSpec::new("test"))).contains_key(name)
    };
    assert_eq!((has(before), has(since)), (false, true));
}

#[test]
fn a_self_managed_instance_with_port_and_path() {
    let gitlab = instance(Settings {
        url: "http://git.example.com:8080/gitlab".parse().unwrap(),
        ..settings_of("18.5.2")
    });
    let job = push_job(&gitlab);
    let variables = of(&gitlab, &job);
    for (name, value) in [
        ("CI_SERVER_URL", "http://git.example.com:8080/gitlab"),
        ("CI_SERVER_HOST", "git.example.com"),
        ("CI_SERVER_PORT", "8080"),
        ("CI_SERVER_PROTOCOL", "http"),
        ("CI_SERVER_FQDN", "git.example.com:8080/gitlab"),
        ("CI_SERVER_VERSION", "18.5.2"),
        ("CI_SERVER_VERSION_PATCH", "2"),
        ("CI_API_V4_URL", "http://git.example.com:8080/gitlab/api/v4"),
        ("CI_RUNNER_VERSION", "18.5.0"),
    ] {
        assert_eq!(variables[name], value, "{name}");
    }
    let token = &job.token;
    assert_eq!(
        variables["CI_REPOSITORY_URL"],
        format!("http://gitlab-ci-token:{token}@git.example.com:8080/gitlab/my-group/my-project.git")
    );
}

#[test]
fn parallel_manual_and_triggered_jobs() {
    let gitlab = instance(settings());
    let spec = JobSpec {
        parallel: Some((2, 3)),
        manual: true,
        ..JobSpec::new("t 2/3")
    };
    let variables = of(
        &gitlab,
        &job(
            &gitlab,
            &Trigger::new(PipelineSource::Trigger, branch("main")),
            spec,
        ),
    );
    for (name, value) in [
        ("CI_NODE_INDEX", "2"),
        ("CI_NODE_TOTAL", "3"),
        ("CI_JOB_MANUAL", "true"),
        ("CI_JOB_GROUP_NAME", "t"),
        ("CI_PIPELINE_TRIGGERED", "true"),
    ] {
        assert_eq!(variables[name], value, "{name}");
    }
    let plain = of(&gitlab, &push_job(&gitlab));
    for name in [
        "CI_NODE_INDEX",
        "CI_JOB_MANUAL",
        "CI_PIPELINE_TRIGGERED",
        "CI_ENVIRONMENT_NAME",
        "CI_COMMIT_TAG",
    ] {
        assert!(!plain.contains_key(name), "{name}");
    }
}

#[test]
fn secrets_are_masked_and_nothing_is_a_file() {
    let gitlab = instance(settings());
    let variables = gitlab.predefined_variables(&push_job(&gitlab));
    let masked: Vec<&str> = variables
        .iter()
        .filter(|v| v.masked)
        .map(|v| v.name.as_str())
        .collect();
    assert_eq!(masked, ["CI_JOB_TOKEN", "CI_REGISTRY_PASSWORD"]);
    assert!(variables.iter().all(|variable| !variable.file));
}

#[test]
fn layers_come_in_gitlabs_order() {
    let gitlab = instance(settings());
    let spec = JobSpec {
        environment: Some(Environment {
            url: Some("https://x".into()),
            ..Environment::new("production")
        }),
        ..JobSpec::new("deploy")
    };
    let variables = gitlab.predefined_variables(&job(&gitlab, &Trigger::push(branch("main")), spec));
    assert!(variables.is_sorted_by_key(|variable| variable.layer));
    let layer = |name: &str| {
        variables
            .iter()
            .rfind(|variable| variable.name == name)
            .unwrap()
            .layer
    };
    assert_eq!(layer("CI_JOB_ID"), Layer::Persisted);
    assert_eq!(layer("CI_ENVIRONMENT_URL"), Layer::PersistedEnvironment);
    assert_eq!(layer("CI_PROJECT_DIR"), Layer::Executor);
}

/// GitLab docs, "Where variables can be used", and the variables that an ID token's audience cannot use.
#[rstest]
#[case("CI_PROJECT_PATH", true, true, true)]
#[case("CI_SERVER_URL", true, true, true)]
#[case("CI_COMMIT_BRANCH", true, true, true)]
#[case("CI_JOB_NAME", false, true, true)]
#[case("GITLAB_USER_LOGIN", false, true, true)]
#[case("CI_RUNNER_ID", false, false, true)]
#[case("CI_JOB_ID", false, false, false)]
#[case("CI_PIPELINE_ID", false, false, false)]
#[case("CI_JOB_TOKEN", false, false, false)]
#[case("CI_REGISTRY_PASSWORD", false, false, false)]
#[case("CI_PROJECT_DIR", false, false, false)]
fn where_variables_can_be_used(
    #[case] name: &str,
    #[case] workflow: bool,
    #[case] rules: bool,
    #[case] audience: bool,
) {
    let gitlab = instance(settings());
    let variables = gitlab.predefined_variables(&push_job(&gitlab));
    let layer = variables
        .iter()
        .find(|variable| variable.name == name)
        .unwrap()
        .layer;
    assert_eq!(
        (
            layer.in_workflow_rules(),
            layer.in_job_rules(),
            layer.in_audience()
        ),
        (workflow, rules, audience)
    );
}

#[test]
fn a_pipeline_has_its_variables_before_any_job() {
    let gitlab = instance(settings());
    let pipeline = gitlab
        .pipeline(PARENT, &Trigger::push(GitRef::Branch("main".into())), now())
        .unwrap();
    let early = gitlab.pipeline_variables(&pipeline);
    assert!(early.iter().all(|variable| variable.layer.in_workflow_rules()));
    let job = gitlab.job(&pipeline, JobSpec::new("test"), now());
    let late: Vec<Variable> = gitlab
        .predefined_variables(&job)
        .into_iter()
        .filter(|v| v.layer.in_workflow_rules())
        .collect();
    assert_eq!(early, late);
}
