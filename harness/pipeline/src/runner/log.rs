//! The lines that the runner itself writes into a job's log, with their colours.

use std::fmt;

const BOLD_CYAN: &str = "\x1b[36;1m";
const BOLD_GREEN: &str = "\x1b[32;1m";
const BOLD_RED: &str = "\x1b[31;1m";
const YELLOW: &str = "\x1b[0;33m";
const RESET: &str = "\x1b[0;m";
const CLEAR: &str = "\x1b[0K";

/// A stage of a job, which is a section of its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Secrets of other systems are fetched.
    ResolveSecrets,
    /// The executor starts.
    PrepareExecutor,
    /// The environment is made ready.
    PrepareScript,
    /// The repository is cloned.
    GetSources,
    /// The cache is unpacked.
    RestoreCache,
    /// Artifacts of other jobs are fetched.
    DownloadArtifacts,
    /// `before_script` and `script`.
    StepScript,
    /// `after_script`.
    AfterScript,
    /// The cache is packed.
    ArchiveCache,
    /// Artifacts of a job that succeeded are stored.
    UploadArtifactsOnSuccess,
    /// Artifacts of a job that failed are stored.
    UploadArtifactsOnFailure,
    /// Files of variables are removed.
    CleanupFileVariables,
}

impl Stage {
    /// The name of its section.
    #[must_use]
    pub fn section(self) -> &'static str {
        match self {
            Stage::ResolveSecrets => "resolve_secrets",
            Stage::PrepareExecutor => "prepare_executor",
            Stage::PrepareScript => "prepare_script",
            Stage::GetSources => "get_sources",
            Stage::RestoreCache => "restore_cache",
            Stage::DownloadArtifacts => "download_artifacts",
            Stage::StepScript => "step_script",
            Stage::AfterScript => "after_script",
            Stage::ArchiveCache => "archive_cache",
            Stage::UploadArtifactsOnSuccess => "upload_artifacts_on_success",
            Stage::UploadArtifactsOnFailure => "upload_artifacts_on_failure",
            Stage::CleanupFileVariables => "cleanup_file_variables",
        }
    }

    /// Its title, given the name of the executor.
    #[must_use]
    pub fn title(self, executor: &str) -> String {
        let title = match self {
            Stage::PrepareExecutor => return format!("Preparing the \"{executor}\" executor"),
            Stage::ResolveSecrets => "Resolving secrets",
            Stage::PrepareScript => "Preparing environment",
            Stage::GetSources => "Getting source from Git repository",
            Stage::RestoreCache => "Restoring cache",
            Stage::DownloadArtifacts => "Downloading artifacts",
            Stage::StepScript => "Executing \"step_script\" stage of the job script",
            Stage::AfterScript => "Running after_script",
            Stage::ArchiveCache => "Saving cache for successful job",
            Stage::UploadArtifactsOnSuccess => "Uploading artifacts for successful job",
            Stage::UploadArtifactsOnFailure => "Uploading artifacts for failed job",
            Stage::CleanupFileVariables => "Cleaning up project directory and file based variables",
        };
        title.to_owned()
    }
}

/// Why a job failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A script in a container ended with this status.
    ExitCode(i32),
    /// A script of the shell executor ended with this status.
    ExitStatus(i32),
    /// It ran longer than this many seconds.
    Timeout(u64),
    /// The runner or its machine failed.
    System(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::ExitCode(code) => write!(f, "exit code {code}"),
            Failure::ExitStatus(status) => write!(f, "exit status {status}"),
            // The runner prints a duration with its units and then the word.
            Failure::Timeout(seconds) => {
                write!(f, "execution took longer than {} seconds", go_duration(*seconds))
            }
            Failure::System(reason) => f.write_str(reason),
        }
    }
}

/// Whole seconds as Go prints a duration: `1h0m0s`, `1m30s`, `5s`.
fn go_duration(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m{seconds}s"),
        _ => format!("{hours}h{minutes}m{seconds}s"),
    }
}

/// The two lines at the top.
#[must_use]
pub fn header(version: &str, revision: &str, runner: &str, token: &str, system_id: &str) -> String {
    let first = line(&format!("Running with gitlab-runner {version} ({revision})"));
    first + &line(&format!("  on {runner} {token}, system ID: {system_id}"))
}

/// An ordinary line of the runner.
#[must_use]
pub fn line(text: &str) -> String {
    format!("{CLEAR}{text}{RESET}\n")
}

/// The line with the title of a stage.
#[must_use]
pub fn title(stage: Stage, executor: &str) -> String {
    line(&format!("{BOLD_CYAN}{}{RESET}", stage.title(executor)))
}

/// What opens the section of a stage, at a time in seconds since 1970.
#[must_use]
pub fn section_start(stage: Stage, at: i64) -> String {
    format!("section_start:{at}:{}\r{CLEAR}", stage.section())
}

/// What closes the section of a stage, at a time in seconds since 1970.
#[must_use]
pub fn section_end(stage: Stage, at: i64) -> String {
    format!("section_end:{at}:{}\r{CLEAR}", stage.section())
}

/// A warning.
#[must_use]
pub fn warning(text: &str) -> String {
    format!("{YELLOW}WARNING: {text}{RESET}\n")
}

/// An error.
#[must_use]
pub fn error(text: &str) -> String {
    format!("{BOLD_RED}ERROR: {text}{RESET}\n")
}

/// The last line of a job that succeeded.
#[must_use]
pub fn succeeded() -> String {
    format!("{BOLD_GREEN}Job succeeded{RESET}\n")
}

/// The last line of a job that failed.
#[must_use]
pub fn failed(failure: &Failure) -> String {
    match failure {
        Failure::System(reason) => error(&format!("Job failed (system failure): {reason}")),
        other => error(&format!("Job failed: {other}")),
    }
}

/// The warning that a failing `after_script` leaves; the job's outcome stays.
#[must_use]
pub fn after_script_failed(failure: &Failure) -> String {
    warning(&format!(
        "after_script failed, but job will continue unaffected: {failure}"
    ))
}

#[cfg(test)]
mod tests {
    use super::{Failure, Stage, after_script_failed, failed, section_end, section_start, succeeded, title};
    use rstest::rstest;

    #[rstest]
    #[case::success(succeeded(), "\x1b[32;1mJob succeeded\x1b[0;m\n")]
    #[case::exit_code(failed(&Failure::ExitCode(127)), "\x1b[31;1mERROR: Job failed: exit code 127\x1b[0;m\n")]
    #[case::exit_status(failed(&Failure::ExitStatus(1)), "\x1b[31;1mERROR: Job failed: exit status 1\x1b[0;m\n")]
    #[case::timeout(failed(&Failure::Timeout(3600)), "\x1b[31;1mERROR: Job failed: execution took longer than 1h0m0s seconds\x1b[0;m\n")]
    #[case::short_timeout(failed(&Failure::Timeout(90)), "\x1b[31;1mERROR: Job failed: execution took longer than 1m30s seconds\x1b[0;m\n")]
    #[case::seconds(failed(&Failure::Timeout(5)), "\x1b[31;1mERROR: Job failed: execution took longer than 5s seconds\x1b[0;m\n")]
    #[case::system(failed(&Failure::System("no shell".into())), "\x1b[31;1mERROR: Job failed (system failure): no shell\x1b[0;m\n")]
    #[case::after_script(after_script_failed(&Failure::ExitCode(1)), "\x1b[0;33mWARNING: after_script failed, but job will continue unaffected: exit code 1\x1b[0;m\n")]
    #[case::section(section_start(Stage::StepScript, 7), "section_start:7:step_script\r\x1b[0K")]
    #[case::section_end(section_end(Stage::AfterScript, 8), "section_end:8:after_script\r\x1b[0K")]
    #[case::title(
        title(Stage::PrepareExecutor, "docker"),
        "\x1b[0K\x1b[36;1mPreparing the \"docker\" executor\x1b[0;m\x1b[0;m\n"
    )]
    fn writes_as_the_runner(#[case] text: String, #[case] expected: &str) {
        assert_eq!(text, expected);
    }
}
