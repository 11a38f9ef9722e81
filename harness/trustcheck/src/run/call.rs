//! A call of the built-in client: its token is minted, its request signed and sent, its answer read.

use std::collections::HashMap;
use std::time::Duration;

use gitlab_pipeline::Audience;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use mock_aws::SigningKeys;
use mock_gitlab::{Instance, JobSpec, KeyPool};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;
use trustcheck_lab::{World, host_now};

use super::ground::Ground;
use crate::client::{self, Answer, Credentials};
use crate::scenario::{Call, Case, Signer, SignerSource, WebToken};
use crate::spoil::{SignatureSpoil, TokenSpoil, altered};

/// Who calls.
pub(super) struct Caller<'a> {
    pub(super) case: &'a Case,
    pub(super) world: &'a World,
    pub(super) keys: &'a KeyPool,
    /// The credentials that earlier steps got, by the name of the step.
    pub(super) credentials: &'a HashMap<String, Credentials>,
}

impl Caller<'_> {
    /// Makes the call; nothing where the run was interrupted meanwhile. The error says why there is no answer, or what
    /// the call needs and has not.
    pub(super) async fn call(
        &self,
        call: &Call,
        limit: Duration,
        halt: &CancellationToken,
    ) -> Result<Option<Answer>, String> {
        let mut parameters = call.parameters.clone();
        if let Some(token) = &call.token {
            parameters.push(("WebIdentityToken".to_owned(), self.token(token)?));
        }
        let signed = call
            .signer
            .as_ref()
            .map(|signer| self.signed(signer))
            .transpose()?;
        let order = client::Order {
            edge: self.world.edge(),
            host: &call.host,
            method: if call.is_get { Method::GET } else { Method::POST },
            parameters: &parameters,
            signed: signed.as_ref().map(|(keys, at)| {
                let keys = SigningKeys {
                    access_key_id: &keys.access_key_id,
                    secret_access_key: &keys.secret_access_key,
                    session_token: keys.session_token.as_deref(),
                };
                (keys, (call.service, call.region.as_str()), *at)
            }),
        };
        tokio::select! {
            biased;
            () = halt.cancelled() => Ok(None),
            answered = tokio::time::timeout(limit, client::send(&order)) => match answered {
                Ok(answer) => answer.map(Some).map_err(|error| error.to_string()),
                Err(_) => Err(format!("{} was not answered within {limit:?}", call.operation)),
            },
        }
    }

    /// The token, as a job of the pipeline that the trigger starts would get it, with what the call changes.
    fn token(&self, token: &WebToken) -> Result<String, String> {
        let (audience, claims, without, spoil) = match token {
            WebToken::Text(text) => return Ok(text.clone()),
            WebToken::Minted {
                audience,
                claims,
                without,
                spoil,
            } => (audience, claims, without, *spoil),
        };
        let ground = Ground::start(
            &self.case.world,
            &self.case.start,
            &self.case.variables,
            self.world,
        )?;
        let (gitlab, now) = (ground.gitlab, ground.now());
        let job = gitlab.job(&ground.pipeline, JobSpec::new("call"), now);
        let audience = match audience {
            None => mock_gitlab::Audience::One(gitlab.url().to_string()),
            Some(Audience::One(one)) => mock_gitlab::Audience::One(one.clone()),
            Some(Audience::Many(many)) => mock_gitlab::Audience::Many(many.clone()),
        };
        if claims.is_empty() && without.is_empty() && spoil.is_none() {
            let token = gitlab.id_token(&job, &audience, now);
            return token
                .map(|token| token.jwt)
                .map_err(|refusal| refusal.to_string());
        }
        let mut all = gitlab
            .id_token_claims(&job, &audience, now)
            .map_err(|refusal| refusal.to_string())?;
        change(&mut all, claims, without, now);
        match spoil {
            Some(spoil) => self.spoiled(spoil, all, gitlab),
            None => Ok(gitlab.sign(all).jwt),
        }
    }

    fn spoiled(
        &self,
        spoil: TokenSpoil,
        claims: Map<String, Value>,
        gitlab: &Instance,
    ) -> Result<String, String> {
        // The keys of a GitLab that this world does not have.
        let foreign = self.world.gitlabs().len();
        let others = spoil
            .needs_other_keys()
            .then(|| self.keys.key_set(foreign, &mut |_| {}))
            .transpose()
            .map_err(|error| error.to_string())?;
        spoil
            .token(claims, &gitlab.keys(), others.as_ref())
            .map_err(|error| error.to_string())
    }

    /// The credentials, and the time on the client's clock.
    fn signed(&self, signer: &Signer) -> Result<(Credentials, Timestamp), String> {
        let mut keys = match &signer.source {
            SignerSource::Given(keys) => keys.clone(),
            SignerSource::Step(name) => self
                .credentials
                .get(name)
                .cloned()
                .ok_or_else(|| format!("the step `{name}` got no credentials that another could use"))?,
        };
        match signer.spoil {
            Some(SignatureSpoil::Secret) => keys.secret_access_key = altered(&keys.secret_access_key),
            Some(SignatureSpoil::AccessKey) => "ASIANOSUCHKEYNOSUCHK".clone_into(&mut keys.access_key_id),
            Some(SignatureSpoil::SessionToken) => {
                keys.session_token = keys.session_token.as_deref().map(altered);
            }
            Some(SignatureSpoil::NoSessionToken) => keys.session_token = None,
            Some(SignatureSpoil::Late | SignatureSpoil::Early) | None => {}
        }
        let off = signer
            .spoil
            .map_or(SignedDuration::ZERO, SignatureSpoil::clock_error);
        let at = host_now()
            .saturating_add(off)
            .map_err(|error| error.to_string())?;
        Ok((keys, at))
    }
}

/// The claims that are times, of which scenarios say `now`, `now+10m` or `now-1h`.
const TIMES: [&str; 3] = ["iat", "nbf", "exp"];

/// Changes the claims of a job's token to those of the call.
fn change(all: &mut Map<String, Value>, claims: &Map<String, Value>, without: &[String], now: Timestamp) {
    for (name, value) in claims {
        let relative = value
            .as_str()
            .filter(|_| TIMES.contains(&name.as_str()))
            .and_then(|text| relative_time(text, now));
        all.insert(name.clone(), relative.map_or_else(|| value.clone(), Value::from));
    }
    for name in without {
        all.shift_remove(name);
    }
}

/// The Unix seconds of `now`, `now+10m`, `now-1h`.
fn relative_time(text: &str, now: Timestamp) -> Option<i64> {
    let rest = text.strip_prefix("now")?;
    if rest.is_empty() {
        return Some(now.as_second());
    }
    let (sign, length) = match rest.split_at_checked(1)? {
        ("+", length) => (1, length),
        ("-", length) => (-1, length),
        _ => return None,
    };
    let (count, unit) = length.split_at_checked(length.len().checked_sub(1)?)?;
    let count: i64 = count.parse().ok()?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return None,
    };
    now.as_second()
        .checked_add(count.checked_mul(seconds)?.checked_mul(sign)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("now", Some(1_000))]
    #[case("now+10s", Some(1_010))]
    #[case("now-2m", Some(880))]
    #[case("now+1h", Some(4_600))]
    #[case("now*2", None)]
    #[case("now+", None)]
    #[case("now+é", None)]
    #[case("now+99999999999999999999h", None)]
    #[case("later", None)]
    fn times_are_relative(#[case] text: &str, #[case] expected: Option<i64>) {
        let now = Timestamp::from_second(1_000).unwrap();
        assert_eq!(relative_time(text, now), expected);
    }
}
