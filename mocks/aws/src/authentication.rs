//! Who signed a request: the signature, the key it was made with, and the session behind the key.

use jiff::Timestamp;

use crate::aws::Aws;
use crate::cause::Cause;
use crate::event::Caller;
use crate::session::{Identity, Session};
use crate::sigv4::{ExpectedScope, HttpRequest, Refusal, RefusalKind, Signature};

/// Who signed a request.
#[derive(Debug)]
pub(crate) struct Signer {
    /// As it is reported.
    pub(crate) caller: Caller,
    /// The session that the credentials belong to. `None` for a long-term access key.
    pub(crate) session: Option<Session>,
    /// The ARN of the role behind the session, with its path, if it is a session of a role.
    pub(crate) role_arn: Option<String>,
}

impl Signer {
    /// Whether it is the root user of its account, by a long-term key or a session.
    pub(crate) fn is_root(&self) -> bool {
        self.caller.arn.ends_with(":root")
    }
}

/// Verifies the signature of a request, and says who made it.
///
/// Recorded AWS behaviour: the scope comes first, then whether the token is there and goes with the key, then its end,
/// then whether its role is still there, then the signature. Where the time of the request belongs is an assumption.
pub(crate) fn authenticate(
    aws: &Aws,
    request: &HttpRequest<'_>,
    expected: ExpectedScope<'_>,
) -> Result<Signer, Refusal> {
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
        let caller = Caller {
            account: key.account.clone(),
            arn: key.arn.clone(),
            user_id: key.user_id.clone(),
            access_key_id: key_id.clone(),
        };
        return Ok(Signer {
            caller,
            session: None,
            role_arn: None,
        });
    }
    let session = open_session(aws, key_id, signature.session_token.as_deref(), (aws.clock)())?;
    let role_arn = role_behind(aws, &session)?;
    signature.verify(request, &aws.seal.secret_access_key(key_id))?;
    let caller = Caller {
        arn: session.arn(),
        user_id: session.user_id(),
        account: session.account.clone(),
        access_key_id: session.access_key_id.clone(),
    };
    Ok(Signer {
        caller,
        session: Some(session),
        role_arn,
    })
}

/// The role of a session, which has to be there still: the very one, not another of its name (recorded AWS
/// behaviour).
fn role_behind(aws: &Aws, session: &Session) -> Result<Option<String>, Refusal> {
    let Identity::Role { id, .. } = &session.identity else {
        return Ok(None);
    };
    let account = aws.directory.account(&session.account);
    let role_arn = account.and_then(|account| {
        let role = account.roles.iter().find(|role| role.id == *id)?;
        Some(role.arn(&account.id))
    });
    match role_arn {
        Some(role_arn) => Ok(Some(role_arn)),
        None => {
            let cause = Cause::RoleOfSessionGone {
                access_key_id: session.access_key_id.clone(),
                session: session.arn(),
                role_id: id.clone(),
            };
            Err(Refusal::new(RefusalKind::InvalidToken, cause))
        }
    }
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
