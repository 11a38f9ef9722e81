//! Asking a trust policy what STS would ask it.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use iam_policy::{Context, Decision, Effect, Principal, Request, evaluate};
use mock_aws::accounts::{Account, OidcProvider};
use mock_aws::{Cause, TrustQuestion};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::account::Home;
use super::claims::Claims;
use super::policy::TrustPolicy;
use super::remark::Remark;

/// The condition keys that follow from the call and not from the token, with what they are.
const OF_THE_CALL: &[&str] = &[
    "aws:SourceIp",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:RequestedRegion",
    "aws:UserAgent",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
    "aws:Referer",
];

/// Of several audiences, so many are tried.
const MOST_AUDIENCES: usize = 16;

/// A token and a trust policy.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The policy.
    pub policy: &'a TrustPolicy,
    /// What the token says.
    pub claims: &'a Claims,
    /// Where the role is.
    pub home: &'a Home,
    /// The account with its providers, where they are known. Otherwise the provider that the token needs is there.
    pub account: Option<&'a Account>,
    /// `RoleSessionName`, and whether a person chose it.
    pub session_name: (&'a str, bool),
    /// More condition keys, or others than those that follow from the token.
    pub context: &'a [(String, String)],
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The decision on the first action that is not allowed, else on `sts:AssumeRoleWithWebIdentity`.
    pub decision: Decision,
    /// Why STS refuses the token before it asks the policy.
    pub refused: Option<Cause>,
    /// What else there is to know.
    pub notes: Vec<Remark>,
    /// The condition keys that the policy was asked with.
    pub context: Context,
}

impl Question<'_> {
    /// Asks.
    ///
    /// Of several audiences without `azp`, STS takes none, and says so before it asks the policy; the policy is asked
    /// about one that it lets in, if there is one.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let mut answer = self.ask(self.claims);
        let audiences = self.claims.audiences();
        if matches!(answer.refused, Some(Cause::SeveralAudiences { .. })) {
            let refused = answer.refused.take();
            let tried = audiences.iter().take(MOST_AUDIENCES);
            let mut answers: Vec<(&str, Answer)> = tried
                .map(|audience| (*audience, self.ask(&self.claims.with_audience(audience))))
                .collect();
            let allowed = answers
                .iter()
                .position(|(_, answer)| answer.decision.effect.is_allowed());
            if !answers.is_empty() {
                let (audience, chosen) = answers.swap_remove(allowed.unwrap_or(0));
                let words = if allowed.is_some() {
                    "would let the token in"
                } else {
                    "was asked"
                };
                answer = chosen;
                answer.notes.insert(
                    0,
                    Remark::new(format!("the policy {words} with the one audience `{audience}`")),
                );
            }
            answer.refused = refused;
        }
        answer.notes.extend(self.notes());
        answer
    }

    fn ask(&self, claims: &Claims) -> Answer {
        let role_arn = self.policy.role_arn.as_deref();
        let assumed = self.assumed_account(claims);
        let account = self.account.unwrap_or(&assumed);
        let asked = TrustQuestion::of(account, &claims.all, self.session_name.0, role_arn);
        let principal = match &asked.principal {
            Principal::Federated(arn) => Principal::Federated(self.home.localize(arn)),
            other => other.clone(),
        };
        let mut context = asked.context;
        context.insert("aws:FederatedProvider", principal.to_string());
        context.insert("aws:userid", principal.to_string());
        // STS has no endpoint without TLS
        context.insert("aws:SecureTransport", "true");
        for (key, value) in self.context {
            context.insert(key.as_str(), value.as_str());
        }
        let decide = |action: &str| {
            evaluate(
                &self.policy.policy,
                &Request {
                    principal: &principal,
                    action,
                    resource: None,
                    context: &context,
                },
            )
        };
        let mut decision = decide("sts:AssumeRoleWithWebIdentity");
        let mut notes = Vec::new();
        for action in asked.actions.iter().skip(1) {
            let what = if *action == "sts:TagSession" {
                "session tags"
            } else {
                "a source identity"
            };
            let also = decide(action);
            let words = match also.effect {
                Effect::Allow => "which the policy allows too",
                _ => "which the policy does not allow",
            };
            notes.push(Remark::new(format!(
                "the token carries {what}, so STS also asks for `{action}`, {words}"
            )));
            if decision.effect.is_allowed() {
                decision = if also.effect.is_allowed() { decision } else { also };
            }
        }
        Answer {
            decision,
            refused: asked.refused,
            notes,
            context,
        }
    }

    /// An account whose provider takes the token.
    fn assumed_account(&self, claims: &Claims) -> Account {
        let account = Account::new(&self.home.account);
        let party = claims.all.get("azp").and_then(serde_json::Value::as_str);
        let client_ids: Vec<&str> = claims.audiences().into_iter().chain(party).collect();
        match OidcProvider::new(claims.issuer(), client_ids) {
            Ok(provider) => account.with_oidc_provider(provider),
            // the token is refused then: no account can have its provider
            Err(_) => account,
        }
    }

    fn notes(&self) -> Vec<Remark> {
        let keys: BTreeSet<String> = self
            .policy
            .policy
            .statements()
            .iter()
            .flat_map(iam_policy::document::Statement::conditions)
            .map(|condition| condition.key.to_lowercase())
            .collect();
        let given = |key: &str| {
            self.context
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case(key))
        };
        let mut notes = Vec::new();
        for key in OF_THE_CALL
            .iter()
            .filter(|key| keys.contains(&key.to_lowercase()) && !given(key))
        {
            notes.push(Remark::new(format!(
                "`{key}` follows from the call and not from the token: give its value with --context {key}=VALUE"
            )));
        }
        let (session_name, chosen) = self.session_name;
        if !chosen && keys.contains("sts:rolesessionname") && !given("sts:RoleSessionName") {
            notes.push(Remark::new(format!(
                "the session name is what the job chooses, here `{session_name}`: give it with --session-name NAME"
            )));
        }
        if !self.home.known {
            notes.push(Remark::new(format!(
                "nothing names the role's account, so {} stands for it: give it with --account ID",
                self.home.account
            )));
        }
        notes.extend(self.policy.notes.iter().cloned());
        notes
    }
}

impl Answer {
    /// Whether the login goes through: the token is good and the policy lets it in.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.decision.effect.is_allowed() && self.refused.is_none()
    }
}

/// The fields of the decision, and beside them `token_refused` (`null`, or a `kind` with its facts and a `message`) and
/// `notes`.
impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Refused<'a> {
            #[serde(flatten)]
            cause: &'a Cause,
            message: String,
        }
        let decision = serde_json::to_value(&self.decision).map_err(serde::ser::Error::custom)?;
        let refused = self.refused.as_ref().map(|cause| Refused {
            cause,
            message: cause.to_string(),
        });
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in decision.as_object().into_iter().flatten() {
            map.serialize_entry(name, value)?;
        }
        map.serialize_entry("token_refused", &refused)?;
        map.serialize_entry("notes", &self.notes)?;
        map.serialize_entry("context", &self.context)?;
        map.end()
    }
}
