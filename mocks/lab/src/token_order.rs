//! Tokens that a world's GitLabs mint: those of jobs, and those with claims of one's own.

use mock_gitlab::{
    Audience, Claims, Environment, GitRef, IdToken, JobSpec, TokenRefusal, Trigger, TriggerError,
};

use crate::world::World;

/// A job, and what its token is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenOrder {
    /// The URL of the GitLab; the first with the project where there is none.
    pub gitlab: Option<String>,
    /// The path of the project.
    pub project: String,
    /// What starts the pipeline; a push to the default branch where there is none.
    pub trigger: Option<Trigger>,
    /// The job's environment.
    pub environment: Option<Environment>,
    /// `aud`; the GitLab's own URL where there is none, as in GitLab's documentation.
    pub audience: Option<Audience>,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MintError {
    /// The world has no such GitLab.
    #[error("the world has no GitLab `{0}`")]
    GitLab(String),
    /// No GitLab of the world has the project, or the pipeline cannot be started there.
    #[error(transparent)]
    Trigger(#[from] TriggerError),
    /// GitLab does not mint it.
    #[error(transparent)]
    Refused(#[from] TokenRefusal),
}

impl TokenOrder {
    /// The token of a job in a project: after a push to the default branch, for the GitLab's own URL.
    #[must_use]
    pub fn new(project: impl Into<String>) -> TokenOrder {
        TokenOrder {
            gitlab: None,
            project: project.into(),
            trigger: None,
            environment: None,
            audience: None,
        }
    }

    /// After a push to this branch.
    #[must_use]
    pub fn branch(self, name: impl Into<String>) -> TokenOrder {
        self.trigger(Trigger::push(GitRef::Branch(name.into())))
    }

    /// After a push of this tag.
    #[must_use]
    pub fn tag(self, name: impl Into<String>) -> TokenOrder {
        self.trigger(Trigger::push(GitRef::Tag(name.into())))
    }

    /// Of a pipeline that was started so.
    #[must_use]
    pub fn trigger(self, trigger: Trigger) -> TokenOrder {
        TokenOrder {
            trigger: Some(trigger),
            ..self
        }
    }

    /// Of a job that deploys to this environment.
    #[must_use]
    pub fn environment(self, environment: Environment) -> TokenOrder {
        TokenOrder {
            environment: Some(environment),
            ..self
        }
    }

    /// With this `aud`.
    #[must_use]
    pub fn audience(self, audience: impl Into<Audience>) -> TokenOrder {
        TokenOrder {
            audience: Some(audience.into()),
            ..self
        }
    }
}

impl World {
    /// Mints the token that a job gets now.
    ///
    /// # Errors
    /// Where the world has no such GitLab or project, or GitLab would not start the pipeline or not make the token.
    pub fn mint(&self, order: &TokenOrder) -> Result<IdToken, MintError> {
        let number = match &order.gitlab {
            Some(url) => self.gitlab_at(url)?,
            None => self
                .gitlabs
                .iter()
                .position(|gitlab| gitlab.project(&order.project).is_ok())
                .unwrap_or(0),
        };
        let gitlab = self
            .gitlabs
            .get(number)
            .ok_or_else(|| MintError::GitLab("at all".to_owned()))?;
        let now = self.time_at(number);
        let default;
        let trigger = match &order.trigger {
            Some(trigger) => trigger,
            None => {
                let branch = gitlab.project(&order.project)?.default_branch.clone();
                default = Trigger::push(GitRef::Branch(branch));
                &default
            }
        };
        let pipeline = gitlab.pipeline(&order.project, trigger, now)?;
        let spec = JobSpec {
            environment: order.environment.clone(),
            ..JobSpec::new("job")
        };
        let job = gitlab.job(&pipeline, spec, now);
        let own = || Audience::One(gitlab.url().to_string());
        Ok(gitlab.id_token(&job, &order.audience.clone().unwrap_or_else(own), now)?)
    }

    /// Signs exactly these claims with a GitLab's CI key: that of the GitLab at `gitlab`, else of the one whose issuer `iss` names,
    /// else of the first.
    ///
    /// # Errors
    /// Where the world has no GitLab at `gitlab`, or none at all.
    pub fn sign(&self, gitlab: Option<&str>, claims: Claims) -> Result<IdToken, MintError> {
        let number = match gitlab {
            Some(url) => self.gitlab_at(url)?,
            None => {
                let issuer = claims.get("iss").and_then(serde_json::Value::as_str);
                let of = |gitlab: &std::sync::Arc<mock_gitlab::Instance>| Some(gitlab.issuer()) == issuer;
                self.gitlabs.iter().position(of).unwrap_or(0)
            }
        };
        match self.gitlabs.get(number) {
            Some(gitlab) => Ok(gitlab.sign(claims)),
            None => Err(MintError::GitLab("at all".to_owned())),
        }
    }

    /// The default branch of the project of an order.
    pub(crate) fn default_branch(&self, order: &TokenOrder) -> Result<String, MintError> {
        let mut found = Err(MintError::GitLab("at all".to_owned()));
        for gitlab in &self.gitlabs {
            found = gitlab
                .project(&order.project)
                .map(|project| project.default_branch.clone())
                .map_err(MintError::from);
            if found.is_ok() {
                break;
            }
        }
        found
    }

    /// The number of the GitLab at this URL.
    pub(crate) fn gitlab_at(&self, url: &str) -> Result<usize, MintError> {
        self.gitlabs
            .iter()
            .position(|gitlab| gitlab.url().to_string() == url)
            .ok_or_else(|| MintError::GitLab(url.to_owned()))
    }
}
