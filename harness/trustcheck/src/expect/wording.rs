//! What a text has to be: this, or something like it.

use located_yaml::{Node, Value};
use regex::Regex;

use super::{cannot_fail, has_conditions};
use crate::reader::{Located, Reader};

/// What a text has to be.
#[derive(Debug)]
pub(super) enum Wording {
    /// This, to the letter.
    Is(String),
    /// A text with this in it.
    Contains(String),
    /// A text in which this pattern is found.
    Matches(Regex),
    /// None at all.
    Absent,
}

/// Reads `TEXT`, or `{ contains: TEXT }`, `{ matches: PATTERN }` or `{ absent: true }`.
pub(super) fn read(node: &Node, what: &str, reader: &mut Reader<'_>) -> Option<Located<Wording>> {
    let value = match &node.value {
        Value::Mapping(_) => of_mapping(node, reader)?,
        _ => Wording::Is(reader.text(node, what)?.value),
    };
    Some(Located {
        value,
        span: node.span.clone(),
    })
}

fn of_mapping(node: &Node, reader: &mut Reader<'_>) -> Option<Wording> {
    let mut fields = reader.fields(node, "a text's condition")?;
    if !has_conditions(&fields, "a text's condition", reader) {
        return None;
    }
    let contains = fields.take("contains").map(|node| {
        let text = reader.text(node, "`contains`")?;
        if text.value.is_empty() {
            cannot_fail(&text.span, "every text contains the empty one", reader);
            return None;
        }
        Some(Wording::Contains(text.value))
    });
    let matches = fields.take("matches").map(|node| {
        let pattern = pattern(&reader.text(node, "`matches`")?, "text", reader)?;
        Some(Wording::Matches(pattern))
    });
    let absent = fields.take("absent").map(|node| {
        if reader.boolean(node, "`absent`")? {
            return Some(Wording::Absent);
        }
        let problem = reader.problem(&node.span, "`absent` is `true` or left out");
        reader.note(problem.help("write `{ matches: . }` for any text"));
        None
    });
    fields.finish(reader);
    let mut found = [contains, matches, absent].into_iter().flatten();
    let (first, second) = (found.next()?, found.next());
    if second.is_some() {
        let problem = reader.problem(&node.span, "a text has one condition");
        reader.note(problem);
        return None;
    }
    first
}

/// A regular expression that some `what` could fail to match.
pub(super) fn pattern(text: &Located<String>, what: &str, reader: &mut Reader<'_>) -> Option<Regex> {
    match Regex::new(&text.value) {
        Ok(pattern) if pattern.is_match("") => {
            let message = format!("this pattern matches the empty text, and so every {what}");
            cannot_fail(&text.span, &message, reader);
            None
        }
        Ok(pattern) => Some(pattern),
        Err(error) => {
            // The crate's own message shows the pattern with a caret, over several lines; its last says why.
            let why = error.to_string();
            let why = why
                .lines()
                .last()
                .unwrap_or_default()
                .trim_start_matches("error: ")
                .to_owned();
            let problem = reader.problem(&text.span, format!("not a regular expression: {why}"));
            reader.note(problem);
            None
        }
    }
}

impl Wording {
    /// Whether `text` is what it has to be.
    pub(super) fn fits(&self, text: Option<&str>) -> bool {
        match (self, text) {
            (Wording::Absent, text) => text.is_none(),
            (_, None) => false,
            (Wording::Is(wanted), Some(text)) => wanted == text,
            (Wording::Contains(wanted), Some(text)) => text.contains(wanted),
            (Wording::Matches(pattern), Some(text)) => pattern.is_match(text),
        }
    }

    /// It in words, for `what`.
    pub(super) fn words(&self, what: &str) -> String {
        match self {
            Wording::Is(text) => format!("{what} `{text}`"),
            Wording::Contains(text) => format!("{what} contains `{text}`"),
            Wording::Matches(pattern) => format!("{what} matches `{pattern}`"),
            Wording::Absent => format!("no {what}"),
        }
    }
}
