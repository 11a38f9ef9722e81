//! Whether the suggested edits are enough: they are made, and the policy is asked again.

use iam_policy::Edit;

use super::answer::Question;

/// What comes of the edits, in a sentence; nothing where there are none. `statement` is the one they belong to, if that
/// has to be said.
pub(super) fn outcome(question: &Question<'_>, edits: &[&Edit], statement: Option<usize>) -> Option<String> {
    let edits = apart(edits);
    if edits.is_empty() {
        return None;
    }
    let one = edits.len() == 1;
    let it = if one { "it" } else { "them" };
    let these = match statement {
        Some(index) => format!(
            "the edit{} of statement {}",
            if one { "" } else { "s" },
            index + 1
        ),
        None => (if one { "this edit" } else { "these edits" }).to_owned(),
    };
    let edited = made(question.policy.policy.text(), &edits);
    let policy = question.policy.with_text(&edited);
    let allowed = policy.is_some_and(|policy| {
        Question {
            policy: &policy,
            ..*question
        }
        .answer()
        .decision
        .effect
        .is_allowed()
    });
    Some(if allowed {
        format!(
            "With {these}, the trust policy lets this token in. Make {it} only if the job is meant to have the role."
        )
    } else {
        format!("With {these} alone, this token is not let in yet: explain the edited policy again.")
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
    edits
        .iter()
        .rev()
        .fold(text.to_owned(), |text, edit| edit.apply(&text).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, replacement: &str) -> Edit {
        Edit {
            span: start..end,
            replacement: replacement.to_owned(),
            words: String::new(),
        }
    }

    #[test]
    fn edits_are_made_from_the_end() {
        let edits = [
            edit(4, 5, "dddd"),
            edit(0, 1, ""),
            edit(0, 1, ""),
            edit(4, 6, "x"),
        ];
        let edits: Vec<&Edit> = edits.iter().collect();
        let apart = apart(&edits);
        assert_eq!(apart.len(), 2);
        assert_eq!(made("abcdefg", &apart), "bcdddddfg");
    }
}
