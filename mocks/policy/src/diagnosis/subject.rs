//! Why the subject of a GitLab token met none of the policy's values, and the nearest value that would.
//!
//! A GitLab subject is a chain of `component:value`, by default
//! `project_path:{group}/{project}:ref_type:{branch|tag}:ref:{name}`; a project may choose the components (GitLab docs,
//! "OpenID Connect (OIDC) Authentication Using ID Tokens"). No component's value can hold a colon: Git forbids it in refs
//! and GitLab in paths.

mod correction;

use correction::{Correction, Mistake};

use super::replace;
use super::text::{COMPARED, literal_edit};
use crate::distance::distance;
use crate::document::{Condition, ConditionValue};
use crate::edit::Edit;
use crate::pattern::Pattern;
use crate::reason::Reason;

/// The components a subject may begin with.
const LEADING: [&str; 4] = [
    "project_path",
    "project_id",
    "job_project_id",
    "source_project_id",
];

/// A mistake in the form of a value, if the token's subject is a GitLab one.
pub(super) fn mistake(condition: &Condition, subject: &str) -> Option<Reason> {
    let given = Chain::parse(subject)?;
    let wildcards = condition.operator.comparison.takes_wildcards();
    condition.values.iter().find_map(|value| {
        let correction = Correction::of(&value.text)?;
        let nearest = nearest(&correction.text, subject, &given, wildcards);
        let edit = edit(condition, value, subject, &nearest);
        let (value, request) = (value.text.clone(), subject.to_owned());
        Some(match correction.mistake {
            Mistake::Github => Reason::GithubSubject { value, request, edit },
            Mistake::FullRef => Reason::FullRefInSubject { value, request, edit },
            Mistake::RefType(ref_type) => Reason::UnknownRefType {
                value,
                ref_type,
                request,
                edit,
            },
            Mistake::ProjectUrl => Reason::ProjectUrlInSubject { value, request, edit },
        })
    })
}

/// Where the subject differs, if it is a GitLab one: told by the policy value that comes nearest.
pub(super) fn difference(condition: &Condition, subject: &str) -> Option<Reason> {
    let given = Chain::parse(subject)?;
    let wildcards = condition.operator.comparison.takes_wildcards();
    let aligned: Vec<_> = condition
        .values
        .iter()
        .map(|value| {
            let pairs = Chain::parse(&value.text).and_then(|wanted| align(&wanted, &given));
            let differing = pairs
                .as_ref()
                .map(|pairs| pairs.iter().filter(|pair| !pair.covers(wildcards)).count());
            (differing.unwrap_or(usize::MAX), value, pairs)
        })
        .collect();
    let fewest = aligned.iter().map(|(differing, ..)| *differing).min()?;
    let mut candidates: Vec<_> = aligned
        .into_iter()
        .filter(|(differing, ..)| *differing == fewest)
        .collect();
    if candidates.len() > 1 {
        candidates.truncate(COMPARED);
        candidates.sort_by_cached_key(|(_, value, _)| distance(&value.text, subject));
    }
    let (_, value, aligned) = candidates.into_iter().next()?;
    let edit = edit(
        condition,
        value,
        subject,
        &nearest(&value.text, subject, &given, wildcards),
    );
    let (value, request) = (value.text.clone(), subject.to_owned());
    let first = aligned.and_then(|pairs| pairs.into_iter().find(|pair| !pair.covers(wildcards)));
    Some(match first {
        Some(pair) => Reason::SubjectDiffers {
            component: pair.name.to_owned(),
            wanted: pair.wanted.to_owned(),
            given: pair.given.to_owned(),
            value,
            request,
            edit,
        },
        None => {
            let components = given
                .components
                .iter()
                .map(|(name, _)| (*name).to_owned())
                .collect();
            Reason::SubjectFormDiffers {
                value,
                request,
                components,
                edit,
            }
        }
    })
}

fn edit(condition: &Condition, value: &ConditionValue, subject: &str, nearest: &str) -> Option<Edit> {
    if nearest == subject {
        return literal_edit(condition, value, subject);
    }
    replace(&value.span, &value.text, nearest)
}

/// A subject, or a pattern for one, taken apart.
#[derive(Debug)]
struct Chain<'a> {
    components: Vec<(&'a str, &'a str)>,
    /// It ends in `:*`.
    open: bool,
}

impl<'a> Chain<'a> {
    /// `name:value:name:value…`, perhaps with `:*` at the end, if it begins like a GitLab subject.
    fn parse(text: &'a str) -> Option<Self> {
        let (text, open) = text.strip_suffix(":*").map_or((text, false), |text| (text, true));
        let mut pieces = text.split(':');
        let mut components = Vec::new();
        while let Some(name) = pieces.next() {
            match pieces.next() {
                Some(value) => components.push((name, value)),
                // `…:ref:*` looks like an open end and is none
                None if open => {
                    components.push((name, "*"));
                    return Self {
                        components,
                        open: false,
                    }
                    .checked();
                }
                None => return None,
            }
        }
        Self { components, open }.checked()
    }

    fn checked(self) -> Option<Self> {
        LEADING.contains(&self.components.first()?.0).then_some(self)
    }
}

/// A component of the pattern beside the stretch of the subject it stands for.
#[derive(Debug)]
struct Pair<'a> {
    name: &'a str,
    /// The pattern.
    wanted: &'a str,
    /// The component's value in the subject.
    given: &'a str,
    /// The components after it that the pattern's `*` runs over.
    rest: String,
}

impl Pair<'_> {
    fn covers(&self, wildcards: bool) -> bool {
        match self.rest.as_str() {
            "" => covers(self.wanted, self.given, wildcards),
            rest => covers(self.wanted, &format!("{}{rest}", self.given), wildcards),
        }
    }
}

/// Puts each component of the pattern beside its like. Components of the subject may be left out where a `*` at the end of a
/// value, or of the whole, runs over them. `None` if the names do not fit.
fn align<'a>(wanted: &Chain<'a>, given: &Chain<'a>) -> Option<Vec<Pair<'a>>> {
    let mut at = 0;
    let mut pairs = Vec::new();
    for (index, (name, value)) in wanted.components.iter().enumerate() {
        let (given_name, given_value) = given.components.get(at)?;
        if given_name != name {
            return None;
        }
        at += 1;
        let next = wanted.components.get(index + 1).map(|(name, _)| *name);
        let runs_over = value.ends_with('*');
        let until = match next {
            Some(next) if runs_over => {
                at + given
                    .components
                    .get(at..)?
                    .iter()
                    .position(|(name, _)| *name == next)?
            }
            None if runs_over => given.components.len(),
            Some(_) | None => at,
        };
        let rest = given.components[at..until]
            .iter()
            .map(|(name, value)| format!(":{name}:{value}"))
            .collect();
        pairs.push(Pair {
            name,
            wanted: value,
            given: given_value,
            rest,
        });
        at = until;
    }
    (at == given.components.len() || wanted.open).then_some(pairs)
}

/// The value that keeps what it can of the one written and matches the subject.
fn nearest(written: &str, subject: &str, given: &Chain<'_>, wildcards: bool) -> String {
    if covers(written, subject, wildcards) {
        return written.to_owned();
    }
    // Under a literal operator only the subject itself matches, and what holds a wildcard by itself cannot be written out.
    if !wildcards || subject.contains(['*', '?', '$']) {
        return subject.to_owned();
    }
    let Some(wanted) = Chain::parse(written) else {
        return subject.to_owned();
    };
    let candidate = match align(&wanted, given) {
        Some(pairs) => mend(&pairs, wanted.open),
        None => rebuild(&wanted, given),
    };
    if covers(&candidate, subject, true) {
        candidate
    } else {
        subject.to_owned()
    }
}

/// The pattern with each component that does not fit written anew.
fn mend(pairs: &[Pair<'_>], open: bool) -> String {
    let last = pairs.len().saturating_sub(1);
    let mended = pairs.iter().enumerate().map(|(index, pair)| {
        let name = pair.name;
        match (pair.covers(true), pair.rest.is_empty()) {
            (true, _) => format!("{name}:{}", pair.wanted),
            (false, true) => format!("{name}:{}", pair.given),
            (false, false) if index == last => format!("{name}:{}:*", pair.given),
            (false, false) => format!("{name}:{}{}", pair.given, pair.rest),
        }
    });
    let mended = mended.collect::<Vec<_>>().join(":");
    if open { format!("{mended}:*") } else { mended }
}

/// The subject's own chain, with the pattern's values where they fit.
fn rebuild(wanted: &Chain<'_>, given: &Chain<'_>) -> String {
    let components = given.components.iter().map(|(name, value)| {
        let pattern = wanted
            .components
            .iter()
            .find(|(wanted, _)| wanted == name)
            .map(|(_, pattern)| *pattern);
        match pattern {
            Some(pattern) if covers(pattern, value, true) => format!("{name}:{pattern}"),
            _ => format!("{name}:{value}"),
        }
    });
    components.collect::<Vec<_>>().join(":")
}

fn covers(pattern: &str, text: &str, wildcards: bool) -> bool {
    match wildcards && pattern.contains(['*', '?']) {
        true => Pattern::parse(pattern).matches(text),
        false => pattern == text,
    }
}
