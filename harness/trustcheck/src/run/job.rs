//! What one job gets: its tokens, its variables and its scripts, put together in GitLab's order.

use std::collections::HashMap;

use gitlab_pipeline::expand::{self, Variable, audience, collection};
use gitlab_pipeline::runner::script::{AFTER_SCRIPT_NOTICE, Export, Script};
use gitlab_pipeline::runner::shell::Shell;
use gitlab_pipeline::{Audience, IdToken, Job, When};
use jiff::Timestamp;
use mock_gitlab::{Environment, JobSpec, Layer, TokenRefusal, UnknownName};

use super::ground::{Ground, expandable};
use crate::execute::Place;
use crate::scenario;

/// A job that is ready for its shell.
#[derive(Debug)]
pub(super) struct Prepared {
    /// What the log must not show.
    pub(super) secrets: Vec<String>,
    /// The job as its GitLab gave it to the runner.
    pub(super) taken: mock_gitlab::Job,
    /// Its variables as they are exported, for what the runner itself expands.
    pub(super) variables: HashMap<String, String>,
    /// The variables that a child pipeline gets, before the runner has expanded them.
    pub(super) payload: Vec<Variable>,
    hook: Vec<String>,
    commands: Vec<String>,
    after: Vec<String>,
    exports: Vec<Export>,
    directory: String,
    files: String,
    trace: bool,
}

/// Why a job does not come to its shell.
#[derive(Debug)]
pub(super) enum NotReady {
    /// GitLab or the runner drops it, in words for its log.
    Dropped(String),
    /// It cannot be run here, in words for a person.
    Fault(String),
}

/// A job that has nothing but a script.
pub(super) fn bare(script: &str, id_tokens: &[(String, Audience)]) -> Job {
    let token = |(name, aud): &(String, Audience)| {
        (
            name.clone(),
            IdToken {
                aud: aud.clone(),
                span: 0..0,
            },
        )
    };
    Job {
        id_tokens: id_tokens.iter().map(token).collect(),
        script: vec![script.to_owned()],
        ..Job::new("script")
    }
}

/// What a job gets beside what its pipeline has for all.
#[derive(Debug, Default, Clone)]
pub(super) struct Extras<'a> {
    /// Variables of the dotenv reports of earlier jobs.
    pub(super) dotenv: Vec<(String, String)>,
    /// The answers of the systems behind `secrets:`.
    pub(super) answers: &'a [(String, String)],
}

/// Gives `job` to a runner whose directories are those of `place`.
pub(super) fn prepare(
    ground: &Ground<'_>,
    job: &Job,
    extras: &Extras<'_>,
    place: &Place,
) -> Result<Prepared, NotReady> {
    let now = ground.now();
    let environment = environment(ground, job).map_err(NotReady::Fault)?;
    let settings = ground.settings(environment.as_ref().map(|environment| environment.name.as_str()));
    let spec = spec(job, environment);
    let taken = ground.gitlab.job(&ground.pipeline, spec, now);
    let mut assembly = Assembly::new(ground.gitlab.predefined_variables(&taken), place);
    for (key, value) in &job.variables {
        assembly.yaml.push(Variable {
            raw: !value.expand,
            ..Variable::new(key, &value.text)
        });
    }
    for (key, value) in &extras.dotenv {
        assembly.settings.push(Variable::new(key, value));
    }
    for variable in settings {
        if variable.masked {
            assembly.secrets.push(variable.value.clone());
        }
        assembly.settings.push(expandable(variable));
    }
    add_tokens(ground, job, &taken, now, &mut assembly)?;
    let fault = |error: collection::Error| NotReady::Fault(format!("{}: {error}", job.name));
    // GitLab expands first, for the payload of the runner; then the runner, once more.
    let mut payload = collection::expand(&assembly.in_order()).map_err(fault)?;
    fetch_secrets(job, extras.answers, &mut payload, &mut assembly)?;
    let directory = place.project().display().to_string();
    let files = format!("{directory}.tmp");
    let variables = expand::environment::expand_all(&payload, &files);
    let values: HashMap<String, String> = variables
        .iter()
        .map(|variable| (variable.key.clone(), variable.value.clone()))
        .collect();
    Ok(Prepared {
        secrets: assembly.secrets,
        taken,
        payload,
        hook: job.pre_get_sources.clone(),
        commands: job.commands().map(str::to_owned).collect(),
        after: job.after_script.clone(),
        trace: values.get("CI_DEBUG_TRACE").is_some_and(|value| value == "true"),
        variables: values,
        exports: variables
            .iter()
            .map(|variable| Export::of(variable, &files))
            .collect(),
        directory,
        files,
    })
}

/// The name of the job's environment, which GitLab expands with what exists before the job does.
fn environment_name(ground: &Ground<'_>, job: &Job) -> Option<String> {
    let environment = job.environment.as_ref()?;
    let mut known: HashMap<String, String> = HashMap::from([
        ("CI_JOB_NAME".to_owned(), job.name.clone()),
        ("CI_JOB_STAGE".to_owned(), job.stage.clone()),
    ]);
    for variable in ground.gitlab.pipeline_variables(&ground.pipeline) {
        known.insert(variable.name, variable.value);
    }
    for (key, value) in &job.variables {
        known.insert(key.clone(), value.text.clone());
    }
    for variable in ground.settings(None) {
        known.insert(variable.name.clone(), variable.value.clone());
    }
    // References in the values expand too, once more than they are deep.
    let mut name = environment.name.clone();
    for _ in 0..4 {
        name = audience::expand(&name, |key| known.get(key).map(String::as_str));
        if !name.contains('$') {
            break;
        }
    }
    Some(name)
}

/// The job's environment; that of the trigger where the file names none.
fn environment(ground: &Ground<'_>, job: &Job) -> Result<Option<Environment>, String> {
    let Some((written, name)) = job.environment.as_ref().zip(environment_name(ground, job)) else {
        return Ok(ground.environment.clone());
    };
    let tier = written.tier.as_deref().map(str::parse).transpose();
    Ok(Some(Environment {
        url: written.url.clone(),
        action: written
            .action
            .parse()
            .map_err(|error: UnknownName| error.to_string())?,
        tier: tier.map_err(|error: UnknownName| error.to_string())?,
        ..Environment::new(name)
    }))
}

fn spec(job: &Job, environment: Option<Environment>) -> JobSpec {
    JobSpec {
        stage: job.stage.clone(),
        timeout_seconds: job.timeout,
        image: job.image.as_ref().map(|image| image.name.clone()),
        environment,
        parallel: job.parallel,
        manual: job.when == When::Manual,
        ..JobSpec::new(&job.name)
    }
}

/// The job's ID tokens, and the legacy ones where the version still has them. They come early in the order, so that
/// any other variable of the same name takes their place.
fn add_tokens(
    ground: &Ground<'_>,
    job: &Job,
    taken: &mock_gitlab::Job,
    now: Timestamp,
    assembly: &mut Assembly,
) -> Result<(), NotReady> {
    let gitlab = ground.gitlab;
    for (name, token) in gitlab.legacy_tokens(taken, !job.id_tokens.is_empty(), now) {
        assembly.token(name, token.jwt);
    }
    let scoped = assembly.scoped();
    for (name, token) in &job.id_tokens {
        let expand = |text: &String| audience::expand(text, |key| scoped.get(key).map(String::as_str));
        let audience = match &token.aud {
            Audience::One(text) => mock_gitlab::Audience::One(expand(text)),
            Audience::Many(texts) => mock_gitlab::Audience::Many(texts.iter().map(expand).collect()),
        };
        match gitlab.id_token(taken, &audience, now) {
            Ok(token) => assembly.token(name, token.jwt),
            // the job runs all the same, without the variable
            Err(TokenRefusal::NoSigningKey) => {}
            Err(refusal) => return Err(NotReady::Dropped(refusal.to_string())),
        }
    }
    Ok(())
}

/// The secrets, which the runner fetches and then exports after all else.
///
/// Which words GitLab and the runner have for a secret without a token is not documented; these are ours.
fn fetch_secrets(
    job: &Job,
    answers: &[(String, String)],
    payload: &mut Vec<Variable>,
    assembly: &mut Assembly,
) -> Result<(), NotReady> {
    for (name, secret) in &job.secrets {
        if secret.token.is_none() && job.id_tokens.len() != 1 {
            return Err(NotReady::Dropped(format!(
                "resolving secrets: {name}: the job has {} ID tokens, and `token:` does not say which one",
                job.id_tokens.len()
            )));
        }
        let Some((_, answer)) = answers.iter().find(|(known, _)| known == name) else {
            return Err(NotReady::Fault(format!(
                "no answer of `{}` is given for the secret `{name}` of `{}`: write it below `run: secrets:`",
                secret.provider, job.name
            )));
        };
        assembly.secrets.push(answer.clone());
        payload.push(Variable {
            raw: true,
            file: secret.file,
            ..Variable::new(name, answer)
        });
    }
    Ok(())
}

impl Prepared {
    /// What the job's shell reads: `before_script` and `script`.
    pub(super) fn script(&self, shell: Shell) -> String {
        self.render(shell, &self.exports, None, &self.commands)
    }

    /// What is read before the repository is fetched, if there is something.
    pub(super) fn hook(&self, shell: Shell) -> Option<String> {
        (!self.hook.is_empty()).then(|| self.render(shell, &self.exports, None, &self.hook))
    }

    /// What the shell of its `after_script` reads, if it has one: a shell of its own, which learns how the job went.
    pub(super) fn after_script(&self, shell: Shell, succeeded: bool) -> Option<String> {
        if self.after.is_empty() {
            return None;
        }
        let status = if succeeded { "success" } else { "failed" };
        let exports = [self.exports.as_slice(), &[Export::value("CI_JOB_STATUS", status)]].concat();
        Some(self.render(shell, &exports, Some(AFTER_SCRIPT_NOTICE), &self.after))
    }

    /// A text with the job's variables filled in, as the runner does it.
    pub(super) fn expand(&self, text: &str) -> String {
        expand::environment::expand(text, |name| self.variables.get(name).map(String::as_str))
    }

    fn render(&self, shell: Shell, exports: &[Export], notice: Option<&str>, commands: &[String]) -> String {
        let script = Script {
            shell,
            exports,
            temporary_directory: &self.files,
            // Two processes less where no command could write it.
            environment_file: commands.iter().any(|command| command.contains("GITLAB_ENV")),
            project_directory: &self.directory,
            notice,
            commands,
            trace: self.trace,
        };
        script.render()
    }
}

/// A job's variables on their way into GitLab's order: of two with one name, the later one counts.
struct Assembly {
    predefined: Vec<mock_gitlab::Variable>,
    tokens: Vec<Variable>,
    yaml: Vec<Variable>,
    /// Those of dotenv reports and of the settings.
    settings: Vec<Variable>,
    secrets: Vec<String>,
}

impl Assembly {
    fn new(mut predefined: Vec<mock_gitlab::Variable>, place: &Place) -> Assembly {
        for variable in &mut predefined {
            // The runner's directories are those of the place.
            match variable.name.as_str() {
                "CI_PROJECT_DIR" => variable.value = place.project().display().to_string(),
                "CI_BUILDS_DIR" => variable.value = place.builds().display().to_string(),
                _ => {}
            }
        }
        let secrets = predefined
            .iter()
            .filter(|variable| variable.masked)
            .map(|variable| variable.value.clone())
            .collect();
        Assembly {
            predefined,
            tokens: Vec::new(),
            yaml: Vec::new(),
            settings: Vec::new(),
            secrets,
        }
    }

    /// A token is a masked variable, and never expanded: a JWT has no `$`.
    fn token(&mut self, name: &str, jwt: String) {
        self.secrets.push(jwt.clone());
        self.tokens.push(Variable::new(name, jwt));
    }

    fn layer(&self, wanted: impl Fn(Layer) -> bool) -> impl Iterator<Item = Variable> {
        self.predefined
            .iter()
            .filter(move |variable| wanted(variable.layer))
            .map(|variable| Variable {
                file: variable.file,
                ..Variable::new(&variable.name, &variable.value)
            })
    }

    /// The variables that `aud` may name, with their values as they are.
    fn scoped(&self) -> HashMap<String, String> {
        self.layer(Layer::in_audience)
            .chain(self.yaml.iter().cloned())
            .chain(self.settings.iter().cloned())
            .map(|variable| (variable.key, variable.value))
            .collect()
    }

    /// GitLab's order (`Ci::Build#base_variables` and `Gitlab::Ci::Variables::Builder`), after what the runner itself
    /// brings.
    fn in_order(&self) -> Vec<Variable> {
        let middle = |layer| {
            matches!(
                layer,
                Layer::Job | Layer::Project | Layer::Pipeline | Layer::Runner
            )
        };
        self.layer(|layer| layer == Layer::Executor)
            .chain(self.layer(|layer| layer == Layer::Persisted))
            .chain(self.tokens.iter().cloned())
            .chain(self.layer(middle))
            .chain(self.yaml.iter().cloned())
            .chain(self.layer(|layer| layer == Layer::User))
            .chain(self.settings.iter().cloned())
            .chain(self.layer(|layer| layer == Layer::PersistedEnvironment))
            .collect()
    }
}

/// The variables that a child pipeline gets from the job that starts it: those of the file, filled in.
pub(super) fn forwarded(job: &Job, prepared: &Prepared) -> Vec<scenario::Variable> {
    let Some(trigger) = &job.trigger else {
        return Vec::new();
    };
    if !trigger.forwards_yaml {
        return Vec::new();
    }
    let value = |name: &str| {
        let last = prepared
            .payload
            .iter()
            .rev()
            .find(|variable| variable.key == name)?;
        Some(last.value.clone())
    };
    job.variables
        .keys()
        .filter_map(|name| Some(scenario::Variable::new(name, value(name)?)))
        .collect()
}
