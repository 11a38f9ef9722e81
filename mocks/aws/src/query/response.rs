//! XML as AWS writes it: indented by two, a newline at the end, no declaration.

use std::borrow::Cow;

use quick_xml::se::{QuoteLevel, Serializer};
use serde::Serialize;
use serde::ser::SerializeStruct as _;

/// The result of an operation, which knows the names of its elements.
pub(crate) trait QueryResult: Serialize {
    /// The root element, `GetCallerIdentityResponse`.
    const RESPONSE: &'static str;
    /// The element of the result, `GetCallerIdentityResult`.
    const RESULT: &'static str;
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResponseMetadata<'a> {
    request_id: &'a str,
}

/// The XML of a successful answer, in the namespace of the service.
pub(crate) fn result_document<R: QueryResult>(result: &R, namespace: &str, request_id: &str) -> String {
    operation_document(R::RESPONSE, R::RESULT, Some(result), namespace, request_id)
}

/// The XML of a successful answer whose elements go by these names; an operation without a result has none.
pub(crate) fn operation_document<R: Serialize>(
    response: &'static str,
    result_name: &'static str,
    result: Option<&R>,
    namespace: &str,
    request_id: &str,
) -> String {
    struct Envelope<'a, R> {
        names: (&'static str, &'static str),
        namespace: &'a str,
        result: Option<&'a R>,
        request_id: &'a str,
    }
    impl<R: Serialize> Serialize for Envelope<'_, R> {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let (response, result) = self.names;
            let mut envelope = serializer.serialize_struct(response, 3)?;
            envelope.serialize_field("@xmlns", self.namespace)?;
            if let Some(content) = self.result {
                envelope.serialize_field(result, content)?;
            }
            let metadata = ResponseMetadata {
                request_id: self.request_id,
            };
            envelope.serialize_field("ResponseMetadata", &metadata)?;
            envelope.end()
        }
    }
    document(
        response,
        &Envelope {
            names: (response, result_name),
            namespace,
            result,
            request_id,
        },
    )
}

/// An XML document.
pub(crate) fn document(root: &str, content: &impl Serialize) -> String {
    let mut text = String::with_capacity(2560);
    let mut serializer = Serializer::with_root(&mut text, Some(root))
        .expect("the names of root elements are constants of this crate and valid");
    serializer.indent(' ', 2).set_quote_level(QuoteLevel::Partial);
    content
        .serialize(serializer)
        .expect("answers are structs of strings, numbers and structs, which always have an XML form");
    text.push('\n');
    text
}

/// Text with the characters that XML 1.0 cannot hold replaced by U+FFFD. Clients can put any character into
/// a claim or parameter that AWS repeats; how AWS escapes these is not known.
pub(crate) fn xml_text(text: &str) -> Cow<'_, str> {
    let allowed = |character: char| {
        matches!(character,
            '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
    };
    if text.chars().all(allowed) {
        return Cow::Borrowed(text);
    }
    let replaced = |character| if allowed(character) { character } else { '\u{FFFD}' };
    Cow::Owned(text.chars().map(replaced).collect())
}
