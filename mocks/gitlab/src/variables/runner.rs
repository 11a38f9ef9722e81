//! The runner: what GitLab knows of it, and what it adds itself.

use super::{List, Server};
use crate::job::Job;
use crate::runner::Runner;
use crate::version::Version;

pub(super) fn registered(list: &mut List, runner: &Runner) {
    list.add("CI_RUNNER_ID", runner.id.to_string());
    list.add("CI_RUNNER_DESCRIPTION", runner.description.as_str());
    // The text of a Ruby array, which looks like JSON.
    let tags: Vec<String> = runner.tags.iter().map(|tag| format!("{tag:?}")).collect();
    list.add("CI_RUNNER_TAGS", format!("[{}]", tags.join(", ")));
}

/// Assumed: a docker executor, the only job of its runner. An executor that puts the project elsewhere replaces
/// `CI_BUILDS_DIR` and `CI_PROJECT_DIR`.
pub(super) fn added(list: &mut List, server: &Server<'_>, job: &Job) {
    let runner = &job.pipeline.runner;
    let Version { major, minor, .. } = server.version;
    let version = runner
        .version
        .clone()
        .unwrap_or_else(|| format!("{major}.{minor}.0"));
    list.add("CI_BUILDS_DIR", runner.builds_dir.as_str());
    list.add(
        "CI_PROJECT_DIR",
        format!("{}/{}", runner.builds_dir, job.pipeline.project.path),
    );
    list.add("CI_CONCURRENT_ID", "0");
    list.add("CI_CONCURRENT_PROJECT_ID", "0");
    list.add("CI_SERVER", "yes");
    list.add("CI_JOB_STATUS", "running");
    list.add("CI_JOB_TIMEOUT", job.timeout_seconds.to_string());
    if let Some(image) = &job.spec.image {
        list.add("CI_JOB_IMAGE", image.as_str());
    }
    list.add("CI_RUNNER_VERSION", version);
    list.add("CI_RUNNER_EXECUTABLE_ARCH", "linux/amd64");
    list.add("CI_DISPOSABLE_ENVIRONMENT", "true");
}
