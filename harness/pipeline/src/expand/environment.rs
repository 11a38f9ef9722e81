//! The runner's expansion, once over every value before it is exported.
//!
//! The syntax is that of Go's `os.Expand`: `$NAME`, `${anything}`, and the shell's special names, which are empty
//! here, but for `$$`, which is a `$`. A value is looked up as it came from GitLab, not as it was expanded.

use std::collections::HashMap;

use crate::expand::Variable;

/// Expands every variable that is not raw. A reference to a file variable becomes the path of its file in the
/// directory, as the job sees it; of one name the last counts. The order stays.
#[must_use]
pub fn expand_all(variables: &[Variable], temporary_directory: &str) -> Vec<Variable> {
    let values: HashMap<&str, String> = variables
        .iter()
        .map(|variable| {
            let value = if variable.file {
                format!("{}/{}", temporary_directory.trim_end_matches('/'), variable.key)
            } else {
                variable.value.clone()
            };
            (variable.key.as_str(), value)
        })
        .collect();
    let expanded = |variable: &Variable| {
        let value = if variable.raw {
            variable.value.clone()
        } else {
            expand(&variable.value, |name| values.get(name).map(String::as_str))
        };
        Variable {
            value,
            ..variable.clone()
        }
    };
    variables.iter().map(expanded).collect()
}

/// Expands the references in one text: an undefined name becomes nothing.
#[must_use]
pub fn expand<'v>(text: &str, lookup: impl Fn(&str) -> Option<&'v str>) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        expanded.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if after.is_empty() {
            rest = &rest[at..];
            break;
        }
        let (name, length) = shell_name(after);
        match name {
            Some("$") => expanded.push('$'),
            Some(name) if name.len() == 1 && name.starts_with(is_special) => {}
            Some(name) => expanded.push_str(lookup(name).unwrap_or_default()),
            // A `$` before anything else stays; broken braces are swallowed.
            None if length == 0 => expanded.push('$'),
            None => {}
        }
        rest = &after[length..];
    }
    expanded.push_str(rest);
    expanded
}

/// The name at the start of a text, and how many bytes it takes with its braces.
fn shell_name(text: &str) -> (Option<&str>, usize) {
    if let Some(inner) = text.strip_prefix('{') {
        return match inner.find('}') {
            _ if inner.starts_with(is_special) && inner[1..].starts_with('}') => (Some(&inner[..1]), 3),
            Some(0) => (None, 2),
            Some(end) => (Some(&inner[..end]), end + 2),
            None => (None, 1),
        };
    }
    if text.starts_with(is_special) {
        return (Some(&text[..1]), 1);
    }
    let length = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    if length == 0 {
        (None, 0)
    } else {
        (Some(&text[..length]), length)
    }
}

/// The one-character names of the shell.
fn is_special(c: char) -> bool {
    "*#$@!?-".contains(c) || c.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::{expand, expand_all};
    use crate::expand::Variable;
    use rstest::rstest;

    #[rstest]
    #[case::plain("text", "text")]
    #[case::dollar("$A", "1")]
    #[case::braces("x${A}y", "x1y")]
    #[case::undefined("[$MISSING]", "[]")]
    #[case::dollars_are_one("$$A", "$A")]
    #[case::four_dollars("$$$$", "$$")]
    #[case::three_dollars("$$$A", "$1")]
    #[case::braced_dollar("${$}", "$")]
    #[case::positional("$1A", "A")]
    #[case::special("$@$*$?$!$#$-", "")]
    #[case::dash_default_is_a_name("${A:-x}", "")]
    #[case::empty_braces_vanish("a${}b", "ab")]
    #[case::open_brace_vanishes("a${A", "aA")]
    #[case::dollar_at_the_end("5$", "5$")]
    #[case::dollar_before_punctuation("$.x", "$.x")]
    #[case::percent_stays("%A%", "%A%")]
    #[case::values_are_not_expanded("$REF", "$A")]
    #[case::command_substitution_stays("$(date)", "$(date)")]
    #[case::other_script("$é", "$é")]
    fn expands(#[case] text: &str, #[case] expected: &str) {
        let lookup = |name: &str| match name {
            "A" => Some("1"),
            "REF" => Some("$A"),
            _ => None,
        };
        assert_eq!(expand(text, lookup), expected);
    }

    #[test]
    fn expands_a_list() {
        let variables = [
            Variable::new("A", "1"),
            Variable {
                raw: true,
                ..Variable::new("RAW", "$A")
            },
            Variable {
                file: true,
                ..Variable::new("FILE", "content of $A")
            },
            Variable::new("X", "$A $RAW $FILE $LATER"),
            Variable::new("A", "2"),
            Variable::new("LATER", "$$A"),
        ];
        let expanded = expand_all(&variables, "/builds/p.tmp/");
        let values: Vec<_> = expanded.iter().map(|variable| variable.value.as_str()).collect();
        assert_eq!(
            values,
            [
                "1",
                "$A",
                "content of 2",
                "2 $A /builds/p.tmp/FILE $$A",
                "2",
                "$A"
            ]
        );
    }
}
