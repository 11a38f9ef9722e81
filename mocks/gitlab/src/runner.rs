//! The runner that executes a job.

use std::str::FromStr;

use crate::unknown_name::UnknownName;

/// Who runs the runner: the claim `runner_environment`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunnerEnvironment {
    /// `gitlab-hosted`: an instance runner of GitLab.com.
    GitlabHosted,
    /// `self-hosted`: every other runner, those of a self-managed instance included.
    SelfHosted,
}

impl RunnerEnvironment {
    /// The name as in the claim.
    pub fn as_str(self) -> &'static str {
        match self {
            RunnerEnvironment::GitlabHosted => "gitlab-hosted",
            RunnerEnvironment::SelfHosted => "self-hosted",
        }
    }
}

impl FromStr for RunnerEnvironment {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<RunnerEnvironment, UnknownName> {
        let all = [RunnerEnvironment::GitlabHosted, RunnerEnvironment::SelfHosted];
        UnknownName::find("a runner environment", text, &all, |environment| {
            environment.as_str()
        })
    }
}

/// A runner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runner {
    /// The id: the claim `runner_id`, the only custom claim that is a number.
    pub id: u64,
    /// Whose runner it is.
    pub environment: RunnerEnvironment,
    /// `CI_RUNNER_DESCRIPTION`.
    pub description: String,
    /// `CI_RUNNER_TAGS`.
    pub tags: Vec<String>,
    /// `CI_RUNNER_VERSION`: a runner of the instance's minor version when `None`.
    pub version: Option<String>,
    /// `CI_BUILDS_DIR`: where it checks projects out.
    pub builds_dir: String,
}

impl Runner {
    /// One of GitLab.com's small Linux runners.
    pub fn gitlab_hosted() -> Runner {
        Runner {
            id: 12_270_852,
            environment: RunnerEnvironment::GitlabHosted,
            description: "1-green.saas-linux-small-amd64.runners-manager.gitlab.com/default".to_owned(),
            tags: vec!["saas-linux-small-amd64".to_owned()],
            version: None,
            builds_dir: "/builds".to_owned(),
        }
    }

    /// A runner that somebody else installed.
    pub fn self_hosted() -> Runner {
        Runner {
            id: 17,
            environment: RunnerEnvironment::SelfHosted,
            description: "docker-runner".to_owned(),
            tags: Vec::new(),
            version: None,
            builds_dir: "/builds".to_owned(),
        }
    }
}
