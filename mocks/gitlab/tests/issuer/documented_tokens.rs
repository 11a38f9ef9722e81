//! Whole payloads of GitLab 19.x, member for member and in order, as documentation and captured tokens show them.
//!
//! Sources: GitLab docs, "ID token payload"; GitLab's `jwt_v2_spec.rb`; public tokens of gitlab.com.

use mock_gitlab::{
    Audience, Environment, JobSpec, MergeRequest, PipelineSource, Role, Runner, RunnerEnvironment, Settings,
    Trigger, Visibility,
};
use rstest::rstest;
use serde_json::{Value, json};

use crate::sample::{SHA, branch, instance, job, now, project, settings, tag};

const MERGE_SHA: &str = "9f1c0de2b6a1f5c8f1d6f6f4d9b7b9a0c1d2e3f4";

fn trigger(source: PipelineSource, git_ref: mock_gitlab::GitRef, pipeline_id: u64) -> Trigger {
    Trigger {
        sha: Some(SHA.to_owned()),
        pipeline_id: Some(pipeline_id),
        ..Trigger::new(source, git_ref)
    }
}

fn merge_request(told: MergeRequest, pipeline_id: u64) -> Trigger {
    Trigger {
        sha: Some(MERGE_SHA.to_owned()),
        pipeline_id: Some(pipeline_id),
        ..Trigger::merge_request("feature/x", told)
    }
}

fn spec(id: u64) -> JobSpec {
    JobSpec {
        id: Some(id),
        ..JobSpec::new("deploy")
    }
}

fn world(role: Role, visibility: Visibility) -> Settings {
    let mut settings = settings();
    settings.projects[0] = mock_gitlab::Project {
        members: vec![("sample-user".to_owned(), role)],
        visibility,
        ..project()
    };
    settings
}

fn developer() -> Settings {
    world(Role::Developer, Visibility::Private)
}

fn maintainer() -> Settings {
    world(Role::Maintainer, Visibility::Private)
}

fn gitlab_com() -> Audience {
    Audience::from("https://gitlab.com")
}

#[rstest]
#[case::push_to_a_protected_branch(
    developer(), trigger(PipelineSource::Push, branch("main"), 574), spec(302), gitlab_com(),
    json!({
        "project_id": "20", "project_path": "my-group/my-project", "namespace_id": "72", "namespace_path": "my-group",
        "user_id": "1", "user_login": "sample-user", "user_email": "sample-user@example.com",
        "user_access_level": "developer", "job_project_id": "20", "job_project_path": "my-group/my-project",
        "job_namespace_id": "72", "job_namespace_path": "my-group", "pipeline_id": "574", "pipeline_source": "push",
        "job_id": "302", "ref": "main", "ref_type": "branch", "ref_path": "refs/heads/main", "ref_protected": "true",
        "job_source": "push", "runner_id": 12_270_852, "runner_environment": "gitlab-hosted", "sha": SHA,
        "project_visibility": "private",
        "ci_config_ref_uri": "gitlab.com/my-group/my-project//.gitlab-ci.yml@refs/heads/main", "ci_config_sha": SHA,
        "jti": "JTI", "iat": 1_760_000_000, "nbf": 1_759_999_995, "exp": 1_760_003_600, "iss": "https://gitlab.com",
        "sub": "project_path:my-group/my-project:ref_type:branch:ref:main", "aud": "https://gitlab.com"
    }))]
#[case::push_of_a_protected_tag(
    developer(), trigger(PipelineSource::Push, tag("v1.2.0"), 575), spec(310), gitlab_com(),
    json!({
        "project_id": "20", "project_path": "my-group/my-project", "namespace_id": "72", "namespace_path": "my-group",
        "user_id": "1", "user_login": "sample-user", "user_email": "sample-user@example.com",
        "user_access_level": "developer", "job_project_id": "20", "job_project_path": "my-group/my-project",
        "job_namespace_id": "72", "job_namespace_path": "my-group", "pipeline_id": "575", "pipeline_source": "push",
        "job_id": "310", "ref": "v1.2.0", "ref_type": "tag", "ref_path": "refs/tags/v1.2.0", "ref_protected": "true",
        "job_source": "push", "runner_id": 12_270_852, "runner_environment": "gitlab-hosted", "sha": SHA,
        "project_visibility": "private",
        "ci_config_ref_uri": "gitlab.com/my-group/my-project//.gitlab-ci.yml@refs/tags/v1.2.0", "ci_config_sha": SHA,
        "jti": "JTI", "iat": 1_760_000_000, "nbf": 1_759_999_995, "exp": 1_760_003_600, "iss": "https://gitlab.com",
        "sub": "project_path:my-group/my-project:ref_type:tag:ref:v1.2.0", "aud": "https://gitlab.com"
    }))]
#[case::merge_request(
    developer(), merge_request(MergeRequest::new(), 576), spec(311), gitlab_com(),
    json!({
        "project_id": "20", "project_path": "my-group/my-project", "namespace_id": "72", "namespace_path": "my-group",
        "user_id": "1", "user_login": "sample-user", "user_email": "sample-user@example.com",
        "user_access_level": "developer", "job_project_id": "20", "job_project_path": "my-group/my-project",
        "job_namespace_id": "72", "job_namespace_path": "my-group", "pipeline_id": "576",
        "pipeline_source": "merge_request_event", "job_id": "311", "ref": "feature/x", "ref_type": "branch",
        "ref_path": "refs/heads/feature/x", "ref_protected": "false", "job_source": "merge_request_event",
        "runner_id": 12_270_852, "runner_environment": "gitlab-hosted", "sha": MERGE_SHA,
        "project_visibility": "private",
        "ci_config_ref_uri": "gitlab.com/my-group/my-project//.gitlab-ci.yml@refs/heads/feature/x",
        "ci_config_sha": MERGE_SHA,
        "jti": "JTI", "iat": 1_760_000_000, "nbf": 1_759_999_995, "exp": 1_760_003_600, "iss": "https://gitlab.com",
        "sub": "project_path:my-group/my-project:ref_type:branch:ref:feature/x", "aud": "https://gitlab.com"
    }))]
#[case::schedule(
    maintainer(), trigger(PipelineSource::Schedule, branch("main"), 577), spec(312), gitlab_com(),
    json!({
        "project_id": "20", "project_path": "my-group/my-project", "namespace_id": "72", "namespace_path": "my-group",
        "user_id": "1", "user_login": "sample-user", "user_email": "sample-user@example.com",
        "user_access_level": "maintainer", "job_project_id": "20", "job_project_path": "my-group/my-project",
        "job_namespace_id": "72", "job_namespace_path": "my-group", "pipeline_id": "577",
        "pipeline_source": "schedule", "job_id": "312", "ref": "main", "ref_type": "branch",
        "ref_path": "refs/heads/main", "ref_protected": "true", "job_source": "schedule", "runner_id": 12_270_852,
        "runner_environment": "gitlab-hosted", "sha": SHA, "project_visibility": "private",
        "ci_config_ref_uri": "gitlab.com/my-group/my-project//.gitlab-ci.yml@refs/heads/main", "ci_config_sha": SHA,
        "jti": "JTI", "iat": 1_760_000_000, "nbf": 1_759_999_995, "exp": 1_760_003_600, "iss": "https://gitlab.com",
        "sub": "project_path:my-group/my-project:ref_type:branch:ref:main", "aud": "https://gitlab.com"
    }))]
#[case::web_with_two_audiences_two_hours_and_a_self_hosted_runner(
    developer(),
    Trigger {
        runner: Some(Runner { environment: RunnerEnvironment::SelfHosted, ..Runner::gitlab_hosted() }),
        ..trigger(PipelineSource::Web, branch("feature/x"), 578)
    },
    JobSpec { timeout_seconds: Some(7200), ..spec(313) },
    Audience::Many(vec!["https://gitlab.com".to_owned(), "sts.amazonaws.com".to_owned()]),
    json!({
        "project_id": "20", "project_path": "my-group/my-project", "namespace_id": "72", "namespace_path": "my-group",
        "user_id": "1", "user_login": "sample-user", "user_email": "sample-user@example.com",
        "user_access_level": "developer", "job_project_id": "20", "job_project_path": "my-group/my-project",
        "job_namespace_id": "72", "job_namespace_path": "my-group", "pipeline_id": "578", "pipeline_source": "web",
        "job_id": "313", "ref": "feature/x", "ref_type": "branch", "ref_path": "refs/heads/feature/x",
        "ref_protected": "false", "job_source": "web", "runner_id": 12_270_852, "runner_environment": "self-hosted",
        "sha": SHA, "project_visibility": "private",
        "ci_config_ref_uri": "gitlab.com/my-group/my-project//.gitlab-ci.yml@refs/heads/feature/x",
        "ci_config_sha": SHA,
        "jti": "JTI", "iat": 1_760_000_000, "nbf": 1_759_999_995, "exp": 1_760_007_200, "iss": "https://gitlab.com",
        "sub": "project_path:my-group/my-project:ref_type:branch:ref:feature/x",
        "aud": ["https://gitlab.com", "sts.amazonaws.com"]
    }))]
#[case::deployment(
    maintainer(), trigger(PipelineSource::Push, branch("main"), 579),
    JobSpec { environment: Some(Environment::new("production")), ..spec(314) }, gitlab_com(),
    json!({
        "project_id": "20", "project_path": "my-group/my-project", "namespace_id": "72", "namespace_path": "my-group",
        "user_id": "1", "user_login": "sample-user", "user_email": "sample-user@example.com",
        "user_access_level": "maintainer", "job_project_id": "20", "job_project_path": "my-group/my-project",
        "job_namespace_id": "72", "job_namespace_path": "my-group", "pipeline_id": "579", "pipeline_source": "push",
        "job_id": "314", "ref": "main", "ref_type": "branch", "ref_path": "refs/heads/main", "ref_protected": "true",
        "environment": "production", "environment_protected": "true", "deployment_tier": "production",
        "environment_action": "start", "job_source": "push", "runner_id": 12_270_852,
        "runner_environment": "gitlab-hosted", "sha": SHA, "project_visibility": "private",
        "ci_config_ref_uri": "gitlab.com/my-group/my-project//.gitlab-ci.yml@refs/heads/main", "ci_config_sha": SHA,
        "jti": "JTI", "iat": 1_760_000_000, "nbf": 1_759_999_995, "exp": 1_760_003_600, "iss": "https://gitlab.com",
        "sub": "project_path:my-group/my-project:ref_type:branch:ref:main", "aud": "https://gitlab.com"
    }))]
#[case::fork_merge_request_run_in_the_parent(
    world(Role::Developer, Visibility::Public),
    merge_request(MergeRequest::from_fork("fork-user/my-project"), 580), spec(315), gitlab_com(),
    json!({
        "project_id": "4711", "project_path": "fork-user/my-project", "namespace_id": "9001",
        "namespace_path": "fork-user", "user_id": "1", "user_login": "sample-user",
        "user_email": "sample-user@example.com", "user_access_level": "owner", "job_project_id": "20",
        "job_project_path": "my-group/my-project", "job_namespace_id": "72", "job_namespace_path": "my-group",
        "pipeline_id": "580", "pipeline_source": "merge_request_event", "job_id": "315", "ref": "feature/x",
        "ref_type": "branch", "ref_path": "refs/heads/feature/x", "ref_protected": "false",
        "job_source": "merge_request_event", "runner_id": 12_270_852, "runner_environment": "gitlab-hosted",
        "sha": MERGE_SHA, "project_visibility": "public",
        "ci_config_ref_uri": "gitlab.com/my-group/my-project//.gitlab-ci.yml@refs/heads/feature/x",
        "ci_config_sha": MERGE_SHA,
        "jti": "JTI", "iat": 1_760_000_000, "nbf": 1_759_999_995, "exp": 1_760_003_600, "iss": "https://gitlab.com",
        "sub": "project_path:fork-user/my-project:ref_type:branch:ref:feature/x", "aud": "https://gitlab.com"
    }))]
fn payload(
    #[case] settings: Settings,
    #[case] trigger: Trigger,
    #[case] spec: JobSpec,
    #[case] audience: Audience,
    #[case] expected: Value,
) {
    let gitlab = instance(settings);
    let mut token = gitlab
        .id_token(&job(&gitlab, &trigger, spec), &audience, now())
        .unwrap();
    token.claims["jti"] = "JTI".into();
    // As text, so that the order of the members counts.
    let text = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    assert_eq!(text(&Value::Object(token.claims)), text(&expected));
}
