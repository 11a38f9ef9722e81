//! Credentials to sign with.

use super::client::Answer;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) key_id: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
}

impl Credentials {
    /// Those in an answer.
    #[track_caller]
    pub(crate) fn of(answer: &Answer) -> Self {
        answer.assert_granted();
        let text = |name| answer.element(name).unwrap();
        Credentials {
            key_id: text("AccessKeyId"),
            secret: text("SecretAccessKey"),
            token: Some(text("SessionToken")),
        }
    }

    /// The root user's.
    pub(crate) fn long_term() -> Self {
        Credentials {
            key_id: "test".into(),
            secret: "test".into(),
            token: None,
        }
    }

    /// Those of the user `jane`.
    pub(crate) fn user() -> Self {
        Credentials {
            key_id: "AKIAJANEJANEJANEJANE".into(),
            secret: "secret of jane".into(),
            token: None,
        }
    }
}
