//! What an instance reports about itself.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::claims::Claims;

/// Something that happened in an instance.
///
/// As JSON an object whose `event` says which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// A request was answered.
    Answered {
        /// The method, such as `GET`.
        method: String,
        /// The path as it was asked for, without the query.
        path: String,
        /// What it is.
        page: Page,
        /// The status of the answer.
        status: u16,
        /// The client's `User-Agent`.
        user_agent: Option<String>,
    },
    /// A token was signed. The event has no signature: nobody can use what a journal shows.
    TokenIssued {
        /// What kind of token.
        kind: TokenKind,
        /// The job it is for, if it is for one.
        job_id: Option<u64>,
        /// What it claims, `aud` included.
        claims: Claims,
        /// The key it is signed with.
        kid: String,
    },
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Page {
    /// The discovery document.
    Discovery,
    /// The key set.
    Jwks,
    /// Anything else.
    Other,
}

/// A kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenKind {
    /// From the `id_tokens` keyword.
    IdToken,
    /// `CI_JOB_JWT`, which is also `CI_JOB_JWT_V1`.
    CiJobJwt,
    /// `CI_JOB_JWT_V2`.
    CiJobJwtV2,
    /// With claims that somebody chose freely.
    Custom,
}

/// Who is told.
#[derive(Clone, Default)]
pub struct EventSink(Option<Arc<dyn Fn(Event) + Send + Sync>>);

impl EventSink {
    /// Calls `listener` for every event, in the thread where it happens; it must be quick.
    pub fn new(listener: impl Fn(Event) + Send + Sync + 'static) -> EventSink {
        EventSink(Some(Arc::new(listener)))
    }

    /// Nobody is told.
    pub fn none() -> EventSink {
        EventSink(None)
    }

    /// Tells what `event` makes, which is not called when nobody listens.
    pub(crate) fn tell(&self, event: impl FnOnce() -> Event) {
        if let Some(listener) = &self.0 {
            listener(event());
        }
    }
}

impl fmt::Debug for EventSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "EventSink(listener)"
        } else {
            "EventSink(none)"
        })
    }
}
