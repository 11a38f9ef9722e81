//! Policy values with variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`.
//!
//! Source: IAM user guide, "IAM policy elements: Variables and tags". Variables exist in version `2012-10-17` only; in
//! `2008-10-17`, or without a version, `${...}` is ordinary text.

use crate::context::{Context, ContextValue};
use crate::letter_case::lower;
use crate::pattern::{Pattern, Token, tokens_of};

/// A policy value, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Template {
    /// No variables: the pattern is known.
    Fixed(Pattern),
    /// The pattern depends on the request.
    Variable(Vec<Part>),
}

/// One element of a value with variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text or a wildcard.
    Token(Token),
    /// A variable.
    Variable {
        /// The key, lower-cased.
        key: String,
        /// What stands for it when the request has no such key.
        default: Option<String>,
    },
}

/// How a value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Syntax {
    /// `*` and `?` are wildcards.
    pub(crate) wildcards: bool,
    /// `${...}` is a variable.
    pub(crate) variables: bool,
}

/// The variable that has neither a value in the request nor a default.
///
/// A value with such a variable is equal to nothing and like nothing, so a negated operator holds on it (IAM user guide,
/// "Policy variables with no value"; recorded AWS behaviour).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unresolved<'a>(pub(crate) &'a str);

impl Template {
    /// Compiles a value. Text that looks like a variable but is not one (`${` without an end) stays text.
    pub(crate) fn parse(text: &str, syntax: Syntax) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while syntax.variables
            && let Some(start) = rest.find("${")
            && let Some(length) = rest[start..].find('}')
        {
            push_text(&mut parts, &rest[..start], syntax);
            parts.push(part(&rest[start + 2..start + length]));
            rest = &rest[start + length + 1..];
        }
        push_text(&mut parts, rest, syntax);
        if parts.iter().any(|part| matches!(part, Part::Variable { .. })) {
            return Self::Variable(parts);
        }
        Self::Fixed(Pattern::from_tokens(parts.into_iter().filter_map(
            |part| match part {
                Part::Token(token) => Some(token),
                Part::Variable { .. } => None,
            },
        )))
    }

    /// The pattern's elements for one request, or the first variable that has no value.
    pub(crate) fn resolve<'a>(&'a self, context: &Context) -> Result<Vec<Token>, Unresolved<'a>> {
        match self {
            Self::Fixed(pattern) => Ok(pattern.tokens().to_vec()),
            Self::Variable(parts) => parts.iter().map(|part| part.resolve(context)).collect(),
        }
    }

    /// Whether a text matches, in one request.
    pub(crate) fn matches(&self, text: &str, context: &Context) -> bool {
        match self {
            Self::Fixed(pattern) => pattern.matches(text),
            Self::Variable(_) => self
                .resolve(context)
                .is_ok_and(|tokens| Pattern::from_tokens(tokens).matches(text)),
        }
    }

    /// The text it stands for in one request, if it has no wildcards.
    pub(crate) fn text(&self, context: &Context) -> Option<String> {
        Some(Pattern::from_tokens(self.resolve(context).ok()?).to_string())
    }

    /// The variables in it.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        let parts = match self {
            Self::Fixed(_) => &[],
            Self::Variable(parts) => parts.as_slice(),
        };
        parts.iter().filter_map(|part| match part {
            Part::Variable { key, .. } => Some(key.as_str()),
            Part::Token(_) => None,
        })
    }
}

impl Part {
    /// A value put in for a variable is text: a `*` in it is no wildcard.
    ///
    /// A key with several values stands for no text, and then the default does not either (recorded AWS behaviour).
    fn resolve(&self, context: &Context) -> Result<Token, Unresolved<'_>> {
        match self {
            Self::Token(token) => Ok(token.clone()),
            Self::Variable { key, default } => match (context.lookup(key), default) {
                (Some(ContextValue::One(value)), _) => Ok(Token::Text(value.clone())),
                (None, Some(default)) => Ok(Token::Text(default.clone())),
                (None, None) | (Some(ContextValue::Many(_)), _) => Err(Unresolved(key)),
            },
        }
    }
}

fn push_text(parts: &mut Vec<Part>, text: &str, syntax: Syntax) {
    if syntax.wildcards {
        parts.extend(tokens_of(text).map(Part::Token));
    } else {
        parts.push(Part::Token(Token::Text(text.to_owned())));
    }
}

/// What is between `${` and `}`.
fn part(inside: &str) -> Part {
    if let "*" | "?" | "$" = inside {
        return Part::Token(Token::Text(inside.to_owned()));
    }
    let (key, default) = match inside.split_once(',') {
        Some((key, default)) => {
            let default = default.trim();
            let unquoted = default
                .strip_prefix('\'')
                .and_then(|rest| rest.strip_suffix('\''));
            (key, Some(unquoted.unwrap_or(default).to_owned()))
        }
        None => (inside, None),
    };
    Part::Variable {
        key: lower(key.trim()).into_owned(),
        default,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const LIKE: Syntax = Syntax {
        wildcards: true,
        variables: true,
    };
    const EQUALS: Syntax = Syntax {
        wildcards: false,
        variables: true,
    };

    #[rstest]
    #[case::replaced("home/${aws:username}/*", LIKE, "home/ann/x", true)]
    #[case::other("home/${aws:username}/*", LIKE, "home/bob/x", false)]
    #[case::key_case("${AWS:UserName}", EQUALS, "ann", true)]
    #[case::default_unused("${aws:username, 'x'}", EQUALS, "ann", true)]
    #[case::default_used("${aws:PrincipalTag/team, 'none'}", EQUALS, "none", true)]
    #[case::default_with_colon("${a:b,'c:d'}", EQUALS, "c:d", true)]
    #[case::default_empty("${a:b,''}", EQUALS, "", true)]
    #[case::default_with_comma("${a:b, 'c,d'}", EQUALS, "c,d", true)]
    #[case::default_is_no_pattern("${a:b, '*'}", LIKE, "x", false)]
    #[case::default_unused_for_empty("${a:empty, 'x'}", EQUALS, "x", false)]
    #[case::missing("${a:b}", EQUALS, "", false)]
    #[case::multivalued("${aws:tagkeys}", EQUALS, "x", false)]
    #[case::multivalued_default("${aws:tagkeys, 'x'}", EQUALS, "x", false)]
    #[case::escapes("${*}${?}${$}", LIKE, "*?$", true)]
    #[case::escaped_star_is_literal("${*}", LIKE, "x", false)]
    #[case::escaped_dollar_is_no_variable("${$}{aws:username}", EQUALS, "${aws:username}", true)]
    #[case::value_is_no_variable("${a:variable}", EQUALS, "ann", false)]
    #[case::value_is_no_pattern("${a:star}", LIKE, "xyz", false)]
    #[case::value_is_text("${a:star}", LIKE, "*", true)]
    #[case::unfinished("${aws:username", EQUALS, "${aws:username", true)]
    fn resolves(#[case] template: &str, #[case] syntax: Syntax, #[case] text: &str, #[case] expected: bool) {
        let context = Context::default()
            .with("aws:username", "ann")
            .with("a:star", "*")
            .with("a:empty", "")
            .with("a:variable", "${aws:username}")
            .with("aws:TagKeys", vec!["x"]);
        assert_eq!(
            Template::parse(template, syntax).matches(text, &context),
            expected
        );
    }

    #[test]
    fn variables_are_text_in_2008() {
        let template = Template::parse(
            "${aws:username}",
            Syntax {
                wildcards: false,
                variables: false,
            },
        );
        assert!(template.matches("${aws:username}", &Context::default()));
    }
}
