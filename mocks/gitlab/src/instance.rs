//! One GitLab instance.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;

use crate::base_url::BaseUrl;
use crate::claims::{self, ClaimRules, Claims, ForkClaims};
use crate::discovery::{self, DISCOVERY_PATH, JWKS_PATH};
use crate::document::Document;
use crate::event::{Event, EventSink, Page, TokenKind};
use crate::job::{Job, JobSpec};
use crate::keys::KeySet;
use crate::legacy;
use crate::pipeline::{self, Pipeline, Resolved, TriggerError};
use crate::project::Project;
use crate::published_keys::{CiKeyState, OldKey, PublishedKeys};
use crate::randomness::Randomness;
use crate::runner::Runner;
use crate::settings::{self, InstanceError, Settings};
use crate::subject::SubComponent;
use crate::token::{self, Audience, IdToken, Registered, Times, TokenRefusal};
use crate::trigger::{Actor, Trigger};
use crate::user::User;
use crate::variables::{self, Server, Variable};
use crate::version::Version;

/// A GitLab instance: it turns triggers into pipelines and jobs, jobs into tokens and variables, and publishes its keys.
///
/// It opens no socket and reads no clock: [`router`](Instance::router) is served by the caller, and every time is an
/// argument. All randomness comes from the seed, so that the same calls in the same order give the same tokens.
pub struct Instance {
    url: BaseUrl,
    rules: ClaimRules,
    issuer: String,
    custom_issuer: Option<BaseUrl>,
    projects: HashMap<String, Arc<Project>>,
    users: Vec<Arc<User>>,
    published: PublishedKeys,
    discovery: Document,
    random: Randomness,
    pipelines: AtomicU64,
    jobs: AtomicU64,
    events: EventSink,
}

impl Instance {
    /// An instance with these keys, whose random values all come from `seed`.
    ///
    /// # Errors
    /// When GitLab would not save these settings, or the version does not have one of them.
    pub fn new(
        settings: Settings,
        keys: Arc<KeySet>,
        seed: u64,
        events: EventSink,
    ) -> Result<Instance, InstanceError> {
        let settings = settings::settled(settings)?;
        let Settings {
            url,
            version,
            ci_id_tokens_issuer_url,
            projects,
            users,
            fork_claims,
            groups_direct,
        } = settings;
        Ok(Instance {
            rules: ClaimRules {
                version,
                fork_claims: fork_claims.unwrap_or(ForkClaims::of(version)),
                groups_direct: groups_direct.unwrap_or(claims::has_groups_direct(version)),
                fqdn: url.fqdn(),
            },
            custom_issuer: ci_id_tokens_issuer_url
                .as_deref()
                .and_then(|issuer| issuer.parse().ok()),
            issuer: ci_id_tokens_issuer_url.unwrap_or_else(|| instance_issuer(&url, version)),
            projects: projects
                .into_iter()
                .map(|project| (project.path.clone(), Arc::new(project)))
                .collect(),
            users: users.into_iter().map(Arc::new).collect(),
            published: PublishedKeys::new(keys),
            discovery: Document::discovery(discovery::document(&url)),
            random: Randomness::from_seed(seed),
            pipelines: AtomicU64::new(0),
            jobs: AtomicU64::new(0),
            events,
            url,
        })
    }

    /// Its URL.
    pub fn url(&self) -> &BaseUrl {
        &self.url
    }

    /// Its version.
    pub fn version(&self) -> Version {
        self.rules.version
    }

    /// The `iss` of its ID tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The keys in use.
    pub fn keys(&self) -> Arc<KeySet> {
        self.published.keys()
    }

    /// Replaces the keys, as the documented repair of a GitLab does: from now on tokens are signed with the new CI key,
    /// and the key set shows the new keys only. Verifiers may go on for a day with the old ones.
    pub fn replace_keys(&self, keys: Arc<KeySet>) {
        self.published.replace(keys);
    }

    /// Replaces the key that signs CI tokens by that of another set; the instance's other keys stay.
    pub fn replace_ci_key(&self, of: &KeySet, old: OldKey) {
        self.published.replace_ci_key(of, old);
    }

    /// Whether it has a CI key, and shows it.
    pub fn ci_key_state(&self) -> CiKeyState {
        self.published.ci_key_state()
    }

    /// Hides the CI key, takes it away, or gives it back.
    pub fn set_ci_key_state(&self, state: CiKeyState) {
        self.published.set_ci_key_state(state);
    }

    /// What a path is, as a request names it.
    pub fn page(&self, path: &str) -> Page {
        page_below(self.url.path(), path)
    }

    /// What a path is at the custom issuer, where copies of the pages are published.
    pub fn published_page(&self, path: &str) -> Page {
        match &self.custom_issuer {
            Some(issuer) => page_below(issuer.path(), path),
            None => Page::Other,
        }
    }

    /// The project with this path.
    ///
    /// # Errors
    /// [`TriggerError::UnknownProject`].
    pub fn project(&self, path: &str) -> Result<Arc<Project>, TriggerError> {
        self.projects.get(path).cloned().ok_or_else(|| {
            let mut known: Vec<&str> = self.projects.keys().map(String::as_str).collect();
            known.sort_unstable();
            TriggerError::UnknownProject {
                path: path.to_owned(),
                known: listed(&known),
            }
        })
    }

    /// Starts a pipeline in a project.
    ///
    /// # Errors
    /// When the trigger names what this GitLab does not have, or what no GitLab can have.
    pub fn pipeline(
        &self,
        project: &str,
        trigger: &Trigger,
        now: Timestamp,
    ) -> Result<Arc<Pipeline>, TriggerError> {
        pipeline::check(trigger)?;
        let project = self.project(project)?;
        let user = self.actor(&trigger.user)?;
        // Ids near those of GitLab's documentation, easy to tell apart: pipelines from 574, jobs from 302.
        let iid = self.pipelines.fetch_add(1, Ordering::Relaxed);
        let default_runner = if self.url.is_gitlab_com() {
            Runner::gitlab_hosted()
        } else {
            Runner::self_hosted()
        };
        let resolved = Resolved {
            id: trigger.pipeline_id.unwrap_or(574 + iid),
            iid: 12 + iid,
            user,
            default_runner,
            created_at: whole_seconds(now),
            find_project: &|path| self.project(path),
        };
        pipeline::make(project, trigger, resolved).map(Arc::new)
    }

    /// Gives a job of a pipeline to its runner.
    pub fn job(&self, pipeline: &Arc<Pipeline>, spec: JobSpec, now: Timestamp) -> Job {
        let number = self.jobs.fetch_add(1, Ordering::Relaxed);
        Job {
            id: spec.id.unwrap_or(302 + number),
            timeout_seconds: spec.timeout_seconds.unwrap_or(pipeline.project.timeout_seconds),
            token: self.random.job_token(),
            started_at: whole_seconds(now),
            pipeline: Arc::clone(pipeline),
            spec,
        }
    }

    /// The token of one `id_tokens` entry of a job.
    ///
    /// # Errors
    /// When GitLab drops jobs with ID tokens in this project, or has no key to sign with: see [`TokenRefusal`].
    pub fn id_token(&self, job: &Job, audience: &Audience, now: Timestamp) -> Result<IdToken, TokenRefusal> {
        let claims = self.id_token_claims(job, audience, now)?;
        Ok(self.issue(TokenKind::IdToken, Some(job.id), claims))
    }

    /// What that token would claim, for those who want to change something before they [`sign`](Instance::sign) it.
    ///
    /// # Errors
    /// As [`id_token`](Instance::id_token).
    pub fn id_token_claims(
        &self,
        job: &Job,
        audience: &Audience,
        now: Timestamp,
    ) -> Result<Claims, TokenRefusal> {
        if let Some(refusal) = self.refuses_id_tokens(job) {
            return Err(refusal);
        }
        if self.ci_key_state() == CiKeyState::Lost {
            return Err(TokenRefusal::NoSigningKey);
        }
        let components = &job.pipeline.project.sub_claim_components;
        Ok(self.v2_claims(job, &self.issuer, components, audience.into(), now))
    }

    /// Whether GitLab drops the job, should it declare `id_tokens`.
    pub fn refuses_id_tokens(&self, job: &Job) -> Option<TokenRefusal> {
        token::refusal(self.rules.version, job)
    }

    /// The tokens that jobs had before 17.0, as name and value: `CI_JOB_JWT`, `CI_JOB_JWT_V1` (the same token) and
    /// `CI_JOB_JWT_V2`; none where the version does not expose them to a job that does or does not declare `id_tokens`.
    pub fn legacy_tokens(
        &self,
        job: &Job,
        declares_id_tokens: bool,
        now: Timestamp,
    ) -> Vec<(&'static str, IdToken)> {
        let has_key = self.ci_key_state() != CiKeyState::Lost;
        if !has_key || !legacy::exposed(self.rules.version, job, declares_id_tokens) {
            return Vec::new();
        }
        let registered = Registered {
            jti: self.random.uuid(),
            iss: self.url.host(),
            times: Times::of(job, now),
            sub: format!("job_{}", job.id),
            aud: None,
        };
        let first = token::complete(self.rules.first_claims(job), registered, self.rules.version);
        let first = self.issue(TokenKind::CiJobJwt, Some(job.id), first);
        // `aud` is fixed: `Settings.gitlab.base_url`, which has no relative URL root.
        let audience = self.url.origin().into();
        let issuer = instance_issuer(&self.url, self.rules.version);
        let second = self.v2_claims(job, &issuer, &SubComponent::DEFAULT, audience, now);
        let second = self.issue(TokenKind::CiJobJwtV2, Some(job.id), second);
        vec![
            ("CI_JOB_JWT", first.clone()),
            ("CI_JOB_JWT_V1", first),
            ("CI_JOB_JWT_V2", second),
        ]
    }

    /// Signs exactly these claims with the CI key, whatever they are; also with one that it has lost, as somebody who found
    /// it could.
    pub fn sign(&self, claims: Claims) -> IdToken {
        self.issue(TokenKind::Custom, None, claims)
    }

    /// The predefined variables of a job, in GitLab's order: of two with one name, the later one counts. ID tokens and
    /// legacy tokens are not among them.
    pub fn predefined_variables(&self, job: &Job) -> Vec<Variable> {
        variables::of_job(&self.server(), job)
    }

    /// The predefined variables that exist before any job: those for `workflow:rules` and `include`.
    pub fn pipeline_variables(&self, pipeline: &Pipeline) -> Vec<Variable> {
        variables::of_pipeline(&self.server(), pipeline)
    }

    /// The discovery document at its own URL.
    pub(crate) fn discovery(&self) -> &Document {
        &self.discovery
    }

    /// Where copies of its pages are published, if its tokens name another issuer.
    pub(crate) fn custom_issuer(&self) -> Option<&BaseUrl> {
        self.custom_issuer.as_ref()
    }

    pub(crate) fn jwks(&self) -> Document {
        self.published.jwks()
    }

    pub(crate) fn events(&self) -> &EventSink {
        &self.events
    }

    fn server(&self) -> Server<'_> {
        Server {
            url: &self.url,
            version: self.rules.version,
        }
    }

    fn actor(&self, actor: &Actor) -> Result<Option<Arc<User>>, TriggerError> {
        match actor {
            Actor::Default => Ok(self.users.first().cloned()),
            Actor::Nobody => Ok(None),
            Actor::Login(login) => match self.users.iter().find(|user| user.login == *login) {
                Some(user) => Ok(Some(Arc::clone(user))),
                None => {
                    let known: Vec<&str> = self.users.iter().map(|user| user.login.as_str()).collect();
                    Err(TriggerError::UnknownUser {
                        login: login.clone(),
                        known: listed(&known),
                    })
                }
            },
        }
    }

    fn v2_claims(
        &self,
        job: &Job,
        iss: &str,
        components: &[SubComponent],
        audience: serde_json::Value,
        now: Timestamp,
    ) -> Claims {
        let registered = Registered {
            jti: self.random.uuid(),
            iss,
            times: Times::of(job, now),
            sub: self.rules.subject(job, components),
            aud: Some(audience),
        };
        token::complete(self.rules.all_claims(job), registered, self.rules.version)
    }

    fn issue(&self, kind: TokenKind, job_id: Option<u64>, claims: Claims) -> IdToken {
        let keys = self.published.keys();
        let payload = serde_json::to_vec(&claims).expect("a JSON object has a JSON form");
        let token = IdToken {
            jwt: keys.ci().sign(&payload),
            claims,
            kid: keys.ci().kid().to_owned(),
        };
        self.events.tell(|| Event::TokenIssued {
            kind,
            job_id,
            claims: token.claims.clone(),
            kid: token.kid.clone(),
        });
        token
    }
}

/// Without its keys and its random state.
impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("url", &self.url)
            .field("version", &self.rules.version)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

fn page_below(root: &str, path: &str) -> Page {
    match path.strip_prefix(root) {
        Some(DISCOVERY_PATH) => Page::Discovery,
        Some(JWKS_PATH) => Page::Jwks,
        _ => Page::Other,
    }
}

/// The `iss` of an instance without a custom issuer.
///
/// Older versions used the URL without its relative URL root; that this ended with 16.0 is assumed.
fn instance_issuer(url: &BaseUrl, version: Version) -> String {
    if version.has(Version::new(16, 0)) {
        url.to_string()
    } else {
        url.origin()
    }
}

fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// Names as a list for a message, cut when there are many.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 20;
    let mut quoted: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    if names.len() > SHOWN {
        quoted.push(format!("and {} more", names.len() - SHOWN));
    }
    if quoted.is_empty() {
        "none".to_owned()
    } else {
        quoted.join(", ")
    }
}
