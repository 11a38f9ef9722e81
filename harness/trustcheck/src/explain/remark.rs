//! What a person should know beside the decision.

use iam_policy::Span;
use serde::Serialize;

/// A remark on a policy, a token or the decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// In one sentence.
    pub message: String,
    /// The place in the policy's text, if it is about one.
    pub span: Option<Span>,
}

impl Remark {
    /// A remark that is not about a place in the policy.
    pub(super) fn new(message: impl Into<String>) -> Remark {
        Remark {
            message: message.into(),
            span: None,
        }
    }
}
