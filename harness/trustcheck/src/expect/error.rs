//! `error:` — an error that AWS answered with: its code, message, status and operation as on the wire, and the cause
//! that only the journal knows.

use located_yaml::Node;
use mock_aws::Call;

use super::{Expectation, Unmet, has_conditions};
use crate::observation::Observation;
use crate::reader::{Located, Reader};

#[derive(Debug, Default)]
struct WireError {
    operation: Option<Located<String>>,
    code: Option<Located<String>>,
    message: Option<Located<String>>,
    status: Option<Located<i64>>,
    cause: Option<Located<String>>,
    span: std::ops::Range<usize>,
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Box<dyn Expectation>> {
    let mut fields = reader.fields(node, "`error`")?;
    has_conditions(&fields, "`error`", reader);
    let mut text = |key: &'static str| fields.take(key).and_then(|node| reader.some_text(node, key));
    let (operation, code, message, cause) = (text("operation"), text("code"), text("message"), text("cause"));
    let status = fields
        .take("status")
        .and_then(|node| reader.integer(node, "`status`"));
    fields.finish(reader);
    if let Some(status) = &status
        && !(400..=599).contains(&status.value)
    {
        let problem = reader.problem(&status.span, "an error has a status between 400 and 599");
        reader.note(problem);
    }
    if let Some(cause) = &cause {
        reader.known_name(cause, "cause", mock_aws::Cause::NAMES);
    }
    Some(Box::new(WireError {
        operation,
        code,
        message,
        status,
        cause,
        span: node.span.clone(),
    }))
}

impl Expectation for WireError {
    /// One answer has to meet all that is expected; of several, the nearest is shown.
    fn judge(&self, seen: &Observation) -> Vec<Unmet> {
        let nearest = seen
            .calls()
            .filter(|call| call.response.code.is_some())
            .map(|call| self.compare(call))
            .min_by_key(Vec::len);
        nearest.unwrap_or_else(|| {
            vec![Unmet {
                span: self.span.clone(),
                expected: self
                    .code
                    .as_ref()
                    .map_or("an error".to_owned(), |code| format!("error {}", code.value)),
                actual: match seen.calls().count() {
                    0 => "AWS was not called".to_owned(),
                    calls => format!("none of the {calls} calls of AWS ended in an error"),
                },
            }]
        })
    }
}

impl WireError {
    fn compare(&self, call: &Call) -> Vec<Unmet> {
        let response = &call.response;
        let cause = call.cause.as_ref().map(|cause| cause.name().to_owned());
        let texts = [
            ("operation", &self.operation, call.action.clone()),
            ("code", &self.code, response.code.clone()),
            ("message", &self.message, response.message.clone()),
            ("cause", &self.cause, cause),
        ];
        let mut unmet = Vec::new();
        for (what, expected, actual) in texts {
            let Some(expected) = expected else { continue };
            if actual.as_ref() != Some(&expected.value) {
                unmet.push(Unmet {
                    span: expected.span.clone(),
                    expected: format!("{what} `{}`", expected.value),
                    actual: actual
                        .map_or_else(|| format!("no {what}"), |actual| format!("{what} `{actual}`")),
                });
            }
        }
        if let Some(expected) = &self.status
            && i64::from(response.status) != expected.value
        {
            unmet.push(Unmet {
                span: expected.span.clone(),
                expected: format!("status {}", expected.value),
                actual: format!("status {}", response.status),
            });
        }
        unmet
    }
}
