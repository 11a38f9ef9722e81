//! Reading typed values out of a YAML tree, noting every mistake with its place.

use std::ops::Range;
use std::time::Duration;

use located_yaml::{Entry, Node, Value};

use crate::diagnostic::{Diagnostic, Source, nearest};

/// A value and the place it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its bytes in the file.
    pub span: Range<usize>,
}

/// Reads values of one file; mistakes are collected, so that all of them are told at once.
///
/// Every reading function returns `None` after it has noted why.
#[derive(Debug)]
pub struct Reader<'a> {
    /// The file.
    pub source: &'a Source,
    problems: &'a mut Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    /// A reader of `source` that notes mistakes in `problems`.
    pub fn new(source: &'a Source, problems: &'a mut Vec<Diagnostic>) -> Reader<'a> {
        Reader { source, problems }
    }

    /// The same notes, for another file.
    pub fn of_file<'b>(&'b mut self, source: &'b Source) -> Reader<'b> {
        Reader {
            source,
            problems: self.problems,
        }
    }

    /// A diagnostic at `span` of this file, to be completed and noted.
    #[must_use]
    pub fn problem(&self, span: &Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.source, span.clone(), message)
    }

    /// Notes a mistake.
    pub fn note(&mut self, problem: Diagnostic) {
        // A mistake in a part that several cases share is told once.
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Notes that `node` is not what `what` takes.
    pub fn wrong_type(&mut self, node: &Node, what: &str, expected: &str) {
        let found = node.kind_name();
        let problem = self
            .problem(&node.span, format!("{what} must be {expected}"))
            .label(format!("this is {found}"));
        self.note(problem);
    }

    /// The keys of a mapping; `what` names it in messages (`a scenario`, `trigger`).
    pub fn fields<'n>(&mut self, node: &'n Node, what: &'static str) -> Option<Fields<'n>> {
        let Value::Mapping(entries) = &node.value else {
            self.wrong_type(node, what, "a mapping");
            return None;
        };
        let mut fields = Fields {
            what,
            node,
            entries: Vec::new(),
            known: Vec::new(),
        };
        for entry in entries {
            let Some(key) = entry.key.as_str() else {
                self.wrong_type(&entry.key, "a key", "a string");
                continue;
            };
            if fields.entries.iter().any(|(known, _, _)| *known == key) {
                let problem = self.problem(&entry.key.span, format!("`{key}` is written twice in {what}"));
                self.note(problem.label("the second"));
                continue;
            }
            fields.entries.push((key, entry, false));
        }
        Some(fields)
    }

    /// A string: any scalar, as it is written, so that `18.10` and `012345678901` stay what they are.
    pub fn text(&mut self, node: &Node, what: &str) -> Option<Located<String>> {
        match &node.value {
            Value::Scalar(scalar) => Some(Located {
                value: scalar.text.clone(),
                span: node.span.clone(),
            }),
            _ => {
                self.wrong_type(node, what, "a string");
                None
            }
        }
    }

    /// A string that is not empty.
    pub fn some_text(&mut self, node: &Node, what: &str) -> Option<Located<String>> {
        let text = self.text(node, what)?;
        if text.value.trim().is_empty() {
            let problem = self.problem(&node.span, format!("{what} is empty"));
            self.note(problem);
            return None;
        }
        Some(text)
    }

    /// A whole number.
    pub fn integer(&mut self, node: &Node, what: &str) -> Option<Located<i64>> {
        match node.as_str().and_then(|text| text.parse().ok()) {
            Some(value) => Some(Located {
                value,
                span: node.span.clone(),
            }),
            None => {
                self.wrong_type(node, what, "a whole number");
                None
            }
        }
    }

    /// `true` or `false`, and none of YAML 1.1's other spellings.
    pub fn boolean(&mut self, node: &Node, what: &str) -> Option<bool> {
        match node.as_str() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => {
                self.wrong_type(node, what, "`true` or `false`");
                None
            }
        }
    }

    /// A length of time: `90s`, `2m`, `1h`, `500ms`.
    pub fn duration(&mut self, node: &Node, what: &str) -> Option<Duration> {
        match node.as_str().and_then(duration) {
            Some(duration) => Some(duration),
            None => {
                self.wrong_type(node, what, "a length of time such as `90s`, `2m` or `1h`");
                None
            }
        }
    }

    /// One of some words.
    pub fn choice<T: Copy>(&mut self, node: &Node, what: &str, choices: &[(&str, T)]) -> Option<Located<T>> {
        let text = self.text(node, what)?;
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == text.value) {
            return Some(Located {
                value: *value,
                span: text.span,
            });
        }
        let words: Vec<String> = choices.iter().map(|(word, _)| format!("`{word}`")).collect();
        let mut problem = self.problem(&node.span, format!("{what} cannot be `{}`", text.value));
        problem = match nearest(&text.value, choices.iter().map(|(word, _)| *word)) {
            Some(word) => problem.help(format!("did you mean `{word}`?")),
            None => problem.help(format!("it is one of {}", words.join(", "))),
        };
        self.note(problem);
        None
    }

    /// Notes a name that is not among those there are.
    pub fn known_name(&mut self, name: &Located<String>, what: &str, known: &[&str]) {
        if known.contains(&name.value.as_str()) {
            return;
        }
        let problem = self.problem(&name.span, format!("there is no {what} `{}`", name.value));
        let problem = match nearest(&name.value, known.iter().copied()) {
            Some(known) => problem.help(format!("did you mean `{known}`?")),
            None => problem.help(format!("it is one of {}", known.join(", "))),
        };
        self.note(problem);
    }

    /// A list, each item read by `item`; items with mistakes are left out.
    pub fn list<T>(
        &mut self,
        node: &Node,
        what: &str,
        mut item: impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Value::Sequence(items) = &node.value else {
            self.wrong_type(node, what, "a list");
            return None;
        };
        Some(items.iter().filter_map(|node| item(self, node)).collect())
    }

    /// One value, or a list of them.
    pub fn one_or_many<T>(
        &mut self,
        node: &Node,
        mut item: impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> Vec<T> {
        match &node.value {
            Value::Sequence(items) => items.iter().filter_map(|node| item(self, node)).collect(),
            _ => item(self, node).into_iter().collect(),
        }
    }
}

/// A length of time that is not nothing: `90s`, `2m`, `1h`, `500ms`.
#[must_use]
pub fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let count: u64 = text[..digits].parse().ok()?;
    let duration = match &text[digits..] {
        "ms" => Some(Duration::from_millis(count)),
        "s" => Some(Duration::from_secs(count)),
        "m" => count.checked_mul(60).map(Duration::from_secs),
        "h" => count.checked_mul(3600).map(Duration::from_secs),
        _ => None,
    };
    duration.filter(|duration| !duration.is_zero())
}

/// The keys of one mapping, taken one by one; what nobody takes is unknown.
#[derive(Debug)]
pub struct Fields<'n> {
    what: &'static str,
    node: &'n Node,
    entries: Vec<(&'n str, &'n Entry, bool)>,
    known: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// The value of a key that may be there.
    ///
    /// Where assertions are compiled in, a key that the form's description lacks is a panic: editors would mark it as wrong.
    pub fn take(&mut self, key: &'static str) -> Option<&'n Node> {
        debug_assert!(
            crate::schema::has(self.what, key),
            "describe the key `{key}` of {} in src/schema, and run `trustcheck schema` to renew the files in schemas/",
            self.what
        );
        self.known.push(key);
        let (_, entry, taken) = self.entries.iter_mut().find(|(name, _, _)| *name == key)?;
        *taken = true;
        Some(&entry.value)
    }

    /// The value of a key that must be there.
    pub fn need(&mut self, key: &'static str, reader: &mut Reader<'_>) -> Option<&'n Node> {
        let found = self.take(key);
        if found.is_none() {
            let span = self.node.span.start..self.node.span.start;
            let problem = reader
                .problem(&span, format!("{} needs `{key}`", self.what))
                .label("here");
            reader.note(problem);
        }
        found
    }

    /// What the mapping is called in messages.
    #[must_use]
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// The mapping itself.
    #[must_use]
    pub fn node(&self) -> &'n Node {
        self.node
    }

    /// Whether the mapping has no keys at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Notes a key that is known, but not yet to this version: it is refused by name, never ignored.
    pub fn refuse(&mut self, key: &'static str, why: &str, reader: &mut Reader<'_>) {
        if let Some((_, entry, taken)) = self.entries.iter_mut().find(|(name, _, _)| *name == key) {
            *taken = true;
            let problem = reader.problem(&entry.key.span, format!("`{key}` {why}"));
            reader.note(problem);
        }
    }

    /// Notes every key that was not taken. Whether there was none.
    pub fn finish(self, reader: &mut Reader<'_>) -> bool {
        for (name, entry, taken) in &self.entries {
            if *taken {
                continue;
            }
            let problem = reader
                .problem(&entry.key.span, format!("unknown key `{name}`"))
                .label(format!("not a key of {}", self.what));
            let problem = match nearest(name, self.known.iter().copied()) {
                Some(known) => problem.help(format!("did you mean `{known}`?")),
                None => problem.help(format!("{} takes {}", self.what, self.known.join(", "))),
            };
            reader.note(problem);
        }
        self.entries.iter().all(|(_, _, taken)| *taken)
    }
}
