//! From JSON to a document: the grammar.
//!
//! Refused here is what is wrong in every kind of policy, with the text IAM gives it (recorded AWS behaviour:
//! `Syntax errors in policy.` for unknown elements, wrong types, both `Action` and `NotAction`, no statement, no effect, an
//! unknown operator that has keys, an unknown version; `The policy failed legacy parsing` for `"allow"`). What depends on
//! the kind of policy is left to validation.

mod condition;
mod element;
#[cfg(test)]
mod tests;

use element::{
    Elements, key_span, nearest_help, no_duplicates, object, range, span, string, strings, syntax,
};
use jsonc_parser::ast::{ObjectProp, Value};
use jsonc_parser::common::Ranged;

use super::{
    ActionElement, ActionPattern, Document, PrincipalElement, PrincipalEntry, PrincipalType, ResourceElement,
    ResourcePattern, Statement, StatementEffect, Version,
};
use crate::error::{Fault, ParseError};
use crate::letter_case::lower;
use crate::pattern::Pattern;
use crate::span::Spanned;
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
        .map(|property| condition::read(&property.value, variables))
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
            return Err(ParseError::new(Fault::Syntax, range(text), detail).with_help(help));
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
