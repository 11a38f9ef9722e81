//! `journal:` — what was called, fetched or refused, and how often.

use std::ops::RangeInclusive;

use located_yaml::{Node, Value};
use trustcheck_lab::{Entry, Record};

use super::{Expectation, Unmet, cannot_fail};
use crate::observation::Observation;
use crate::reader::{Located, Reader};

/// What an entry of the journal is about.
#[derive(Debug)]
enum Subject {
    /// A call of AWS: `sts:AssumeRoleWithWebIdentity`.
    Call(String),
    /// A request to GitLab: `/oauth/discovery/keys`.
    Fetch(String),
    /// A host that does not exist in the world.
    Refused(String),
}

#[derive(Debug)]
struct Journal {
    subject: Located<Subject>,
    times: RangeInclusive<usize>,
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Box<dyn Expectation>> {
    let lines = reader.one_or_many(node, line);
    if lines.is_empty() && matches!(&node.value, Value::Sequence(items) if items.is_empty()) {
        cannot_fail(&node.span, "`journal` expects nothing", reader);
    }
    Some(Box::new(lines))
}

fn line(reader: &mut Reader<'_>, node: &Node) -> Option<Journal> {
    let mut fields = reader.fields(node, "`journal`")?;
    let subjects = [
        ("call", Subject::Call as fn(String) -> Subject),
        ("fetch", Subject::Fetch),
        ("refused", Subject::Refused),
    ];
    let mut subject = None;
    for (key, make) in subjects {
        if let Some(node) = fields.take(key) {
            let text = reader.some_text(node, key)?;
            if key == "call" && !text.value.contains(':') {
                let problem = reader
                    .problem(&text.span, format!("`{}` names no service", text.value))
                    .help("write `service:Operation`, such as `sts:GetCallerIdentity`");
                reader.note(problem);
                return None;
            }
            if subject.is_some() {
                let problem = reader.problem(&text.span, "one line of `journal` is about one thing");
                reader.note(problem);
                return None;
            }
            subject = Some(Located {
                value: make(text.value),
                span: text.span,
            });
        }
    }
    let times = fields
        .take("times")
        .map_or(Some(1..=usize::MAX), |node| times(node, reader));
    fields.finish(reader);
    if subject.is_none() {
        let problem = reader
            .problem(&node.span, "a line of `journal` names nothing")
            .help("write `call: sts:AssumeRoleWithWebIdentity`, `fetch: /oauth/discovery/keys` or `refused: HOST`");
        reader.note(problem);
    }
    Some(Journal {
        subject: subject?,
        times: times?,
    })
}

/// `3`, or `{ at_least: 1, at_most: 3 }`.
fn times(node: &Node, reader: &mut Reader<'_>) -> Option<RangeInclusive<usize>> {
    let count = |reader: &mut Reader<'_>, node: &Node| {
        let number = reader.integer(node, "`times`")?;
        let count = usize::try_from(number.value).ok();
        if count.is_none() {
            reader.wrong_type(node, "`times`", "0 or more");
        }
        count
    };
    if !matches!(node.value, Value::Mapping(_)) {
        let count = count(reader, node)?;
        return Some(count..=count);
    }
    let mut fields = reader.fields(node, "`times`")?;
    let least = fields
        .take("at_least")
        .map_or(Some(0), |node| count(reader, node));
    let most = fields
        .take("at_most")
        .map_or(Some(usize::MAX), |node| count(reader, node));
    fields.finish(reader);
    let (least, most) = (least?, most?);
    if least == 0 && most == usize::MAX {
        cannot_fail(&node.span, "any number of times is right", reader);
        return None;
    }
    if least > most {
        let problem = reader.problem(
            &node.span,
            "`at_least` is more than `at_most`, so this could never be met",
        );
        reader.note(problem);
        return None;
    }
    Some(least..=most)
}

impl Expectation for Vec<Journal> {
    fn judge(&self, seen: &Observation) -> Vec<Unmet> {
        self.iter().filter_map(|line| line.judge(&seen.journal)).collect()
    }
}

impl Journal {
    fn judge(&self, journal: &[Entry]) -> Option<Unmet> {
        let count = journal
            .iter()
            .filter(|entry| self.subject.value.is_of(entry))
            .count();
        if self.times.contains(&count) {
            return None;
        }
        let expected = match (*self.times.start(), *self.times.end()) {
            (least, usize::MAX) => format!("at least {}", often(least)),
            (0, most) => format!("at most {}", often(most)),
            (least, most) if least == most => often(least),
            (least, most) => format!("{least} to {most} times"),
        };
        Some(Unmet {
            span: self.subject.span.clone(),
            expected: format!("{} {expected}", self.subject.value.words()),
            actual: match count {
                0 => "the journal does not have it".to_owned(),
                _ => format!("the journal has it {}", often(count)),
            },
        })
    }
}

fn often(times: usize) -> String {
    match times {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        times => format!("{times} times"),
    }
}

impl Subject {
    fn is_of(&self, entry: &Entry) -> bool {
        match (self, &entry.record) {
            (Subject::Call(name), Record::Aws(mock_aws::Event::Call(call))) => {
                name.split_once(':').is_some_and(|(service, action)| {
                    service == call.service && Some(action) == call.action.as_deref()
                })
            }
            (Subject::Fetch(path), Record::Gitlab(mock_gitlab::Event::Answered { path: answered, .. })) => {
                answered == path
            }
            (Subject::Refused(host), Record::Refused(refused)) => {
                refused.host == *host
                    || refused
                        .host
                        .rsplit_once(':')
                        .is_some_and(|(name, _)| name == host)
            }
            _ => false,
        }
    }

    fn words(&self) -> String {
        match self {
            Subject::Call(name) => format!("call of `{name}`"),
            Subject::Fetch(path) => format!("fetch of `{path}`"),
            Subject::Refused(host) => format!("an attempt to reach `{host}`"),
        }
    }
}
