//! Temporary credentials in an answer.

use jiff::Timestamp;
use serde::Serialize;

use crate::aws::Aws;
use crate::event::{Call, Issued};
use crate::session::Session;

/// In the order recorded of AssumeRole.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Credentials {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    expiration: String,
}

impl Credentials {
    /// The credentials of a session, with a session token of at least `minimum_size` characters. The event gets to
    /// know them without their secrets.
    pub(super) fn issue(aws: &Aws, session: &Session, minimum_size: usize, call: &mut Call) -> Self {
        let expiration = Timestamp::from_second(session.expires).unwrap_or(Timestamp::MAX);
        call.issued = Some(Issued {
            access_key_id: session.access_key_id.clone(),
            arn: session.arn(),
            expiration,
        });
        Credentials {
            access_key_id: session.access_key_id.clone(),
            secret_access_key: aws.seal.secret_access_key(&session.access_key_id),
            session_token: aws.seal.seal(session, minimum_size),
            expiration: expiration.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        }
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// The user of a session of a role, in an answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssumedRoleUser {
    assumed_role_id: String,
    arn: String,
}

impl AssumedRoleUser {
    pub(super) fn of(session: &Session) -> Self {
        AssumedRoleUser {
            assumed_role_id: session.user_id(),
            arn: session.arn(),
        }
    }
}
