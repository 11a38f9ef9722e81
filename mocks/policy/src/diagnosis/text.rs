//! Why a text met none of the policy's values.

use super::operator_edit::change_operator;
use super::{Situation, replace, subject};
use crate::distance::distance;
use crate::document::{Condition, ConditionValue, Version};
use crate::edit::Edit;
use crate::letter_case::lower;
use crate::operator::{Comparison, Operator};
use crate::pattern::Pattern;
use crate::provider_keys::condition_key;
use crate::reason::Reason;
use crate::template::{Syntax, Template};

impl Situation<'_> {
    /// The reason why a request's text met no value of a string condition: the first that fits, the most telling first.
    pub(super) fn text(&self, condition: &Condition, request: &str) -> Reason {
        let values = || condition.values.iter();
        values()
            .find_map(|value| self.variable_in_old_version(value, request))
            .or_else(|| values().find_map(|value| self.wildcard(condition, value, request, true)))
            .or_else(|| values().find_map(|value| nearly(condition, value, request)))
            .or_else(|| {
                self.is_subject(condition)
                    .then(|| subject::mistake(condition, request))
                    .flatten()
            })
            .or_else(|| values().find_map(|value| self.wildcard(condition, value, request, false)))
            .or_else(|| {
                self.is_subject(condition)
                    .then(|| subject::difference(condition, request))
                    .flatten()
            })
            .or_else(|| self.audience(condition, request))
            .unwrap_or_else(|| {
                self.values_differ(
                    condition,
                    vec![request.to_owned()],
                    nearest_edit(condition, request),
                )
            })
    }

    /// A variable that would have been filled in, had the policy named the newer version.
    fn variable_in_old_version(&self, value: &ConditionValue, request: &str) -> Option<Reason> {
        let document = self.policy.document();
        if document.version != Version::V2008 || !value.text.contains("${") {
            return None;
        }
        let template = Template::parse(
            &value.text,
            Syntax {
                wildcards: true,
                variables: true,
            },
        );
        if !template.matches(request, self.request.request.context) {
            return None;
        }
        let words = "set the version to `2012-10-17`".to_owned();
        let edit = match &document.version_span {
            Some(span) => Edit {
                span: span.clone(),
                replacement: "\"2012-10-17\"".into(),
                words,
            },
            None => {
                let start = document.span.start;
                Edit {
                    span: start..start + 1,
                    replacement: "{\"Version\": \"2012-10-17\", ".into(),
                    words,
                }
            }
        };
        Some(Reason::VariableInOldVersion {
            value: value.text.clone(),
            edit: Some(edit),
        })
    }

    /// A wildcard that is none under this operator.
    fn wildcard(
        &self,
        condition: &Condition,
        value: &ConditionValue,
        request: &str,
        would_match: bool,
    ) -> Option<Reason> {
        if condition.operator.comparison.takes_wildcards() || !value.text.contains(['*', '?']) {
            return None;
        }
        if Pattern::parse(&value.text).matches(request) != would_match {
            return None;
        }
        let wanted = Operator {
            comparison: Comparison::StringLike,
            ..condition.operator
        };
        let edit = if would_match {
            change_operator(self.policy.text(), self.statement, condition, wanted)
        } else {
            literal_edit(condition, value, request)
        };
        Some(Reason::WildcardUnderLiteral {
            key: condition.key.clone(),
            operator: condition.operator.to_string(),
            value: value.text.clone(),
            request: request.to_owned(),
            wanted: wanted.to_string(),
            would_match,
            edit,
        })
    }

    /// The audience: it passed the provider's client list, or the trust policy would not have been asked.
    fn audience(&self, condition: &Condition, request: &str) -> Option<Reason> {
        let issuer = self.request.request.principal.issuer()?;
        if !condition.key.eq_ignore_ascii_case(&condition_key(issuer, "aud")) {
            return None;
        }
        Some(Reason::AudienceNotInCondition {
            key: condition.key.clone(),
            request: request.to_owned(),
            values: condition.values.iter().map(|value| value.text.clone()).collect(),
            edit: nearest_edit(condition, request),
        })
    }

    /// Whether the condition is on the token's subject.
    fn is_subject(&self, condition: &Condition) -> bool {
        let issuer = self.request.request.principal.issuer();
        issuer.is_some_and(|issuer| condition.key.eq_ignore_ascii_case(&condition_key(issuer, "sub")))
    }
}

/// Differences a person overlooks.
fn nearly(condition: &Condition, value: &ConditionValue, request: &str) -> Option<Reason> {
    let text = value.text.as_str();
    let wildcards = condition.operator.comparison.takes_wildcards();
    let matches = |pattern: &str, text: &str| {
        if wildcards {
            Pattern::parse(pattern).matches(text)
        } else {
            pattern == text
        }
    };
    let (key, value_text, request_text) = (condition.key.clone(), text.to_owned(), request.to_owned());
    let edit = literal_edit(condition, value, request);
    let either = |has: fn(&str) -> bool| has(text) || has(request);
    if either(|text| text.chars().any(char::is_uppercase)) && matches(&lower(text), &lower(request)) {
        return Some(Reason::CaseDiffers {
            key,
            value: value_text,
            request: request_text,
            edit,
        });
    }
    let bare = |text: &str| text.trim_end_matches('/').to_owned();
    if either(|text| text.ends_with('/')) && matches(&bare(text), &bare(request)) {
        return Some(Reason::TrailingSlashDiffers {
            key,
            value: value_text,
            request: request_text,
            edit,
        });
    }
    if either(|text| text.trim().len() != text.len()) && matches(text.trim(), request.trim()) {
        return Some(Reason::BlankDiffers {
            key,
            value: value_text,
            request: request_text,
            edit,
        });
    }
    let without = |text: &str| {
        let scheme = ["https://", "http://"]
            .into_iter()
            .find_map(|scheme| text.strip_prefix(scheme));
        bare(scheme.unwrap_or(text))
    };
    if either(|text| text.starts_with("http")) && matches(&without(text), &without(request)) {
        return Some(Reason::SchemeDiffers {
            key,
            value: value_text,
            request: request_text,
            edit,
        });
    }
    None
}

/// Writes the request's own value in the place of the policy's.
pub(super) fn literal_edit(condition: &Condition, value: &ConditionValue, request: &str) -> Option<Edit> {
    if request.contains("${")
        || (condition.operator.comparison.takes_wildcards() && request.contains(['*', '?']))
    {
        return None;
    }
    replace(&value.span, &value.text, request)
}

/// How many values are compared letter by letter to find the nearest: a policy may have a thousand.
pub(super) const COMPARED: usize = 32;

/// The same for the policy value that is nearest.
pub(super) fn nearest_edit(condition: &Condition, request: &str) -> Option<Edit> {
    let nearest = match condition.values.as_slice() {
        [only] => only,
        values => values
            .iter()
            .take(COMPARED)
            .min_by_key(|value| distance(&value.text, request))?,
    };
    literal_edit(condition, nearest, request)
}
