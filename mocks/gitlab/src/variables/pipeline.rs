//! The pipeline, its commit and its merge request.

use super::slug::slug;
use super::{List, Server};
use crate::git_ref::GitRef;
use crate::pipeline::{Pipeline, stable_sha};
use crate::project::stable_id;
use crate::trigger::{MergeRequestEvent, PipelineSource};
use crate::version::Version;

const NO_COMMIT: &str = "0000000000000000000000000000000000000000";

pub(super) fn pipeline(list: &mut List, pipeline: &Pipeline) {
    list.add("CI_PIPELINE_IID", pipeline.iid.to_string());
    list.add("CI_PIPELINE_SOURCE", pipeline.source.as_str());
    list.add("CI_PIPELINE_CREATED_AT", pipeline.created_at.to_string());
}

pub(super) fn commit(list: &mut List, server: &Server<'_>, pipeline: &Pipeline) {
    let git_ref = &pipeline.git_ref;
    let title = pipeline.commit_message.lines().next().unwrap_or_default();
    list.add("CI_COMMIT_SHA", pipeline.sha.as_str());
    list.add(
        "CI_COMMIT_SHORT_SHA",
        pipeline.sha.get(..8).unwrap_or(&pipeline.sha),
    );
    // Only a push to a branch has a commit before it; the mock has no history, and gives it a stable one.
    let pushed = pipeline.source == PipelineSource::Push && !git_ref.is_tag();
    let before = if pushed {
        stable_sha(&pipeline.sha, git_ref)
    } else {
        NO_COMMIT.to_owned()
    };
    list.add("CI_COMMIT_BEFORE_SHA", before);
    list.add("CI_COMMIT_REF_NAME", git_ref.name());
    list.add("CI_COMMIT_REF_SLUG", slug(git_ref.name()));
    if let GitRef::Branch(branch) = git_ref
        && pipeline.merge_request.is_none()
    {
        list.add("CI_COMMIT_BRANCH", branch.as_str());
    }
    list.add("CI_COMMIT_MESSAGE", pipeline.commit_message.as_str());
    if server.version.has(Version::new(18, 6)) {
        list.add("CI_COMMIT_MESSAGE_IS_TRUNCATED", "false");
    }
    list.add("CI_COMMIT_TITLE", title);
    list.add(
        "CI_COMMIT_DESCRIPTION",
        description(&pipeline.commit_message, title),
    );
    list.add("CI_COMMIT_REF_PROTECTED", pipeline.ref_protected.to_string());
    list.add("CI_COMMIT_TIMESTAMP", pipeline.created_at.to_string());
    let author = pipeline
        .user
        .as_ref()
        .map_or_else(String::new, |user| format!("{} <{}>", user.name, user.email));
    list.add("CI_COMMIT_AUTHOR", author);
    if let GitRef::Tag(tag) = git_ref {
        list.add("CI_COMMIT_TAG", tag.as_str());
        list.add("CI_COMMIT_TAG_MESSAGE", "");
    }
}

/// The message without its first line; the whole message where that line is long.
fn description(message: &str, title: &str) -> String {
    if title.chars().count() < 100 {
        message
            .strip_prefix(title)
            .unwrap_or_default()
            .trim_start()
            .to_owned()
    } else {
        message.to_owned()
    }
}

pub(super) fn merge_request(list: &mut List, server: &Server<'_>, pipeline: &Pipeline) {
    let Some(merge_request) = &pipeline.merge_request else {
        return;
    };
    let (told, version, url) = (&merge_request.told, server.version, server.url);
    let (source, target) = (&*merge_request.source_project, &*merge_request.target_project);
    let source_branch = &pipeline.git_ref;
    let target_branch = GitRef::Branch(merge_request.target_branch.clone());
    // Both are empty but in pipelines for merged results.
    let (source_sha, target_sha) = match told.event_type {
        MergeRequestEvent::Detached => (String::new(), String::new()),
        MergeRequestEvent::MergedResult | MergeRequestEvent::MergeTrain => (
            stable_sha(&source.path, source_branch),
            stable_sha(&target.path, &target_branch),
        ),
    };
    list.add("CI_MERGE_REQUEST_EVENT_TYPE", told.event_type.as_str());
    list.add("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", source_sha);
    list.add("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", target_sha);
    list.add(
        "CI_MERGE_REQUEST_DIFF_ID",
        stable_id("diff", &pipeline.sha).to_string(),
    );
    list.add(
        "CI_MERGE_REQUEST_DIFF_BASE_SHA",
        stable_sha(&target.path, &target_branch),
    );
    list.add("CI_MERGE_REQUEST_ID", merge_request.id.to_string());
    list.add("CI_MERGE_REQUEST_IID", told.iid.to_string());
    list.add(
        "CI_MERGE_REQUEST_REF_PATH",
        format!("refs/merge-requests/{}/head", told.iid),
    );
    list.add("CI_MERGE_REQUEST_PROJECT_ID", target.id.to_string());
    list.add("CI_MERGE_REQUEST_PROJECT_PATH", target.path.as_str());
    list.add("CI_MERGE_REQUEST_PROJECT_URL", format!("{url}/{}", target.path));
    list.add(
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
        merge_request.target_branch.as_str(),
    );
    list.add(
        "CI_MERGE_REQUEST_TARGET_BRANCH_PROTECTED",
        target.protects(&target_branch).to_string(),
    );
    list.add("CI_MERGE_REQUEST_TITLE", told.title.as_str());
    if version.has(Version::new(17, 10)) {
        list.add("CI_MERGE_REQUEST_DRAFT", told.draft.to_string());
    }
    if version.has(Version::new(16, 7)) {
        list.add("CI_MERGE_REQUEST_DESCRIPTION", "");
    }
    if version.has(Version::new(16, 8)) {
        list.add("CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED", "false");
    }
    if !told.labels.is_empty() {
        list.add("CI_MERGE_REQUEST_LABELS", told.labels.join(","));
    }
    if version.has(Version::new(16, 4)) {
        list.add("CI_MERGE_REQUEST_SQUASH_ON_MERGE", "false");
    }
    list.add("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", source.id.to_string());
    list.add("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", source.path.as_str());
    list.add(
        "CI_MERGE_REQUEST_SOURCE_PROJECT_URL",
        format!("{url}/{}", source.path),
    );
    list.add("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", source_branch.name());
    if version.has(Version::new(16, 4)) {
        list.add(
            "CI_MERGE_REQUEST_SOURCE_BRANCH_PROTECTED",
            source.protects(source_branch).to_string(),
        );
    }
    list.add("CI_OPEN_MERGE_REQUESTS", format!("{}!{}", target.path, told.iid));
}
