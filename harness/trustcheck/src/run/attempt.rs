//! One run of one job: what the runner does with it, stage by stage.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use gitlab_pipeline::runner::log::{Failure, Stage};
use gitlab_pipeline::{Job, When};
use tokio_util::sync::CancellationToken;

use super::dotenv;
use super::ground::Ground;
use super::job::{self, Extras, NotReady, Prepared};
use super::store::{self, Store};
use super::trace::{Trace, failure};
use crate::execute::{AllowedHost, Executor, Exit, Order, Place};
use crate::observation::JobRun;
use crate::scenario::{Folder, Variable};

/// How long an `after_script` may take (GitLab Runner, `RUNNER_AFTER_SCRIPT_TIMEOUT`).
const AFTER_SCRIPT_LIMIT: Duration = Duration::from_secs(5 * 60);

/// What all jobs of a pipeline run with.
pub(super) struct Means<'a> {
    pub(super) executor: Executor<'a>,
    /// Hosts outside the world that jobs may reach.
    pub(super) allowed: &'a [AllowedHost],
    pub(super) tools: &'a [PathBuf],
    pub(super) halt: &'a CancellationToken,
    /// The limit of a job, unless its own is shorter.
    pub(super) limit: Duration,
    /// The project's files.
    pub(super) files: Option<&'a Folder>,
    pub(super) store: &'a Store,
    /// The answers of the systems behind `secrets:`.
    pub(super) answers: &'a [(String, String)],
    /// Hears of each run of a job as it ends.
    pub(super) told: &'a (dyn Fn(&JobRun) + Sync),
}

/// What came of a run of a job.
pub(super) struct Outcome {
    pub(super) run: JobRun,
    /// What its dotenv reports say.
    pub(super) dotenv: Vec<(String, String)>,
}

/// The variables that a child pipeline gets from the job that starts it.
pub(super) async fn forwarded(
    ground: &Ground<'_>,
    means: &Means<'_>,
    job: &Job,
    dotenv: Vec<(String, String)>,
) -> Result<Vec<Variable>, String> {
    let place = place(ground, means).await?;
    let extras = Extras {
        dotenv,
        answers: means.answers,
    };
    let prepared = job::prepare(ground, job, &extras, &place);
    place.leave().await;
    match prepared {
        Ok(prepared) => Ok(job::forwarded(job, &prepared)),
        Err(NotReady::Fault(reason) | NotReady::Dropped(reason)) => Err(reason),
    }
}

async fn place(ground: &Ground<'_>, means: &Means<'_>) -> Result<Place, String> {
    means
        .executor
        .place(&ground.pipeline.project.path, ground.world, means.allowed)
        .await
        .map_err(|error| format!("cannot make a place for the job: {error}"))
}

/// Runs a job once. `earlier` are the jobs whose artifacts it gets.
pub(super) async fn run(
    ground: &Ground<'_>,
    means: &Means<'_>,
    job: &Job,
    earlier: &[String],
    dotenv: Vec<(String, String)>,
) -> Result<Outcome, String> {
    let began = Instant::now();
    let place = place(ground, means).await?;
    let extras = Extras {
        dotenv,
        answers: means.answers,
    };
    let prepared = match job::prepare(ground, job, &extras, &place) {
        Ok(prepared) => prepared,
        Err(NotReady::Fault(reason)) => return Err(reason),
        Err(NotReady::Dropped(reason)) => return Ok(dropped(ground, means, job, &reason)),
    };
    let mut attempt = Attempt {
        ground,
        means,
        job,
        trace: Trace::begin(ground.world, &prepared.taken, &prepared.secrets),
        files: place.files(),
        place,
        prepared,
        limit: limit(job, means),
    };
    let seen = attempt.stages(earlier).await;
    attempt.place.leave().await;
    let seen = seen?;
    let Seen {
        exit,
        failure,
        dotenv,
    } = seen;
    Ok(Outcome {
        run: JobRun {
            log: attempt.trace.end(failure.as_ref()),
            id: Some(attempt.prepared.taken.id),
            duration: began.elapsed(),
            ..JobRun::new(&job.name, exit, attempt.limit)
        },
        dotenv,
    })
}

/// The limit of the job's script: its own, unless the scenario allows less.
fn limit(job: &Job, means: &Means<'_>) -> Duration {
    let own = job.timeout.map(Duration::from_secs);
    own.map_or(means.limit, |own| own.min(means.limit))
}

/// A job that GitLab or the runner drops before it comes to its shell.
fn dropped(ground: &Ground<'_>, means: &Means<'_>, job: &Job, reason: &str) -> Outcome {
    let spec = mock_gitlab::JobSpec::new(&job.name);
    let taken = ground.gitlab.job(&ground.pipeline, spec, ground.now());
    Outcome {
        run: JobRun {
            log: Trace::begin(ground.world, &taken, &[]).dropped(reason),
            ..JobRun::new(&job.name, Exit::Code(1), limit(job, means))
        },
        dotenv: Vec::new(),
    }
}

struct Seen {
    exit: Exit,
    failure: Option<Failure>,
    dotenv: Vec<(String, String)>,
}

struct Attempt<'a, 'g> {
    ground: &'a Ground<'g>,
    means: &'a Means<'a>,
    job: &'a Job,
    trace: Trace<'a>,
    place: Place,
    /// The project directory, as this program reaches it.
    files: PathBuf,
    prepared: Prepared,
    limit: Duration,
}

impl Attempt<'_, '_> {
    async fn stages(&mut self, earlier: &[String]) -> Result<Seen, String> {
        let shell = self.means.executor.shell();
        let mut exit = self.get_sources().await?;
        self.restore_cache()?;
        self.download_artifacts(earlier)?;
        if exit == Exit::Code(0) {
            self.trace.section(Stage::StepScript);
            exit = self.shell(self.prepared.script(shell), self.limit).await?;
            let after = self.prepared.after_script(shell, exit == Exit::Code(0));
            if let Some(script) = after.filter(|_| exit != Exit::Interrupted) {
                self.trace.section(Stage::AfterScript);
                let limit = self.limit.min(AFTER_SCRIPT_LIMIT);
                let ended = self.shell(script, limit).await?;
                if let Some(failure) = failure(ended, limit) {
                    self.trace.warning(&format!(
                        "after_script failed, but job will continue unaffected: {failure}"
                    ));
                }
            }
        }
        if exit == Exit::Interrupted {
            return Ok(self.seen(exit, Vec::new()));
        }
        let succeeded = exit == Exit::Code(0);
        if succeeded {
            self.archive_cache()?;
        }
        match self.upload_artifacts(succeeded)? {
            Ok(dotenv) => Ok(self.seen(exit, dotenv)),
            // GitLab refuses the report, and with it the job fails.
            Err(()) if succeeded => Ok(self.seen(Exit::Code(1), Vec::new())),
            Err(()) => Ok(self.seen(exit, Vec::new())),
        }
    }

    fn seen(&self, exit: Exit, dotenv: Vec<(String, String)>) -> Seen {
        Seen {
            exit,
            failure: failure(exit, self.limit),
            dotenv,
        }
    }

    async fn get_sources(&mut self) -> Result<Exit, String> {
        self.trace.section(Stage::GetSources);
        let hook = self.prepared.hook(self.means.executor.shell());
        if let Some(script) = hook {
            let exit = self.shell(script, self.limit).await?;
            if exit != Exit::Code(0) {
                return Ok(exit);
            }
        }
        let Some(files) = self.means.files.filter(|_| {
            let strategy = self.prepared.variables.get("GIT_STRATEGY");
            !matches!(strategy.map(String::as_str), Some("none" | "empty"))
        }) else {
            self.trace.line("Skipping Git repository setup");
            return Ok(Exit::Code(0));
        };
        store::copy(files.directory(), &self.files)
            .map_err(|error| format!("cannot copy the project's files: {error}"))?;
        let pipeline = &self.ground.pipeline;
        let sha = pipeline.sha.get(..8).unwrap_or_default();
        self.trace.line(&format!(
            "Checking out {sha} as detached HEAD (ref is {})...",
            pipeline.git_ref.name()
        ));
        Ok(Exit::Code(0))
    }

    fn restore_cache(&mut self) -> Result<(), String> {
        for cache in self.job.cache.iter().filter(|cache| cache.pull) {
            let key = self.prepared.expand(&cache.key);
            self.trace.section(Stage::RestoreCache);
            self.trace.line(&format!("Checking cache for {key}..."));
            let found = self.means.store.restore(&format!("cache {key}"), &self.files);
            if found.map_err(|error| format!("cannot unpack a cache: {error}"))? {
                self.trace.line("Successfully extracted cache");
            } else {
                self.trace.warning("Cache file does not exist");
            }
        }
        Ok(())
    }

    fn archive_cache(&mut self) -> Result<(), String> {
        for cache in self.job.cache.iter().filter(|cache| cache.push) {
            let key = self.prepared.expand(&cache.key);
            self.trace.section(Stage::ArchiveCache);
            self.trace.line(&format!("Creating cache {key}..."));
            let paths: Vec<String> = cache
                .paths
                .iter()
                .map(|path| self.prepared.expand(path))
                .collect();
            self.keep(&format!("cache {key}"), &paths, &[])?;
            self.trace.line("Created cache");
        }
        Ok(())
    }

    fn download_artifacts(&mut self, earlier: &[String]) -> Result<(), String> {
        let mut opened = false;
        for job in earlier {
            let restored = self.means.store.restore(&format!("artifacts {job}"), &self.files);
            if restored.map_err(|error| format!("cannot unpack artifacts: {error}"))? {
                if !std::mem::replace(&mut opened, true) {
                    self.trace.section(Stage::DownloadArtifacts);
                }
                self.trace.line(&format!("Downloading artifacts for {job}..."));
            }
        }
        Ok(())
    }

    /// Keeps the artifacts; what the dotenv reports say, or an error where GitLab does not take them.
    fn upload_artifacts(&mut self, succeeded: bool) -> Result<Result<Vec<(String, String)>, ()>, String> {
        let Some(artifacts) = &self.job.artifacts else {
            return Ok(Ok(Vec::new()));
        };
        let wanted = match artifacts.when {
            When::Always => true,
            When::OnFailure => !succeeded,
            _ => succeeded,
        };
        if !wanted {
            return Ok(Ok(Vec::new()));
        }
        self.trace.section(if succeeded {
            Stage::UploadArtifactsOnSuccess
        } else {
            Stage::UploadArtifactsOnFailure
        });
        let expand = |paths: &[String]| -> Vec<String> {
            paths.iter().map(|path| self.prepared.expand(path)).collect()
        };
        let (paths, exclude) = (expand(&artifacts.paths), expand(&artifacts.exclude));
        let reports = expand(&artifacts.dotenv);
        if !paths.is_empty() {
            self.trace.line("Uploading artifacts...");
            let kept = self.keep(&format!("artifacts {}", self.job.name), &paths, &exclude)?;
            if kept == 0 {
                self.trace.error("No files to upload");
            } else {
                self.trace
                    .line("Uploading artifacts as \"archive\" to coordinator... 201 Created");
            }
        }
        let mut variables = Vec::new();
        for report in reports {
            self.trace.line("Uploading artifacts...");
            let report_path = std::path::Path::new(report.trim_start_matches('/'));
            let Ok(text) = store::read_text(&self.files, report_path) else {
                self.trace.no_match(&report);
                self.trace.error("No files to upload");
                continue;
            };
            self.trace.line(&format!(
                "{report}: found 1 matching artifact files and directories"
            ));
            match dotenv::parse(&text) {
                Ok(read) => {
                    variables.extend(read);
                    self.trace
                        .line("Uploading artifacts as \"dotenv\" to coordinator... 201 Created");
                }
                Err(reason) => {
                    self.trace.warning(&format!("Uploading artifacts as \"dotenv\" to coordinator... POST https://gitlab.com/api/v4/jobs/{}/artifacts: 400 Bad Request ({reason})", self.prepared.taken.id));
                    self.trace.print(b"FATAL: invalid argument\n");
                    return Ok(Err(()));
                }
            }
        }
        Ok(Ok(variables))
    }

    /// Keeps files of the project directory, and says what was found; how many.
    fn keep(&mut self, name: &str, paths: &[String], exclude: &[String]) -> Result<usize, String> {
        let counts = self
            .means
            .store
            .keep(name, &self.files, paths, exclude)
            .map_err(|error| format!("cannot keep the files of `{}`: {error}", self.job.name))?;
        for (path, count) in paths.iter().zip(&counts) {
            if *count == 0 {
                self.trace.no_match(path);
            } else {
                self.trace.line(&format!(
                    "{path}: found {count} matching artifact files and directories"
                ));
            }
        }
        Ok(counts.into_iter().sum())
    }

    async fn shell(&mut self, script: String, limit: Duration) -> Result<Exit, String> {
        let edge: SocketAddr = self.ground.world.edge();
        let order = Order {
            script,
            edge,
            tools: self.means.tools,
            limit,
        };
        let trace = &mut self.trace;
        self.means
            .executor
            .execute(&self.place, &order, self.means.halt, |bytes| trace.print(bytes))
            .await
            .map_err(|error| format!("cannot start the job's shell: {error}"))
    }
}
