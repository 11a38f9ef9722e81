//! World events: what happens to the world between two things that run. Each is a key of a step of `steps:`.

use std::time::Duration;

use located_yaml::Node;

use crate::reader::{Fields, Reader};

/// Something that happens to the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorldEvent {
    /// Time passes on the world's clock, without waiting: tokens and sessions grow older.
    Advance(Duration),
}

/// Reads one kind of event. `None` after it has noted why it cannot.
type Read = fn(&Node, &mut Reader<'_>) -> Option<WorldEvent>;

/// Every kind of event: its key in a step, and its reading. One line each.
const KINDS: [(&str, Read); 1] = [("advance", advance)];

/// The keys of all kinds.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(key, _)| *key)
}

/// Takes the event out of a step that is one.
pub(super) fn taken_from(fields: &mut Fields<'_>, reader: &mut Reader<'_>) -> Option<WorldEvent> {
    let found = KINDS
        .iter()
        .filter_map(|(key, read)| Some((fields.take(key)?, read)))
        .collect::<Vec<_>>();
    let [(node, read)] = found.as_slice() else {
        let problem = reader.problem(&fields.node().span, "a step is one event");
        reader.note(problem.help("write each in a step of its own"));
        return None;
    };
    read(node, reader)
}

/// `advance: 61m`
fn advance(node: &Node, reader: &mut Reader<'_>) -> Option<WorldEvent> {
    reader.duration(node, "`advance`").map(WorldEvent::Advance)
}
