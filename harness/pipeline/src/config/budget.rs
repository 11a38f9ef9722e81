//! How far a small file may grow.

use located_yaml::{Node, Value};

use crate::Span;
use crate::findings::Findings;

/// Nodes and texts that `extends` and `!reference` may still copy.
#[derive(Debug)]
pub(crate) struct Budget {
    left: usize,
    reported: bool,
}

/// The budget is spent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Spent;

impl Default for Budget {
    fn default() -> Self {
        Self {
            left: 32 << 20,
            reported: false,
        }
    }
}

impl Budget {
    /// A copy of a node, paid for.
    pub(crate) fn copy(&mut self, node: &Node) -> Result<Node, Spent> {
        self.pay(node)?;
        Ok(node.clone())
    }

    fn pay(&mut self, node: &Node) -> Result<(), Spent> {
        // About the memory that a node takes.
        let own = 128 + node.as_str().map_or(0, str::len);
        self.left = self.left.checked_sub(own).ok_or(Spent)?;
        match &node.value {
            Value::Null | Value::Scalar(_) => Ok(()),
            Value::Sequence(items) => items.iter().try_for_each(|item| self.pay(item)),
            Value::Mapping(entries) => entries.iter().try_for_each(|entry| {
                self.pay(&entry.key)?;
                self.pay(&entry.value)
            }),
        }
    }

    /// Says once that the file grows too large.
    pub(crate) fn report(&mut self, span: Span, findings: &mut Findings) {
        if !self.reported {
            self.reported = true;
            self.left = 0;
            let help =
                "`extends` and `!reference` copy what they name; together they copy too much here".to_owned();
            findings.plain("The parsed YAML is too big", span, Some(help));
        }
    }
}
