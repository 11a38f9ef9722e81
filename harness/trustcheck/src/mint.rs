//! ID tokens made outside a running world, with the keys that a world of the same description publishes.

use std::sync::Arc;

use jiff::Timestamp;
use mock_aws::Cause;
use mock_gitlab::{
    Audience, Environment, EventSink, Instance, InstanceError, JobSpec, KeyPool, KeyPoolError, Settings,
    TokenRefusal, Trigger, TriggerError,
};
use serde_json::{Map, Value};
use trustcheck_lab::WorldSpec;

/// A token, and what it says.
#[derive(Clone, PartialEq)]
pub struct Minted {
    /// The token as a job gets it.
    pub jwt: String,
    /// Its header.
    pub header: Map<String, Value>,
    /// Its claims.
    pub claims: Map<String, Value>,
}

/// Without the token itself, so that none ends up in a log.
impl std::fmt::Debug for Minted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Minted")
            .field("claims", &self.claims)
            .finish_non_exhaustive()
    }
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MintError {
    /// The keys could not be had.
    #[error(transparent)]
    Keys(#[from] KeyPoolError),
    /// A GitLab that no GitLab could be.
    #[error(transparent)]
    GitLab(#[from] InstanceError),
    /// A pipeline that this GitLab cannot start.
    #[error(transparent)]
    Trigger(#[from] TriggerError),
    /// GitLab drops the job before it gets a token.
    #[error(transparent)]
    Refused(#[from] TokenRefusal),
    /// The claims are not one JSON object.
    #[error("the claims are not a JSON object: {0}")]
    Claims(String),
    /// The claims make no token that could be shown.
    #[error("{0}")]
    Token(Box<Cause>),
}

/// A job, and what its token is for.
#[derive(Debug, Clone)]
pub struct Order {
    /// The number of the GitLab in its world, from 0.
    pub gitlab: usize,
    /// The path of the project.
    pub project: String,
    /// What starts the pipeline.
    pub trigger: Trigger,
    /// The job's environment.
    pub environment: Option<Environment>,
    /// The job's name, which no claim tells.
    pub job: String,
    /// `aud`; the GitLab's own URL where there is none, as in GitLab's documentation.
    pub audience: Option<Audience>,
}

/// The mint of the GitLabs of a world.
#[derive(Debug)]
pub struct Mint<'a> {
    gitlabs: &'a [Settings],
    keys: &'a KeyPool,
}

impl<'a> Mint<'a> {
    /// The mint of the GitLabs of this world, whose keys are in `keys`: those of the first in slot 0, and so on.
    #[must_use]
    pub fn new(world: &'a WorldSpec, keys: &'a KeyPool) -> Mint<'a> {
        Mint {
            gitlabs: &world.gitlabs,
            keys,
        }
    }

    /// The token that a job gets at `now`. What is random in it comes from `seed`; `progress` is told before keys are made.
    ///
    /// # Errors
    /// Where the keys cannot be had, or GitLab would not start the pipeline or not make the token.
    pub fn of_job(
        &self,
        order: &Order,
        seed: u64,
        now: Timestamp,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Minted, MintError> {
        let keys = self.keys.key_set(order.gitlab, progress)?;
        let settings = self.gitlabs.get(order.gitlab).cloned().unwrap_or_default();
        let gitlab = Arc::new(Instance::new(settings, keys, seed, EventSink::none())?);
        let pipeline = gitlab.pipeline(&order.project, &order.trigger, now)?;
        let job = gitlab.job(
            &pipeline,
            JobSpec {
                environment: order.environment.clone(),
                ..JobSpec::new(&order.job)
            },
            now,
        );
        let own = || Audience::One(gitlab.url().to_string());
        let audience = order.audience.clone().unwrap_or_else(own);
        taken_apart(gitlab.id_token(&job, &audience, now)?.jwt)
    }

    /// A token with exactly the claims of this JSON text, whatever they are: their order, double members and the way
    /// numbers are written stay, and only blanks between them go.
    ///
    /// The GitLab whose URL is the `iss` signs it, else the first.
    ///
    /// # Errors
    /// Where the text is not a JSON object, or the keys cannot be had.
    pub fn of_claims(&self, text: &str, progress: &mut dyn FnMut(&str)) -> Result<Minted, MintError> {
        let claims: Value =
            serde_json::from_str(text).map_err(|error| MintError::Claims(error.to_string()))?;
        let Value::Object(claims) = claims else {
            return Err(MintError::Claims(
                "write {\"iss\": …, \"sub\": …, \"aud\": …, …}".to_owned(),
            ));
        };
        let issuer = claims.get("iss").and_then(Value::as_str).unwrap_or_default();
        let gitlab = self
            .gitlabs
            .iter()
            .position(|settings| settings.url.to_string() == issuer);
        let keys = self.keys.key_set(gitlab.unwrap_or(0), progress)?;
        taken_apart(keys.ci().sign(without_blanks(text).as_bytes()))
    }
}

fn taken_apart(jwt: String) -> Result<Minted, MintError> {
    let decoded = mock_aws::decode_token(&jwt).map_err(MintError::Token)?;
    Ok(Minted {
        jwt,
        header: decoded.header,
        claims: decoded.claims,
    })
}

/// JSON text without the white space between its tokens (RFC 8259 §2).
fn without_blanks(json: &str) -> String {
    let (mut in_text, mut escaped) = (false, false);
    let kept = json.chars().filter(|&character| {
        if in_text {
            in_text = escaped || character != '"';
            escaped = !escaped && character == '\\';
            return true;
        }
        in_text = character == '"';
        !matches!(character, ' ' | '\t' | '\n' | '\r')
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scenario::Described;

    #[rstest::rstest]
    #[case::blanks("{ \"a\" :\t1,\r\n \"b\": [ 1.50 , 1e3 ] }\n", r#"{"a":1,"b":[1.50,1e3]}"#)]
    #[case::twice(r#"{"a": 1, "a": 2}"#, r#"{"a":1,"a":2}"#)]
    #[case::in_text(
        "{\"a b\": \"c \\\" d\\\\\" , \"e\": \" \"}",
        "{\"a b\":\"c \\\" d\\\\\",\"e\":\" \"}"
    )]
    fn only_blanks_between_tokens_go(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(without_blanks(text), expected);
    }

    proptest! {
        #[test]
        fn what_json_says_stays(texts in proptest::collection::vec(".{0,12}", 0..4)) {
            let value = serde_json::json!({ "texts": texts, "more": [{ "a b": null }] });
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            prop_assert_eq!(without_blanks(&pretty), serde_json::to_string(&value).unwrap());
        }
    }

    #[rstest::rstest]
    #[case::broken(
        "{",
        "the claims are not a JSON object: EOF while parsing an object at line 1 column 1"
    )]
    #[case::a_list("[]", "the claims are not a JSON object: write {")]
    fn claims_are_an_object(#[case] text: &str, #[case] message: &str) {
        let keys = KeyPool::open("/nonexistent");
        let world = Described::default();
        let error = Mint::new(&world.spec, &keys)
            .of_claims(text, &mut |_| {})
            .unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
    }
}
