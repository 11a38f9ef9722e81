//! ARNs as `ArnEquals` and `ArnLike` compare them.

use super::MalformedArn;
use crate::context::Context;
use crate::pattern::{Pattern, Token};
use crate::template::{Syntax, Template};

/// The parts of an ARN: `arn`, partition, service, region, account, resource.
const PARTS: usize = 6;

/// A pattern for ARNs. Each of the six parts is compared on its own, so a wildcard does not reach across the first five
/// colons (IAM user guide, ARN operators).
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ArnPattern {
    /// A lone `*`.
    ///
    /// By the rule of six parts it would match nothing. Public policy checkers all take it for "any ARN", and so does this;
    /// no recording of AWS settles it.
    Everything,
    /// No variables.
    Fixed(Box<[Pattern; PARTS]>),
    /// Split once the variables are filled in.
    Variable(Template),
    /// Without six parts.
    Malformed,
}

impl ArnPattern {
    /// Compiles a value.
    pub(crate) fn parse(text: &str, syntax: Syntax) -> Self {
        match Template::parse(text, syntax) {
            Template::Fixed(pattern) if pattern.is_everything() => Self::Everything,
            Template::Fixed(pattern) => split(pattern.tokens()).map_or(Self::Malformed, Self::Fixed),
            template => Self::Variable(template),
        }
    }

    /// Whether an ARN matches. What is not an ARN matches nothing.
    pub(crate) fn matches(&self, arn: &str, context: &Context) -> Result<bool, MalformedArn> {
        if !is_arn(arn) {
            return Ok(false);
        }
        match self {
            Self::Everything => Ok(true),
            Self::Fixed(parts) => Ok(first_difference(parts, arn).is_none()),
            Self::Variable(template) => match template.resolve(context) {
                Ok(tokens) => {
                    let parts = split(&tokens).ok_or(MalformedArn)?;
                    Ok(first_difference(&parts, arn).is_none())
                }
                Err(_) => Ok(false),
            },
            Self::Malformed => Err(MalformedArn),
        }
    }

    /// Which of the six parts is the first that does not match; for explanations.
    pub(crate) fn first_difference(&self, arn: &str) -> Option<usize> {
        match self {
            Self::Fixed(parts) => first_difference(parts, arn),
            Self::Everything | Self::Variable(_) | Self::Malformed => None,
        }
    }
}

/// Whether a text has the six parts of an ARN.
pub(super) fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") && text.splitn(PARTS, ':').count() == PARTS
}

fn first_difference(parts: &[Pattern; PARTS], arn: &str) -> Option<usize> {
    let mut given = arn.splitn(PARTS, ':');
    parts
        .iter()
        .position(|part| given.next().is_none_or(|given| !part.matches(given)))
}

/// Cuts at the first five colons that stand in literal text.
fn split(tokens: &[Token]) -> Option<Box<[Pattern; PARTS]>> {
    let mut parts: Vec<Vec<Token>> = vec![Vec::new()];
    for token in tokens {
        let Token::Text(text) = token else {
            parts.last_mut()?.push(token.clone());
            continue;
        };
        for (index, piece) in text.splitn(PARTS + 1 - parts.len(), ':').enumerate() {
            if index > 0 {
                parts.push(Vec::new());
            }
            parts.last_mut()?.push(Token::Text(piece.to_owned()));
        }
    }
    let patterns: Vec<Pattern> = parts.into_iter().map(Pattern::from_tokens).collect();
    patterns.try_into().ok().map(Box::new)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const SYNTAX: Syntax = Syntax {
        wildcards: true,
        variables: true,
    };

    #[rstest]
    #[case::same("arn:aws:iam::1:role/a", "arn:aws:iam::1:role/a", true)]
    #[case::case_counts("arn:aws:iam::1:role/A", "arn:aws:iam::1:role/a", false)]
    #[case::wildcard_in_part("arn:aws:iam::*:role/*", "arn:aws:iam::1:role/a/b", true)]
    #[case::wildcard_stays_in_part("arn:aws:sns:*:1:t", "arn:aws:sns:eu:9:1:t", false)]
    #[case::last_part_holds_colons("arn:aws:sns:*:*:topic:*", "arn:aws:sns:eu-west-1:1:topic:a:b", true)]
    #[case::lone_star("*", "arn:aws:iam::1:role/a", true)]
    #[case::one_character("arn:aws:iam::?:role/a", "arn:aws:iam::1:role/a", true)]
    #[case::not_an_arn("arn:aws:iam::*:role/*", "role/a", false)]
    #[case::variable("arn:aws:iam::1:user/${aws:username}", "arn:aws:iam::1:user/ann", true)]
    #[case::whole_variable("${aws:PrincipalArn}", "arn:aws:iam::1:user/ann", true)]
    #[case::unresolved("arn:aws:iam::1:user/${aws:missing}", "arn:aws:iam::1:user/", false)]
    #[case::value_is_no_pattern("arn:aws:iam::1:user/${a:star}", "arn:aws:iam::1:user/ann", false)]
    fn compares(#[case] pattern: &str, #[case] arn: &str, #[case] expected: bool) {
        let context = Context::new()
            .with("aws:username", "ann")
            .with("a:star", "*")
            .with("aws:PrincipalArn", "arn:aws:iam::1:user/ann");
        assert_eq!(
            ArnPattern::parse(pattern, SYNTAX).matches(arn, &context),
            Ok(expected)
        );
    }

    #[rstest]
    #[case::two_stars("*:*")]
    #[case::short("arn:aws:iam::1")]
    #[case::word("not-an-arn")]
    #[case::variable("${a:word}")]
    fn wants_six_parts(#[case] pattern: &str) {
        let pattern = ArnPattern::parse(pattern, SYNTAX);
        let context = Context::new().with("a:word", "not-an-arn");
        assert_eq!(
            pattern.matches("arn:aws:iam::1:role/a", &context),
            Err(MalformedArn)
        );
        assert_eq!(pattern.matches("not-an-arn", &context), Ok(false));
    }

    #[test]
    fn names_the_part_that_differs() {
        let pattern = ArnPattern::parse("arn:aws:iam::1:role/a", SYNTAX);
        assert_eq!(pattern.first_difference("arn:aws:iam::2:role/a"), Some(4));
        assert_eq!(pattern.first_difference("arn:aws:iam::1:role/a"), None);
    }
}
