//! `sub`: whom a token speaks for.

use mock_gitlab::{
    Audience, Environment, ForkClaims, Instance, JobSpec, MergeRequest, Project, Settings, SubComponent,
    TokenRefusal, Trigger,
};
use rstest::rstest;
use serde_json::json;

use crate::sample::{branch, instance, job, now, push_job, settings, settings_of};

const PARENT: &str = "my-group/my-project";
const FORK: &str = "fork-user/my-project";

fn audience() -> Audience {
    Audience::from("https://gitlab.com")
}

fn claims(gitlab: &Instance, trigger: &Trigger, spec: JobSpec) -> mock_gitlab::Claims {
    gitlab
        .id_token(&job(gitlab, trigger, spec), &audience(), now())
        .unwrap()
        .claims
}

fn with_components(version: &str, names: &str) -> Settings {
    let mut settings = settings_of(version);
    settings.projects[0].sub_claim_components = names
        .split_whitespace()
        .map(|name| name.parse::<SubComponent>().unwrap())
        .collect();
    settings
}

#[rstest]
#[case::path_only("17.10", "project_path", None, "project_path:my-group/my-project")]
#[case::no_type(
    "17.10",
    "project_path ref",
    None,
    "project_path:my-group/my-project:ref:main"
)]
#[case::protected(
    "18.7",
    "project_path ref_protected",
    None,
    "project_path:my-group/my-project:ref_protected:true"
)]
#[case::environment(
    "18.7",
    "project_path environment_protected deployment_tier",
    Some("production"),
    "project_path:my-group/my-project:environment_protected:true:deployment_tier:production"
)]
#[case::unprotected_environment(
    "18.7",
    "project_path environment_protected deployment_tier",
    Some("review/x"),
    "project_path:my-group/my-project:environment_protected:false:deployment_tier:development"
)]
#[case::no_environment(
    "18.7",
    "project_path environment_protected deployment_tier ref",
    None,
    "project_path:my-group/my-project:ref:main"
)]
#[case::id(
    "19.1",
    "project_id ref_type ref",
    None,
    "project_id:20:ref_type:branch:ref:main"
)]
#[case::job_id("19.4", "job_project_id ref", None, "job_project_id:20:ref:main")]
fn sub_is_made_of_the_projects_components(
    #[case] version: &str,
    #[case] components: &str,
    #[case] environment: Option<&str>,
    #[case] sub: &str,
) {
    let gitlab = instance(with_components(version, components));
    let spec = JobSpec {
        environment: environment.map(Environment::new),
        ..JobSpec::new("deploy")
    };
    assert_eq!(claims(&gitlab, &Trigger::push(branch("main")), spec)["sub"], sub);
}

/// A fork's merge request that runs in the parent project: who can be let in by a policy that names the parent?
#[rstest]
#[case::old("18.3", None, "project_path:my-group/my-project:ref_type:branch:ref:main")]
#[case::new("18.4", None, "project_path:fork-user/my-project:ref_type:branch:ref:main")]
#[case::old_with_the_fix(
    "17.5",
    Some(ForkClaims::Source),
    "project_path:fork-user/my-project:ref_type:branch:ref:main"
)]
#[case::new_without(
    "19.4",
    Some(ForkClaims::Target),
    "project_path:my-group/my-project:ref_type:branch:ref:main"
)]
fn forks(#[case] version: &str, #[case] fork_claims: Option<ForkClaims>, #[case] sub: &str) {
    let gitlab = instance(Settings {
        fork_claims,
        ..settings_of(version)
    });
    let trigger = Trigger::merge_request("main", MergeRequest::from_fork(FORK));
    let claims = claims(&gitlab, &trigger, JobSpec::new("test"));
    assert_eq!(claims["sub"], sub);
    // The name of a protected branch of the parent gives the fork nothing.
    assert_eq!(claims["ref_protected"], "false");
}

#[test]
fn ids_of_a_fork_in_sub() {
    let trigger = Trigger::merge_request("x", MergeRequest::from_fork(FORK));
    let sub = |components| {
        let gitlab = instance(with_components("19.4", components));
        claims(&gitlab, &trigger, JobSpec::new("test"))["sub"].clone()
    };
    assert_eq!(sub("project_id"), "project_id:4711");
    assert_eq!(sub("source_project_id"), "source_project_id:4711");
    assert_eq!(sub("job_project_id"), "job_project_id:20");
}

#[rstest]
#[case::reclaimed("19.1", "project_path ref_type ref", true, true)]
#[case::by_id("19.1", "project_id ref_type ref", true, false)]
#[case::path_is_in_it_all_the_same("19.1", "project_id project_path", true, true)]
#[case::before_19_1("19.0", "project_path ref_type ref", true, false)]
#[case::never_used_before("19.1", "project_path ref_type ref", false, false)]
fn a_reclaimed_path_gets_no_token(
    #[case] version: &str,
    #[case] components: &str,
    #[case] path_reclaimed: bool,
    #[case] refused: bool,
) {
    let mut settings = with_components(version, components);
    settings.projects[0].path_reclaimed = path_reclaimed;
    let gitlab = instance(settings);
    let job = push_job(&gitlab);
    let refusal = refused.then_some(TokenRefusal::ReclaimedProjectPath);
    assert_eq!(gitlab.id_token(&job, &audience(), now()).err(), refusal);
    assert_eq!(gitlab.refuses_id_tokens(&job), refusal);
}

#[test]
fn the_refusal_is_gitlabs() {
    let refusal = TokenRefusal::ReclaimedProjectPath;
    assert_eq!(refusal.failure_reason(), Some("id_token_burned_project_path"));
    assert_eq!(
        refusal.to_string(),
        "ID token issuance is disabled in CI because this project's path was previously used by a different project. \
         To restore ID tokens, set `ci_id_token_sub_claim_components` to start with `project_id` (for example, \
         `[\"project_id\", \"ref_type\", \"ref\"]`) and update your cloud trust policy to match."
    );
}

/// A tag and a branch of one name are two things.
#[test]
fn a_tag_called_main_is_not_the_protected_branch() {
    let gitlab = instance(Settings {
        projects: vec![Project {
            id: 1,
            ..Project::new(PARENT)
        }],
        ..settings()
    });
    let claims = claims(
        &gitlab,
        &Trigger::push(crate::sample::tag("main")),
        JobSpec::new("test"),
    );
    assert_eq!(
        (&claims["ref_type"], &claims["ref_protected"]),
        (&json!("tag"), &json!("false"))
    );
    assert_eq!(
        claims["sub"],
        "project_path:my-group/my-project:ref_type:tag:ref:main"
    );
}
