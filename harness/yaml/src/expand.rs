//! The arena to a tree, each alias replaced by a copy of what it stands for.

use crate::arena::{Arena, RawValue};
use crate::{Entry, Error, ErrorKind, Limits, Node, Span, Value, syntax};

/// The size at which a node that came through an alias is counted, its text apart.
const NODE_BYTES: usize = 128;

pub(crate) fn documents(arena: &Arena, limits: &Limits) -> Result<Vec<Node>, Error> {
    let mut expansion = Expansion {
        arena,
        depth: limits.depth,
        left: limits.alias_bytes,
    };
    arena
        .roots
        .iter()
        .map(|root| expansion.node(*root, 0, None))
        .collect()
}

struct Expansion<'a> {
    arena: &'a Arena,
    depth: usize,
    /// Bytes that aliases may still add.
    left: usize,
}

impl Expansion<'_> {
    /// A node under `depth` collections; `through` is the outermost alias on the way to it.
    fn node(&mut self, index: usize, depth: usize, through: Option<&Span>) -> Result<Node, Error> {
        let raw = &self.arena.nodes[index];
        if let RawValue::Alias(target) = raw.value {
            let site = through.unwrap_or(&raw.span);
            let mut node = self.node(target, depth, Some(site))?;
            node.alias_site = Some(site.clone());
            node.is_alias = true;
            return Ok(node);
        }
        let place = through.unwrap_or(&raw.span);
        if through.is_some() {
            self.spend(NODE_BYTES + raw.text_len(), place)?;
        }
        let value = match &raw.value {
            RawValue::Null | RawValue::Alias(_) => Value::Null,
            RawValue::Scalar(scalar) => Value::Scalar(scalar.clone()),
            RawValue::Sequence(children) => {
                self.enter(depth, place)?;
                let items = children.iter().map(|child| self.node(*child, depth + 1, through));
                Value::Sequence(items.collect::<Result<_, _>>()?)
            }
            RawValue::Mapping(children) => {
                self.enter(depth, place)?;
                let entries = children.chunks_exact(2).map(|pair| {
                    Ok(Entry {
                        key: self.node(pair[0], depth + 1, through)?,
                        value: self.node(pair[1], depth + 1, through)?,
                    })
                });
                Value::Mapping(entries.collect::<Result<_, Error>>()?)
            }
        };
        Ok(Node {
            span: raw.span.clone(),
            tag: raw.tag.clone(),
            alias_site: through.cloned(),
            is_alias: false,
            value,
        })
    }

    fn enter(&self, depth: usize, place: &Span) -> Result<(), Error> {
        if depth >= self.depth {
            Err(syntax::too_deep(place.clone(), self.depth))
        } else {
            Ok(())
        }
    }

    fn spend(&mut self, bytes: usize, place: &Span) -> Result<(), Error> {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(Error {
                kind: ErrorKind::TooLarge,
                message: "the aliases stand for more than this text may expand to".to_owned(),
                span: place.clone(),
                context: place.start,
                help: Some(
                    "an alias copies everything under its anchor; do not nest lists of aliases".to_owned(),
                ),
            }),
        }
    }
}
