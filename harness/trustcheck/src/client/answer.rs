//! An answer of the query protocol, read.

use std::fmt;

use http::StatusCode;
use quick_xml::Reader;
use quick_xml::events::Event;

/// An answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// The error code, of an error.
    pub code: Option<String>,
    /// The error message, of an error.
    pub message: Option<String>,
    /// The fields of the result by their path, `Credentials.AccessKeyId`, `Roles.member.1.RoleName`, in the order sent.
    pub fields: Vec<(String, String)>,
    /// The body with what is secret in it left out.
    pub shown: String,
}

/// Temporary credentials in an answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key id.
    pub access_key_id: String,
    /// The secret that goes with it.
    pub secret_access_key: String,
    /// The session token.
    pub session_token: Option<String>,
}

/// Why an answer cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// Not XML.
    #[error("it is not XML: {0}")]
    Xml(String),
    /// Deeper than any answer of AWS.
    #[error("its XML is nested too deeply")]
    TooDeep,
}

/// The fields that nobody else is to see.
const SECRET: [&str; 2] = ["SecretAccessKey", "SessionToken"];

/// How deep elements may lie in one another.
const DEEPEST: usize = 32;

impl Answer {
    /// Reads an answer.
    ///
    /// # Errors
    /// Where its body is neither empty nor XML.
    pub fn read(status: StatusCode, body: &[u8]) -> Result<Answer, AnswerError> {
        let text = String::from_utf8_lossy(body);
        let all = elements(&text)?;
        let mut shown = text.into_owned();
        for (path, value) in &all {
            if SECRET.iter().any(|secret| path.ends_with(secret)) && !value.is_empty() {
                shown = shown.replace(value.as_str(), "[MASKED]");
            }
        }
        let find = |path: &str| {
            all.iter()
                .find(|(name, _)| name == path)
                .map(|(_, text)| text.clone())
        };
        let (code, message) = (find("Error.Code"), find("Error.Message"));
        let fields = all
            .into_iter()
            .filter_map(|(path, text)| {
                let (first, rest) = path.split_once('.')?;
                first.ends_with("Result").then(|| (rest.to_owned(), text))
            })
            .collect();
        Ok(Answer {
            status: status.as_u16(),
            code,
            message,
            fields,
            shown,
        })
    }

    /// The text of the field with this path.
    #[must_use]
    pub fn field(&self, path: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(name, _)| name == path)
            .map(|(_, text)| text.as_str())
    }

    /// Whether it grants what was asked for.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The credentials in it.
    #[must_use]
    pub fn credentials(&self) -> Option<Credentials> {
        let text = |name: &str| self.field(&format!("Credentials.{name}")).map(str::to_owned);
        Some(Credentials {
            access_key_id: text("AccessKeyId")?,
            secret_access_key: text("SecretAccessKey")?,
            session_token: text("SessionToken"),
        })
    }
}

/// Without secrets.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("body", &self.shown)
            .finish_non_exhaustive()
    }
}

/// Without secrets.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// An element that has been opened.
#[derive(Debug, Default)]
struct Open {
    path: String,
    text: String,
    /// How many `member`s it has had so far.
    members: usize,
    has_elements: bool,
}

/// The text of every element that has no other in it, by its path below the root.
fn elements(text: &str) -> Result<Vec<(String, String)>, AnswerError> {
    let broken = |error: &dyn fmt::Display| AnswerError::Xml(error.to_string());
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Open> = Vec::new();
    let mut found = Vec::new();
    loop {
        match reader.read_event().map_err(|error| broken(&error))? {
            Event::Start(start) => {
                if open.len() >= DEEPEST {
                    return Err(AnswerError::TooDeep);
                }
                let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
                let element = below(open.last_mut(), &name);
                open.push(element);
            }
            Event::Empty(start) => {
                let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
                let element = below(open.last_mut(), &name);
                found.push((element.path, String::new()));
            }
            Event::End(_) => {
                if let Some(element) = open.pop().filter(|element| !element.has_elements) {
                    found.push((element.path, element.text));
                }
            }
            Event::Text(text) => {
                if let Some(element) = open.last_mut() {
                    element.text += &text.decode().map_err(|error| broken(&error))?;
                }
            }
            Event::CData(text) => {
                if let Some(element) = open.last_mut() {
                    element.text += &text.decode().map_err(|error| broken(&error))?;
                }
            }
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(|error| broken(&error))?;
                let character = match reference.resolve_char_ref().map_err(|error| broken(&error))? {
                    Some(character) => character.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&name)
                        .ok_or_else(|| broken(&format!("unknown entity `{name}`")))?
                        .to_owned(),
                };
                if let Some(element) = open.last_mut() {
                    element.text += &character;
                }
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// A new element in `parent`. The members of a list are told apart by their number, as in requests.
fn below(parent: Option<&mut Open>, name: &str) -> Open {
    let Some(parent) = parent else {
        return Open::default();
    };
    parent.has_elements = true;
    let mut path = parent.path.clone();
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
    if name == "member" {
        parent.members += 1;
        path += &format!(".{}", parent.members);
    }
    Open {
        path,
        ..Open::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_path() {
        let body = b"<AResponse xmlns=\"n\">\n <AResult>\n  <A>x &lt;&#233;&gt;</A><B><C>1</C></B>\n  <L>\n<member><N>1</N>\
            </member><member><N>2</N></member></L><E/>\n <SessionToken>s+/=</SessionToken></AResult>\n <ResponseMetadata>\
            <RequestId>r</RequestId></ResponseMetadata>\n</AResponse>\n";
        let answer = Answer::read(StatusCode::OK, body).unwrap();
        let fields = [
            ("A", "x <é>"),
            ("B.C", "1"),
            ("L.member.1.N", "1"),
            ("L.member.2.N", "2"),
            ("E", ""),
            ("SessionToken", "s+/="),
        ];
        assert_eq!(
            answer.fields,
            fields.map(|(name, text)| (name.to_owned(), text.to_owned()))
        );
        assert!(!answer.shown.contains("s+/="), "{}", answer.shown);
        assert!(answer.is_success());
    }

    #[test]
    fn errors_have_a_code_and_a_message() {
        let body = b"<ErrorResponse><Error><Type>Sender</Type><Code>A</Code><Message>b'c</Message></Error></ErrorResponse>";
        let answer = Answer::read(StatusCode::FORBIDDEN, body).unwrap();
        assert_eq!(answer.code.as_deref(), Some("A"));
        assert_eq!(answer.message.as_deref(), Some("b'c"));
        assert!(answer.fields.is_empty() && !answer.is_success());
    }

    #[rstest::rstest]
    #[case::nothing(b"", true)]
    #[case::rubbish(b"<a><b></a>", false)]
    #[case::entity(b"<a>&x;</a>", false)]
    fn other_bodies(#[case] body: &[u8], #[case] readable: bool) {
        assert_eq!(Answer::read(StatusCode::FOUND, body).is_ok(), readable);
    }

    proptest::proptest! {
        #[test]
        fn any_body_is_read_or_refused(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = Answer::read(StatusCode::OK, &body);
        }

        #[test]
        fn any_nesting_is_read_or_refused(depth in 0_usize..200) {
            let body = format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
            proptest::prop_assert_eq!(Answer::read(StatusCode::OK, body.as_bytes()).is_ok(), depth <= 32);
        }
    }
}
