//! A job, with everything that its keywords say.

use indexmap::IndexMap;

use crate::Span;
use crate::config::Entries;

/// A visible job with everything that it inherits.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its name; of jobs that `parallel` makes of one, each has its own.
    pub name: String,
    /// The name in the file.
    pub base_name: String,
    /// Its stage, one of the pipeline's.
    pub stage: String,
    /// The image that it asks for.
    pub image: Option<Image>,
    /// The services that it asks for. None is started.
    pub services: Vec<Service>,
    /// The file's variables (those that `inherit` leaves) with the job's own over them, in the order of the file.
    pub variables: IndexMap<String, VariableValue>,
    /// The ID tokens by the names of their variables.
    pub id_tokens: IndexMap<String, IdToken>,
    /// The secrets of other systems, by the names of their variables.
    pub secrets: IndexMap<String, Secret>,
    /// Commands that run before the repository is fetched.
    pub pre_get_sources: Vec<String>,
    /// Commands that run before `script`, in the same shell.
    pub before_script: Vec<String>,
    /// The commands; none in a job that starts another pipeline.
    pub script: Vec<String>,
    /// Commands that run afterwards, in a shell of their own.
    pub after_script: Vec<String>,
    /// The pipeline that it starts.
    pub trigger: Option<Trigger>,
    /// The job's own limit in seconds.
    pub timeout: Option<u64>,
    /// The tags of the runners that may take it.
    pub tags: Vec<String>,
    /// When it runs.
    pub when: When,
    /// How long a delayed job waits, in seconds.
    pub start_in: Option<u64>,
    /// Whether the pipeline goes on when it fails.
    pub allow_failure: AllowFailure,
    /// The jobs it waits for in place of the stages before; an empty list waits for none.
    pub needs: Option<Vec<Need>>,
    /// The jobs whose artifacts it gets in place of those of all stages before.
    pub dependencies: Option<Vec<String>>,
    /// What it leaves behind.
    pub artifacts: Option<Artifacts>,
    /// What it keeps for later pipelines.
    pub cache: Vec<Cache>,
    /// How often it is run again when it fails.
    pub retry: Retry,
    /// What it deploys to.
    pub environment: Option<Environment>,
    /// Which of how many it is, from 1.
    pub parallel: Option<(u32, u32)>,
    /// Jobs of one group run one after the other.
    pub resource_group: Option<String>,
    /// Whether a newer pipeline may cancel it.
    pub interruptible: bool,
    /// The name where the job is defined.
    pub span: Span,
    /// Where each keyword's value is written: in the job, in one that it extends, or in the defaults.
    pub places: IndexMap<&'static str, Span>,
}

impl Job {
    /// A job in the stage `test` that has a name and nothing else.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            base_name: name.clone(),
            name,
            stage: "test".to_owned(),
            image: None,
            services: Vec::new(),
            variables: IndexMap::new(),
            id_tokens: IndexMap::new(),
            secrets: IndexMap::new(),
            pre_get_sources: Vec::new(),
            before_script: Vec::new(),
            script: Vec::new(),
            after_script: Vec::new(),
            trigger: None,
            timeout: None,
            tags: Vec::new(),
            when: When::OnSuccess,
            start_in: None,
            allow_failure: AllowFailure::No,
            needs: None,
            dependencies: None,
            artifacts: None,
            cache: Vec::new(),
            retry: Retry::default(),
            environment: None,
            parallel: None,
            resource_group: None,
            interruptible: false,
            span: 0..0,
            places: IndexMap::new(),
        }
    }

    /// What the runner gives to one shell: `before_script` and then `script`.
    pub fn commands(&self) -> impl Iterator<Item = &str> {
        self.before_script.iter().chain(&self.script).map(String::as_str)
    }

    /// Where a keyword's value is written.
    #[must_use]
    pub fn place(&self, keyword: &str) -> Option<Span> {
        self.places.get(keyword).cloned()
    }
}

/// The container image of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The name, variables not yet expanded.
    pub name: String,
    /// The entrypoint in place of the image's own; `[""]` means none.
    pub entrypoint: Option<Vec<String>>,
}

/// A container beside the job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The image's name, variables not yet expanded.
    pub name: String,
    /// The names that the job reaches it by.
    pub alias: Option<String>,
}

/// The value of a variable in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableValue {
    /// The text, references not yet expanded.
    pub text: String,
    /// Whether references in it are expanded.
    pub expand: bool,
    /// Where it is written.
    pub span: Span,
}

/// An ID token that a job asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdToken {
    /// The `aud` claim, variables not yet expanded.
    pub aud: Audience,
    /// Where it is written.
    pub span: Span,
}

/// The audience of a token; a list stays a list in the token, even of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A string.
    One(String),
    /// A list of strings.
    Many(Vec<String>),
}

/// A secret that the runner fetches with one of the job's ID tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The system: `vault`, `aws_secrets_manager`, `gcp_secret_manager`, `azure_key_vault` …
    pub provider: String,
    /// The token, such as `$VAULT_ID_TOKEN`; none where the job has only one.
    pub token: Option<String>,
    /// Whether the job gets the path of a file with the value.
    pub file: bool,
    /// Where it is written.
    pub span: Span,
}

/// When a job runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// `on_success`: when nothing before it failed.
    #[default]
    OnSuccess,
    /// `on_failure`: when something before it failed.
    OnFailure,
    /// `always`.
    Always,
    /// `manual`: when somebody starts it.
    Manual,
    /// `delayed`: after a while.
    Delayed,
    /// `never`.
    Never,
}

impl When {
    /// The word in the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            When::OnSuccess => "on_success",
            When::OnFailure => "on_failure",
            When::Always => "always",
            When::Manual => "manual",
            When::Delayed => "delayed",
            When::Never => "never",
        }
    }
}

/// Whether the pipeline goes on when a job fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AllowFailure {
    /// It does not.
    #[default]
    No,
    /// It does.
    Yes,
    /// It does when the job ended with one of these.
    ExitCodes(Vec<i32>),
}

/// A job that another one waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Its name.
    pub job: String,
    /// Whether its artifacts are fetched.
    pub artifacts: bool,
    /// Whether it may be missing.
    pub optional: bool,
    /// Where it is written.
    pub span: Span,
}

/// What a job leaves behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Artifacts {
    /// Patterns of paths, variables not yet expanded.
    pub paths: Vec<String>,
    /// Patterns of paths to leave out.
    pub exclude: Vec<String>,
    /// Files with variables for later jobs, `reports:dotenv`.
    pub dotenv: Vec<String>,
    /// Whether what git does not know is taken too.
    pub untracked: bool,
    /// `on_success`, `on_failure` or `always`.
    pub when: When,
}

/// What a job keeps for later pipelines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    /// Its name, variables not yet expanded.
    pub key: String,
    /// Patterns of paths.
    pub paths: Vec<String>,
    /// Whether it is unpacked before the job.
    pub pull: bool,
    /// Whether it is packed after the job.
    pub push: bool,
}

/// How often a job is run again when it fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retry {
    /// Times.
    pub max: u32,
    /// Only for these reasons; for all where there is none.
    pub when: Vec<String>,
    /// Only for these exit statuses; for all where there is none.
    pub exit_codes: Vec<i32>,
}

impl Retry {
    /// Whether a script that ended with this status is run again.
    #[must_use]
    pub fn covers(&self, reason: &str, exit_code: Option<i32>) -> bool {
        if self.when.is_empty() && self.exit_codes.is_empty() {
            return true;
        }
        self.when.iter().any(|when| when == "always" || when == reason)
            || exit_code.is_some_and(|code| self.exit_codes.contains(&code))
    }
}

/// What a job deploys to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// The name, variables not yet expanded.
    pub name: String,
    /// The URL, variables not yet expanded.
    pub url: Option<String>,
    /// `start`, `prepare`, `stop`, `verify` or `access`.
    pub action: String,
    /// `production`, `staging`, `testing`, `development` or `other`, where the file says so.
    pub tier: Option<String>,
    /// The job that stops it.
    pub on_stop: Option<String>,
}

/// A pipeline that a job starts.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// The project of a multi-project pipeline; none for a child pipeline.
    pub project: Option<String>,
    /// Whether the job waits for the pipeline and takes over its status.
    pub depend: bool,
    /// Whether the job's variables are handed on.
    pub forwards_yaml: bool,
    /// Whether the pipeline's variables are handed on.
    pub forwards_pipeline: bool,
    /// The files of a child pipeline.
    pub(crate) include: Option<Entries>,
}
