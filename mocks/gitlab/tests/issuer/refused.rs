//! What no GitLab has is refused with a message that says why.

use mock_gitlab::{
    Actor, Audience, EventSink, GitRef, Instance, JobSpec, MergeRequest, PipelineSource, Project, Role,
    Settings, SubComponent, Trigger, User, test_key_set,
};
use proptest::prelude::*;
use rstest::rstest;

use crate::sample::{branch, instance, now, project, settings, settings_of, tag};

fn change(change: impl FnOnce(&mut Settings)) -> Settings {
    let mut settings = settings();
    change(&mut settings);
    settings
}

#[rstest]
#[case::path(change(|s| s.projects[0].path = "project".into()), "`project` cannot be the path of a project: it needs a group or user")]
#[case::twice(change(|s| s.projects.push(Project::new("My-Group/my-project"))), "there are two projects `My-Group/my-project`")]
#[case::same_id(change(|s| s.projects[1].id = 20), "`my-group/my-project` and `fork-user/my-project` have the same project id 20")]
#[case::namespace(
    change(|s| s.projects.push(Project { namespace_id: 73, ..Project::new("my-group/other") })),
    "the namespace `my-group` has two ids, 72 and 73"
)]
#[case::user(change(|s| s.users.push(User::new(1, "other"))), "two users with the login `other` or the id 1")]
#[case::member(
    change(|s| s.projects[0].members.push(("eve".into(), Role::Owner))),
    "the project `my-group/my-project` has a member `eve`, who is not a user"
)]
#[case::components(
    change(|s| s.projects[0].sub_claim_components = vec![SubComponent::Ref]),
    "in the project `my-group/my-project`: `sub` must start with the project, not with `ref`"
)]
#[case::issuer(
    Settings { ci_id_tokens_issuer_url: Some("https://x".into()), ..settings_of("18.0") },
    "GitLab 18.0.0 has no `ci_id_tokens_issuer_url`; it came with 18.1"
)]
#[case::issuer_url(
    Settings { ci_id_tokens_issuer_url: Some("s3://bucket".into()), ..settings() },
    "`ci_id_tokens_issuer_url`: `s3://bucket` is not the URL of a GitLab instance: it must start with"
)]
fn an_instance(#[case] settings: Settings, #[case] message: &str) {
    let error = Instance::new(settings, test_key_set(), 1, EventSink::none())
        .unwrap_err()
        .to_string();
    assert!(error.contains(message), "{error}");
}

fn told(merge_request: MergeRequest) -> Trigger {
    Trigger::merge_request("feature/x", merge_request)
}

#[rstest]
#[case::project(
    "my-group/typo",
    Trigger::push(branch("main")),
    "there is no project `my-group/typo` in this GitLab; it has `fork-user/my-project`, `my-group/my-project`"
)]
#[case::user("my-group/my-project", Trigger { user: Actor::Login("eve".into()), ..Trigger::push(branch("main")) },
    "there is no user `eve` in this GitLab; it has `sample-user`")]
#[case::branch(
    "my-group/my-project",
    Trigger::push(branch("main:ref_type:tag")),
    "`main:ref_type:tag` cannot be a branch: git forbids"
)]
#[case::tag(
    "my-group/my-project",
    Trigger::push(tag("refs/tags/v1")),
    "`refs/tags/v1` cannot be a tag: give the short name"
)]
#[case::sha("my-group/my-project", Trigger { sha: Some("main".into()), ..Trigger::push(branch("main")) },
    "`main` is not a commit")]
#[case::merge_request_of_a_push("my-group/my-project",
    Trigger { source: PipelineSource::Push, ..told(MergeRequest::new()) },
    "a pipeline from the source `push` has no merge request")]
#[case::merge_request_for_a_tag("my-group/my-project",
    Trigger { git_ref: tag("v1"), ..told(MergeRequest::new()) }, "runs for a branch, not for the tag `v1`")]
#[case::unknown_fork(
    "my-group/my-project",
    told(MergeRequest::from_fork("eve/my-project")),
    "there is no project `eve/my-project`"
)]
#[case::target_branch("my-group/my-project",
    told(MergeRequest { target_branch: Some("a b".into()), ..MergeRequest::new() }), "`a b` cannot be a branch")]
fn a_trigger(#[case] project: &str, #[case] trigger: Trigger, #[case] message: &str) {
    let error = instance(settings())
        .pipeline(project, &trigger, now())
        .unwrap_err()
        .to_string();
    assert!(error.contains(message), "{error}");
}

#[test]
fn a_third_project_cannot_run_a_merge_request() {
    let gitlab = instance(change(|s| s.projects.push(Project::new("third/project"))));
    let merge_request = MergeRequest {
        source_project: Some("fork-user/my-project".into()),
        target_project: Some("my-group/my-project".into()),
        ..MergeRequest::new()
    };
    let error = gitlab
        .pipeline("third/project", &told(merge_request), now())
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "`third/project` is neither the source project `fork-user/my-project` nor the target project \
         `my-group/my-project` of the merge request"
    );
}

#[test]
fn an_instance_without_projects_says_so() {
    let gitlab = instance(Settings {
        projects: Vec::new(),
        ..settings()
    });
    let error = gitlab
        .pipeline("g/p", &Trigger::push(branch("main")), now())
        .unwrap_err()
        .to_string();
    assert!(error.ends_with("it has none"), "{error}");
}

#[test]
fn a_namespace_id_counts_for_all_its_projects() {
    let gitlab = instance(change(|s| s.projects.push(Project::new("my-group/other"))));
    assert_eq!(gitlab.project("my-group/other").unwrap().namespace_id, 72);
}

#[test]
fn a_blank_custom_issuer_is_none() {
    let gitlab = instance(Settings {
        ci_id_tokens_issuer_url: Some(" ".into()),
        ..settings_of("15.7")
    });
    assert_eq!(gitlab.issuer(), "https://gitlab.com");
    assert!(gitlab.published_copy().is_none());
}

proptest! {
    /// Whatever somebody types: a refusal, or a token whose `sub` cannot be read in two ways.
    #[test]
    fn a_sub_is_never_ambiguous(path in "[a-z:/_*]{1,12}", name in "[a-z:/_* .]{1,12}", is_tag: bool) {
        let settings = Settings { projects: vec![Project { path: path.clone(), ..project() }], ..settings() };
        let Ok(gitlab) = Instance::new(settings, test_key_set(), 1, EventSink::none()) else {
            return Ok(());
        };
        let git_ref = if is_tag { GitRef::Tag(name.clone()) } else { GitRef::Branch(name.clone()) };
        if let Ok(pipeline) = gitlab.pipeline(&path, &Trigger::push(git_ref), now()) {
            let job = gitlab.job(&pipeline, JobSpec::new("test"), now());
            let token = gitlab.id_token(&job, &Audience::from("a"), now()).unwrap();
            let sub = token.claims["sub"].as_str().unwrap().to_owned();
            let kind = if is_tag { "tag" } else { "branch" };
            let parts: Vec<&str> = sub.split(':').collect();
            prop_assert_eq!(parts, ["project_path", path.as_str(), "ref_type", kind, "ref", name.as_str()]);
        }
    }
}
