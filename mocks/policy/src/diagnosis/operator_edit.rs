//! Giving one condition another operator.

use crate::document::{Condition, OperatorBlock, Statement};
use crate::edit::{Edit, json_string};
use crate::operator::Operator;
use crate::span::Span;

/// Puts a condition under another operator.
///
/// If the operator's name can simply be exchanged, that is the edit. If other conditions stand under it that would then be
/// compared otherwise, or the wanted operator is there already, the whole `Condition` is written anew with the one key moved.
/// None if the wanted operator already has the key.
pub(super) fn change_operator(
    text: &str,
    statement: &Statement,
    condition: &Condition,
    wanted: Operator,
) -> Option<Edit> {
    let element = statement.condition.as_ref()?;
    let name = wanted.to_string();
    let block = element
        .blocks
        .iter()
        .find(|block| block.name.span == condition.operator_span)?;
    let target = element.blocks.iter().find(|block| block.name.value == name);
    let words = format!("write `{name}` instead of `{}`", condition.operator);
    if target.is_none()
        && block
            .conditions
            .iter()
            .all(|other| other.key_span == condition.key_span || is_same(other, wanted))
    {
        return Some(Edit {
            span: block.name.span.clone(),
            replacement: json_string(&name),
            words,
        });
    }
    if target.is_some_and(|target| {
        target
            .conditions
            .iter()
            .any(|other| other.lowered_key == condition.lowered_key)
    }) {
        return None;
    }
    let mut blocks: Vec<(String, Vec<&Span>)> = Vec::new();
    for block in &element.blocks {
        let mut keys: Vec<&Span> = spans(block).filter(|span| **span != condition.span).collect();
        if block.name.value == name {
            keys.push(&condition.span);
        }
        if !keys.is_empty() {
            blocks.push((block.name.value.clone(), keys));
        }
    }
    if target.is_none() {
        blocks.push((name.clone(), vec![&condition.span]));
    }
    let words = format!("move `{}` to `{name}`", condition.key);
    Some(Edit {
        replacement: print(text, &element.span, &blocks)?,
        span: element.span.clone(),
        words,
    })
}

/// Whether a condition would be compared alike under the wanted operator: nothing in its values is a wildcard, and the
/// operators differ in nothing else.
fn is_same(other: &Condition, wanted: Operator) -> bool {
    let alike =
        other.operator.quantifier == wanted.quantifier && other.operator.if_exists == wanted.if_exists;
    alike && other.values.iter().all(|value| !value.text.contains(['*', '?']))
}

fn spans(block: &OperatorBlock) -> impl Iterator<Item = &Span> {
    block.conditions.iter().map(|condition| &condition.span)
}

/// Writes the element over several lines, indented like the line it begins on.
fn print(text: &str, span: &Span, blocks: &[(String, Vec<&Span>)]) -> Option<String> {
    let line = text.get(..span.start)?.rsplit('\n').next()?;
    let indent: String = line
        .chars()
        .take_while(|character| matches!(character, ' ' | '\t'))
        .collect();
    let blocks = blocks
        .iter()
        .map(|(name, keys)| {
            let keys = keys
                .iter()
                .map(|span| text.get((*span).clone()))
                .collect::<Option<Vec<_>>>()?;
            let keys = keys.join(&format!(",\n{indent}    "));
            Some(format!(
                "{indent}  {}: {{\n{indent}    {keys}\n{indent}  }}",
                json_string(name)
            ))
        })
        .collect::<Option<Vec<_>>>()?;
    Some(format!("{{\n{}\n{indent}}}", blocks.join(",\n")))
}
