//! Why a call was let in or turned away: the decision in words, and the token beside the policy with what was compared.

use std::ops::Range;

use iam_policy::{ConditionTrace, Decision, Effect};
use jiff::Timestamp;
use mock_aws::{Call, DecodedToken};
use serde_json::Value;

use super::markup::Markup;
use crate::observation::Observation;

/// Each call that was decided or refused, with its reasons.
pub(super) fn markup(seen: &Observation) -> Option<Markup> {
    let calls: Vec<&Call> = seen
        .calls()
        .filter(|call| call.decision.is_some() || call.cause.is_some())
        .collect();
    if calls.is_empty() {
        return None;
    }
    let mut html = Markup::default();
    for call in calls {
        of_call(call, seen, &mut html);
    }
    Some(html)
}

fn of_call(call: &Call, seen: &Observation, html: &mut Markup) {
    html.raw("<section class=\"why\"><h4>")
        .text(&call.service)
        .raw(":")
        .text(call.action.as_deref().unwrap_or("?"))
        .raw("</h4>");
    let is_refused = call.cause.is_some();
    html.raw(if is_refused {
        "<p class=\"verdict no\"><b>✗ Turned away.</b> "
    } else {
        "<p class=\"verdict yes\"><b>✓ Let in.</b> "
    });
    let words = match (call.decision.as_deref(), &call.cause) {
        (Some(decision), _) if is_refused && decision.effect == Effect::ImplicitDeny => {
            "no statement of the policy lets it in".to_owned()
        }
        (Some(decision), _) if decision.effect.is_allowed() != is_refused => decision.summary(),
        (_, Some(cause)) => cause.to_string(),
        (decision, None) => decision.map(Decision::summary).unwrap_or_default(),
    };
    html.prose(&sentence(&words)).raw("</p>");
    if let Some(decision) = &call.decision {
        reasons(decision, html);
    }
    html.raw("<div class=\"pair\">");
    if let Some(decision) = &call.decision {
        policy(decision, call, seen, html);
    }
    if let Some(token) = &call.token {
        claims(token, call.decision.as_deref(), html);
    }
    html.raw("</div></section>");
}

/// The words as a sentence of their own.
fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    let first: String = chars
        .next()
        .map(|first| first.to_uppercase().collect())
        .unwrap_or_default();
    // A sentence that begins with a name keeps its letters.
    let rest = chars.as_str();
    let whole = if words.starts_with('`') {
        words.to_owned()
    } else {
        format!("{first}{rest}")
    };
    if whole.ends_with(['.', '?', '!']) {
        whole
    } else {
        format!("{whole}.")
    }
}

/// What kept the policy from allowing, one item each, with the edit that mends it.
fn reasons(decision: &Decision, html: &mut Markup) {
    if decision.effect != Effect::ImplicitDeny {
        return;
    }
    let failing: Vec<(String, &iam_policy::Reason)> = decision
        .statements
        .iter()
        .filter(|statement| !statement.matched)
        .flat_map(|statement| {
            let elements = statement
                .elements()
                .filter(|it| !it.matched)
                .map(|it| (it.name.to_owned(), &it.reason));
            let conditions = statement.conditions.iter().filter(|it| !it.matched);
            elements.chain(conditions.map(|it| (format!("{} {}", it.operator, it.key), &it.reason)))
        })
        .collect();
    if failing.is_empty() {
        return;
    }
    html.raw("<ul class=\"reasons\">");
    for (what, reason) in failing {
        html.raw("<li><code>")
            .text(what)
            .raw("</code> ")
            .prose(&sentence(&reason.to_string()));
        if let Some(edit) = reason.suggestion() {
            html.raw(" <span class=\"fix\"><b>Fix:</b> ")
                .prose(&sentence(&edit.words))
                .raw("</span>");
        }
        html.raw("</li>");
    }
    html.raw("</ul>");
}

/// How a line came out; of several things on one line, what does not hold counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Holds,
    Fails,
}

fn policy(decision: &Decision, call: &Call, seen: &Observation, html: &mut Markup) {
    let text = &*decision.policy;
    let role = call
        .parameters
        .get("RoleArn")
        .map(String::as_str)
        .unwrap_or_default();
    let source = seen.policies.get(role).filter(|source| source.text() == text);
    html.raw("<figure><figcaption>Policy");
    if let Some(source) = source {
        html.raw(" <code>").text(source.path()).raw("</code>");
    }
    html.raw("</figcaption><pre class=\"code\">");
    let mut spans: Vec<(Range<usize>, Mark)> = Vec::new();
    let mark = |holds| if holds { Mark::Holds } else { Mark::Fails };
    for statement in &decision.statements {
        spans.extend(statement.elements().map(|it| (it.span.clone(), mark(it.matched))));
        spans.extend(
            statement
                .conditions
                .iter()
                .map(|it| (it.span.clone(), mark(it.matched))),
        );
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end().len();
        // Space before a line's text is no part of what a span means.
        let from = start + (line.len() - line.trim_start().len()).min(line.trim_end().len());
        let touching = spans
            .iter()
            .filter(|(span, _)| span.start < end && span.end > from);
        code_line(line.trim_end(), touching.map(|(_, mark)| *mark).max(), html);
        start += line.len();
    }
    html.raw("</pre></figure>");
}

fn code_line(line: &str, mark: Option<Mark>, html: &mut Markup) {
    match mark {
        None => html.raw("<span>").text(line).raw("</span>"),
        Some(Mark::Holds) => html
            .raw("<span class=\"y\"><i class=\"sr\">matches: </i>")
            .text(line)
            .raw("</span>"),
        Some(Mark::Fails) => html
            .raw("<span class=\"x\"><i class=\"sr\">does not match: </i>")
            .text(line)
            .raw("</span>"),
    };
}

/// The token's claims, a line each. Its signature is nowhere.
fn claims(token: &DecodedToken, decision: Option<&Decision>, html: &mut Markup) {
    html.raw("<figure><figcaption>Token, decoded");
    for name in ["alg", "kid"] {
        if let Some(value) = token.header.get(name).and_then(Value::as_str) {
            html.raw(" <code>").text(name).raw(" ").text(value).raw("</code>");
        }
    }
    html.raw("</figcaption><pre class=\"code\"><span>{</span>");
    let conditions: Vec<&ConditionTrace> = decision
        .iter()
        .flat_map(|decision| &decision.statements)
        .flat_map(|statement| &statement.conditions)
        .collect();
    let last = token.claims.len().saturating_sub(1);
    for (index, (name, value)) in token.claims.iter().enumerate() {
        let compared = conditions.iter().filter(|it| is_about(&it.key, name));
        let mark = compared
            .map(|it| if it.matched { Mark::Holds } else { Mark::Fails })
            .max();
        let comma = if index == last { "" } else { "," };
        let when = when(name, value)
            .map(|when| format!("  // {when}"))
            .unwrap_or_default();
        code_line(
            &format!("  {}: {value}{comma}{when}", Value::from(name.as_str())),
            mark,
            html,
        );
    }
    html.raw("<span>}</span></pre></figure>");
}

/// Whether a condition key such as `gitlab.com:sub` is about this claim.
fn is_about(key: &str, claim: &str) -> bool {
    key.rsplit_once(':').is_some_and(|(prefix, name)| {
        !["aws", "sts", "iam"].contains(&prefix) && name.eq_ignore_ascii_case(claim)
    })
}

/// The time that a claim of seconds means.
fn when(name: &str, value: &Value) -> Option<Timestamp> {
    if !["exp", "iat", "nbf", "auth_time"].contains(&name) {
        return None;
    }
    Timestamp::from_second(value.as_i64()?).ok()
}
