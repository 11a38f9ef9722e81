//! From JSON to a document: the grammar.
//!
//! Refused here is what is wrong in every kind of policy, with the text IAM gives it (recorded AWS behaviour:
//! `Syntax errors in policy.` for unknown elements, wrong types, both `Action` and `NotAction`, no statement, no effect, an
//! unknown operator that has keys, an unknown version; `The policy failed legacy parsing` for `"allow"`). What depends on
//! the kind of policy is left to validation.

use jsonc_parser::ast::{Array, Object, ObjectProp, StringLit, Value};
use jsonc_parser::common::Ranged;

use super::{
    ActionElement, ActionPattern, Condition, ConditionElement, ConditionValue, Document, OperatorBlock,
    PrincipalElement, PrincipalEntry, PrincipalType, ResourceElement, ResourcePattern, Statement,
    StatementEffect, Version,
};
use crate::distance::distance;
use crate::error::{Fault, ParseError};
use crate::letter_case::lower;
use crate::operand::Operand;
use crate::operator::Operator;
use crate::pattern::Pattern;
use crate::span::{Span, Spanned};
use crate::template::{Syntax, Template};

type Read<T> = Result<T, ParseError>;

/// Reads a document.
pub(crate) fn document(value: &Value<'_>) -> Read<Document> {
    let object = object(value, "a policy")?;
    let mut elements = Elements::new(object, &["Version", "Id", "Statement"], "a policy")?;
    let (version, version_span) = match elements.take("Version") {
        None => (Version::V2008, None),
        Some(property) => (read_version(property)?, Some(span(&property.value))),
    };
    let id = elements
        .take("Id")
        .map(|property| string(&property.value, "`Id`"))
        .transpose()?;
    let Some(statement) = elements.take("Statement") else {
        return Err(syntax(object.range(), "the policy has no `Statement`"));
    };
    let variables = version == Version::V2012;
    let statements = match &statement.value {
        Value::Array(list) if list.elements.is_empty() => {
            return Err(syntax(list.range(), "`Statement` is an empty list"));
        }
        Value::Array(list) => list
            .elements
            .iter()
            .enumerate()
            .map(|(index, value)| read_statement(value, index, variables))
            .collect::<Read<Vec<_>>>()?,
        value => vec![read_statement(value, 0, variables)?],
    };
    Ok(Document {
        version,
        version_span,
        id,
        statements,
        statements_span: span(&statement.value),
        span: span(value),
    })
}

fn read_version(property: &ObjectProp<'_>) -> Read<Version> {
    let text = string(&property.value, "`Version`")?;
    match text.value.as_str() {
        "2012-10-17" => Ok(Version::V2012),
        "2008-10-17" => Ok(Version::V2008),
        other => {
            let detail = format!("`{other}` is no version of the policy language");
            Err(ParseError::new(Fault::Syntax, text.span, detail).with_help("write \"2012-10-17\""))
        }
    }
}

fn read_statement(value: &Value<'_>, index: usize, variables: bool) -> Read<Statement> {
    let object = object(value, "a statement")?;
    let mut elements = Elements::new(
        object,
        &[
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ],
        "a statement",
    )?;
    let sid = elements
        .take("Sid")
        .map(|property| string(&property.value, "`Sid`"))
        .transpose()?;
    let Some(effect) = elements.take("Effect") else {
        return Err(syntax(object.range(), "the statement has no `Effect`")
            .with_help("add \"Effect\": \"Allow\" or \"Deny\""));
    };
    let effect = read_effect(effect)?;
    let principal = elements
        .either("Principal", "NotPrincipal")?
        .map(|(property, negated)| read_principal(property, negated))
        .transpose()?;
    let action = elements
        .either("Action", "NotAction")?
        .map(|(property, negated)| {
            let values = strings(&property.value, property.name.as_str())?;
            let values = values
                .into_iter()
                .map(|Spanned { value, span }| {
                    let pattern = Pattern::parse(&lower(&value));
                    ActionPattern {
                        text: value,
                        span,
                        pattern,
                    }
                })
                .collect();
            Read::Ok(ActionElement {
                negated,
                key_span: key_span(property),
                span: span(&property.value),
                values,
            })
        })
        .transpose()?;
    let resource = elements
        .either("Resource", "NotResource")?
        .map(|(property, negated)| {
            let values = strings(&property.value, property.name.as_str())?;
            let values = values
                .into_iter()
                .map(|Spanned { value, span }| {
                    let template = Template::parse(
                        &value,
                        Syntax {
                            wildcards: true,
                            variables,
                        },
                    );
                    ResourcePattern {
                        text: value,
                        span,
                        template,
                    }
                })
                .collect();
            Read::Ok(ResourceElement {
                negated,
                key_span: key_span(property),
                span: span(&property.value),
                values,
            })
        })
        .transpose()?;
    let condition = elements
        .take("Condition")
        .map(|property| read_condition(&property.value, variables))
        .transpose()?;
    Ok(Statement {
        index,
        sid,
        effect,
        principal,
        action,
        resource,
        condition,
        span: span(value),
    })
}

fn read_effect(property: &ObjectProp<'_>) -> Read<Spanned<StatementEffect>> {
    let text = string(&property.value, "`Effect`")?;
    let effect = match text.value.as_str() {
        "Allow" => StatementEffect::Allow,
        "Deny" => StatementEffect::Deny,
        other => {
            let known = ["Allow", "Deny"]
                .into_iter()
                .find(|known| known.eq_ignore_ascii_case(other));
            let (fault, help) = match known {
                Some(known) => (
                    Fault::LegacyParsing,
                    format!("write \"{known}\": the case counts"),
                ),
                None => (Fault::Syntax, "write \"Allow\" or \"Deny\"".to_owned()),
            };
            return Err(ParseError::new(fault, text.span, format!("`{other}` is no effect")).with_help(help));
        }
    };
    Ok(Spanned::new(effect, text.span))
}

fn read_principal(property: &ObjectProp<'_>, negated: bool) -> Read<PrincipalElement> {
    let name = property.name.as_str();
    let entries = match &property.value {
        Value::StringLit(text) if text.value == "*" => {
            vec![PrincipalEntry {
                kind: None,
                value: "*".into(),
                span: range(text),
                kind_span: range(text),
            }]
        }
        Value::StringLit(text) => {
            let detail = format!("`{name}` is a text; only \"*\" may stand there alone");
            let help = format!(
                "write {{\"AWS\": {0}}} or {{\"Federated\": {0}}}",
                crate::edit::json_string(&text.value)
            );
            let fault = Fault::Malformed(format!("Invalid principal in policy: \"{}\"", text.value));
            return Err(ParseError::new(fault, range(text), detail).with_help(help));
        }
        value => {
            let object = object(value, &format!("`{name}`"))?;
            no_duplicates(object)?;
            let mut entries = Vec::new();
            for property in &object.properties {
                let Some(kind) = PrincipalType::parse(property.name.as_str()) else {
                    let name = property.name.as_str();
                    let detail = format!("`{name}` is no type of principal");
                    let known = ["AWS", "Federated", "Service", "CanonicalUser"];
                    return Err(ParseError::new(Fault::Syntax, key_span(property), detail)
                        .with_help(nearest_help(name, &known)));
                };
                let kind_span = key_span(property);
                entries.extend(strings(&property.value, kind.name())?.into_iter().map(
                    |Spanned { value, span }| PrincipalEntry {
                        kind: Some(kind),
                        value,
                        span,
                        kind_span: kind_span.clone(),
                    },
                ));
            }
            entries
        }
    };
    Ok(PrincipalElement {
        negated,
        key_span: key_span(property),
        span: span(&property.value),
        entries,
    })
}

fn read_condition(value: &Value<'_>, variables: bool) -> Read<ConditionElement> {
    let object = object(value, "`Condition`")?;
    no_duplicates(object)?;
    let blocks = object
        .properties
        .iter()
        .map(|property| {
            let name = Spanned::new(property.name.as_str().to_owned(), key_span(property));
            let keys = self::object(&property.value, &format!("`{}`", name.value))?;
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

/// The elements of an object, each known and there at most once.
struct Elements<'v, 'a> {
    object: &'v Object<'a>,
}

impl<'v, 'a> Elements<'v, 'a> {
    fn new(object: &'v Object<'a>, known: &[&str], what: &str) -> Read<Self> {
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

    fn take(&mut self, name: &str) -> Option<&'v ObjectProp<'a>> {
        self.object.get(name)
    }

    /// The one of an element and its negation that is there, and whether it is the negation.
    fn either(&mut self, plain: &str, negated: &str) -> Read<Option<(&'v ObjectProp<'a>, bool)>> {
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
fn no_duplicates(object: &Object<'_>) -> Read<()> {
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

fn object<'v, 'a>(value: &'v Value<'a>, what: &str) -> Read<&'v Object<'a>> {
    value
        .as_object()
        .ok_or_else(|| syntax_at(span(value), &format!("{what} has to be an object")))
}

fn string(value: &Value<'_>, what: &str) -> Read<Spanned<String>> {
    match value {
        Value::StringLit(text) => Ok(Spanned::new(text.value.clone().into_owned(), range(text))),
        other => Err(syntax_at(span(other), &format!("{what} has to be a text"))),
    }
}

/// A text or a list of texts.
fn strings(value: &Value<'_>, what: &str) -> Read<Vec<Spanned<String>>> {
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
fn scalar(value: &Value<'_>, key: &str) -> Read<Spanned<String>> {
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

fn nearest_help(name: &str, known: &[&str]) -> String {
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

fn syntax(range: jsonc_parser::common::Range, detail: &str) -> ParseError {
    syntax_at(range.start..range.end, detail)
}

fn syntax_at(span: Span, detail: &str) -> ParseError {
    ParseError::new(Fault::Syntax, span, detail)
}

fn span(value: &Value<'_>) -> Span {
    let range = value.range();
    range.start..range.end
}

fn range(text: &StringLit<'_>) -> Span {
    text.range.start..text.range.end
}

fn key_span(property: &ObjectProp<'_>) -> Span {
    let range = property.name.range();
    range.start..range.end
}
