//! Words to a tree, by the shunting-yard algorithm as GitLab has it.

use super::lexer::{Operator, Token};
use super::{Pattern, SyntaxError};

#[derive(Clone, Debug)]
pub(super) enum Tree {
    Null,
    Text(String),
    Variable(String),
    Pattern(Pattern),
    Equals(Box<Tree>, Box<Tree>),
    NotEquals(Box<Tree>, Box<Tree>),
    Matches(Box<Tree>, Box<Tree>),
    NotMatches(Box<Tree>, Box<Tree>),
    And(Box<Tree>, Box<Tree>),
    Or(Box<Tree>, Box<Tree>),
}

enum Waiting {
    Open,
    Operator(Operator),
}

pub(super) fn parse(tokens: &[Token<'_>]) -> Result<Tree, SyntaxError> {
    let mut output = Vec::new();
    let mut waiting = Vec::new();
    for token in tokens {
        match token {
            Token::Null => output.push(Tree::Null),
            Token::Text(text) => output.push(Tree::Text((*text).to_owned())),
            Token::Variable(name) => output.push(Tree::Variable((*name).to_owned())),
            Token::Pattern(written) => output.push(Tree::Pattern(Pattern::parse(written)?)),
            Token::Open => waiting.push(Waiting::Open),
            Token::Operator(operator) => {
                while let Some(Waiting::Operator(earlier)) = waiting.last()
                    && earlier.precedence() <= operator.precedence()
                {
                    build(*earlier, &mut output)?;
                    waiting.pop();
                }
                waiting.push(Waiting::Operator(*operator));
            }
            Token::Close => loop {
                match waiting.pop().ok_or(SyntaxError)? {
                    Waiting::Open => break,
                    Waiting::Operator(operator) => build(operator, &mut output)?,
                }
            },
        }
    }
    while let Some(last) = waiting.pop() {
        match last {
            Waiting::Open => return Err(SyntaxError),
            Waiting::Operator(operator) => build(operator, &mut output)?,
        }
    }
    match (output.pop(), output.is_empty()) {
        (Some(tree), true) => Ok(tree),
        _ => Err(SyntaxError),
    }
}

fn build(operator: Operator, output: &mut Vec<Tree>) -> Result<(), SyntaxError> {
    let right = Box::new(output.pop().ok_or(SyntaxError)?);
    let left = Box::new(output.pop().ok_or(SyntaxError)?);
    output.push(match operator {
        Operator::Equals => Tree::Equals(left, right),
        Operator::NotEquals => Tree::NotEquals(left, right),
        Operator::Matches => Tree::Matches(left, right),
        Operator::NotMatches => Tree::NotMatches(left, right),
        Operator::And => Tree::And(left, right),
        Operator::Or => Tree::Or(left, right),
    });
    Ok(())
}
