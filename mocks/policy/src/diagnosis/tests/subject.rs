use rstest::rstest;

use super::{SUBJECT, failed};
use crate::decision::Effect::Allow;

const IS: &str = "project_path:group/app:ref_type:branch:ref:feature/x";

#[rstest]
#[case::github(
    "repo:group/app:ref:refs/heads/*",
    "project_path:group/app:ref_type:branch:ref:*"
)]
#[case::github_tag(
    "repo:group/app:ref:refs/tags/*",
    "project_path:group/app:ref_type:branch:ref:*"
)]
#[case::github_environment("repo:group/app:environment:prod", "project_path:group/app:*")]
#[case::github_pull_request("repo:group/app:pull_request", "project_path:group/app:*")]
#[case::github_everything("repo:group/app:*", "project_path:group/app:*")]
#[case::github_organisation("repo:group/*", "project_path:group/*:*")]
#[case::github_other("repo:other/app:*", "project_path:group/app:*")]
fn github(#[case] value: &str, #[case] fix: &str) {
    failed(
        &format!(r#"{{"StringLike": {{"gitlab.com:sub": "{value}"}}}}"#),
        "github-subject",
        &format!(
            "`{value}` has the form of a GitHub subject; GitLab's begins with `project_path:`, and this token's is `{IS}`"
        ),
        Some((&format!("write `{fix}` instead of `{value}`"), Allow)),
    );
}

#[rstest]
#[case::branch(
    "project_path:group/app:ref_type:branch:ref:refs/heads/*",
    "project_path:group/app:ref_type:branch:ref:*"
)]
#[case::exact("project_path:group/app:ref_type:branch:ref:refs/heads/feature/x", IS)]
#[case::other("project_path:group/app:ref_type:branch:ref:refs/heads/main", IS)]
#[case::without_type(
    "project_path:group/app:ref:refs/heads/*",
    "project_path:group/app:ref_type:branch:ref:*"
)]
#[case::tag(
    "project_path:group/app:ref_type:branch:ref:refs/tags/*",
    "project_path:group/app:ref_type:branch:ref:*"
)]
fn full_ref(#[case] value: &str, #[case] fix: &str) {
    failed(
        &format!(r#"{{"StringLike": {{"gitlab.com:sub": "{value}"}}}}"#),
        "full-ref-in-subject",
        &format!(
            "`{value}` has the full name of a ref; the subject has the short one (`main`, not `refs/heads/main`): `{IS}`"
        ),
        Some((&format!("write `{fix}` instead of `{value}`"), Allow)),
    );
}

#[rstest]
#[case::mr("mr")]
#[case::merge_request("merge_request")]
#[case::event("merge_request_event")]
#[case::pull_request("pull_request")]
#[case::heads("heads")]
#[case::tags("tags")]
fn unknown_ref_type(#[case] ref_type: &str) {
    let value = format!("project_path:group/app:ref_type:{ref_type}:ref:*");
    failed(
        &format!(r#"{{"StringLike": {{"gitlab.com:sub": "{value}"}}}}"#),
        "unknown-ref-type",
        &format!(
            "there is no `ref_type:{ref_type}`: a GitLab subject has `branch` or `tag`, and `branch` for merge requests too; \
             this token's is `{IS}`"
        ),
        Some((
            &format!("write `project_path:group/app:ref_type:branch:ref:*` instead of `{value}`"),
            Allow,
        )),
    );
}

#[rstest]
#[case::url("project_path:https://gitlab.com/group/app:ref_type:branch:ref:*")]
#[case::host("project_path:gitlab.com/group/app:ref_type:branch:ref:*")]
#[case::clone_url("project_path:https://gitlab.com/group/app.git:ref_type:branch:ref:*")]
fn project_url(#[case] value: &str) {
    failed(
        &format!(r#"{{"StringLike": {{"gitlab.com:sub": "{value}"}}}}"#),
        "project-url-in-subject",
        &format!("`{value}` has a URL for the project; the subject has its path alone: `{IS}`"),
        Some((
            &format!("write `project_path:group/app:ref_type:branch:ref:*` instead of `{value}`"),
            Allow,
        )),
    );
}

#[rstest]
#[case::reference(
    "project_path:group/*:ref_type:branch:ref:main",
    "the job runs for the ref `feature/x`, the policy lets in `main`",
    "project_path:group/*:ref_type:branch:ref:feature/x"
)]
#[case::reference_after_a_gap(
    "project_path:group/*:ref:main",
    "the job runs for the ref `feature/x`, the policy lets in `main`",
    "project_path:group/*:ref:feature/x"
)]
#[case::ref_type(
    "project_path:group/app:ref_type:tag:ref:*",
    "the job runs for a branch, the policy lets in the ref type `tag`",
    "project_path:group/app:ref_type:branch:ref:*"
)]
#[case::open_end(
    "project_path:group/app:ref_type:tag:*",
    "the job runs for a branch, the policy lets in the ref type `tag`",
    "project_path:group/app:ref_type:branch:*"
)]
#[case::project(
    "project_path:other/app:ref_type:branch:ref:*",
    "the job runs in project `group/app`, the policy lets in `other/app`",
    "project_path:group/app:ref_type:branch:ref:*"
)]
#[case::group(
    "project_path:other/*",
    "the job runs in project `group/app`, the policy lets in `other/*`",
    "project_path:group/app:*"
)]
#[case::group_open_end(
    "project_path:other/app:*",
    "the job runs in project `group/app`, the policy lets in `other/app`",
    "project_path:group/app:*"
)]
#[case::group_without_its_projects(
    "project_path:group:ref_type:branch:ref:*",
    "the job runs in project `group/app`, the policy lets in `group`",
    "project_path:group/app:ref_type:branch:ref:*"
)]
#[case::the_first_of_two(
    "project_path:other/*:ref:main",
    "the job runs in project `group/app`, the policy lets in `other/*`",
    IS
)]
fn component(#[case] value: &str, #[case] words: &str, #[case] fix: &str) {
    failed(
        &format!(r#"{{"StringLike": {{"gitlab.com:sub": "{value}"}}}}"#),
        "subject-differs",
        words,
        Some((&format!("write `{fix}` instead of `{value}`"), Allow)),
    );
}

#[test]
fn the_nearest_of_several() {
    failed(
        r#"{"StringLike": {"gitlab.com:sub": [
            "project_path:other/*:ref_type:tag:ref:v*", "project_path:group/*:ref_type:branch:ref:main", "nonsense"
        ]}}"#,
        "subject-differs",
        "the job runs for the ref `feature/x`, the policy lets in `main`",
        Some((
            "write `project_path:group/*:ref_type:branch:ref:feature/x` instead of \
             `project_path:group/*:ref_type:branch:ref:main`",
            Allow,
        )),
    );
}

#[test]
fn under_a_literal_operator_only_the_subject_itself_helps() {
    failed(
        r#"{"StringEquals": {"gitlab.com:sub": "project_path:group/app:ref_type:branch:ref:main"}}"#,
        "subject-differs",
        "the job runs for the ref `feature/x`, the policy lets in `main`",
        Some((
            &format!("write `{SUBJECT}` instead of `project_path:group/app:ref_type:branch:ref:main`"),
            Allow,
        )),
    );
}

#[rstest]
#[case::missing("project_path:group/app:ref:feature/x")]
#[case::additional("project_path:group/app:ref_type:branch:ref:feature/x:environment:prod")]
#[case::other_leader("project_id:42:ref_type:branch:ref:*")]
#[case::other_order("project_path:group/app:ref:*:ref_type:branch")]
#[case::path_alone("group/app")]
#[case::odd("project_path:group/app:ref_type")]
fn form(#[case] value: &str) {
    let fix = match value {
        "project_id:42:ref_type:branch:ref:*" | "project_path:group/app:ref:*:ref_type:branch" => {
            "project_path:group/app:ref_type:branch:ref:*"
        }
        _ => IS,
    };
    failed(
        &format!(r#"{{"StringLike": {{"gitlab.com:sub": "{value}"}}}}"#),
        "subject-form-differs",
        &format!(
            "`{value}` is not built like the token's subject `{IS}`, whose components are `project_path`, `ref_type`, `ref`"
        ),
        Some((&format!("write `{fix}` instead of `{value}`"), Allow)),
    );
}
