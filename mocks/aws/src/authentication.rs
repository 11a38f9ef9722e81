//! Who signed a request: the signature, the key it was made with, and the session behind the key.

use jiff::Timestamp;

use crate::aws::Aws;
use crate::cause::Cause;
use crate::event::Caller;
use crate::session::Session;
use crate::sigv4::{ExpectedScope, HttpRequest, Refusal, RefusalKind, Signature};

/// Verifies the signature of a request, and says who made it.
///
/// The order of the checks is an assumption: what can be said without the key comes first, and an ended session
/// before a wrong signature.
pub(crate) fn authenticate(
    aws: &Aws,
    request: &HttpRequest<'_>,
    expected: ExpectedScope<'_>,
) -> Result<Caller, Refusal> {
    let signature = Signature::read(request)?;
    signature.check_scope(expected)?;
    signature.check_time((aws.host_clock)())?;
    let key_id = &signature.access_key_id;
    if let Some(key) = aws.access_keys.get(key_id) {
        if signature.session_token.is_some() {
            return Err(bad_token(
                key_id,
                "this is a long-term access key, which has none",
            ));
        }
        signature.verify(request, &key.secret_access_key)?;
        return Ok(Caller {
            account: key.account.clone(),
            arn: key.arn.clone(),
            user_id: key.user_id.clone(),
            access_key_id: key_id.clone(),
        });
    }
    let session = open_session(aws, key_id, signature.session_token.as_deref(), (aws.clock)())?;
    signature.verify(request, &aws.seal.secret_access_key(key_id))?;
    Ok(Caller {
        arn: session.arn(),
        user_id: session.user_id(),
        account: session.account,
        access_key_id: session.access_key_id,
    })
}

/// The session that an access key and a session token stand for, if it is still on.
fn open_session(aws: &Aws, key_id: &str, token: Option<&str>, now: Timestamp) -> Result<Session, Refusal> {
    let Some(token) = token else {
        let access_key_id = key_id.to_owned();
        let cause = if key_id.starts_with("ASIA") {
            Cause::NoSessionToken { access_key_id }
        } else {
            Cause::UnknownAccessKey { access_key_id }
        };
        return Err(Refusal::new(RefusalKind::InvalidToken, cause));
    };
    let session = aws
        .seal
        .open(token)
        .map_err(|error| bad_token(key_id, &error.to_string()))?;
    if session.access_key_id != key_id {
        return Err(bad_token(
            key_id,
            &format!("it goes with `{}`", session.access_key_id),
        ));
    }
    if session.has_expired(now) {
        let cause = Cause::SessionExpired {
            access_key_id: key_id.to_owned(),
            expired: Timestamp::from_second(session.expires).unwrap_or(now),
            now,
        };
        return Err(Refusal::new(RefusalKind::ExpiredToken, cause));
    }
    Ok(session)
}

fn bad_token(key_id: &str, why: &str) -> Refusal {
    let cause = Cause::BadSessionToken {
        access_key_id: key_id.to_owned(),
        why: why.to_owned(),
    };
    Refusal::new(RefusalKind::InvalidToken, cause)
}
