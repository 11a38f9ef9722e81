//! Whether the suggested edits are enough: they are made, and the policy is asked again.

use camino::Utf8PathBuf;
use iam_policy::{Edit, Policy};

use super::answer::Question;
use super::policy::TrustPolicy;
use crate::diagnostic::Source;

/// What comes of the edits, in a sentence; nothing where there are none.
pub(super) fn outcome(question: &Question<'_>, edits: &[&Edit]) -> Option<String> {
    let edits = apart(edits);
    if edits.is_empty() {
        return None;
    }
    let these = if edits.len() == 1 { "this edit" } else { "these edits" };
    let edited = made(question.policy.policy.text(), &edits);
    let allowed = Policy::parse(&edited).is_ok_and(|_| {
        let source = Source::new(Utf8PathBuf::from("edited"), edited.as_str());
        let Ok(mut policy) = TrustPolicy::read(source) else { return false };
        policy.role_arn.clone_from(&question.policy.role_arn);
        Question { policy: &policy, ..*question }.answer().decision.effect.is_allowed()
    });
    Some(if allowed {
        format!("With {these}, the trust policy lets the token in.")
    } else {
        format!("With {these} alone, the token is not let in yet: explain the edited policy again.")
    })
}

/// The edits that do not touch each other, in the order of the text; the same one is made once.
fn apart<'a>(edits: &[&'a Edit]) -> Vec<&'a Edit> {
    let mut sorted = edits.to_vec();
    sorted.sort_by_key(|edit| edit.span.start);
    let mut apart: Vec<&Edit> = Vec::new();
    for edit in sorted {
        if apart.last().is_none_or(|last| last.span.end <= edit.span.start) {
            apart.push(edit);
        }
    }
    apart
}

/// The text with the edits made, the last first, so that places before stay where they are.
fn made(text: &str, edits: &[&Edit]) -> String {
    edits.iter().rev().fold(text.to_owned(), |text, edit| edit.apply(&text).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, replacement: &str) -> Edit {
        Edit { span: start..end, replacement: replacement.to_owned(), words: String::new() }
    }

    #[test]
    fn edits_are_made_from_the_end() {
        let edits = [edit(4, 5, "dddd"), edit(0, 1, ""), edit(0, 1, ""), edit(4, 6, "x")];
        let edits: Vec<&Edit> = edits.iter().collect();
        let apart = apart(&edits);
        assert_eq!(apart.len(), 2);
        assert_eq!(made("abcdefg", &apart), "bcdddddfg");
    }
}
