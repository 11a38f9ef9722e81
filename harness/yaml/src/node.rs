//! The tree.

use crate::scalar::core::{self, Core};

/// A range of bytes in the text.
pub type Span = std::ops::Range<usize>;

/// One node of the tree: a scalar, a list, a mapping or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where the node's content is written. A node that came through an alias keeps the place of its anchor's content.
    pub span: Span,
    /// The explicit tag, resolved: `!reference`, `tag:yaml.org,2002:str`, or `!` for the non-specific tag.
    pub tag: Option<String>,
    /// Where the alias is written, when the node came through one; of several the outermost.
    pub alias_site: Option<Span>,
    /// Whether the node itself is written as an alias, and not only something that holds it.
    pub is_alias: bool,
    /// The content.
    pub value: Value,
}

/// The content of a [`Node`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing was written: `key:` with no value. (`null` and `~` are scalars, which a schema reads as null.)
    Null,
    /// A single value.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// A mapping, in the order written, with duplicate keys and merge keys kept.
    Mapping(Vec<Entry>),
}

/// One key of a mapping with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key: any node, though nearly always a scalar.
    pub key: Node,
    /// The value.
    pub value: Node,
}

/// A single value as text, with the style that decides whether it can be anything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text after escapes and folding.
    pub text: String,
    /// How it was written.
    pub style: Style,
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: a schema may read it as null, a boolean or a number.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

impl Node {
    /// A node without tag and alias.
    #[must_use]
    pub fn new(span: Span, value: Value) -> Self {
        Self {
            span,
            tag: None,
            alias_site: None,
            is_alias: false,
            value,
        }
    }

    /// Whether nothing was written here.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// The scalar, if it is one.
    #[must_use]
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of the scalar, whatever its style, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        self.as_scalar().map(|scalar| scalar.text.as_str())
    }

    /// The items, if it is a list.
    #[must_use]
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, if it is a mapping.
    #[must_use]
    pub fn as_mapping(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value under a key; of duplicate keys the last, as loaders keep it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of a key; of duplicate keys the last.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.as_mapping()?
            .iter()
            .rev()
            .find(|entry| entry.key.as_str() == Some(key))
    }

    /// Each entry whose key was already written in the same mapping, beside the first of that key.
    #[must_use]
    pub fn duplicate_keys(&self) -> Vec<(&Entry, &Entry)> {
        let mut first = std::collections::HashMap::new();
        let mut found = Vec::new();
        for entry in self.as_mapping().unwrap_or_default() {
            let Some(key) = entry.key.as_str() else { continue };
            match first.entry(key) {
                std::collections::hash_map::Entry::Occupied(earlier) => found.push((*earlier.get(), entry)),
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(entry);
                }
            }
        }
        found
    }

    /// Where to point at the node from the reader's side: the alias if it came through one, else its content.
    #[must_use]
    pub fn site(&self) -> Span {
        self.alias_site.clone().unwrap_or_else(|| self.span.clone())
    }

    /// What it is, with its article, for messages: `a mapping`, `a list`, `a string`, `a number`, `a boolean`, `null`.
    ///
    /// Plain scalars are read by the YAML 1.2 core schema.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
            Value::Scalar(_) => match core::resolve(self) {
                Some(Core::Null) | None => "null",
                Some(Core::Bool(_)) => "a boolean",
                Some(Core::Int(_) | Core::Float(_)) => "a number",
                Some(Core::Str(_)) => "a string",
            },
        }
    }
}
