//! `script`, `before_script`, `after_script`: a string, or lists of strings in lists.

use located_yaml::Node;

use crate::findings::{Findings, Location};
use crate::value::{self, Value};

/// Lists within lists.
const MAX_NESTING_LEVEL: usize = 10;

/// The commands, lists flattened; `None` if the value is wrong and that was reported.
pub(crate) fn read(at: &Location, node: &Node, findings: &mut Findings) -> Option<Vec<String>> {
    let mut commands = Vec::new();
    match collect(node, MAX_NESTING_LEVEL, &mut commands) {
        Ok(()) => Some(commands),
        Err(offender) => {
            let error = format!(
                "config should be a string or a nested array of strings up to {MAX_NESTING_LEVEL} levels deep"
            );
            findings.entry(at, error, offender.site(), help(offender));
            None
        }
    }
}

/// Adds the commands of a node; an error is the node that is none.
fn collect<'a>(node: &'a Node, levels: usize, commands: &mut Vec<String>) -> Result<(), &'a Node> {
    match value::of(node) {
        Value::Text(text) => {
            commands.push(text.to_owned());
            Ok(())
        }
        Value::List(items) if levels > 0 => items
            .iter()
            .try_for_each(|item| collect(item, levels - 1, commands)),
        _ => Err(node),
    }
}

fn help(offender: &Node) -> Option<String> {
    match value::of(offender) {
        Value::Hash([entry]) => {
            let (key, value) = (entry.key.as_str()?, entry.value.as_str().unwrap_or_default());
            let line = format!("{key}: {value}").replace('\'', "''");
            Some(format!(
                "`: ` makes a mapping of this line; put quotes around all of it: `- '{line}'`"
            ))
        }
        Value::Hash(_) => Some(
            "a command is a string; if it is one, its colons need quotes or a block after `|`".to_owned(),
        ),
        Value::Null => Some("there is no command here; write one, or take the item away".to_owned()),
        Value::List(_) => Some("the lists are nested too deeply".to_owned()),
        value => {
            let text = offender.as_str().unwrap_or_default();
            Some(format!(
                "unquoted, `{text}` is {}; write `\"{text}\"`",
                value.kind_name()
            ))
        }
    }
}
