//! The words of an expression.

use std::sync::LazyLock;

use regex::Regex;

use super::SyntaxError;

/// Tokens of an expression.
const MAX_TOKENS: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    Open,
    Close,
    Variable(&'t str),
    Text(&'t str),
    Pattern(&'t str),
    Null,
    Operator(Operator),
}

/// Operators; those before bind tighter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equals,
    Matches,
    NotEquals,
    NotMatches,
    And,
    Or,
}

impl Operator {
    pub(super) fn precedence(self) -> u8 {
        match self {
            Operator::Equals | Operator::Matches | Operator::NotEquals | Operator::NotMatches => 0,
            Operator::And => 1,
            Operator::Or => 2,
        }
    }
}

/// The words in the order in which GitLab looks for them.
static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    // What a slash begins needs two characters at least: `/a/` is no pattern.
    let words = r#"^(?:(?<open>\()|(?<close>\))|\$(?<variable>[a-zA-Z0-9_]+)|"(?<double>.*?)"|'(?<single>.*?)'|(?<pattern>/(?:[^/]|\\/)+[^\\]/[ismU]*)|(?<null>null)|(?<operator>==|=~|!=|!~|&&|\|\|))"#;
    Regex::new(words).expect("a constant expression")
});

pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, SyntaxError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if tokens.len() == MAX_TOKENS {
            return Err(SyntaxError);
        }
        let found = WORDS.captures(rest).ok_or(SyntaxError)?;
        let named = |name| found.name(name).map(|word| word.as_str());
        let token = if named("open").is_some() {
            Token::Open
        } else if named("close").is_some() {
            Token::Close
        } else if let Some(name) = named("variable") {
            Token::Variable(name)
        } else if let Some(text) = named("double").or_else(|| named("single")) {
            Token::Text(text)
        } else if let Some(pattern) = named("pattern") {
            Token::Pattern(pattern)
        } else if named("null").is_some() {
            Token::Null
        } else {
            Token::Operator(match named("operator") {
                Some("==") => Operator::Equals,
                Some("=~") => Operator::Matches,
                Some("!=") => Operator::NotEquals,
                Some("!~") => Operator::NotMatches,
                Some("&&") => Operator::And,
                _ => Operator::Or,
            })
        };
        tokens.push(token);
        let length = found.get(0).map_or(rest.len(), |word| word.end());
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}
