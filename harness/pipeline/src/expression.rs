//! The expressions of `rules:if` and `only:variables`.
//!
//! Values are taken as written, never expanded: undefined is `null`, which no string equals, and of what is not
//! compared only the empty string and `null` count as false. `&&` binds before `||`.
//!
//! Source: GitLab docs, "CI/CD job rules, variable expressions"; `Gitlab::Ci::Pipeline::Expression` for the grammar.

mod lexer;
mod parser;
mod pattern;

pub(crate) use pattern::Pattern;

use parser::Tree;

/// A parsed expression.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    tree: Tree,
}

/// GitLab's words for a text that is no expression.
pub(crate) const INVALID: &str = "invalid expression syntax";

/// The text is not an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError;

/// What a part of an expression is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Worth {
    Null,
    Bool(bool),
    Text(String),
}

impl Expression {
    pub(crate) fn parse(text: &str) -> Result<Self, SyntaxError> {
        parser::parse(&lexer::tokens(text)?).map(|tree| Self { tree })
    }

    /// Whether it holds. An expression that fails while it is evaluated, for a variable that is no regular expression,
    /// does not.
    pub(crate) fn holds<'v>(&self, lookup: &dyn Fn(&str) -> Option<&'v str>) -> bool {
        match self.tree.evaluate(lookup) {
            Some(Worth::Bool(truth)) => truth,
            Some(Worth::Text(text)) => !text.trim().is_empty(),
            Some(Worth::Null) | None => false,
        }
    }
}

impl Tree {
    /// `None` where the evaluation fails.
    fn evaluate<'v>(&self, lookup: &dyn Fn(&str) -> Option<&'v str>) -> Option<Worth> {
        Some(match self {
            Tree::Null => Worth::Null,
            Tree::Text(text) => Worth::Text(text.clone()),
            Tree::Variable(name) => lookup(name).map_or(Worth::Null, |value| Worth::Text(value.to_owned())),
            // A pattern by itself is a value that is there.
            Tree::Pattern(_) => Worth::Bool(true),
            Tree::Equals(left, right) => Worth::Bool(left.evaluate(lookup)? == right.evaluate(lookup)?),
            Tree::NotEquals(left, right) => Worth::Bool(left.evaluate(lookup)? != right.evaluate(lookup)?),
            Tree::Matches(left, right) => Worth::Bool(matches(left, right, lookup)?.unwrap_or(false)),
            Tree::NotMatches(left, right) => Worth::Bool(!matches(left, right, lookup)?.unwrap_or(false)),
            // As in Ruby, where an empty string is as true as any.
            Tree::And(left, right) => match left.evaluate(lookup)? {
                falsy @ (Worth::Null | Worth::Bool(false)) => falsy,
                _ => right.evaluate(lookup)?,
            },
            Tree::Or(left, right) => match left.evaluate(lookup)? {
                Worth::Null | Worth::Bool(false) => right.evaluate(lookup)?,
                truthy => truthy,
            },
        })
    }
}

/// Whether the left side matches the right; `None` inside where there is nothing to match against.
fn matches<'v>(left: &Tree, right: &Tree, lookup: &dyn Fn(&str) -> Option<&'v str>) -> Option<Option<bool>> {
    let text = match left.evaluate(lookup)? {
        Worth::Null => String::new(),
        Worth::Bool(truth) => truth.to_string(),
        Worth::Text(text) => text,
    };
    if let Tree::Pattern(pattern) = right {
        return Some(Some(pattern.is_match(&text)));
    }
    Some(match right.evaluate(lookup)? {
        Worth::Null => None,
        Worth::Bool(_) => return None,
        // A variable may hold a pattern; any other text is searched for the left side.
        Worth::Text(written) if pattern::looks_like_one(&written) => {
            Some(Pattern::parse(&written).ok()?.is_match(&text))
        }
        Worth::Text(written) => Some(written.contains(&text)),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::Expression;

    fn holds(text: &str) -> Option<bool> {
        let lookup = |name: &str| match name {
            "SET" => Some("my variable"),
            "PATH" => Some("a/path/value"),
            "EMPTY" => Some(""),
            "ZERO" => Some("0"),
            "FALSE" => Some("false"),
            "REFERENCE" => Some("$SET"),
            "PATTERN" => Some("/^my.*/"),
            "BROKEN" => Some("/(/"),
            _ => None,
        };
        Expression::parse(text).ok().map(|it| it.holds(&lookup))
    }

    #[rstest]
    #[case::equal("$SET == \"my variable\"", true)]
    #[case::turned("'my variable' == $SET", true)]
    #[case::set("$SET", true)]
    #[case::empty("$EMPTY", false)]
    #[case::undefined("$NONE", false)]
    #[case::zero_is_true("$ZERO", true)]
    #[case::false_is_true("$FALSE", true)]
    #[case::undefined_is_null("$NONE == null", true)]
    #[case::empty_is_not_null("$EMPTY == null", false)]
    #[case::undefined_is_not_empty("$NONE == ''", false)]
    #[case::empty_equals_empty("$EMPTY == ''", true)]
    #[case::not_null("$EMPTY != null", true)]
    #[case::matches("$SET =~ /var.*e$/", true)]
    #[case::anchored("$SET =~ /^var/", false)]
    #[case::flags("$SET =~ /VAR.*/i", true)]
    #[case::slash("$PATH =~ /path\\/value/", true)]
    #[case::undefined_matches_not("$NONE !~ /x.*/", true)]
    #[case::undefined_does_not_match("$NONE =~ /var.*/", false)]
    #[case::pattern_in_a_variable("$SET =~ $PATTERN", true)]
    #[case::broken_pattern("$SET =~ $BROKEN", false)]
    #[case::broken_pattern_negated("$SET !~ $BROKEN", false)]
    #[case::undefined_pattern("$SET =~ $NONE", false)]
    #[case::undefined_pattern_negated("$SET !~ $NONE", true)]
    #[case::text_as_pattern("$SET =~ 'oh my variable'", true)]
    #[case::values_stay_as_written("$REFERENCE == 'my variable'", false)]
    #[case::and("$SET && $PATH", true)]
    #[case::and_takes_the_last("$SET && $EMPTY", false)]
    #[case::and_with_an_empty_first("$EMPTY && $SET", true)]
    #[case::or("$NONE || $SET", true)]
    #[case::or_with_an_empty_first("$EMPTY || $SET", false)]
    #[case::and_before_or("$NONE && $NONE || $SET", true)]
    #[case::and_before_or_turned("$SET || $NONE && $NONE", true)]
    #[case::parentheses("($SET || $NONE) && $NONE", false)]
    #[case::nested("('x' == ('y' && 'x'))", true)]
    #[case::many("$SET == 'my variable' && $PATH =~ /^a\\/.*/ || $NONE", true)]
    fn evaluates_as_gitlab(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(holds(text), Some(expected));
    }

    #[rstest]
    #[case::nothing("")]
    #[case::braces("${SET}")]
    #[case::bare_word("main == $SET")]
    #[case::number("$SET == 1")]
    #[case::lookahead("$SET =~ /^(?!x).*/")]
    #[case::single_equals("$SET = 'x'")]
    #[case::open("($SET")]
    #[case::close("$SET)")]
    #[case::no_operator("$SET $PATH")]
    #[case::no_operand("$SET ==")]
    #[case::one_character_pattern("$SET =~ /a/")]
    #[case::open_pattern("$SET =~ /abc")]
    #[case::too_many(&"$A && ".repeat(60))]
    fn refuses_what_gitlab_refuses(#[case] text: &str) {
        assert_eq!(holds(text), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[$A-Z =~!&|()/'\"a-z\\\\^.*]{0,40}") {
            let _ = holds(&text);
        }
    }
}
