//! What happened, as a sequence of messages between GitLab, the job, STS and other services: drawn from the journal.
//!
//! It is an ordered list whose items say who asked whom for what, so that it can be read aloud and on a small screen; on a
//! wide one, style sheets lay it out in lanes.

use jiff::{SignedDuration, Timestamp};
use mock_aws::ISSUER_USER_AGENT;
use mock_aws::{Call, IssuerFetch};
use mock_gitlab::Event;
use trustcheck_lab::{Entry, Record};

use super::markup::Markup;
use crate::observation::Observation;

/// Somebody who takes part. Their order is that of the lanes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Party {
    Gitlab,
    /// The job, or the built-in client.
    Client(&'static str),
    Sts,
    Service(String),
    Outside,
}

impl Party {
    fn name(&self) -> &str {
        match self {
            Party::Gitlab => "GitLab",
            Party::Client(name) => name,
            Party::Sts => "STS",
            Party::Service(name) => name,
            Party::Outside => "elsewhere",
        }
    }
}

/// A line of the sequence.
#[derive(Debug)]
struct Row {
    at: Timestamp,
    line: Line,
}

#[derive(Debug)]
enum Line {
    Message {
        from: Party,
        to: Party,
        tone: Tone,
        title: String,
        details: Vec<String>,
    },
    Note(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    Asks,
    Grants,
    Refuses,
}

/// The sequence of a case; nothing where nothing happened.
pub(super) fn markup(seen: &Observation) -> Option<Markup> {
    let client = Party::Client(if seen.jobs.is_empty() { "client" } else { "job" });
    let rows = rows(&seen.journal, &client);
    let began = rows.first()?.at;
    let mut parties: Vec<&Party> = rows
        .iter()
        .flat_map(|row| match &row.line {
            Line::Message { from, to, .. } => vec![from, to],
            Line::Note(_) => Vec::new(),
        })
        .collect();
    parties.sort();
    parties.dedup();
    let lane = |party: &Party| {
        parties
            .iter()
            .position(|known| *known == party)
            .unwrap_or_default()
    };

    let mut html = Markup::default();
    html.raw("<div class=\"seq n")
        .text(parties.len().clamp(2, 6))
        .raw("\"><div class=\"row heads\" aria-hidden=\"true\"><span></span><div class=\"lanes\">");
    for party in &parties {
        html.raw("<b>").text(party.name()).raw("</b>");
    }
    html.raw("</div></div><ol>");
    for row in &rows {
        html.raw("<li class=\"row\"><time datetime=\"")
            .text(row.at)
            .raw("\">");
        html.text(since(began, row.at)).raw("</time>");
        match &row.line {
            Line::Note(note) => {
                html.raw("<p class=\"note\">").text(note).raw("</p>");
            }
            Line::Message {
                from,
                to,
                tone,
                title,
                details,
            } => {
                let (a, b) = (lane(from), lane(to));
                let tone = match tone {
                    Tone::Asks => "asks",
                    Tone::Grants => "grants",
                    Tone::Refuses => "refuses",
                };
                html.raw("<div class=\"lanes\"><div class=\"msg ").raw(tone);
                html.raw(if a <= b { " right" } else { " left" });
                html.raw(" a")
                    .text(a.min(b).min(5) + 1)
                    .raw(" s")
                    .text((a.abs_diff(b) + 1).min(6))
                    .raw("\"><span class=\"who\">");
                html.text(from.name())
                    .raw(" <span aria-hidden=\"true\">→</span><span class=\"sr\">to</span> ")
                    .text(to.name())
                    .raw(": </span>");
                html.raw("<b>").text(title).raw("</b>");
                for detail in details {
                    html.raw(" <span>").text(detail).raw("</span>");
                }
                html.raw("</div></div>");
            }
        }
        html.raw("</li>");
    }
    html.raw("</ol></div>");
    Some(html)
}

/// How long after the first row, as a person says it.
fn since(began: Timestamp, at: Timestamp) -> String {
    let passed: SignedDuration = at.duration_since(began);
    if passed.as_secs().abs() < 120 {
        format!("{:+.2} s", passed.as_secs_f64())
    } else {
        let sign = if passed.is_negative() { '-' } else { '+' };
        format!("{sign}{} min", passed.abs().as_secs() / 60)
    }
}

fn rows(journal: &[Entry], client: &Party) -> Vec<Row> {
    let mut rows = Vec::new();
    // STS fetches from an issuer while it works on a call, and the journal has the call when it is answered.
    let mut fetches: Vec<(Timestamp, &IssuerFetch)> = Vec::new();
    for entry in journal {
        let at = entry.at;
        let mut note = |text: String| {
            rows.push(Row {
                at,
                line: Line::Note(text),
            });
        };
        match &entry.record {
            Record::Aws(mock_aws::Event::IssuerFetch(fetch)) => fetches.push((at, fetch)),
            Record::Aws(mock_aws::Event::Call(call)) => {
                let asked = fetches.first().map_or(at, |(at, _)| *at);
                let service = service(call);
                rows.push(message(
                    asked,
                    client,
                    &service,
                    Tone::Asks,
                    name(call),
                    asked_for(call),
                ));
                for (at, fetch) in fetches.drain(..) {
                    rows.extend(of_fetch(at, fetch));
                }
                let (tone, title, details) = answer(call);
                rows.push(message(at, &service, client, tone, title, details));
            }
            Record::Gitlab(Event::TokenIssued { claims, .. }) => {
                let details = ["sub", "aud"].into_iter().filter_map(|claim| {
                    let value = claims.get(claim)?;
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    Some(format!("{claim} {value}"))
                });
                let title = "a token".to_owned();
                rows.push(message(
                    at,
                    &Party::Gitlab,
                    client,
                    Tone::Grants,
                    title,
                    details.collect(),
                ));
            }
            // What GitLab answered STS is told by the fetch.
            Record::Gitlab(Event::Answered { user_agent, .. })
                if user_agent.as_deref() == Some(ISSUER_USER_AGENT) => {}
            Record::Gitlab(Event::Answered {
                method, path, status, ..
            }) => {
                let title = format!("{method} {path}");
                rows.push(message(at, client, &Party::Gitlab, Tone::Asks, title, Vec::new()));
                let tone = if *status < 400 {
                    Tone::Grants
                } else {
                    Tone::Refuses
                };
                rows.push(message(
                    at,
                    &Party::Gitlab,
                    client,
                    tone,
                    status.to_string(),
                    Vec::new(),
                ));
            }
            Record::Refused(refused) => {
                let title = refused.host.clone();
                rows.push(message(
                    at,
                    client,
                    &Party::Outside,
                    Tone::Asks,
                    title,
                    Vec::new(),
                ));
                let title = "no such host in this world".to_owned();
                rows.push(message(
                    at,
                    &Party::Outside,
                    client,
                    Tone::Refuses,
                    title,
                    Vec::new(),
                ));
            }
            Record::Fault(met) if met.path.is_empty() => {
                note(format!("met a fault of {}: {}", met.gitlab, met.fault));
            }
            Record::Fault(met) => note(format!("met a fault at {}: {}", met.path, met.fault)),
            Record::Change(change) => note(change.to_string()),
            Record::TurnedAway(away) => note(format!("turned away with {}: {}", away.status, away.why)),
            // Parts of the world may tell more in time; nothing that is known here is left out.
            Record::Aws(_) | Record::Gitlab(_) => {}
        }
    }
    for (at, fetch) in fetches {
        rows.extend(of_fetch(at, fetch));
    }
    rows
}

fn message(at: Timestamp, from: &Party, to: &Party, tone: Tone, title: String, details: Vec<String>) -> Row {
    Row {
        at,
        line: Line::Message {
            from: from.clone(),
            to: to.clone(),
            tone,
            title,
            details,
        },
    }
}

fn of_fetch(at: Timestamp, fetch: &IssuerFetch) -> [Row; 2] {
    let title = format!("GET {}", fetch.url);
    let asks = message(at, &Party::Sts, &Party::Gitlab, Tone::Asks, title, Vec::new());
    let status = fetch.status.map(|status| status.to_string());
    let problem = fetch.problem.as_ref().map(ToString::to_string);
    let tone = if problem.is_some() {
        Tone::Refuses
    } else {
        Tone::Grants
    };
    let mut said = status.into_iter().chain(problem);
    let title = said.next().unwrap_or_else(|| "no answer".to_owned());
    [
        asks,
        message(at, &Party::Gitlab, &Party::Sts, tone, title, said.collect()),
    ]
}

fn service(call: &Call) -> Party {
    match call.service.as_str() {
        "sts" => Party::Sts,
        other => Party::Service(other.to_uppercase()),
    }
}

fn name(call: &Call) -> String {
    call.action
        .clone()
        .unwrap_or_else(|| "a request without an action".to_owned())
}

fn asked_for(call: &Call) -> Vec<String> {
    let caller = call.caller.iter().map(|caller| format!("as {}", caller.arn));
    let parameters = call.parameters.iter().filter(|(_, value)| value.len() <= 200);
    let parameters = parameters.map(|(name, value)| format!("{name} {value}"));
    caller.chain(parameters).collect()
}

fn answer(call: &Call) -> (Tone, String, Vec<String>) {
    let response = &call.response;
    let issued = call
        .issued
        .iter()
        .map(|issued| format!("credentials of {}", issued.arn));
    match &response.code {
        None => (Tone::Grants, response.status.to_string(), issued.collect()),
        Some(code) => (
            Tone::Refuses,
            format!("{} {code}", response.status),
            response.message.iter().cloned().collect(),
        ),
    }
}
