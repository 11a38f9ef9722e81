//! A policy document, read and compiled: what the parts of the language become.

pub(crate) mod printer;
pub(crate) mod reader;

use crate::operand::Operand;
use crate::operator::Operator;
use crate::pattern::Pattern;
use crate::span::{Span, Spanned};
use crate::template::Template;

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, also when the document names none. No policy variables.
    V2008,
    /// `2012-10-17`
    V2012,
}

/// A document.
#[derive(Debug, Clone)]
pub struct Document {
    /// The version in force, and where it was written, if it was.
    pub version: Version,
    /// Where `Version` was written.
    pub version_span: Option<Span>,
    /// `Id`
    pub id: Option<Spanned<String>>,
    /// The statements, in the order written.
    pub statements: Vec<Statement>,
    /// Where `Statement`'s value stands.
    pub statements_span: Span,
    /// The whole object.
    pub span: Span,
}

/// A statement.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Its place, counted from 0.
    pub index: usize,
    /// `Sid`
    pub sid: Option<Spanned<String>>,
    /// `Effect`
    pub effect: Spanned<StatementEffect>,
    /// `Principal` or `NotPrincipal`
    pub principal: Option<PrincipalElement>,
    /// `Action` or `NotAction`
    pub action: Option<ActionElement>,
    /// `Resource` or `NotResource`
    pub resource: Option<ResourceElement>,
    /// `Condition`
    pub condition: Option<ConditionElement>,
    /// The whole object.
    pub span: Span,
}

/// What a statement says about the requests it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatementEffect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone)]
pub struct PrincipalElement {
    /// It is `NotPrincipal`.
    pub negated: bool,
    /// The element's name.
    pub key_span: Span,
    /// The element's value.
    pub span: Span,
    /// Every principal named.
    pub entries: Vec<PrincipalEntry>,
}

/// One principal named by a policy.
#[derive(Debug, Clone)]
pub struct PrincipalEntry {
    /// The type it stands under; `None` for the scalar `"*"`.
    pub kind: Option<PrincipalType>,
    /// The value as written.
    pub value: String,
    /// Where the value stands.
    pub span: Span,
    /// Where the type stands (the value, for the scalar).
    pub kind_span: Span,
}

/// The types of principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum PrincipalType {
    /// `AWS`: account, user, role, session, `*`.
    #[serde(rename = "AWS")]
    Aws,
    /// `Federated`: an identity provider.
    Federated,
    /// `Service`: an AWS service.
    Service,
    /// `CanonicalUser`: an S3 account id.
    CanonicalUser,
}

/// `Action` or `NotAction`.
#[derive(Debug, Clone)]
pub struct ActionElement {
    /// It is `NotAction`.
    pub negated: bool,
    /// The element's name.
    pub key_span: Span,
    /// The element's value.
    pub span: Span,
    /// The patterns.
    pub values: Vec<ActionPattern>,
}

/// One pattern for actions. Case-insensitive.
#[derive(Debug, Clone)]
pub struct ActionPattern {
    /// As written.
    pub text: String,
    /// Where.
    pub span: Span,
    /// Lower-cased and compiled.
    pub pattern: Pattern,
}

/// `Resource` or `NotResource`.
#[derive(Debug, Clone)]
pub struct ResourceElement {
    /// It is `NotResource`.
    pub negated: bool,
    /// The element's name.
    pub key_span: Span,
    /// The element's value.
    pub span: Span,
    /// The patterns.
    pub values: Vec<ResourcePattern>,
}

/// One pattern for resources. Case-sensitive.
#[derive(Debug, Clone)]
pub struct ResourcePattern {
    /// As written.
    pub text: String,
    /// Where.
    pub span: Span,
    /// Compiled. A variable may stand anywhere: the IAM user guide allows it after the fifth colon only, but recorded AWS
    /// behaviour is that it is filled in before it too.
    pub template: Template,
}

/// `Condition`.
#[derive(Debug, Clone)]
pub struct ConditionElement {
    /// The element's value.
    pub span: Span,
    /// One block an operator.
    pub blocks: Vec<OperatorBlock>,
}

/// The keys under one operator.
#[derive(Debug, Clone)]
pub struct OperatorBlock {
    /// The operator as written.
    pub name: Spanned<String>,
    /// The operator; `None` for an unknown one, which IAM accepts as long as nothing stands under it.
    pub operator: Option<Operator>,
    /// The keys.
    pub conditions: Vec<Condition>,
    /// The block's value.
    pub span: Span,
}

/// One key under one operator.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The operator.
    pub operator: Operator,
    /// Where the operator stands.
    pub operator_span: Span,
    /// The key as written.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The key lower-cased.
    pub(crate) lowered_key: String,
    /// The policy's values.
    pub values: Vec<ConditionValue>,
    /// Where the value or list of values stands.
    pub values_span: Span,
    /// From the key to the end of its values.
    pub span: Span,
}

/// One value of a condition.
#[derive(Debug, Clone)]
pub struct ConditionValue {
    /// The value; a number or Boolean as it was written.
    pub text: String,
    /// Where, with the quotes.
    pub span: Span,
    pub(crate) operand: Operand,
}

impl Statement {
    /// Every condition of the statement; all have to hold.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.condition
            .iter()
            .flat_map(|element| &element.blocks)
            .flat_map(|block| &block.conditions)
    }
}

impl ConditionValue {
    /// The pattern that request values have to match, where the operator compares text and the value has no variables.
    pub fn pattern(&self) -> Option<&Pattern> {
        match &self.operand {
            Operand::Text(Template::Fixed(pattern)) => Some(pattern),
            _ => None,
        }
    }

    /// The variables in the value.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.operand.template().into_iter().flat_map(Template::variables)
    }

    /// Whether the value is of the type its operator compares; if not, it never matches.
    pub fn is_valid(&self) -> bool {
        self.operand.is_valid()
    }
}

impl PrincipalType {
    /// As policies write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Federated => "Federated",
            Self::Service => "Service",
            Self::CanonicalUser => "CanonicalUser",
        }
    }

    /// Reads the name. Case-sensitive.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Aws, Self::Federated, Self::Service, Self::CanonicalUser]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

impl Version {
    /// As policies write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::V2008 => "2008-10-17",
            Self::V2012 => "2012-10-17",
        }
    }
}
