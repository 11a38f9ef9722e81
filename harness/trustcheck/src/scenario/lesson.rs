//! `lesson:` — what a scenario teaches.

use located_yaml::Node;

use crate::reader::Reader;

/// What a scenario teaches: read by the catalogue and the reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// What a user sees.
    pub symptom: String,
    /// Why it happens.
    pub cause: String,
    /// What mends it.
    pub fix: String,
    /// Where it is documented.
    pub source: Option<String>,
    /// Related lessons and pages.
    pub see_also: Vec<String>,
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Lesson> {
    let mut fields = reader.fields(node, "`lesson`")?;
    let symptom = fields
        .need("symptom", reader)
        .and_then(|node| reader.some_text(node, "`symptom`"));
    let cause = fields
        .need("cause", reader)
        .and_then(|node| reader.some_text(node, "`cause`"));
    let fix = fields
        .need("fix", reader)
        .and_then(|node| reader.some_text(node, "`fix`"));
    let source = fields
        .take("source")
        .and_then(|node| reader.some_text(node, "`source`"));
    let see_also = fields.take("see_also").map(|node| {
        reader.one_or_many(node, |reader, node| {
            reader.some_text(node, "`see_also`").map(|text| text.value)
        })
    });
    fields.finish(reader);
    Some(Lesson {
        symptom: symptom?.value,
        cause: cause?.value,
        fix: fix?.value,
        source: source.map(|text| text.value),
        see_also: see_also.unwrap_or_default(),
    })
}
