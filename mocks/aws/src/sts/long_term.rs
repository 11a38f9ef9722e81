//! What GetSessionToken and GetFederationToken have in common: they are for long-term access keys.

use super::error;
use crate::authentication::Signer;
use crate::cause::Cause;
use crate::query::Failure;

/// The duration of a session unless stated, in seconds.
const DEFAULT_DURATION: u32 = 43_200;
/// The longest session, in seconds, of a user.
pub(super) const LONGEST: i32 = 129_600;
/// The longest session, in seconds, of a root user.
const LONGEST_OF_ROOT: u32 = 3600;

/// Refuses temporary credentials, whichever operation they come from.
pub(super) fn check(signer: &Signer, operation: &str) -> Result<(), Failure> {
    if signer.session.is_none() {
        return Ok(());
    }
    Err(
        error::session_credentials(operation).because(Cause::WrongKindOfCredentials {
            caller: signer.caller.arn.clone(),
            operation: operation.to_owned(),
            origin: None,
        }),
    )
}

/// How long the session lasts, in seconds: as asked for, but for a root user an hour at most (API references of both).
pub(super) fn duration(signer: &Signer, asked: Option<i32>) -> u32 {
    let asked = asked
        .and_then(|seconds| seconds.try_into().ok())
        .unwrap_or(DEFAULT_DURATION);
    if signer.is_root() {
        asked.min(LONGEST_OF_ROOT)
    } else {
        asked
    }
}
