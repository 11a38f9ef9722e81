//! `response:` — what the built-in client was answered: status, error code and message, and the fields of the result.

use located_yaml::{Node, Value};

use super::wording::{self, Wording};
use super::{Expectation, Unmet, cannot_fail, has_conditions};
use crate::client::Answer;
use crate::observation::Observation;
use crate::reader::{Located, Reader};

#[derive(Debug)]
struct Response {
    status: Option<Located<i64>>,
    code: Option<Located<Wording>>,
    message: Option<Located<Wording>>,
    fields: Vec<(String, Located<Wording>)>,
    span: std::ops::Range<usize>,
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Box<dyn Expectation>> {
    let mut fields = reader.fields(node, "`response`")?;
    has_conditions(&fields, "`response`", reader);
    let status = fields
        .take("status")
        .and_then(|node| reader.integer(node, "`status`"));
    if let Some(status) = &status
        && !(200..=599).contains(&status.value)
    {
        let problem = reader.problem(&status.span, "an answer has a status between 200 and 599");
        reader.note(problem);
    }
    let code = fields
        .take("code")
        .and_then(|node| wording::read(node, "`code`", reader));
    let message = fields
        .take("message")
        .and_then(|node| wording::read(node, "`message`", reader));
    let of_result = fields
        .take("fields")
        .map_or(Some(Vec::new()), |node| of_result(node, reader));
    fields.finish(reader);
    Some(Box::new(Response {
        status,
        code,
        message,
        fields: of_result?,
        span: node.span.clone(),
    }))
}

fn of_result(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<(String, Located<Wording>)>> {
    let Value::Mapping(entries) = &node.value else {
        reader.wrong_type(node, "`fields`", "a mapping of fields to texts");
        return None;
    };
    if entries.is_empty() {
        cannot_fail(&node.span, "`fields` names no field", reader);
    }
    let fields = entries.iter().filter_map(|entry| {
        let name = reader.some_text(&entry.key, "a field's name")?.value;
        let wording = wording::read(&entry.value, &format!("`{name}`"), reader)?;
        Some((name, wording))
    });
    Some(fields.collect())
}

impl Expectation for Response {
    /// One answer has to meet all that is expected; of several, the nearest is shown.
    fn judge(&self, seen: &Observation) -> Vec<Unmet> {
        let nearest = seen
            .answers
            .iter()
            .map(|answer| self.compare(answer))
            .min_by_key(Vec::len);
        nearest.unwrap_or_else(|| {
            vec![Unmet {
                span: self.span.clone(),
                expected: "an answer".to_owned(),
                actual: "no call was made".to_owned(),
            }]
        })
    }
}

impl Response {
    fn compare(&self, answer: &Answer) -> Vec<Unmet> {
        let mut unmet = Vec::new();
        if let Some(expected) = &self.status
            && i64::from(answer.status) != expected.value
        {
            let said = match (&answer.code, &answer.message) {
                (Some(code), Some(message)) => format!(": {code}: {message}"),
                _ => String::new(),
            };
            unmet.push(Unmet {
                span: expected.span.clone(),
                expected: format!("status {}", expected.value),
                actual: format!("status {}{said}", answer.status),
            });
        }
        let texts = [
            ("code", &self.code, answer.code.as_deref()),
            ("message", &self.message, answer.message.as_deref()),
        ];
        let texts = texts
            .into_iter()
            .filter_map(|(what, wording, text)| Some((what, wording.as_ref()?, text)));
        let fields = self
            .fields
            .iter()
            .map(|(name, wording)| (name.as_str(), wording, answer.field(name)));
        for (what, wording, text) in texts.chain(fields) {
            if !wording.value.fits(text) {
                unmet.push(Unmet {
                    span: wording.span.clone(),
                    expected: wording.value.words(what),
                    actual: text.map_or_else(|| format!("no {what}"), |text| format!("{what} `{text}`")),
                });
            }
        }
        unmet
    }
}
