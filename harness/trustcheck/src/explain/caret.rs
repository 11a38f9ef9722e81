//! Which places of a policy a finding points at, and the words beside them.

use iam_policy::{ConditionTrace, ElementTrace, Reason, Span, ValueTrace};

/// So many values of a policy get a caret each; more are shown as they stand.
const MOST_CARETS: usize = 4;

/// So many values of a request are named.
const MOST_VALUES: usize = 4;

/// A place in the policy's text with words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) span: Span,
    pub(super) label: String,
    /// Whether it is what the finding is about, or only explains it.
    pub(super) primary: bool,
}

impl Mark {
    fn primary(span: &Span, label: impl Into<String>) -> Mark {
        Mark {
            span: span.clone(),
            label: label.into(),
            primary: true,
        }
    }

    fn context(span: &Span, label: impl Into<String>) -> Mark {
        Mark {
            span: span.clone(),
            label: label.into(),
            primary: false,
        }
    }
}

/// The marks of a principal, an action or a resource.
pub(super) fn of_element(element: &ElementTrace) -> Vec<Mark> {
    let who = match element.name {
        "Principal" | "NotPrincipal" => "the token comes from",
        "Action" | "NotAction" => "the job asks for",
        _ => "asked for is",
    };
    let beside = format!("{who} `{}`", shown(&element.request_value));
    let matched = element.name.starts_with("Not") != element.matched;
    values(
        &element.policy_values,
        matched,
        &element.span,
        element.reason.suggestion().map(|edit| edit.span).as_ref(),
        &beside,
    )
}

/// The marks of a condition.
pub(super) fn of_condition(condition: &ConditionTrace, issuer: Option<&str>) -> Vec<Mark> {
    let given = match condition.request_values.as_deref() {
        None | Some([]) => return vec![Mark::primary(&condition.key_span, absence(&condition.reason))],
        Some(given) => given,
    };
    let who = match () {
        () if condition.key.eq_ignore_ascii_case("sts:RoleSessionName") => "the session is named",
        () if of_token(&condition.key, issuer) => "the token has",
        () => "the request has",
    };
    let mut marks = Vec::new();
    if let Reason::WildcardUnderLiteral { .. } = condition.reason {
        marks.push(Mark::context(
            &condition.operator_span,
            "to this operator, `*` is a character like any other",
        ));
    }
    let beside = format!("{who} {}", list(given));
    let negated = condition.operator.contains("Not");
    let nearest = condition.reason.suggestion().map(|edit| edit.span);
    marks.extend(values(
        &condition.policy_values,
        condition.matched != negated,
        &condition.span,
        nearest.as_ref(),
        &beside,
    ));
    marks
}

/// Why there is nothing to compare.
fn absence(reason: &Reason) -> &'static str {
    match reason {
        Reason::NegatedOnAbsentKey {
            absence: Some(reason),
            ..
        }
        | Reason::IfExistsOnAbsentKey {
            absence: Some(reason),
            ..
        }
        | Reason::ForAllValuesOnAbsentKey {
            absence: Some(reason),
            ..
        }
        | Reason::NullFails {
            absence: Some(reason),
            ..
        } => absence(reason),
        Reason::KeyNotOffered { .. } => "AWS offers no such key, whatever the token has",
        Reason::KeyAbsent { claim: Some(_), .. } => "the token has no such claim",
        Reason::OtherIssuersKey { .. } => "the token is from another issuer",
        _ => "the request has no such key",
    }
}

/// Marks the values that matched, or those that did not, the words beside the one that comes nearest.
fn values(
    all: &[ValueTrace],
    matched: bool,
    whole: &Span,
    nearest: Option<&Span>,
    beside: &str,
) -> Vec<Mark> {
    let pointed: Vec<&ValueTrace> = all.iter().filter(|value| value.matched == matched).collect();
    let Some(first) = pointed.first() else {
        return vec![Mark::primary(whole, beside)];
    };
    let nearest = pointed
        .iter()
        .find(|value| Some(&value.span) == nearest)
        .unwrap_or(first);
    if pointed.len() > MOST_CARETS {
        return vec![Mark::primary(&nearest.span, beside)];
    }
    pointed
        .iter()
        .map(|value| {
            let label = if value.span == nearest.span { beside } else { "" };
            Mark::primary(&value.span, label)
        })
        .collect()
}

/// Whether a key is one of the token's: `gitlab.com:sub`.
fn of_token(key: &str, issuer: Option<&str>) -> bool {
    match key.rsplit_once(':') {
        Some((prefix, _)) => {
            issuer.is_some_and(|issuer| issuer.eq_ignore_ascii_case(prefix)) || prefix.contains('.')
        }
        None => false,
    }
}

fn list(values: &[String]) -> String {
    let named: Vec<String> = values
        .iter()
        .take(MOST_VALUES)
        .map(|value| format!("`{}`", shown(value)))
        .collect();
    match values.len().saturating_sub(MOST_VALUES) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// A value of a token as it can be printed: on one line, without control characters, and not too long.
pub(super) fn shown(value: &str) -> String {
    const LONGEST: usize = 300;
    let mut shown: String = value
        .chars()
        .take(LONGEST)
        .flat_map(|character| {
            let escaped = character.is_control().then(|| character.escape_default());
            let plain = escaped.is_none().then_some(character);
            escaped.into_iter().flatten().chain(plain)
        })
        .collect();
    if value.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::plain("project_path:g/p", "project_path:g/p")]
    #[case::control("a\x1b[31m\nb", "a\\u{1b}[31m\\nb")]
    #[case::wide("é", "é")]
    fn values_can_be_printed(#[case] value: &str, #[case] expected: &str) {
        assert_eq!(shown(value), expected);
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(shown(&"x".repeat(301)).chars().count(), 301);
        assert_eq!(
            list(&["a", "b", "c", "d", "e"].map(str::to_owned)),
            "`a`, `b`, `c`, `d` and 1 more"
        );
    }

    #[rstest::rstest]
    #[case("gitlab.com:sub", Some("gitlab.com"), true)]
    #[case("other.example:sub", Some("gitlab.com"), true)]
    #[case("localhost:sub", Some("localhost"), true)]
    #[case("aws:SourceIp", Some("gitlab.com"), false)]
    #[case("sts:RoleSessionName", None, false)]
    fn keys_of_tokens_are_told_from_others(
        #[case] key: &str,
        #[case] issuer: Option<&str>,
        #[case] expected: bool,
    ) {
        assert_eq!(of_token(key, issuer), expected);
    }
}
