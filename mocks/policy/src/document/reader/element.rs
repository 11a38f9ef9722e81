//! JSON values as the grammar wants them.

use jsonc_parser::ast::{Object, ObjectProp, StringLit, Value};
use jsonc_parser::common::{Range, Ranged};

use super::Read;
use crate::distance::distance;
use crate::error::{Fault, ParseError};
use crate::span::{Span, Spanned};

/// The elements of an object, each known and there at most once.
pub(super) struct Elements<'v, 'a> {
    object: &'v Object<'a>,
}

impl<'v, 'a> Elements<'v, 'a> {
    pub(super) fn new(object: &'v Object<'a>, known: &[&str], what: &str) -> Read<Self> {
        no_duplicates(object)?;
        for property in &object.properties {
            let name = property.name.as_str();
            if !known.contains(&name) {
                let detail = format!("`{name}` is no element of {what}");
                return Err(ParseError::new(Fault::Syntax, key_span(property), detail)
                    .with_help(nearest_help(name, known)));
            }
        }
        Ok(Self { object })
    }

    pub(super) fn take(&mut self, name: &str) -> Option<&'v ObjectProp<'a>> {
        self.object.get(name)
    }

    /// The one of an element and its negation that is there, and whether it is the negation.
    pub(super) fn either(&mut self, plain: &str, negated: &str) -> Read<Option<(&'v ObjectProp<'a>, bool)>> {
        match (self.take(plain), self.take(negated)) {
            (Some(_), Some(second)) => {
                let detail = format!("the statement has both `{plain}` and `{negated}`");
                Err(syntax_at(key_span(second), &detail).with_help("keep one of the two"))
            }
            (Some(property), None) => Ok(Some((property, false))),
            (None, Some(property)) => Ok(Some((property, true))),
            (None, None) => Ok(None),
        }
    }
}

/// "Individual elements must not contain multiple instances of the same key" (IAM user guide, grammar).
pub(super) fn no_duplicates(object: &Object<'_>) -> Read<()> {
    let mut seen = std::collections::HashSet::new();
    for property in &object.properties {
        if !seen.insert(property.name.as_str()) {
            let detail = format!("`{}` is there twice", property.name.as_str());
            return Err(syntax_at(key_span(property), &detail)
                .with_help("keep one, with a list of values if need be"));
        }
    }
    Ok(())
}

pub(super) fn object<'v, 'a>(value: &'v Value<'a>, what: &str) -> Read<&'v Object<'a>> {
    value
        .as_object()
        .ok_or_else(|| syntax_at(span(value), &format!("{what} has to be an object")))
}

pub(super) fn string(value: &Value<'_>, what: &str) -> Read<Spanned<String>> {
    match value {
        Value::StringLit(text) => Ok(Spanned::new(text.value.clone().into_owned(), range(text))),
        other => Err(syntax_at(span(other), &format!("{what} has to be a text"))),
    }
}

/// A text or a list of texts.
pub(super) fn strings(value: &Value<'_>, what: &str) -> Read<Vec<Spanned<String>>> {
    match value {
        Value::Array(list) => list
            .elements
            .iter()
            .map(|value| string(value, &format!("each of `{what}`")))
            .collect(),
        value => Ok(vec![string(value, &format!("`{what}`"))?]),
    }
}

/// A condition's value: a text, or a number or Boolean without quotes.
pub(super) fn scalar(value: &Value<'_>, key: &str) -> Read<Spanned<String>> {
    let text = match value {
        Value::StringLit(text) => text.value.clone().into_owned(),
        Value::NumberLit(number) => number.value.to_owned(),
        Value::BooleanLit(boolean) => boolean.value.to_string(),
        other => {
            let detail = format!("a value of `{key}` has to be a text, a number or a Boolean");
            return Err(syntax_at(span(other), &detail));
        }
    };
    Ok(Spanned::new(text, span(value)))
}

pub(super) fn nearest_help(name: &str, known: &[&str]) -> String {
    let near = known
        .iter()
        .map(|known| (distance(&name.to_lowercase(), &known.to_lowercase()), *known))
        .filter(|(distance, _)| *distance <= 2)
        .min();
    match near {
        Some((_, known)) => format!("did you mean `{known}`?"),
        None => format!(
            "it takes {}",
            known
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

pub(super) fn syntax(range: Range, detail: &str) -> ParseError {
    syntax_at(range.start..range.end, detail)
}

pub(super) fn syntax_at(span: Span, detail: &str) -> ParseError {
    ParseError::new(Fault::Syntax, span, detail)
}

pub(super) fn span(value: &Value<'_>) -> Span {
    let range = value.range();
    range.start..range.end
}

pub(super) fn range(text: &StringLit<'_>) -> Span {
    text.range.start..text.range.end
}

pub(super) fn key_span(property: &ObjectProp<'_>) -> Span {
    let range = property.name.range();
    range.start..range.end
}
