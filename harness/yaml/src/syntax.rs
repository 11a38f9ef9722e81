//! The parser's errors in the words of libyaml, with a place that a caret can mark.

use granit_parser::{ErrorKind as Fault, ScanError};

use crate::{Error, ErrorKind, Span, slip};

/// The error of the parser; `innermost` is where the list or mapping starts in which it happened.
pub(crate) fn error(text: &str, error: &ScanError, innermost: Option<usize>) -> Error {
    let offset = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
    let offset = text.floor_char_boundary(offset);
    let span = marked(text, offset, error.kind());
    match error.kind() {
        Fault::RecursionLimitExceeded => return too_deep_here(span),
        Fault::UnknownAnchor => return unknown_alias(text, span),
        _ => {}
    }
    let context = innermost
        .filter(|_| names_the_collection(error.kind()))
        .unwrap_or(offset);
    Error {
        kind: ErrorKind::Syntax,
        context,
        message: words(text, offset, innermost, error.kind()),
        help: slip::help(text, offset, error.kind()),
        span,
    }
}

pub(crate) fn too_deep(span: Span, depth: usize) -> Error {
    Error {
        message: format!("lists and mappings are nested more than {depth} levels deep"),
        ..too_deep_here(span)
    }
}

fn too_deep_here(span: Span) -> Error {
    let message = "lists and mappings are nested too deeply".to_owned();
    Error {
        kind: ErrorKind::TooDeep,
        message,
        context: span.start,
        span,
        help: None,
    }
}

fn unknown_alias(text: &str, span: Span) -> Error {
    let name = text.get(span.clone()).unwrap_or_default().trim_start_matches('*');
    let help = if name.contains(['.', '/', '*']) {
        format!("a value that begins with `*` is an alias; put quotes around it: `'*{name}'`")
    } else {
        format!("an alias can only name an anchor, `&{name}`, that stands above it in the same document")
    };
    Error {
        kind: ErrorKind::UnknownAlias,
        message: format!("unknown alias: {name}"),
        context: span.start,
        span,
        help: Some(help),
    }
}

/// What libyaml would say (`problem context`), where it has a word for it.
fn words(text: &str, offset: usize, innermost: Option<usize>, fault: &Fault) -> String {
    let words = match fault {
        Fault::MappingValueNotAllowed => "mapping values are not allowed in this context",
        Fault::MappingKeyNotAllowed => "mapping keys are not allowed in this context",
        Fault::BlockSequenceEntryNotAllowed => "block sequence entries are not allowed in this context",
        Fault::SimpleKeyExpected | Fault::InvalidSimpleKey => {
            "could not find expected ':' while scanning a simple key"
        }
        Fault::ExpectedBlockMappingKey => "did not find expected key while parsing a block mapping",
        Fault::ExpectedBlockSequenceEntry => {
            "did not find expected '-' indicator while parsing a block collection"
        }
        Fault::ExpectedFlowSequenceSeparator
        | Fault::UnexpectedEofFlowSequence
        | Fault::UnclosedFlowCollection { open: '[' } => {
            "did not find expected ',' or ']' while parsing a flow sequence"
        }
        Fault::ExpectedFlowMappingSeparator
        | Fault::UnexpectedEofFlowMapping
        | Fault::UnclosedFlowCollection { .. } => {
            "did not find expected ',' or '}' while parsing a flow mapping"
        }
        Fault::UnclosedQuotedScalar => "found unexpected end of stream while scanning a quoted scalar",
        Fault::UnknownQuotedScalarEscape => "found unknown escape character while parsing a quoted scalar",
        Fault::TabInBlockIndentation
        | Fault::TabNotAllowed
        | Fault::TabInIndentation
        | Fault::UnexpectedCharacter { .. } => {
            "found character that cannot start any token while scanning for the next token"
        }
        Fault::UndeclaredTagHandle => "found undefined tag handle while parsing a node",
        Fault::ExpectedDocumentStart => "did not find expected <document start>",
        Fault::ExpectedNodeContent
        | Fault::UnexpectedEofBlockSequence
        | Fault::UnexpectedEofBlockMapping
        | Fault::MisplacedFlowCollectionEnd => {
            "did not find expected node content while parsing a block node"
        }
        Fault::InvalidTrailingSingleQuotedScalar
        | Fault::InvalidTrailingDoubleQuotedScalar
        | Fault::MismatchedFlowCollectionEnd { .. }
        | Fault::InvalidColonPlacement => unfinished(text, innermost),
        Fault::MissingAnchorOrAliasName if text.get(offset..).is_some_and(|rest| rest.starts_with('*')) => {
            "did not find expected alphabetic or numeric character while scanning an alias"
        }
        Fault::MissingAnchorOrAliasName => {
            "did not find expected alphabetic or numeric character while scanning an anchor"
        }
        other => return turned(&other.to_string()),
    };
    words.to_owned()
}

/// The parser says `while …, problem`, libyaml the problem first.
fn turned(message: &str) -> String {
    match message
        .strip_prefix("while ")
        .and_then(|rest| rest.split_once(", "))
    {
        Some((context, problem)) => format!("{problem} while {context}"),
        None => message.to_owned(),
    }
}

/// Whether libyaml's context is the list or mapping that is broken off.
fn names_the_collection(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::ExpectedBlockMappingKey
            | Fault::ExpectedBlockSequenceEntry
            | Fault::ExpectedFlowSequenceSeparator
            | Fault::ExpectedFlowMappingSeparator
            | Fault::UnexpectedEofFlowSequence
            | Fault::UnexpectedEofFlowMapping
            | Fault::UnexpectedEofBlockSequence
            | Fault::UnexpectedEofBlockMapping
            | Fault::UnclosedFlowCollection { .. }
            | Fault::InvalidTrailingSingleQuotedScalar
            | Fault::InvalidTrailingDoubleQuotedScalar
            | Fault::MismatchedFlowCollectionEnd { .. }
            | Fault::InvalidColonPlacement
    )
}

/// What libyaml waits for where the innermost list or mapping should go on or end.
fn unfinished(text: &str, innermost: Option<usize>) -> &'static str {
    let start = innermost.map(|start| text.get(start..).unwrap_or_default());
    match start {
        None => "did not find expected <document start>",
        Some(start) if start.starts_with('[') => {
            "did not find expected ',' or ']' while parsing a flow sequence"
        }
        Some(start) if start.starts_with('{') => {
            "did not find expected ',' or '}' while parsing a flow mapping"
        }
        Some(start) if start.starts_with("- ") => {
            "did not find expected '-' indicator while parsing a block collection"
        }
        Some(_) => "did not find expected key while parsing a block mapping",
    }
}

/// The part of the text to mark: a word, an alias, or the rest of the line after an unclosed quote.
fn marked(text: &str, offset: usize, fault: &Fault) -> Span {
    let rest = text.get(offset..).unwrap_or_default();
    let length = match fault {
        Fault::UnclosedQuotedScalar => rest.find(['\n', '\r']).unwrap_or(rest.len()),
        Fault::UnknownAnchor => rest
            .find(|c: char| c.is_whitespace() || ",[]{}".contains(c))
            .unwrap_or(rest.len()),
        _ => rest
            .chars()
            .next()
            .filter(|c| !"\n\r".contains(*c))
            .map_or(0, char::len_utf8),
    };
    offset..offset + length
}
