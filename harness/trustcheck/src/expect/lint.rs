//! `lint:` — what GitLab says where it creates no pipeline: a text or a list, each part of one of its errors.

use located_yaml::Node;

use super::{Expectation, Unmet, cannot_fail};
use crate::observation::Observation;
use crate::reader::{Located, Reader};

#[derive(Debug)]
struct Lint(Vec<Located<String>>);

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Box<dyn Expectation>> {
    let texts = reader.one_or_many(node, |reader, node| reader.some_text(node, "`lint`"));
    if texts.is_empty() {
        cannot_fail(&node.span, "`lint` expects no error", reader);
    }
    Some(Box::new(Lint(texts)))
}

impl Expectation for Lint {
    fn judge(&self, seen: &Observation) -> Vec<Unmet> {
        let said: Vec<&str> = seen
            .refusal
            .iter()
            .map(|refusal| refusal.message.as_str())
            .collect();
        let unmet = self
            .0
            .iter()
            .filter(|text| said.iter().all(|said| !said.contains(&text.value)));
        unmet
            .map(|text| Unmet {
                span: text.span.clone(),
                expected: format!("GitLab says `{}`", text.value),
                actual: if said.is_empty() {
                    "the pipeline was created".to_owned()
                } else {
                    said.join("; ")
                },
            })
            .collect()
    }
}
