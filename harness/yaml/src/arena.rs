//! Events to a flat arena, in which an alias is still a reference.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Tag, options};

use crate::{Error, ErrorKind, Limits, Scalar, Span, Style, syntax};

/// The nodes of a text in the order in which they begin.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    pub(crate) nodes: Vec<RawNode>,
    /// The root of each document.
    pub(crate) roots: Vec<usize>,
}

/// A node whose children are indices.
#[derive(Debug)]
pub(crate) struct RawNode {
    pub(crate) span: Span,
    pub(crate) tag: Option<String>,
    pub(crate) value: RawValue,
}

impl RawNode {
    /// Bytes of its text, if it is a scalar.
    pub(crate) fn text_len(&self) -> usize {
        match &self.value {
            RawValue::Scalar(scalar) => scalar.text.len(),
            RawValue::Null | RawValue::Sequence(_) | RawValue::Mapping(_) | RawValue::Alias(_) => 0,
        }
    }
}

/// The content of a [`RawNode`].
#[derive(Debug)]
pub(crate) enum RawValue {
    Null,
    Scalar(Scalar),
    Sequence(Vec<usize>),
    /// Keys and values in turn.
    Mapping(Vec<usize>),
    Alias(usize),
}

/// A collection that has begun and not ended.
struct Open {
    node: usize,
    anchor: usize,
}

struct Builder<'t> {
    text: &'t str,
    depth: usize,
    arena: Arena,
    open: Vec<Open>,
    anchors: HashMap<usize, usize>,
}

pub(crate) fn build(text: &str, limits: &Limits) -> Result<Arena, Error> {
    if text.len() > limits.text_bytes {
        return Err(Error {
            kind: ErrorKind::TooLarge,
            message: format!(
                "the text has {} bytes, more than the {} allowed",
                text.len(),
                limits.text_bytes
            ),
            span: 0..0,
            context: 0,
            help: None,
        });
    }
    // libyaml, which GitLab's loader uses, adds no line break to a block scalar that ends with the file.
    let options = options! {
        emit_comments: false,
        block_scalar_eof_without_line_feed: true,
        flow_nesting_limit: limits.depth,
        block_nesting_limit: limits.depth,
    };
    let mut builder = Builder {
        text,
        depth: limits.depth,
        arena: Arena::default(),
        open: Vec::new(),
        anchors: HashMap::new(),
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| syntax::error(text, &error, builder.innermost()))?;
        let bytes = span.byte_range().unwrap_or_default();
        builder.take(event, bytes)?;
    }
    Ok(builder.arena)
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Error> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                // An empty node has an empty place: the parser reports it as a plain `~`.
                let value =
                    if span.is_empty() && style == ScalarStyle::Plain && (text == "~" || text.is_empty()) {
                        RawValue::Null
                    } else {
                        RawValue::Scalar(Scalar {
                            text: text.into_owned(),
                            style: self::style(style),
                        })
                    };
                let span = match value {
                    RawValue::Null => self.after_colon(span),
                    _ => self.trimmed(span),
                };
                let node = self.add(span, tag.as_deref(), value);
                if anchor != 0 {
                    self.anchors.insert(anchor, node);
                }
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.begin(span, anchor, tag.as_deref(), RawValue::Sequence(Vec::new()))?;
            }
            Event::MappingStart(_, anchor, tag) => {
                self.begin(span, anchor, tag.as_deref(), RawValue::Mapping(Vec::new()))?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(&span),
            Event::Alias(anchor) => {
                if self.open.iter().any(|open| open.anchor == anchor) {
                    return Err(Error {
                        kind: ErrorKind::RecursiveAlias,
                        message: format!("alias `{}` stands inside the node that it names", &self.text[span.clone()]),
                        context: span.start,
                        span,
                        help: Some("a node cannot contain itself; write the part that you mean out, or anchor it apart".to_owned()),
                    });
                }
                let value = self
                    .anchors
                    .get(&anchor)
                    .map_or(RawValue::Null, |target| RawValue::Alias(*target));
                self.add(span, None, value);
            }
            _ => {}
        }
        Ok(())
    }

    /// Where the innermost open collection starts.
    fn innermost(&self) -> Option<usize> {
        self.open
            .last()
            .map(|open| self.arena.nodes[open.node].span.start)
    }

    fn begin(&mut self, span: Span, anchor: usize, tag: Option<&Tag>, value: RawValue) -> Result<(), Error> {
        if self.open.len() >= self.depth {
            return Err(syntax::too_deep(span, self.depth));
        }
        let node = self.add(span, tag, value);
        if anchor != 0 {
            self.anchors.insert(anchor, node);
        }
        self.open.push(Open { node, anchor });
        Ok(())
    }

    /// Adds a node and hangs it under the innermost open collection.
    fn add(&mut self, span: Span, tag: Option<&Tag>, value: RawValue) -> usize {
        let node = self.arena.nodes.len();
        self.arena.nodes.push(RawNode {
            span,
            tag: tag.map(ToString::to_string),
            value,
        });
        match self.open.last() {
            None => self.arena.roots.push(node),
            Some(parent) => match &mut self.arena.nodes[parent.node].value {
                RawValue::Sequence(children) | RawValue::Mapping(children) => children.push(node),
                RawValue::Null | RawValue::Scalar(_) | RawValue::Alias(_) => {}
            },
        }
        node
    }

    /// Ends the innermost collection: at its bracket, or where its last child ends.
    fn end(&mut self, span: &Span) {
        let Some(open) = self.open.pop() else { return };
        let last_child = match &self.arena.nodes[open.node].value {
            RawValue::Sequence(children) | RawValue::Mapping(children) => {
                children.last().map(|child| self.arena.nodes[*child].span.end)
            }
            RawValue::Null | RawValue::Scalar(_) | RawValue::Alias(_) => None,
        };
        let end = if span.is_empty() {
            last_child.unwrap_or(span.end)
        } else {
            span.end
        };
        let node = &mut self.arena.nodes[open.node];
        node.span.end = end.max(node.span.start);
    }

    /// Where a missing value would stand; the parser says where its key ends.
    fn after_colon(&self, span: Span) -> Span {
        if self.text.as_bytes().get(span.start) == Some(&b':') {
            span.start + 1..span.start + 1
        } else {
            span
        }
    }

    /// A span without the line breaks that follow a block scalar.
    fn trimmed(&self, span: Span) -> Span {
        let length = self
            .text
            .get(span.clone())
            .map_or(0, |text| text.trim_end().len());
        span.start..span.start + length
    }
}

fn style(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}
