//! ID tokens: claims, times and signature.

use std::fmt;

use jiff::Timestamp;
use serde_json::Value;

use crate::claims::Claims;
use crate::job::Job;
use crate::subject::SubComponent;
use crate::version::Version;

/// `aud` of an `id_tokens` entry, with its variables expanded.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Written as one string. The empty string is what an undefined variable leaves; the token is minted all the same.
    One(String),
    /// Written as a list; it stays a list, also with one element.
    Many(Vec<String>),
}

impl From<&str> for Audience {
    fn from(audience: &str) -> Audience {
        Audience::One(audience.to_owned())
    }
}

impl From<&Audience> for Value {
    fn from(audience: &Audience) -> Value {
        match audience {
            Audience::One(audience) => Value::from(audience.as_str()),
            Audience::Many(audiences) => Value::from(audiences.as_slice()),
        }
    }
}

/// A signed token.
#[derive(Clone, PartialEq, Eq)]
pub struct IdToken {
    /// The token as a script sees it.
    pub jwt: String,
    /// What it claims.
    pub claims: Claims,
    /// The key it is signed with.
    pub kid: String,
}

/// Without the token itself, so that none ends up in a log.
impl fmt::Debug for IdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdToken")
            .field("claims", &self.claims)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// Why GitLab does not mint a job's ID tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TokenRefusal {
    /// Another project once had this project's path, and `sub` names the path (19.1 and later). GitLab drops the job before
    /// a runner sees it, whether the script uses the tokens or not: no log, never started.
    ///
    /// The text is the one that GitLab's job page shows.
    #[error(
        "ID token issuance is disabled in CI because this project's path was previously used by a different project. \
         To restore ID tokens, set `ci_id_token_sub_claim_components` to start with `project_id` (for example, \
         `[\"project_id\", \"ref_type\", \"ref\"]`) and update your cloud trust policy to match."
    )]
    ReclaimedProjectPath,
    /// The instance has no CI signing key. GitLab rescues the error, which only its own log shows: the job runs, without
    /// the variable.
    ///
    /// Source: `Ci::Build#id_tokens_variables` and GitLab docs, "`NoSigningKeyError`".
    #[error("the GitLab has no key to sign CI tokens with, so the job runs without its ID tokens")]
    NoSigningKey,
}

impl TokenRefusal {
    /// The `failure_reason` of the job, where GitLab drops it.
    pub fn failure_reason(self) -> Option<&'static str> {
        match self {
            TokenRefusal::ReclaimedProjectPath => Some("id_token_burned_project_path"),
            TokenRefusal::NoSigningKey => None,
        }
    }
}

/// Whether GitLab refuses ID tokens to the job.
///
/// Sources: GitLab's migrations of 19.1 and the specs of `Ci::RegisterJobService`.
pub(crate) fn refusal(version: Version, job: &Job) -> Option<TokenRefusal> {
    let project = &job.pipeline.project;
    let reclaimed = version.has(Version::new(19, 1))
        && project.path_reclaimed
        && project.sub_claim_components.contains(&SubComponent::ProjectPath);
    reclaimed.then_some(TokenRefusal::ReclaimedProjectPath)
}

/// The times of a token: it counts from five seconds ago and as long as the job may run.
pub(crate) struct Times {
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl Times {
    pub(crate) fn of(job: &Job, now: Timestamp) -> Times {
        let iat = now.as_second();
        let lifetime = i64::try_from(job.timeout_seconds).unwrap_or(i64::MAX);
        Times {
            iat,
            nbf: iat - 5,
            exp: iat.saturating_add(lifetime),
        }
    }
}

/// The registered claims of a token.
pub(crate) struct Registered<'a> {
    pub(crate) jti: String,
    pub(crate) iss: &'a str,
    pub(crate) times: Times,
    pub(crate) sub: String,
    pub(crate) aud: Option<Value>,
}

/// Puts the registered claims after the others: `jti, iat, nbf, exp, iss, sub, aud`, and in 15.x `iss` after `jti`.
///
/// That tokens changed with 16.0 is assumed; those seen are of 2022 and of 2023. RFC 7519 gives the order no meaning.
pub(crate) fn complete(mut claims: Claims, registered: Registered<'_>, version: Version) -> Claims {
    let Registered {
        jti,
        iss,
        times,
        sub,
        aud,
    } = registered;
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    let iss_late = version.has(Version::new(16, 0));
    put("jti", jti.into());
    if !iss_late {
        put("iss", iss.into());
    }
    put("iat", times.iat.into());
    put("nbf", times.nbf.into());
    put("exp", times.exp.into());
    if iss_late {
        put("iss", iss.into());
    }
    put("sub", sub.into());
    if let Some(aud) = aud {
        put("aud", aud);
    }
    claims
}
