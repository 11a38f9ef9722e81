//! `$[[ inputs.name | function ]]`: filled in as text, before the file is read as YAML.
//!
//! Source: GitLab docs, "CI/CD inputs"; `Gitlab::Ci::Config::Interpolation` for the words.

use super::inputs::{Input, Inputs};
use crate::expand::audience;

/// Functions of one expression.
const MAX_FUNCTIONS: usize = 3;

/// Bytes that a file may grow to.
const MAX_BYTES: usize = 2 << 20;

/// Fills in the expressions of a text.
///
/// # Errors
/// GitLab's words, for the first three expressions that are wrong.
pub(super) fn fill<'v>(
    text: &str,
    inputs: &Inputs,
    lookup: &dyn Fn(&str) -> Option<&'v str>,
) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut errors = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("$[[") {
        let Some(length) = rest[start..].find("]]") else {
            break;
        };
        filled.push_str(&rest[..start]);
        let block = &rest[start..start + length + 2];
        match evaluate(block[3..length].trim(), block, inputs, lookup) {
            Ok(value) => filled.push_str(&value),
            Err(error) => errors.push(error),
        }
        rest = &rest[start + length + 2..];
        if filled.len() > MAX_BYTES {
            return Err("maximum interpolated text size exceeded".to_owned());
        }
    }
    filled.push_str(rest);
    if errors.is_empty() {
        Ok(filled)
    } else {
        errors.truncate(3);
        Err(errors.join(", "))
    }
}

fn evaluate<'v>(
    expression: &str,
    block: &str,
    inputs: &Inputs,
    lookup: &dyn Fn(&str) -> Option<&'v str>,
) -> Result<String, String> {
    let mut parts = expression.split('|').map(str::trim);
    let access = parts.next().unwrap_or_default();
    let functions: Vec<&str> = parts.collect();
    let mut path = access.split('.');
    let context = path.next().unwrap_or_default();
    if context == "matrix" {
        return Ok(block.to_owned());
    }
    let Some(key) = path.next() else {
        return Err("invalid interpolation access pattern".to_owned());
    };
    if context != "inputs" {
        return Err(format!("unknown interpolation key: `{context}`"));
    }
    let Some(input) = inputs.get(key) else {
        return Err(format!("unknown interpolation key: `{key}`"));
    };
    if functions.len() > MAX_FUNCTIONS {
        return Err("too many functions in interpolation block".to_owned());
    }
    let mut value = input.clone();
    for function in functions {
        value = apply(function, &value, lookup)?;
    }
    Ok(value.text().to_owned())
}

fn apply<'v>(
    function: &str,
    value: &Input,
    lookup: &dyn Fn(&str) -> Option<&'v str>,
) -> Result<Input, String> {
    let (name, arguments) = match function.split_once('(') {
        Some((name, rest)) => (name.trim(), rest.trim_end().strip_suffix(')').unwrap_or(rest)),
        None => (function, ""),
    };
    let numbers: Option<Vec<usize>> = arguments
        .split(',')
        .map(|part| part.trim().parse().ok())
        .collect();
    let unknown = || {
        format!(
            "no function matching `{function}`: check that the function name, arguments, and types are correct"
        )
    };
    let only_strings = |name| format!("invalid input type: {name} can only be used with string inputs");
    let text = match value {
        Input::Text(text) => Ok(text.as_str()),
        _ => Err(()),
    };
    match (name, numbers.as_deref()) {
        ("truncate", Some([offset, length])) => {
            let text = text.map_err(|()| only_strings("truncate"))?;
            Ok(Input::Text(text.chars().skip(*offset).take(*length).collect()))
        }
        // Undefined names stay as they are written.
        ("expand_vars", _) if arguments.is_empty() => {
            let text = text.map_err(|()| only_strings("expand_vars"))?;
            Ok(Input::Text(audience::expand_existing(text, lookup)))
        }
        ("posix_escape", _) if arguments.is_empty() => {
            let text = text.map_err(|()| only_strings("posix_escape"))?;
            Ok(Input::Text(shell_escape(text)))
        }
        _ => Err(unknown()),
    }
}

/// A text as one word of a POSIX shell, every special character behind a backslash (Ruby's `Shellwords.escape`).
fn shell_escape(text: &str) -> String {
    if text.is_empty() {
        return "''".to_owned();
    }
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '\n' => escaped.push_str("'\n'"),
            c if c.is_ascii_alphanumeric() || "_-.,:+/@".contains(c) => escaped.push(c),
            c => {
                escaped.push('\\');
                escaped.push(c);
            }
        }
    }
    escaped
}
