//! The `Condition` element.

use jsonc_parser::ast::{Array, ObjectProp, Value};

use super::Read;
use super::element::{key_span, no_duplicates, object, scalar, span};
use crate::document::{Condition, ConditionElement, ConditionValue, OperatorBlock};
use crate::error::{Fault, ParseError};
use crate::letter_case::lower;
use crate::operand::Operand;
use crate::operator::Operator;
use crate::span::{Span, Spanned};

/// Reads the element.
pub(super) fn read(value: &Value<'_>, variables: bool) -> Read<ConditionElement> {
    let element = object(value, "`Condition`")?;
    no_duplicates(element)?;
    let blocks = element
        .properties
        .iter()
        .map(|property| {
            let name = Spanned::new(property.name.as_str().to_owned(), key_span(property));
            let keys = object(&property.value, &format!("`{}`", name.value))?;
            no_duplicates(keys)?;
            let operator = Operator::parse(&name.value);
            if operator.is_none() && !keys.properties.is_empty() {
                return Err(unknown_operator(&name));
            }
            let conditions = operator.map_or(Ok(Vec::new()), |operator| {
                let conditions = keys.properties.iter();
                conditions
                    .map(|property| read_key(property, operator, &name.span, variables))
                    .collect()
            })?;
            Ok(OperatorBlock {
                name,
                operator,
                conditions,
                span: span(&property.value),
            })
        })
        .collect::<Read<Vec<_>>>()?;
    Ok(ConditionElement {
        span: span(value),
        blocks,
    })
}

fn unknown_operator(name: &Spanned<String>) -> ParseError {
    let detail = format!("`{}` is no condition operator", name.value);
    let error = ParseError::new(Fault::Syntax, name.span.clone(), detail);
    match Operator::nearest(&name.value) {
        Some(near) => error.with_help(format!("did you mean `{near}`?")),
        None => error,
    }
}

fn read_key(
    property: &ObjectProp<'_>,
    operator: Operator,
    operator_span: &Span,
    variables: bool,
) -> Read<Condition> {
    let key = property.name.as_str().to_owned();
    let of_value = |value: &Value<'_>| -> Read<ConditionValue> {
        let Spanned { value: text, span } = scalar(value, &key)?;
        let operand = Operand::parse(operator.comparison, &text, variables);
        Ok(ConditionValue { text, span, operand })
    };
    let values = match &property.value {
        Value::Array(Array { elements, .. }) => elements.iter().map(of_value).collect::<Read<Vec<_>>>()?,
        value => vec![of_value(value)?],
    };
    Ok(Condition {
        operator,
        operator_span: operator_span.clone(),
        lowered_key: lower(&key).into_owned(),
        key_span: key_span(property),
        values,
        values_span: span(&property.value),
        span: key_span(property).start..span(&property.value).end,
        key,
    })
}
