//! The answer as a person reads it: the outcome, what was asked, each place of the policy that decided with the token's
//! value beside it, why, and what to write instead.

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use iam_policy::document::StatementEffect;
use iam_policy::{Decision, Edit, Effect, Reason, StatementTrace, provider_keys};

use super::answer::{Answer, Question};
use super::caret::{self, Mark, shown};
use super::remark::Remark;
use super::try_edits;

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const STRONG: Style = Style::new().bold();

/// More than so many findings, or remarks on other statements, nobody reads.
const MOST_SHOWN: usize = 12;

/// Wide enough that a subject is not cut, whatever stands before it.
const WIDTH: usize = 220;

/// One thing that decided.
struct Finding {
    /// The statement it is about, by index.
    statement: usize,
    title: String,
    marks: Vec<Mark>,
    why: String,
    edit: Option<Edit>,
}

/// The whole answer, with a newline at its end.
#[must_use]
pub fn render(question: &Question<'_>, answer: &Answer, colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    }
    .term_width(WIDTH);
    let mut parts = vec![head(question, answer, colour)];
    let (mut findings, mut asides) = findings(answer);
    shorten(&mut findings, &mut asides);
    let level = if answer.decision.effect.is_allowed() {
        Level::INFO
    } else {
        Level::ERROR
    };
    parts.extend(
        findings
            .iter()
            .map(|finding| renderer.render(&groups(finding, level.clone(), question))),
    );
    let mut lines = Vec::new();
    lines.extend(edited(question, &findings));
    let denied = !answer.decision.effect.is_allowed();
    let explained = findings
        .iter()
        .filter(|_| denied)
        .flat_map(|finding| &finding.marks);
    let marked: Vec<&Mark> = explained.collect();
    let notes = answer.notes.iter().filter(|note| !is_said(note, &marked));
    lines.extend(asides.into_iter().map(|aside| format!("note: {aside}")));
    lines.extend(notes.map(|note| self::note(note, question)));
    if !lines.is_empty() {
        parts.push(lines.join("\n"));
    }
    format!("{}\n", parts.join("\n\n"))
}

/// The outcome, and who asked for what.
fn head(question: &Question<'_>, answer: &Answer, colour: bool) -> String {
    let paint = |style: Style, text: &str| {
        if colour {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    };
    let decision = &answer.decision;
    let (style, outcome, words) = match (&answer.refused, decision.effect) {
        (Some(_), _) => (
            BAD,
            "denied",
            "STS refuses this token before it asks the trust policy".to_owned(),
        ),
        (None, Effect::Allow) => (GOOD, "allowed", "the trust policy lets this token in".to_owned()),
        (None, Effect::ImplicitDeny) if decision.action == "sts:AssumeRoleWithWebIdentity" => (
            BAD,
            "denied",
            "no statement of the trust policy lets this token in".to_owned(),
        ),
        (None, _) => (BAD, "denied", decision.reason.to_string()),
    };
    let mut lines = vec![format!("{}: {words}", paint(style, outcome))];
    let mut row =
        |name: &str, value: String| lines.push(format!("  {} {value}", paint(STRONG, &format!("{name:<9}"))));
    row("token of", shown(question.claims.issuer()));
    if let Some(subject) = question.claims.subject() {
        row("subject", shown(subject));
    }
    let audiences: Vec<String> = question.claims.audiences().into_iter().map(shown).collect();
    if !audiences.is_empty() {
        row("audience", audiences.join(", "));
    }
    if let Some(role) = &question.policy.role_arn {
        row("role", shown(role));
    }
    row("asks for", decision.action.clone());
    if answer.refused.is_none() && !decision.effect.is_allowed() {
        row(
            "job sees",
            format!("AccessDenied: Not authorized to perform {}", decision.action),
        );
    }
    if let Some(cause) = &answer.refused {
        lines.push(String::new());
        lines.push(format!("{} {cause}", paint(STRONG, "refused because")));
        lines.push(match decision.effect {
            Effect::Allow => "The trust policy itself would allow it:".to_owned(),
            _ => "The trust policy would not allow it either:".to_owned(),
        });
    } else if decision.effect == Effect::ImplicitDeny {
        lines.push(String::new());
        lines.push(
            "A statement lets a token in when its principal, its action and every one of its conditions match.".to_owned(),
        );
    }
    lines.join("\n")
}

/// What the edits of the first statement come to: each statement lets in by itself, so the others need none then.
fn edited(question: &Question<'_>, findings: &[Finding]) -> Option<String> {
    let first = findings.first()?.statement;
    let edits: Vec<&Edit> = findings
        .iter()
        .filter(|finding| finding.statement == first)
        .filter_map(|finding| finding.edit.as_ref())
        .collect();
    let alone = findings.iter().all(|finding| finding.statement == first);
    try_edits::outcome(question, &edits, (!alone).then_some(first))
}

/// Leaves out what is beyond the limit, and says so.
fn shorten(findings: &mut Vec<Finding>, asides: &mut Vec<String>) {
    let more = findings.len().saturating_sub(MOST_SHOWN) + asides.len().saturating_sub(MOST_SHOWN);
    findings.truncate(MOST_SHOWN);
    asides.truncate(MOST_SHOWN);
    if more > 0 {
        asides.push(format!("{more} more are left out here; --json has them all"));
    }
}

/// What decided; and in a sentence each what is further off.
fn findings(answer: &Answer) -> (Vec<Finding>, Vec<String>) {
    let decision = &answer.decision;
    let issuer = provider_keys::issuer_of(&decision.principal);
    match decision.effect {
        Effect::Allow | Effect::ExplicitDeny => {
            let deciding = decision
                .statements
                .iter()
                .filter(|statement| decision.deciding.contains(&statement.index));
            (
                deciding
                    .map(|statement| matching(statement, decision, issuer))
                    .collect(),
                Vec::new(),
            )
        }
        Effect::ImplicitDeny => {
            let allows = || {
                decision
                    .statements
                    .iter()
                    .filter(|it| it.effect == StatementEffect::Allow)
            };
            let Some(nearest) = allows().map(distance).min() else {
                return (Vec::new(), vec![decision.reason.to_string()]);
            };
            let (mut near, far): (Vec<_>, Vec<_>) =
                allows().partition(|statement| distance(statement) == nearest);
            near.sort_by_key(|statement| statement.failures().count());
            let findings = near
                .into_iter()
                .flat_map(|statement| missing(statement, issuer))
                .collect();
            let asides = far.into_iter().filter_map(|statement| {
                let why = statement.failures().next()?;
                Some(format!("{} does not match either: {why}", name(statement)))
            });
            (findings, asides.collect())
        }
    }
}

/// What kind of thing a statement misses: one for another action is further off than one for another caller.
fn distance(statement: &StatementTrace) -> (bool, bool, bool) {
    let misses = |element: &Option<iam_policy::ElementTrace>| element.as_ref().is_some_and(|it| !it.matched);
    (
        misses(&statement.action),
        misses(&statement.principal),
        misses(&statement.resource),
    )
}

/// A statement that matches.
fn matching(statement: &StatementTrace, decision: &Decision, issuer: Option<&str>) -> Finding {
    let mut marks: Vec<Mark> = statement.principal.iter().flat_map(caret::of_element).collect();
    marks.extend(
        statement
            .conditions
            .iter()
            .flat_map(|condition| caret::of_condition(condition, issuer)),
    );
    let reasons = statement.conditions.iter().map(|condition| &condition.reason);
    let (title, head, reasons): (_, _, Vec<String>) = match decision.effect {
        Effect::Allow => (
            "lets this token in",
            "its principal, its action and every one of its conditions match",
            reasons
                .filter(|reason| is_hollow(reason))
                .map(ToString::to_string)
                .collect(),
        ),
        _ => (
            "denies it",
            "it says `Deny`, and all that it asks for is met",
            reasons.map(ToString::to_string).collect(),
        ),
    };
    let why = std::iter::once(head.to_owned())
        .chain(reasons)
        .collect::<Vec<_>>()
        .join("; ");
    Finding {
        statement: statement.index,
        title: format!("{} {title}", name(statement)),
        marks,
        why,
        edit: None,
    }
}

/// Whether a condition holds without having compared anything, or not as it seems to.
fn is_hollow(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::NegatedOnAbsentKey { .. }
            | Reason::IfExistsOnAbsentKey { .. }
            | Reason::ForAllValuesOnAbsentKey { .. }
            | Reason::SetOperatorOnSingleValue { .. }
    )
}

/// Everything that keeps a statement from matching.
fn missing<'a>(statement: &'a StatementTrace, issuer: Option<&'a str>) -> impl Iterator<Item = Finding> + 'a {
    let elements = statement
        .elements()
        .filter(|element| !element.matched)
        .map(|element| {
            let what = match element.name {
                "Principal" | "NotPrincipal" => "is for another caller",
                "Action" | "NotAction" => "is about another action",
                _ => "is about another resource",
            };
            Finding {
                statement: statement.index,
                title: format!("{} {what}", name(statement)),
                marks: caret::of_element(element),
                why: element.reason.to_string(),
                edit: element.reason.suggestion(),
            }
        });
    let conditions = statement.conditions.iter().filter(|condition| !condition.matched);
    elements.chain(conditions.map(move |condition| Finding {
        statement: statement.index,
        title: format!(
            "{}: the condition on `{}` does not match",
            name(statement),
            condition.key
        ),
        marks: caret::of_condition(condition, issuer),
        why: condition.reason.to_string(),
        edit: condition.reason.suggestion(),
    }))
}

fn name(statement: &StatementTrace) -> String {
    match &statement.sid {
        Some(sid) => format!("statement {} (`{sid}`)", statement.index + 1),
        None => format!("statement {}", statement.index + 1),
    }
}

fn groups<'a>(finding: &'a Finding, level: Level<'a>, question: &'a Question<'_>) -> Vec<Group<'a>> {
    let source = question.policy.source();
    let annotations = finding.marks.iter().flat_map(|mark| {
        let kind = if mark.primary {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let span = question.policy.place(&mark.span);
        let below = mark.primary && span.len() > 30 && mark.label.chars().count() > 30;
        // of two annotations that begin together, the words of the shorter one stand below the excerpt, not beside it
        let words = if below {
            span.start..span.start + 1
        } else {
            span.clone()
        };
        let whole = below.then(|| kind.span(span));
        let annotation = kind.span(words);
        let labelled = if mark.label.is_empty() {
            annotation
        } else {
            annotation.label(mark.label.as_str())
        };
        whole.into_iter().chain([labelled])
    });
    let excerpt = Snippet::source(source.text())
        .path(source.path().as_str())
        .annotations(annotations);
    let why = Level::NOTE.with_name("why").message(finding.why.as_str());
    let mut groups = vec![
        level
            .primary_title(finding.title.as_str())
            .element(excerpt)
            .element(why),
    ];
    if let Some(edit) = &finding.edit {
        let patch = Patch::new(question.policy.place(&edit.span), edit.replacement.as_str());
        let change = Snippet::source(source.text())
            .path(source.path().as_str())
            .patch(patch);
        groups.push(
            Level::HELP
                .with_name("fix")
                .secondary_title(edit.words.as_str())
                .element(change),
        );
    }
    groups
}

/// Whether a note is about a place that a finding has explained.
fn is_said(note: &Remark, marked: &[&Mark]) -> bool {
    note.span.as_ref().is_some_and(|span| {
        marked
            .iter()
            .any(|mark| mark.span.start < span.end && span.start < mark.span.end)
    })
}

fn note(note: &Remark, question: &Question<'_>) -> String {
    match &note.span {
        Some(span) => {
            let at = question
                .policy
                .source()
                .position(question.policy.place(span).start);
            format!("note: {at}: {}", note.message)
        }
        None => format!("note: {}", note.message),
    }
}
