//! Usual slips, recognised by the lines around an error, and what to write instead.

use granit_parser::ErrorKind as Fault;

/// What to write instead, if the slip is one of the usual ones.
pub(crate) fn help(text: &str, offset: usize, fault: &Fault) -> Option<String> {
    let lines = Lines::around(text, offset);
    if lines
        .current
        .chars()
        .take_while(|c| c.is_whitespace())
        .any(|c| c == '\t')
    {
        return Some("YAML indents with spaces; replace the tab".to_owned());
    }
    let specific = match fault {
        Fault::TabInBlockIndentation | Fault::TabNotAllowed | Fault::TabInIndentation => {
            Some("YAML indents with spaces; replace the tab".to_owned())
        }
        Fault::UnclosedQuotedScalar => {
            let quote = text.get(offset..).and_then(|rest| rest.chars().next()).unwrap_or('"');
            Some(format!("close this quote with `{quote}`"))
        }
        Fault::UnknownQuotedScalarEscape => Some(
            "in double quotes a backslash begins an escape; double it, or use single quotes".to_owned(),
        ),
        Fault::InvalidTrailingSingleQuotedScalar | Fault::InvalidTrailingDoubleQuotedScalar => Some(
            "the quotes end before the value does; put the whole value into the other kind of quotes, or into a block after `|`"
                .to_owned(),
        ),
        Fault::UnexpectedCharacter { character } => {
            Some(format!("a value cannot begin with `{}`; put quotes around it", character.escape_debug()))
        }
        Fault::UnclosedFlowCollection { open } => Some(format!("close this with `{}`", closing(*open))),
        Fault::MappingValueNotAllowed | Fault::SimpleKeyExpected | Fault::InvalidSimpleKey => colon(&lines),
        _ => None,
    };
    if lost_indentation(text) {
        return Some(
            "no line of this text is indented; its indentation was lost, perhaps when it was copied"
                .to_owned(),
        );
    }
    specific.or_else(|| match fault {
        Fault::ExpectedBlockMappingKey | Fault::ExpectedBlockSequenceEntry | Fault::InvalidIndentation => {
            Some(alignment(&lines))
        }
        _ => None,
    })
}

/// The line of the error and the last line above it that is not blank.
struct Lines<'t> {
    above: Option<&'t str>,
    current: &'t str,
    /// The current line up to the error.
    before: &'t str,
}

impl<'t> Lines<'t> {
    fn around(text: &'t str, offset: usize) -> Self {
        let start = text
            .get(..offset)
            .and_then(|head| head.rfind(['\n', '\r']))
            .map_or(0, |at| at + 1);
        let rest = text.get(start..).unwrap_or_default();
        let current = rest.split(['\n', '\r']).next().unwrap_or_default();
        let above = text.get(..start).unwrap_or_default().lines().rev().find(|line| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with('#')
        });
        Self {
            above,
            current,
            before: text.get(start..offset).unwrap_or_default(),
        }
    }
}

/// A colon where no key can be: one too many on the line, or one too tight on the line above.
fn colon(lines: &Lines<'_>) -> Option<String> {
    if let Some((key, value)) = lines
        .before
        .trim_start()
        .trim_start_matches("- ")
        .split_once(": ")
    {
        // A key with blanks or quotes in a list is a command, and its colon belongs to it.
        if lines.before.trim_start().starts_with("- ") && key.contains([' ', '"', '\'']) {
            return Some(
                "the item holds `: `; put the whole item into quotes, or into a block after `|`".to_owned(),
            );
        }
        let value = lines
            .current
            .split_once(": ")
            .map_or(value, |(_, whole)| whole)
            .trim();
        if !value.starts_with(['|', '>', '"', '\'']) {
            return Some(format!(
                "the value holds `: `; put quotes around it: `{}: '{}'`",
                key.trim(),
                value.replace('\'', "''")
            ));
        }
    }
    let above = lines.above?;
    if let Some(word) = tight_colon(above).or_else(|| tight_colon(lines.current)) {
        let (key, value) = word.split_once(':').unwrap_or((word, ""));
        return Some(format!("put a space after the colon: `{key}: {value}`"));
    }
    let deeper = indent(lines.current) > indent(above);
    if deeper && above.contains(": ") {
        return Some(
            "this line is indented under a line that already has a value; align it with that line, or end that line after its colon"
                .to_owned(),
        );
    }
    if deeper || above.trim_start().starts_with("- ") {
        return Some(alignment(lines));
    }
    None
}

/// The first word of a line, when it is `key:value` and no URL.
fn tight_colon(line: &str) -> Option<&str> {
    let content = line.trim_start().trim_start_matches("- ");
    let word = content.split_whitespace().next()?;
    let (key, value) = word.split_once(':')?;
    let named = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
    (named && !value.is_empty() && !value.starts_with('/')).then_some(word)
}

fn alignment(lines: &Lines<'_>) -> String {
    let current = indent(lines.current);
    match lines.above {
        Some(above) if indent(above) != current => format!(
            "this line is indented by {current} and the line above by {}; lines that belong together are indented alike",
            indent(above)
        ),
        _ => "lines that belong together are indented alike, and each item of a list begins with `- `"
            .to_owned(),
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn closing(open: char) -> char {
    if open == '[' { ']' } else { '}' }
}

/// Whether several lines end with a colon, as if something were to follow below, and nothing is indented.
fn lost_indentation(text: &str) -> bool {
    let lines = || {
        text.lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
    };
    lines().all(|line| !line.starts_with([' ', '\t']))
        && lines().filter(|line| line.trim_end().ends_with(':')).count() >= 2
}
