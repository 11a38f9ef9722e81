//! The job, its environment and its user.

use super::slug::slug;
use super::{List, Server};
use crate::job::Job;
use crate::trigger::PipelineSource;
use crate::user::User;
use crate::version::Version;

/// What exists once the job does. `CI_JOB_TOKEN` and the password are masked, and so not in any log.
pub(super) fn persisted(list: &mut List, server: &Server<'_>, job: &Job) {
    let project_url = format!("{}/{}", server.url, job.pipeline.project.path);
    list.add("CI_PIPELINE_ID", job.pipeline.id.to_string());
    list.add(
        "CI_PIPELINE_URL",
        format!("{project_url}/-/pipelines/{}", job.pipeline.id),
    );
    list.add("CI_JOB_ID", job.id.to_string());
    list.add("CI_JOB_URL", format!("{project_url}/-/jobs/{}", job.id));
    list.add_masked("CI_JOB_TOKEN", job.token.as_str());
    list.add("CI_JOB_STARTED_AT", job.started_at.to_string());
    list.add("CI_REGISTRY_USER", "gitlab-ci-token");
    list.add_masked("CI_REGISTRY_PASSWORD", job.token.as_str());
    // Not masked as a whole, as in GitLab; the token in it is.
    let (scheme, rest) = (
        server.url.scheme(),
        project_url.trim_start_matches(server.url.scheme()),
    );
    let rest = rest.trim_start_matches("://");
    list.add(
        "CI_REPOSITORY_URL",
        format!("{scheme}://gitlab-ci-token:{}@{rest}.git", job.token),
    );
}

pub(super) fn scoped(list: &mut List, server: &Server<'_>, job: &Job) {
    let spec = &job.spec;
    list.add("CI_JOB_NAME", spec.name.as_str());
    list.add("CI_JOB_NAME_SLUG", slug(&spec.name));
    if server.version.has(Version::new(17, 10)) {
        list.add("CI_JOB_GROUP_NAME", group_name(&spec.name));
    }
    list.add("CI_JOB_STAGE", spec.stage.as_str());
    if spec.manual {
        list.add("CI_JOB_MANUAL", "true");
    }
    if job.pipeline.source == PipelineSource::Trigger {
        list.add("CI_PIPELINE_TRIGGERED", "true");
    }
    if let Some((index, _)) = spec.parallel {
        list.add("CI_NODE_INDEX", index.to_string());
    }
    list.add(
        "CI_NODE_TOTAL",
        spec.parallel.map_or(1, |(_, total)| total).to_string(),
    );
    if let Some(environment) = &spec.environment {
        list.add("CI_ENVIRONMENT_NAME", environment.name.as_str());
        list.add("CI_ENVIRONMENT_ACTION", environment.action.as_str());
        list.add("CI_ENVIRONMENT_TIER", environment.deployment_tier().as_str());
        if let Some(url) = &environment.url {
            list.add("CI_ENVIRONMENT_URL", url.as_str());
        }
    }
}

/// What jobs made from one have in common: the name without the numbers and lists at its end, as in `t 1/3`, `t 1:3`
/// and `t: [a, b]`.
///
/// Source: GitLab docs, "Group similar jobs together in pipeline views"; `Gitlab::Utils::Job.group_name`.
fn group_name(name: &str) -> &str {
    let ends = name
        .char_indices()
        .filter(|(_, c)| is_separator(*c))
        .map(|(at, _)| at);
    ends.map(|at| name.split_at(at))
        .find(|(_, rest)| is_copy_mark(rest))
        .map_or(name, |(group, _)| group)
        .trim()
}

fn is_separator(c: char) -> bool {
    c == ':' || c.is_ascii_whitespace()
}

/// Whether this is nothing but lists in brackets and pairs of numbers, each after a separator.
fn is_copy_mark(text: &str) -> bool {
    let mark = text.trim_start_matches(is_separator);
    if mark.len() == text.len() {
        return false;
    }
    let rest = if mark.starts_with('[') {
        // A list may hold brackets, so it ends with the last one.
        mark.rsplit_once(']').map(|(_, rest)| rest)
    } else {
        after_number(mark).and_then(|rest| {
            let second = rest.trim_start_matches(|c| is_separator(c) || c == '/' || c == '\\');
            if second.len() < rest.len() {
                after_number(second)
            } else {
                None
            }
        })
    };
    rest.is_some_and(|rest| rest.trim_ascii_end().is_empty() || is_copy_mark(rest))
}

fn after_number(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < text.len()).then_some(rest)
}

pub(super) fn user(list: &mut List, user: Option<&User>) {
    let Some(user) = user else {
        return;
    };
    list.add("GITLAB_USER_ID", user.id.to_string());
    list.add("GITLAB_USER_EMAIL", user.email.as_str());
    list.add("GITLAB_USER_LOGIN", user.login.as_str());
    list.add("GITLAB_USER_NAME", user.name.as_str());
}

pub(super) fn persisted_environment(list: &mut List, job: &Job) {
    if let Some(environment) = &job.spec.environment {
        list.add("CI_ENVIRONMENT_SLUG", environment.slug());
        if let Some(url) = &environment.url {
            list.add("CI_ENVIRONMENT_URL", url.as_str());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::plain("build", "build")]
    #[case::parallel("t 1/3", "t")]
    #[case::matrix("t: [a, b]", "t")]
    #[case::matrix_with_colon("rspec:test: [ruby, ubuntu]", "rspec:test")]
    #[case::not_numbers("t a/b", "t a/b")]
    #[case::colon("t 1:3", "t")]
    #[case::blank("t 1 3", "t")]
    #[case::both("build: [vagrant] 0/1", "build")]
    #[case::lists("build: [a] [b]", "build")]
    #[case::list_of_lists("build: [a, [b]]", "build")]
    #[case::three_numbers("t 1/2/3", "t 1/2/3")]
    #[case::number_alone("1/3", "1/3")]
    #[case::no_separator("t[a]", "t[a]")]
    #[case::not_at_the_end("t 1/3 x", "t 1/3 x")]
    #[case::many_brackets(&format!("t{} x", " []".repeat(80)), &format!("t{} x", " []".repeat(80)))]
    fn groups(#[case] name: &str, #[case] group: &str) {
        assert_eq!(group_name(name), group);
    }
}
