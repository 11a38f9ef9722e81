//! Why a request has no such key.

use super::{Situation, replace};
use crate::distance::distance;
use crate::document::Condition;
use crate::edit::{Edit, json_string};
use crate::provider_keys::{claim_keys, condition_key, is_offered};
use crate::reason::Reason;

impl Situation<'_> {
    /// Why the condition's key is absent, if more can be said than that it is.
    pub(super) fn absence(&self, condition: &Condition) -> Option<Reason> {
        let issuer = self.request.request.principal.issuer();
        issuer
            .and_then(|issuer| self.issuer_key(condition, issuer))
            .or_else(|| self.misspelt(condition))
    }

    /// Reasons that lie in the form `<issuer>:<claim>`.
    fn issuer_key(&self, condition: &Condition, issuer: &str) -> Option<Reason> {
        let key = condition.key.clone();
        let scheme = ["https://", "http://"]
            .into_iter()
            .find_map(|scheme| key.strip_prefix(scheme));
        let arn = key
            .starts_with("arn:")
            .then(|| key.split_once(":oidc-provider/"))
            .flatten()
            .map(|(_, rest)| rest);
        let (keys_issuer, claim) = scheme.or(arn).unwrap_or(&key).rsplit_once(':')?;
        if !keys_issuer.contains('.') {
            return None;
        }
        let wanted = condition_key(issuer, claim);
        let edit = if is_offered(issuer, claim) {
            self.key_edit(condition, &wanted)
        } else {
            None
        };
        let same = keys_issuer.eq_ignore_ascii_case(issuer);
        let same_but_slash = keys_issuer
            .trim_end_matches('/')
            .eq_ignore_ascii_case(issuer.trim_end_matches('/'));
        if scheme.is_some() && same_but_slash {
            return Some(Reason::KeyWithScheme { key, wanted, edit });
        }
        if arn.is_some() && same_but_slash {
            return Some(Reason::KeyWithArn { key, wanted, edit });
        }
        if same {
            return self.claim(condition, issuer, claim);
        }
        if same_but_slash {
            return Some(Reason::KeyTrailingSlash { key, wanted, edit });
        }
        let (keys_issuer, issuer) = (keys_issuer.to_owned(), issuer.to_owned());
        Some(Reason::OtherIssuersKey {
            key,
            keys_issuer,
            issuer,
            edit,
        })
    }

    /// The key of the right issuer, for a claim that has none or is not in this token.
    fn claim(&self, condition: &Condition, issuer: &str, claim: &str) -> Option<Reason> {
        let key = condition.key.clone();
        if is_offered(issuer, claim) {
            return Some(Reason::KeyAbsent {
                key,
                claim: Some(claim.to_owned()),
            });
        }
        let offered = claim_keys(issuer);
        let lowered = claim.to_ascii_lowercase();
        let synonym = match lowered.as_str() {
            "subject" => Some("sub"),
            "audience" | "client_id" => Some("aud"),
            _ => None,
        };
        let near = synonym.or_else(|| {
            offered
                .iter()
                .copied()
                .find(|known| known.len().abs_diff(lowered.len()) <= 1 && distance(known, &lowered) == 1)
        });
        if let Some(near) = near {
            let wanted = condition_key(issuer, near);
            let edit = self.key_edit(condition, &wanted);
            return Some(Reason::KeyMisspelt { key, wanted, edit });
        }
        let (instead, edit) = self.instead(condition, issuer, &lowered);
        Some(Reason::KeyNotOffered {
            key,
            claim: claim.to_owned(),
            issuer: issuer.to_owned(),
            offered: offered.iter().map(|&claim| claim.to_owned()).collect(),
            instead,
            edit,
        })
    }

    /// What serves the purpose of a claim that has no key.
    fn instead(&self, condition: &Condition, issuer: &str, claim: &str) -> (Option<String>, Option<Edit>) {
        let subject = condition_key(issuer, "sub");
        let negated = condition.operator.comparison.is_negated();
        let subject_edit = || {
            if negated {
                None
            } else {
                self.subject_edit(condition, &subject)
            }
        };
        let on_gitlab_com = claim_keys("gitlab.com").contains(&claim);
        match claim {
            "project_path" | "namespace_path" if is_offered(issuer, "project_id") => (
                Some(format!(
                    "the subject holds the project's path, so compare `{subject}`, or `{}`, which a rename leaves alone",
                    condition_key(issuer, "project_id")
                )),
                subject_edit(),
            ),
            "project_path" | "namespace_path" | "ref" | "ref_type" | "ref_path" => (
                Some(format!(
                    "the subject holds the project's path and the ref, so compare `{subject}`"
                )),
                subject_edit(),
            ),
            "environment" | "environment_protected" | "deployment_tier" => (
                Some(format!(
                    "a project can have `environment_protected` and `deployment_tier` put into its subject (GitLab 18.7), so \
                     compare `{subject}`"
                )),
                None,
            ),
            "iss" => (
                Some("the issuer is settled by the `Federated` principal, so leave the condition out".into()),
                None,
            ),
            "azp" => (Some(format!("`{}` holds it", condition_key(issuer, "aud"))), None),
            _ if on_gitlab_com => (
                Some(format!(
                    "that key exists for `gitlab.com` alone; elsewhere compare `{subject}`"
                )),
                subject_edit(),
            ),
            _ => (None, None),
        }
    }

    /// Compares the subject in place of the key: with the token's own, which is the narrowest that lets this job in.
    fn subject_edit(&self, condition: &Condition, subject_key: &str) -> Option<Edit> {
        let subject = self.request.request.context.get(subject_key)?.values().first()?;
        if self.has_key(condition, subject_key) || subject.contains(['*', '?', '$']) {
            return None;
        }
        Some(Edit {
            span: condition.span.clone(),
            replacement: format!("{}: {}", json_string(subject_key), json_string(subject)),
            words: format!("compare `{subject_key}` with `{subject}` instead"),
        })
    }

    /// A key that is there and looks much like this one.
    fn misspelt(&self, condition: &Condition) -> Option<Reason> {
        let near = self
            .request
            .request
            .context
            .iter()
            .filter(|(name, _)| name.len().abs_diff(condition.lowered_key.len()) <= 2)
            .map(|(name, _)| (distance(&name.to_lowercase(), &condition.lowered_key), name))
            .filter(|(distance, _)| *distance <= 2)
            .min()?;
        let wanted = near.1.to_owned();
        let edit = self.key_edit(condition, &wanted);
        Some(Reason::KeyMisspelt {
            key: condition.key.clone(),
            wanted,
            edit,
        })
    }

    /// Renames the key, unless its operator has the new one already.
    fn key_edit(&self, condition: &Condition, wanted: &str) -> Option<Edit> {
        if self.has_key(condition, wanted) {
            return None;
        }
        replace(&condition.key_span, &condition.key, wanted)
    }

    fn has_key(&self, condition: &Condition, key: &str) -> bool {
        self.statement.conditions().any(|other| {
            other.operator_span == condition.operator_span && other.key.eq_ignore_ascii_case(key)
        })
    }
}
