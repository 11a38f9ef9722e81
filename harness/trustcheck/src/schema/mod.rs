//! The form of scenario and world files, described once: for editors as JSON Schema, and for the readers, which are held to it.
//!
//! Every mapping that a reader takes keys from is a `Shape` here. In builds with debug assertions, which all tests are,
//! taking a key that its shape lacks is a panic that says so; so no key can be read that editors do not know. The other
//! direction, that readers know all that is described, is a test's.

mod call;
mod expect;
mod fault;
mod gitlab;
mod scenario;
mod shape;
mod trigger;
mod world;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use shape::{Shape, Style};

pub(crate) use expect::JOB_STATES;

/// A kind of file that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A scenario file.
    Scenario,
    /// A file that a scenario's `world:` names.
    World,
}

/// Every shape by what readers call it.
static SHAPES: LazyLock<BTreeMap<&'static str, Shape>> = LazyLock::new(|| {
    [
        scenario::shapes(),
        call::shapes(),
        fault::shapes(),
        gitlab::shapes(),
        trigger::shapes(),
        expect::shapes(),
        world::shapes(),
    ]
    .into_iter()
    .flatten()
    .map(|shape| (shape.what, shape))
    .collect()
});

/// Whether the mapping that readers call `what` is described with `key`.
pub(crate) fn has(what: &str, key: &str) -> bool {
    SHAPES.get(what).is_some_and(|shape| shape.has(key))
}

/// The JSON Schema (draft 2020-12) of a kind of file.
#[must_use]
pub fn document(kind: Kind) -> Value {
    let (root, title) = match kind {
        Kind::Scenario => ("a scenario", "A scenario of trustcheck"),
        Kind::World => ("a world", "A world of trustcheck"),
    };
    let style = Style {
        // Only a scenario has a matrix, whose values may stand anywhere in it.
        expressions: kind == Kind::Scenario,
    };
    let mut definitions = Map::new();
    let mut schema = Map::new();
    schema.insert(
        "$schema".into(),
        "https://json-schema.org/draft/2020-12/schema".into(),
    );
    schema.insert("title".into(), title.into());
    let mut waiting = vec![root];
    while let Some(what) = waiting.pop() {
        let Some(shape) = SHAPES
            .get(what)
            .filter(|shape| !definitions.contains_key(shape.name))
        else {
            continue;
        };
        waiting.extend(shape.parts());
        let described = shape.describe(style);
        if what == root {
            if let Value::Object(described) = described {
                schema.extend(described);
            }
        } else {
            definitions.insert(shape.name.to_owned(), described);
        }
    }
    if style.expressions {
        definitions.insert(
            "expression".into(),
            json!({
                "description": "A value of the case's matrix, `$[[ matrix.name ]]`, which stands for what is written there.",
                "type": "string",
                "pattern": r"\$\[\[.*\]\]",
            }),
        );
    }
    definitions.sort_keys();
    schema.insert("$defs".into(), definitions.into());
    Value::Object(schema)
}
