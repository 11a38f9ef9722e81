//! What STS would ask a trust policy for a token, without a call: for those who explain a policy and have no AWS.

use iam_policy::{Context, Principal};
use serde_json::{Map, Value};

use super::claims::{Claims, text_of};
use super::roles_claim::role_authorized_by_idp;
use super::trust::{Asked, add_session_keys, add_token_keys};
use super::{audience, source_identity};
use crate::accounts::{Account, OidcProvider};
use crate::cause::Cause;
use crate::event::DecodedToken;
use crate::nearest::nearest;
use crate::query::Failure;
use crate::sts::session_tags::SessionTags;
use crate::token::Jwt;

/// The requests that AssumeRoleWithWebIdentity makes of a role's trust policy: one for each action, all with the same
/// caller and context.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TrustQuestion {
    /// The account's provider for the token's issuer.
    pub principal: Principal,
    /// The condition keys that follow from the token, the session and the account; those of the call itself
    /// (`aws:SourceIp`, `aws:CurrentTime` …) are not in it.
    pub context: Context,
    /// `sts:AssumeRoleWithWebIdentity` first, and what the token asks for beside it.
    pub actions: Vec<&'static str>,
    /// Why STS refuses the token before it asks the policy at all: the first reason in the order of its checks.
    /// Signature and times are not looked at. What is wrong in the token is left out of the context.
    pub refused: Option<Cause>,
}

impl TrustQuestion {
    /// The questions for a token with these claims that a caller presents for a role of `account`.
    ///
    /// A provider that the account does not have is one of the reasons to refuse; the context is then the one that a
    /// provider for the token's issuer would give. The roles claim is held against `role_arn`, where one is given.
    #[must_use]
    pub fn of(
        account: &Account,
        claims: &Map<String, Value>,
        session_name: &str,
        role_arn: Option<&str>,
    ) -> TrustQuestion {
        let mut refused = Refused(None);
        let read = refused
            .keep(Claims::read(claims))
            .unwrap_or_else(|| as_far_as_readable(claims));
        let registered = account.oidc_provider_of(&read.issuer);
        if registered.is_none() {
            refused.note(no_provider(account, &read.issuer));
        }
        let provider = registered.cloned().unwrap_or_else(|| assumed(&read.issuer));
        if registered.is_some() {
            refused.keep(audience::check(&provider, account, &read));
        }
        let subject = refused.keep(Claims::subject(claims));
        let authorized = role_arn.map(|role_arn| role_authorized_by_idp(claims, role_arn));
        let authorized_by_idp = authorized
            .and_then(|result| refused.keep(result))
            .unwrap_or(false);
        let tags = refused.keep(SessionTags::read(claims)).unwrap_or_default();
        let source_identity = refused.keep(source_identity::read(claims)).flatten();
        let asked = Asked {
            account,
            provider: &provider,
            claims: &read,
            all_claims: claims,
            subject: subject.as_deref(),
            session_name,
            tags: &tags,
            source_identity: source_identity.as_deref(),
            authorized_by_idp,
        };
        let mut context = Context::new();
        add_token_keys(&mut context, &asked);
        add_session_keys(&mut context, &asked);
        let mut actions = vec!["sts:AssumeRoleWithWebIdentity"];
        if !tags.is_empty() {
            actions.push("sts:TagSession");
        }
        if source_identity.is_some() {
            actions.push("sts:SetSourceIdentity");
        }
        let principal = Principal::Federated(provider.arn(&account.id));
        TrustQuestion {
            principal,
            context,
            actions,
            refused: refused.0,
        }
    }
}

/// Takes a token apart as STS does, and verifies nothing.
///
/// # Errors
/// Where it is not a JWT.
pub fn decode_token(token: &str) -> Result<DecodedToken, Box<Cause>> {
    let (_, decoded) = Jwt::decode(token).map_err(|why| Box::new(Cause::NotAJwt { why }))?;
    Ok(decoded)
}

/// The first reason to refuse.
struct Refused(Option<Cause>);

impl Refused {
    fn keep<T>(&mut self, checked: Result<T, Failure>) -> Option<T> {
        checked.map_err(|failure| self.note(*failure.cause)).ok()
    }

    fn note(&mut self, cause: Cause) {
        self.0.get_or_insert(cause);
    }
}

/// The claims of a token that STS would not read on.
fn as_far_as_readable(claims: &Map<String, Value>) -> Claims {
    let text = |name: &str| claims.get(name).filter(|value| !value.is_null()).map(text_of);
    let audiences = match claims.get("aud") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(values)) => values.iter().map(text_of).collect(),
        Some(value) => vec![text_of(value)],
    };
    Claims {
        issuer: text("iss").unwrap_or_default(),
        audiences,
        authorized_party: text("azp"),
        issued_at: 0,
        expiration: 0,
        not_before: None,
    }
}

/// The provider that an account would have for an issuer, also for one that IAM would not register.
fn assumed(issuer: &str) -> OidcProvider {
    OidcProvider::new(issuer, [""]).unwrap_or_else(|_| OidcProvider {
        url: issuer
            .split_once("://")
            .map_or(issuer, |(_, rest)| rest)
            .to_owned(),
        client_ids: Vec::new(),
        thumbprints: Vec::new(),
        tags: Vec::new(),
        created: None,
    })
}

fn no_provider(account: &Account, issuer: &str) -> Cause {
    let providers: Vec<String> = account.oidc_providers.iter().map(OidcProvider::issuer).collect();
    Cause::NoOidcProvider {
        issuer: issuer.to_owned(),
        account: account.id.clone(),
        nearest: nearest(issuer, providers.iter().map(String::as_str)),
        providers,
        registered_in: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use iam_policy::ContextValue;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn question(changes: &Value) -> TrustQuestion {
        let mut claims = json!({
            "iss": "https://gitlab.com", "aud": "https://gitlab.com", "iat": 1, "exp": 2, "project_id": "42",
            "sub": "project_path:g/p:ref_type:branch:ref:main", "project_path": "g/p",
        });
        let all = claims.as_object_mut().unwrap();
        for (name, value) in changes.as_object().unwrap() {
            all.insert(name.clone(), value.clone());
            all.retain(|_, value| *value != json!("-"));
        }
        let provider = OidcProvider::new("https://gitlab.com", ["https://gitlab.com"]).unwrap();
        let account = Account::new("111122223333").with_oidc_provider(provider);
        TrustQuestion::of(&account, all, "s-1", Some("arn:aws:iam::111122223333:role/r"))
    }

    #[test]
    fn a_good_token_asks_one_thing() {
        let question = question(&json!({}));
        assert_eq!(question.refused, None);
        assert_eq!(question.actions, ["sts:AssumeRoleWithWebIdentity"]);
        let provider = "arn:aws:iam::111122223333:oidc-provider/gitlab.com";
        assert_eq!(question.principal, Principal::Federated(provider.into()));
        let get = |key: &str| {
            question
                .context
                .get(key)
                .map(ContextValue::values)
                .map(<[String]>::to_vec)
        };
        assert_eq!(get("gitlab.com:project_id"), Some(vec!["42".into()]));
        assert_eq!(get("sts:RoleSessionName"), Some(vec!["s-1".into()]));
        assert_eq!(get("gitlab.com:project_path"), None);
        assert_eq!(get("aws:SourceIp"), None);
    }

    #[test]
    fn tags_and_a_source_identity_are_asked_for_too() {
        let tags = json!({"principal_tags": {"team": ["a"]}});
        let claims =
            json!({"https://aws.amazon.com/tags": tags, "https://aws.amazon.com/source_identity": "me"});
        let actions = [
            "sts:AssumeRoleWithWebIdentity",
            "sts:TagSession",
            "sts:SetSourceIdentity",
        ];
        assert_eq!(question(&claims).actions, actions);
    }

    #[rstest]
    #[case::several_audiences(json!({"aud": ["a", "b"]}), "several-audiences", Some("a"))]
    #[case::no_audience(json!({"aud": "-"}), "missing-claim", None)]
    #[case::empty_audience(json!({"aud": []}), "empty-claim", None)]
    #[case::other_audience(json!({"aud": "x"}), "audience-not-registered", Some("x"))]
    #[case::other_party(json!({"azp": "x"}), "audience-not-registered", Some("x"))]
    #[case::no_subject(json!({"sub": "-"}), "missing-claim", Some("https://gitlab.com"))]
    #[case::null_subject(json!({"sub": null}), "claim-of-wrong-type", Some("https://gitlab.com"))]
    #[case::other_roles(json!({"https://aws.amazon.com/roles": "arn:aws:iam::111122223333:role/q"}), "role-not-in-roles-claim", Some("https://gitlab.com"))]
    fn what_sts_refuses_is_told(#[case] claims: Value, #[case] cause: &str, #[case] audience: Option<&str>) {
        let question = question(&claims);
        assert_eq!(question.refused.as_ref().map(Cause::name), Some(cause));
        assert_eq!(
            question.context.get("gitlab.com:aud"),
            audience.map(ContextValue::from).as_ref()
        );
    }

    #[test]
    fn an_issuer_without_a_provider_is_refused() {
        let question = question(&json!({"iss": "https://gitlab.example.com/git"}));
        assert_eq!(
            question.refused.as_ref().map(Cause::name),
            Some("no-oidc-provider")
        );
        assert_eq!(question.principal.issuer(), Some("gitlab.example.com/git"));
        assert!(question.context.get("gitlab.example.com/git:sub").is_some());
    }

    #[rstest]
    #[case::words("not a token")]
    #[case::two_parts("a.b")]
    fn what_is_no_token_is_not_decoded(#[case] text: &str) {
        assert_eq!(decode_token(text).unwrap_err().name(), "not-a-jwt");
    }
}
