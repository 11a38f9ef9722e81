//! One request, told in one line.

use std::sync::LazyLock;

use jiff::Timestamp;
use mock_aws::{Call, Cause};
use mock_gitlab::Event;
use regex::Regex;
use serde_json::Value;
use trustcheck_lab::{Entry, Record};

/// The most characters of a line: what clients send may be long.
const LONGEST: usize = 1_000;

/// The line for an entry of the journal, without a line break; nothing for what is told by another entry.
///
/// Time, request, status, and who was let in or why not. Whatever clients sent, it is one line of printable characters, and
/// has no token in it.
#[must_use]
pub fn line(entry: &Entry) -> Option<String> {
    let told = match &entry.record {
        Record::Aws(mock_aws::Event::Call(call)) => of_call(call),
        // What an issuer of this world answered stands in a line of its own.
        Record::Aws(mock_aws::Event::IssuerFetch(fetch)) => {
            let problem = fetch.problem.as_ref()?;
            let status = fetch
                .status
                .map_or_else(|| "-".to_owned(), |status| status.to_string());
            format!("STS fetches {} {status} {problem}", fetch.url)
        }
        Record::Gitlab(Event::Answered {
            method, path, status, ..
        }) => format!("GitLab {method} {path} {status}"),
        Record::Gitlab(Event::TokenIssued { claims, .. }) => match claims.get("sub") {
            Some(Value::String(subject)) => format!("GitLab signs a token for {subject}"),
            Some(other) => format!("GitLab signs a token for {other}"),
            None => "GitLab signs a token without `sub`".to_owned(),
        },
        Record::Refused(refused) => format!("{} 502 this world has no such host", refused.host),
        Record::Fault(met) if !met.path.is_empty() => format!("fault met at {}: {}", met.path, met.fault),
        Record::Fault(met) => format!("fault met at {}: {}", met.gitlab, met.fault),
        Record::Change(change) => change.to_string(),
        Record::TurnedAway(away) => format!("HTTP {} {}", away.status, away.why),
        _ => return None,
    };
    Some(format!("{} {}", time(entry.at), harmless(&told)))
}

fn of_call(call: &Call) -> String {
    let name = match &call.action {
        Some(action) => format!("{}:{action}", call.service),
        None => format!("{} without an action", call.service),
    };
    let mut words = vec![name, call.response.status.to_string()];
    words.extend(call.response.code.clone());
    if let Some(role) = call.parameters.get("RoleArn") {
        words.push(role.clone());
    }
    if let Some(subject) = call
        .token
        .as_ref()
        .and_then(|token| token.claims.get("sub")?.as_str())
    {
        words.push(format!("for {subject}"));
    }
    words.extend(why(call).map(|why| format!("- {why}")));
    if let Some(issued) = &call.issued {
        words.push(format!(
            "- issued {} until {}",
            issued.access_key_id, issued.expiration
        ));
    } else if let (None, Some(caller)) = (&call.cause, &call.caller) {
        words.push(format!("- {}", caller.arn));
    }
    words.join(" ")
}

/// Why the call was answered so: the policy's decision, the cause of an error, or both where the cause says more.
fn why(call: &Call) -> Option<String> {
    let decision = call.decision.as_deref();
    match (
        &call.cause,
        decision.filter(|decision| !decision.effect.is_allowed()),
    ) {
        (None, _) => Some(decision?.summary()),
        (Some(Cause::TrustPolicyDenied { .. }), Some(denied)) => Some(denied.summary()),
        (Some(cause), Some(denied)) => Some(format!("{cause}: {}", denied.summary())),
        (Some(cause), None) => Some(cause.to_string()),
    }
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The text without tokens, without characters that move a terminal's cursor, and not too long.
fn harmless(text: &str) -> String {
    let masked = TOKEN.replace_all(text, "[token]");
    let mut shown = String::new();
    for (count, character) in masked.chars().enumerate() {
        if count == LONGEST {
            shown.push('…');
            break;
        }
        if character.is_control() || is_invisible(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Line and paragraph separators, and what turns the direction of text around (Unicode Standard Annex 9).
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A JWT wherever a client put one by mistake, such as into the name of the action: an object in base64url, a full stop, and
/// what follows.
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]*").expect("the expression is a constant that compiles")
});

#[cfg(test)]
mod tests {
    use super::*;

    fn gitlab(path: &str) -> String {
        let event = Event::Answered {
            method: "GET".into(),
            path: path.into(),
            page: mock_gitlab::Page::Other,
            status: 404,
            user_agent: None,
        };
        line(&Entry {
            at: Timestamp::UNIX_EPOCH,
            record: Record::Gitlab(event),
        })
        .unwrap()
    }

    #[rstest::rstest]
    #[case::plain("/oauth/discovery/keys", "/oauth/discovery/keys")]
    #[case::cursor("/\x1b[2Jx\r\ny", "/\\u{1b}[2Jx\\r\\ny")]
    #[case::right_to_left("/a\u{202e}b", "/a\\u{202e}b")]
    #[case::token("/eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.c2ln/x", "/[token]/x")]
    fn what_clients_send_stays_on_its_line(#[case] path: &str, #[case] shown: &str) {
        assert_eq!(
            gitlab(path),
            format!("1970-01-01T00:00:00Z GitLab GET {shown} 404")
        );
    }

    #[rstest::rstest]
    #[case::of_a_job(
        r#"{"sub":"project_path:a/b:ref_type:branch:ref:main"}"#,
        "for project_path:a/b:ref_type:branch:ref:main"
    )]
    #[case::odd(r#"{"sub":["a\nb"]}"#, r#"for ["a\nb"]"#)]
    #[case::without("{}", "without `sub`")]
    fn a_token_is_told_by_its_subject(#[case] claims: &str, #[case] shown: &str) {
        let event = Event::TokenIssued {
            kind: mock_gitlab::TokenKind::Custom,
            job_id: None,
            claims: serde_json::from_str(claims).unwrap(),
            kid: "kid".into(),
        };
        let told = line(&Entry {
            at: Timestamp::UNIX_EPOCH,
            record: Record::Gitlab(event),
        });
        assert_eq!(
            told.as_deref(),
            Some(format!("1970-01-01T00:00:00Z GitLab signs a token {shown}").as_str())
        );
    }

    #[test]
    fn a_line_has_an_end() {
        assert!(gitlab(&"x".repeat(100_000)).chars().count() < LONGEST + 30);
    }
}
