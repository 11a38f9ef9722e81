//! `output:` — what the job log contains, matches and lacks. Each takes one text or a list.
//!
//! The log is judged as a person reads it: without colours and cursor movements.

use located_yaml::Node;
use regex::Regex;

use super::{Expectation, Unmet, cannot_fail, has_conditions, wording};
use crate::observation::Observation;
use crate::reader::{Located, Reader};

#[derive(Debug)]
struct Output {
    contains: Vec<Located<String>>,
    matches: Vec<Located<Regex>>,
    excludes: Vec<Located<String>>,
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Box<dyn Expectation>> {
    let mut fields = reader.fields(node, "`output`")?;
    has_conditions(&fields, "`output`", reader);
    let contains = fields
        .take("contains")
        .map(|node| reader.one_or_many(node, contained))
        .unwrap_or_default();
    let matches = fields
        .take("matches")
        .map(|node| reader.one_or_many(node, matched))
        .unwrap_or_default();
    let excludes = fields
        .take("excludes")
        .map(|node| reader.one_or_many(node, excluded))
        .unwrap_or_default();
    fields.finish(reader);
    Some(Box::new(Output {
        contains,
        matches,
        excludes,
    }))
}

fn contained(reader: &mut Reader<'_>, node: &Node) -> Option<Located<String>> {
    let text = reader.text(node, "`contains`")?;
    if text.value.is_empty() {
        cannot_fail(&text.span, "every output contains the empty text", reader);
        return None;
    }
    Some(text)
}

fn matched(reader: &mut Reader<'_>, node: &Node) -> Option<Located<Regex>> {
    let text = reader.text(node, "`matches`")?;
    let value = wording::pattern(&text, "output", reader)?;
    Some(Located {
        value,
        span: text.span,
    })
}

fn excluded(reader: &mut Reader<'_>, node: &Node) -> Option<Located<String>> {
    let text = reader.text(node, "`excludes`")?;
    if text.value.is_empty() {
        let problem = reader.problem(
            &text.span,
            "every output contains the empty text, so this could never be met",
        );
        reader.note(problem);
        return None;
    }
    Some(text)
}

impl Expectation for Output {
    fn judge(&self, seen: &Observation) -> Vec<Unmet> {
        let output = seen.output();
        let mut unmet = Vec::new();
        for text in &self.contains {
            if !output.contains(&text.value) {
                unmet.push(Unmet {
                    span: text.span.clone(),
                    expected: format!("output contains `{}`", text.value),
                    actual: nearest_line(&output, &text.value),
                });
            }
        }
        for pattern in &self.matches {
            if !pattern.value.is_match(&output) {
                unmet.push(Unmet {
                    span: pattern.span.clone(),
                    expected: format!("output matches `{}`", pattern.value),
                    actual: last_lines(&output),
                });
            }
        }
        for text in &self.excludes {
            if let Some(line) = output.lines().find(|line| line.contains(&text.value)) {
                unmet.push(Unmet {
                    span: text.span.clone(),
                    expected: format!("output excludes `{}`", text.value),
                    actual: format!("a line has it: `{}`", line.trim_end()),
                });
            }
        }
        unmet
    }
}

/// The line of `output` that a person would compare with `wanted`: the most alike, if any is.
fn nearest_line(output: &str, wanted: &str) -> String {
    let wanted_line = wanted.lines().next().unwrap_or_default();
    output
        .lines()
        .filter(|line| line.len() < 2_000)
        .map(|line| (strsim::sorensen_dice(line, wanted_line), line))
        .filter(|(likeness, _)| *likeness > 0.5)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map_or_else(
            || last_lines(output),
            |(_, line)| format!("nearest line: `{}`", line.trim_end()),
        )
}

fn last_lines(output: &str) -> String {
    let lines: Vec<&str> = output
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect();
    match lines.len() {
        0 => "no output at all".to_owned(),
        count => format!(
            "the output ends with `{}`",
            lines[count.saturating_sub(2)..].join("⏎")
        ),
    }
}
