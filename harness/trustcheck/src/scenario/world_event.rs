//! World events: what happens to the world between two things that run. Each is a key of a step of `steps:`.

use jiff::SignedDuration;
use located_yaml::{Node, Value};
use mock_gitlab::Settings;
use trustcheck_lab::{FaultKind, Rotation, WorldEvent};

use super::fault;
use crate::reader::{Fields, Located, Reader};

/// Reads one kind of event, in a world with these GitLabs. `None` after it has noted why it cannot.
type Read = fn(&Node, &[Settings], &mut Reader<'_>) -> Option<WorldEvent>;

/// Every kind of event: its key in a step, and its reading. One line each.
const KINDS: [(&str, Read); 4] = [
    ("advance", advance),
    ("rotate_keys", rotate_keys),
    ("fault", fault::read),
    ("clear", clear),
];

/// The keys of all kinds.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(key, _)| *key)
}

/// Takes the event out of a step that is one.
pub(super) fn taken_from(
    fields: &mut Fields<'_>,
    gitlabs: &[Settings],
    reader: &mut Reader<'_>,
) -> Option<WorldEvent> {
    let found = KINDS
        .iter()
        .filter_map(|(key, read)| Some((fields.take(key)?, read)))
        .collect::<Vec<_>>();
    let [(node, read)] = found.as_slice() else {
        let problem = reader.problem(&fields.node().span, "a step is one event");
        reader.note(problem.help("write each in a step of its own"));
        return None;
    };
    read(node, gitlabs, reader)
}

/// `advance: 61m`
fn advance(node: &Node, _: &[Settings], reader: &mut Reader<'_>) -> Option<WorldEvent> {
    let by = reader.duration(node, "`advance`")?;
    Some(WorldEvent::Advance(
        SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX),
    ))
}

/// `rotate_keys: dropped`, or `rotate_keys: { old_key: dropped, gitlab: URL }`
pub(super) fn rotate_keys(node: &Node, gitlabs: &[Settings], reader: &mut Reader<'_>) -> Option<WorldEvent> {
    const CHOICES: [(&str, Rotation); 3] = [
        ("kept", Rotation::Kept),
        ("dropped", Rotation::Dropped),
        ("cached", Rotation::Cached),
    ];
    if let Value::Scalar(_) = &node.value {
        let rotation = reader.choice(node, "`rotate_keys`", &CHOICES);
        return Some(WorldEvent::RotateKeys {
            gitlab: gitlab(None, gitlabs, reader)?,
            rotation: rotation?.value,
        });
    }
    let mut fields = reader.fields(node, "`rotate_keys`")?;
    let gitlab = gitlab(fields.take("gitlab"), gitlabs, reader);
    let rotation = match fields.take("old_key") {
        Some(node) => reader
            .choice(node, "`old_key`", &CHOICES)
            .map(|choice| choice.value),
        None => Some(Rotation::default()),
    };
    fields.finish(reader);
    Some(WorldEvent::RotateKeys {
        gitlab: gitlab?,
        rotation: rotation?,
    })
}

/// `clear: all`, `clear: jwks`, or `clear: { fault: jwks, gitlab: URL }`
fn clear(node: &Node, gitlabs: &[Settings], reader: &mut Reader<'_>) -> Option<WorldEvent> {
    let (kind, gitlab) = match &node.value {
        Value::Scalar(_) => (kind(node, "`clear`", reader), gitlab(None, gitlabs, reader)),
        _ => {
            let mut fields = reader.fields(node, "`clear`")?;
            let gitlab = gitlab(fields.take("gitlab"), gitlabs, reader);
            let kind = match fields.take("fault") {
                Some(node) => kind(node, "`fault`", reader),
                None => Some(None),
            };
            fields.finish(reader);
            (kind, gitlab)
        }
    };
    Some(WorldEvent::Clear {
        gitlab: gitlab?,
        kind: kind?,
    })
}

/// The kind of the faults to clear: none for all of them.
fn kind(node: &Node, what: &str, reader: &mut Reader<'_>) -> Option<Option<FaultKind>> {
    let kinds = FaultKind::NAMES
        .iter()
        .filter_map(|name| Some((*name, Some(name.parse().ok()?))));
    let choices: Vec<(&str, Option<FaultKind>)> = [("all", None)].into_iter().chain(kinds).collect();
    reader.choice(node, what, &choices).map(|choice| choice.value)
}

/// The number of the GitLab with this URL; the first where none is named.
pub(super) fn gitlab(node: Option<&Node>, gitlabs: &[Settings], reader: &mut Reader<'_>) -> Option<usize> {
    let Some(node) = node else { return Some(0) };
    let url: Located<String> = reader.text(node, "`gitlab`")?;
    let known: Vec<String> = gitlabs.iter().map(|gitlab| gitlab.url.to_string()).collect();
    let found = known.iter().position(|known| *known == url.value);
    // a world with mistakes has none, and they are told already
    if found.is_none() && !known.is_empty() {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        reader.known_name(&url, "GitLab", &known);
    }
    found
}
