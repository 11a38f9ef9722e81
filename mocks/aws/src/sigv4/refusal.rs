//! Why a signed request is refused, before a service gives the refusal its own wording.

use crate::cause::Cause;

/// A refusal to believe who signed a request. Services spell the same refusal differently (S3 has other
/// codes and sentences than STS), so this says what is wrong and keeps the reason for the journal.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) kind: RefusalKind,
    pub(crate) cause: Box<Cause>,
}

/// The kinds of refusal that the services tell apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RefusalKind {
    /// No signature at all.
    Unsigned,
    /// A signature with a part missing or unreadable; the sentence says which.
    Incomplete(String),
    /// Scope or time are not acceptable; the sentence says why.
    DoesNotMatch(String),
    /// The signature is another one than the secret key gives for this request.
    WrongSignature,
    /// The access key is unknown, or the session token is absent, foreign or damaged.
    InvalidToken,
    /// The session has ended.
    ExpiredToken,
}

impl Refusal {
    pub(crate) fn new(kind: RefusalKind, cause: Cause) -> Self {
        Refusal {
            kind,
            cause: Box::new(cause),
        }
    }

    pub(crate) fn incomplete(message: String) -> Self {
        let cause = Cause::IncompleteSignature { why: message.clone() };
        Refusal::new(RefusalKind::Incomplete(message), cause)
    }

    pub(crate) fn does_not_match(message: String, cause: Cause) -> Self {
        Refusal::new(RefusalKind::DoesNotMatch(message), cause)
    }
}
