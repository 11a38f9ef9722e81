//! Why a login was turned away, in the words and values of the journal's decisions. Every report renders the same.

use anstyle::{AnsiColor, Style};
use iam_policy::{ConditionTrace, Decision, Effect, ElementTrace};
use mock_aws::Call;
use serde_json::{Value, json};

use crate::observation::Observation;

const STRONG: Style = Style::new().bold();
const WRONG: Style = AnsiColor::Red.on_default();
const RIGHT: Style = AnsiColor::Green.on_default();
const QUIET: Style = Style::new().dimmed();

/// Every call's outcome and decision, as the JSON report has them.
pub(super) fn decisions(seen: &Observation) -> Vec<Value> {
    seen.calls()
        .filter(|call| call.decision.is_some() || call.cause.is_some())
        .map(|call| {
            json!({
                "call": name(call),
                "request_id": call.request_id,
                "response": call.response,
                "cause": call.cause,
                "explanation": call.cause.as_ref().map(ToString::to_string),
                "decision": call.decision,
            })
        })
        .collect()
}

/// For each call that was turned away: the line that the user saw, and under it why.
pub(crate) fn denials(seen: &Observation, colour: bool) -> Vec<String> {
    let paint = Paint { colour };
    let output = seen.output();
    seen.calls()
        .filter(|call| call.cause.is_some())
        .map(|call| denial(call, &output, seen, paint))
        .collect()
}

/// The logins of one job, by the id that its tokens claim: what was asked for, and why it was turned away if it was.
pub(crate) fn logins(seen: &Observation, job: Option<u64>, colour: bool) -> Vec<String> {
    let Some(id) = job.map(|id| id.to_string()) else {
        return Vec::new();
    };
    let paint = Paint { colour };
    let output = seen.output();
    let of_job = |call: &&Call| {
        let claimed = call.token.as_ref().and_then(|token| token.claims.get("job_id"));
        claimed.and_then(Value::as_str) == Some(id.as_str())
    };
    let login = |call: &Call| {
        let role = call
            .parameters
            .get("RoleArn")
            .map(String::as_str)
            .unwrap_or_default();
        let outcome = match (&call.issued, &call.cause) {
            (Some(_), _) => paint.with(RIGHT, "let in"),
            (None, None) => paint.with(RIGHT, "answered"),
            (None, Some(_)) => format!(
                "{}\n{}",
                paint.with(WRONG, "turned away"),
                denial(call, &output, seen, paint)
            ),
        };
        format!("{} {role}: {outcome}", name(call))
            .lines()
            .fold(String::new(), |text, line| {
                let gap = if text.is_empty() { "    " } else { "\n      " };
                text + gap + line
            })
    };
    seen.calls().filter(of_job).map(login).collect()
}

fn denial(call: &Call, output: &str, seen: &Observation, paint: Paint) -> String {
    let mut lines = vec![paint.with(WRONG, &seen_line(call, output))];
    if let Some(decision) = call
        .decision
        .as_deref()
        .filter(|decision| !decision.effect.is_allowed())
    {
        lines.extend(of_decision(call, decision, seen, paint));
    } else if let Some(cause) = &call.cause {
        lines.push(format!("{} {cause}", paint.with(STRONG, "why")));
    }
    lines.join("\n")
}

/// The line of the job log in which the user saw the error, else the error itself.
fn seen_line(call: &Call, output: &str) -> String {
    let code = call.response.code.as_deref().unwrap_or_default();
    let message = call.response.message.as_deref().unwrap_or_default();
    let said = output
        .lines()
        .find(|line| line.contains(message) && line.contains(code) && !message.is_empty());
    match said {
        Some(line) => line.trim().to_owned(),
        None if code.is_empty() => {
            format!("{} was answered with status {}", name(call), call.response.status)
        }
        None => format!(
            "{} was answered with status {}: {code}: {message}",
            name(call),
            call.response.status
        ),
    }
}

fn of_decision(call: &Call, decision: &Decision, seen: &Observation, paint: Paint) -> Vec<String> {
    let role = call
        .parameters
        .get("RoleArn")
        .map(String::as_str)
        .unwrap_or_default();
    let source = seen
        .policies
        .get(role)
        .filter(|source| source.text() == &*decision.policy);
    let place = |offset: usize| source.map(|source| source.position(offset)).unwrap_or_default();
    let mut lines = Vec::new();
    let why = paint.with(STRONG, "why");
    let explicit = decision.effect == Effect::ExplicitDeny;
    for statement in &decision.statements {
        let shown = if explicit {
            decision.deciding.contains(&statement.index)
        } else {
            !statement.matched
        };
        if !shown {
            continue;
        }
        let sid = statement
            .sid
            .as_ref()
            .map(|sid| format!(" ({sid})"))
            .unwrap_or_default();
        let number = statement.index + 1;
        let verdict = if explicit { "denies" } else { "does not match" };
        // only a trust policy says whom it is about
        let kind = if statement.principal.is_some() {
            "trust policy"
        } else {
            "policy"
        };
        let head = format!("{why} statement {number}{sid} of the {kind} {verdict}");
        lines.push(
            format!("{head}  {}", paint.with(QUIET, &place(statement.span.start)))
                .trim_end()
                .to_owned(),
        );
        for element in statement
            .elements()
            .filter(|element| element.matched == explicit && !explicit)
        {
            lines.extend(
                of_element(element, paint)
                    .into_iter()
                    .map(|line| format!("    {line}")),
            );
        }
        for condition in statement
            .conditions
            .iter()
            .filter(|condition| condition.matched == explicit)
        {
            let at = place(condition.span.start);
            lines.extend(
                of_condition(condition, &at, paint)
                    .into_iter()
                    .map(|line| format!("    {line}")),
            );
        }
    }
    if lines.is_empty() {
        lines.push(format!("{why} {}", decision.summary()));
    }
    lines
}

fn of_element(element: &ElementTrace, paint: Paint) -> Vec<String> {
    let mut lines = vec![paint.with(STRONG, element.name)];
    lines.extend(
        element
            .policy_values
            .iter()
            .map(|value| format!("  policy  {}", value.value)),
    );
    lines.push(format!("  caller  {}", element.request_value));
    lines.push(format!("  {}", element.reason));
    lines
}

fn of_condition(condition: &ConditionTrace, at: &str, paint: Paint) -> Vec<String> {
    let title = format!("{} {}", condition.operator, condition.key);
    let mut lines = vec![
        format!("{}  {}", paint.with(STRONG, &title), paint.with(QUIET, at))
            .trim_end()
            .to_owned(),
    ];
    for value in &condition.policy_values {
        let style = if value.matched { RIGHT } else { WRONG };
        lines.push(format!("  policy  {}", paint.with(style, &value.value)));
    }
    match condition.request_values.as_deref() {
        None => lines.push("  token   (the request has no such key)".to_owned()),
        Some([]) => lines.push("  token   (no value)".to_owned()),
        Some(values) => lines.extend(values.iter().map(|value| format!("  token   {value}"))),
    }
    lines.push(format!("  {}", condition.reason));
    if let Some(edit) = condition.reason.suggestion() {
        lines.push(format!("  {} {}", paint.with(RIGHT, "fix"), edit.words));
    }
    lines
}

/// `sts:AssumeRoleWithWebIdentity`.
fn name(call: &Call) -> String {
    match &call.action {
        Some(action) => format!("{}:{action}", call.service),
        None => format!("a request to {} without an action", call.service),
    }
}

#[derive(Clone, Copy)]
struct Paint {
    colour: bool,
}

impl Paint {
    fn with(self, style: Style, text: &str) -> String {
        if self.colour && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}
