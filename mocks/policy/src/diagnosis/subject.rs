//! Why the subject of a GitLab token met none of the policy's values, and the nearest value that would.
//!
//! A GitLab subject is a chain of `component:value`, by default
//! `project_path:{group}/{project}:ref_type:{branch|tag}:ref:{name}`; a project may choose the components (GitLab docs,
//! "OpenID Connect (OIDC) Authentication Using ID Tokens"). No component's value can hold a colon: Git forbids it in refs
//! and GitLab in paths.

use super::replace;
use super::text::literal_edit;
use crate::distance::distance;
use crate::document::{Condition, ConditionValue};
use crate::pattern::Pattern;
use crate::reason::Reason;

/// The components a subject may begin with.
const LEADING: [&str; 4] = [
    "project_path",
    "project_id",
    "job_project_id",
    "source_project_id",
];

/// A subject or a pattern for one, taken apart.
type Components<'a> = Vec<(&'a str, &'a str)>;

/// The reason, if the subject is a GitLab one: about the policy value that comes nearest.
pub(super) fn reason(condition: &Condition, subject: &str) -> Option<Reason> {
    let given = components(subject)?;
    let wildcards = condition.operator.comparison.takes_wildcards();
    condition
        .values
        .iter()
        .map(|value| miss(condition, value, subject, &given, wildcards))
        .min_by_key(|miss| (miss.rank, distance(&miss.nearest, subject)))
        .map(|miss| miss.reason)
}

/// How one value missed.
struct Miss {
    /// 0 for a mistake in form that is known, then the number of components that differ.
    rank: usize,
    /// The value that would match.
    nearest: String,
    reason: Reason,
}

fn miss(
    condition: &Condition,
    value: &ConditionValue,
    subject: &str,
    given: &Components<'_>,
    wildcards: bool,
) -> Miss {
    let written = value.text.as_str();
    let corrected = Correction::of(written);
    let nearest = nearest(&corrected.text, subject, given, wildcards);
    let edit = if nearest == subject {
        literal_edit(condition, value, subject)
    } else {
        replace(&value.span, written, &nearest)
    };
    let (value, request) = (written.to_owned(), subject.to_owned());
    let reason = match corrected.mistake {
        Some(Mistake::Github) => Reason::GithubSubject { value, request, edit },
        Some(Mistake::FullRef) => Reason::FullRefInSubject { value, request, edit },
        Some(Mistake::RefType(ref_type)) => Reason::UnknownRefType {
            value,
            ref_type,
            request,
            edit,
        },
        Some(Mistake::ProjectUrl) => Reason::ProjectUrlInSubject { value, request, edit },
        None => return differing(written, subject, given, wildcards, nearest, edit),
    };
    Miss {
        rank: 0,
        nearest,
        reason,
    }
}

fn differing(
    written: &str,
    subject: &str,
    given: &Components<'_>,
    wildcards: bool,
    nearest: String,
    edit: Option<crate::edit::Edit>,
) -> Miss {
    let (value, request) = (written.to_owned(), subject.to_owned());
    let aligned = components(written).filter(|wanted| same_names(wanted, given));
    let Some(wanted) = aligned else {
        let components = given.iter().map(|(name, _)| (*name).to_owned()).collect();
        return Miss {
            rank: given.len(),
            nearest,
            reason: Reason::SubjectFormDiffers {
                value,
                request,
                components,
                edit,
            },
        };
    };
    let differences: Vec<_> = wanted
        .iter()
        .zip(given)
        .filter(|(wanted, given)| !covers(wanted.1, given.1, wildcards))
        .collect();
    let reason = match differences.first() {
        Some((wanted, given)) => Reason::SubjectDiffers {
            component: given.0.to_owned(),
            wanted: wanted.1.to_owned(),
            given: given.1.to_owned(),
            value,
            request,
            edit,
        },
        None => Reason::SubjectFormDiffers {
            value,
            request,
            components: given.iter().map(|(name, _)| (*name).to_owned()).collect(),
            edit,
        },
    };
    Miss {
        rank: differences.len().max(1),
        nearest,
        reason,
    }
}

/// The value that keeps what it can of the one written and matches the subject.
fn nearest(written: &str, subject: &str, given: &Components<'_>, wildcards: bool) -> String {
    if covers(written, subject, wildcards) {
        return written.to_owned();
    }
    // Under a literal operator only the subject itself matches, and what holds a wildcard by itself cannot be written out.
    if !wildcards || subject.contains(['*', '?', '$']) {
        return subject.to_owned();
    }
    let Some(wanted) = components(written) else {
        return subject.to_owned();
    };
    let kept = |(name, value): &(&str, &str)| {
        let pattern = wanted
            .iter()
            .find(|(wanted, _)| wanted == name)
            .map(|(_, pattern)| *pattern);
        match pattern {
            Some(pattern) if covers(pattern, value, true) => format!("{name}:{pattern}"),
            _ => format!("{name}:{value}"),
        }
    };
    let candidate = given.iter().map(kept).collect::<Vec<_>>().join(":");
    if covers(&candidate, subject, true) {
        candidate
    } else {
        subject.to_owned()
    }
}

fn covers(pattern: &str, text: &str, wildcards: bool) -> bool {
    if wildcards {
        Pattern::parse(pattern).matches(text)
    } else {
        pattern == text
    }
}

fn same_names(a: &Components<'_>, b: &Components<'_>) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0)
}

/// `name:value:name:value…`, if it begins like a GitLab subject.
fn components(text: &str) -> Option<Components<'_>> {
    let mut pieces = text.split(':');
    let mut components = Vec::new();
    while let Some(name) = pieces.next() {
        components.push((name, pieces.next()?));
    }
    LEADING.contains(&components.first()?.0).then_some(components)
}

/// A mistake people make with the form of a subject.
enum Mistake {
    Github,
    FullRef,
    RefType(String),
    ProjectUrl,
}

/// A value with the mistakes of form put right, and the first of them.
struct Correction {
    text: String,
    mistake: Option<Mistake>,
}

impl Correction {
    fn of(written: &str) -> Self {
        let mut text = written.to_owned();
        let mut mistake = None;
        if let Some(rest) = written.strip_prefix("repo:") {
            text = from_github(rest);
            mistake = Some(Mistake::Github);
        }
        if let Some(rest) = text.strip_prefix("project_path:") {
            let path = rest.trim_start_matches("https://").trim_start_matches("http://");
            let host_less = match path.split_once('/') {
                Some((host, path)) if host.contains('.') && !host.contains(':') && path.contains('/') => path,
                _ => path,
            };
            if host_less.len() != rest.len() {
                text = format!("project_path:{}", host_less.replacen(".git:", ":", 1));
                mistake = mistake.or(Some(Mistake::ProjectUrl));
            }
        }
        for (full, kind) in [(":ref:refs/heads/", "branch"), (":ref:refs/tags/", "tag")] {
            if text.contains(full) {
                text = text.replace(full, ":ref:");
                text = with_ref_type(&text, kind);
                mistake = mistake.or(Some(Mistake::FullRef));
            }
        }
        if let Some(ref_type) = ref_type(&text) {
            let known = match ref_type {
                "branches"
                | "head"
                | "heads"
                | "mr"
                | "merge_request"
                | "merge_requests"
                | "merge-request"
                | "merge_request_event"
                | "pr"
                | "pull_request" => Some("branch"),
                "tags" => Some("tag"),
                _ => None,
            };
            if let Some(kind) = known {
                mistake = mistake.or(Some(Mistake::RefType(ref_type.to_owned())));
                text = with_ref_type(&text, kind);
            }
        }
        Self { text, mistake }
    }
}

/// What follows `ref_type:`.
fn ref_type(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(":ref_type:")?;
    rest.split(':').next()
}

fn with_ref_type(text: &str, kind: &str) -> String {
    match text.split_once(":ref_type:") {
        Some((before, rest)) => {
            let after = rest.split_once(':').map_or("", |(_, after)| after);
            let colon = if after.is_empty() { "" } else { ":" };
            format!("{before}:ref_type:{kind}{colon}{after}")
        }
        None => text.replacen(":ref:", &format!(":ref_type:{kind}:ref:"), 1),
    }
}

/// `octo/app:ref:refs/heads/main` and its kin, as GitLab would say it.
fn from_github(rest: &str) -> String {
    let (project, what) = rest.split_once(':').unwrap_or((rest, "*"));
    let of = |kind: &str, name: &str| format!("project_path:{project}:ref_type:{kind}:ref:{name}");
    if let Some(branch) = what.strip_prefix("ref:refs/heads/") {
        of("branch", branch)
    } else if let Some(tag) = what.strip_prefix("ref:refs/tags/") {
        of("tag", tag)
    } else {
        format!("project_path:{project}:*")
    }
}
